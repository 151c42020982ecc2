"""Every command and every piece of Python on a page of the documentation does what the page shows.

The blocks of a page run in order, in one empty folder with a copy of ``examples/``. A comment directly before a block
changes what is done with it: ``<!-- file: NAME -->`` writes it to a file, ``<!-- not run: REASON -->`` and
``<!-- command: NAME -->`` (which .ci/run runs) leave it out. A ``text`` block directly behind one is its output.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(page for page in DOCS.rglob("*.md") if DOCS / "reference" not in page.parents)]

#: NLPTASKS_DOCS=write puts what is printed into the pages; read the difference before you keep it.
WRITE = os.environ.get("NLPTASKS_DOCS") == "write"

#: A block, with the comment and, for output, with whatever stands directly before it.
_BLOCK = re.compile(
    r"(?:^<!-- (?P<comment>.*?) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)

#: What differs from run to run in the line under a run.
_SPEED = re.compile(r"in \d[\d,]*\.\d s(?: \([\d,]+ rows/s\))?")

#: How a block is started.
_SHELLS = {"bash": ["bash", "-eo", "pipefail", "-c"], "python": [sys.executable, "-c"]}


#: What all blocks run in.
SETTINGS = {
    "HF_HUB_OFFLINE": "1",
    "NLPTASKS_PLUGINS": "",
    "NO_COLOR": "1",
    "OMP_NUM_THREADS": "1",  # two pages run at a time
}


@dataclass(frozen=True)
class Snippet:
    """A block that is run, or the content of a file.

    Args:
        line: Line of the page on which it starts.
        language: ``bash``, ``python`` or what a file holds.
        body: The block.
        file: Where a ``<!-- file: NAME -->`` puts it; empty: it is run.
        expected: The output below it; ``None`` where the page shows none.
    """

    line: int
    language: str
    body: str
    file: str = ""
    expected: str | None = None

    def command(self, commands: Path) -> list[str]:
        """How it is started: by what a folder of commands has, or by the real program."""
        fast = commands / f"{self.language}-c"
        return [*([str(fast)] if fast.exists() else _SHELLS[self.language]), self.body]

    @property
    def fails(self) -> bool:
        """Whether the page shows that it ends with an error."""
        return bool(re.search(r"^(error: |\w+Error: )", self.expected or "", re.MULTILINE))


def snippets(page: Path) -> Iterator[Snippet]:
    """What a page asks a reader to type or to write, in order."""
    text = page.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    for at, block in enumerate(blocks):
        kind, _, value = (block["comment"] or "").partition(": ")
        line = text.count("\n", 0, block.start("language")) + 1
        if kind == "file":
            yield Snippet(line, block["language"], block["body"], file=value)
        elif block["language"] in _SHELLS and kind not in ("not run", "command"):
            after = blocks[at + 1] if at + 1 < len(blocks) else None
            shown = after and after["language"] == "text" and not text[block.end() : after.start()].strip()
            yield Snippet(line, block["language"], block["body"], expected=after["body"] if after and shown else None)


def matches(expected: str, actual: str) -> bool:
    """Whether an output is the one that a page shows; ``...`` stands for anything in a line, or for whole lines."""
    lines = [_pattern(line) for line in _steady(expected).splitlines()]
    return re.fullmatch("".join(lines), _steady(actual)) is not None


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, line.split("..."))) + r"\n"


def _steady(text: str) -> str:
    ends = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    return _SPEED.sub("in S s", ends)


#: What a reader who ran commands in the repository may have left in the examples.
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.sentiment.*")


@pytest.fixture(scope="module")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, fast_commands: Path | None
) -> Iterator[dict[Path, Future[None]]]:
    """What becomes of the pages, two at a time, the longest first."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function) and item.path == request.path)
    wanted = [Path(str(item.callspec.params["page"])) for item in items if item.originalname == "test_page"]
    wanted.sort(key=lambda page: page.stat().st_size, reverse=True)
    commands = fast_commands or tmp_path_factory.mktemp("commands")
    with ThreadPoolExecutor(2) as pool:
        yield {page: pool.submit(follow, page, tmp_path_factory.mktemp(page.stem), commands) for page in wanted}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page: Path, outcomes: dict[Path, Future[None]]) -> None:
    outcomes[page].result()


def follow(page: Path, tmp_path: Path, commands: Path) -> None:
    """Do what a page says, in a new folder, with the commands of a folder.

    Raises:
        AssertionError: Something else came of it.
    """
    folder = tmp_path / "here"
    folder.mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=_NOT_COPIED)
    given = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for snippet in snippets(page):
        where = f"{page.relative_to(ROOT)}:{snippet.line}"
        if snippet.file:
            (folder / snippet.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / snippet.file).write_text(snippet.body, encoding="utf-8")
            continue
        code, output = run(snippet, folder, tmp_path / "config.toml", commands)
        assert (code != 0) == snippet.fails, f"{where} ended with {code}:\n{output}"
        if snippet.expected is not None:
            if WRITE and not matches(snippet.expected, output):
                rewrite(page, snippet.expected, output)
                continue
            assert matches(snippet.expected, output), f"{where} shows\n{snippet.expected}\nbut it prints\n{output}"
    changed = [str(path.relative_to(folder)) for path, data in given.items() if path.read_bytes() != data]
    assert not changed, f"a reader who types what {page.relative_to(ROOT)} shows changes tracked files: {changed}"


def rewrite(page: Path, expected: str, output: str) -> None:
    """Put an output in the place of what a page shows, but keep the lines that hold, and their ``...``."""
    shown, printed = expected.splitlines(), output.splitlines()
    kept = [old if matches(old, new) else new for old, new in zip(shown, printed, strict=False)]
    lines = kept if len(shown) == len(printed) else printed
    text = page.read_text(encoding="utf-8")
    # With its fence, since what is shown may be empty.
    block = "```text\n{}```"
    page.write_text(text.replace(block.format(expected), block.format("\n".join([*lines, ""])), 1), encoding="utf-8")


def run(snippet: Snippet, folder: Path, config: Path, commands: Path) -> tuple[int, str]:
    """Run a block as a reader would, and return its exit code and all that it printed."""
    config.touch()
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        snippet.command(commands),
        cwd=folder,
        env=os.environ | SETTINGS | {"NLPTASKS_CONFIG": str(config), "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a ... c\n", "a b c\n", True),
        ("a ... c\n", "a b\nc\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("3 rows in 0.1 s (30 rows/s) -> x\n", "3 rows in 1.0 s (3 rows/s) -> x\n", True),
        ("3 rows in 0.1 s (30 rows/s) -> x\n", "4 rows in 0.1 s (30 rows/s) -> x\n", False),
    ],
)
def test_matches(expected: str, actual: str, same: bool) -> None:
    assert matches(expected, actual) is same


def test_snippets_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    fence = "```"
    page.write_text(
        f"{fence}bash\ntrue\n{fence}\n\n{fence}text\nout\n{fence}\n"
        f"<!-- file: a.csv -->\n{fence}csv\na,b\n{fence}\n"
        f"<!-- not run: it installs -->\n{fence}bash\nfalse\n{fence}\n"
        f"{fence}python\n1\n{fence}\nwords\n{fence}text\nelse\n{fence}\n",
        encoding="utf-8",
    )
    assert list(snippets(page)) == [
        Snippet(1, "bash", "true\n", expected="out\n"),
        Snippet(9, "csv", "a,b\n", file="a.csv"),
        Snippet(16, "python", "1\n"),
    ]
