"""Runs one case through the real command, and says what is wrong with how the command took it."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PLUGINS = Path(__file__).parent / "plugins"

#: Seconds after which a command counts as one that hangs.
LIMIT = 60

#: What a message holds that explains nothing: an error that nobody foresaw, ours or that of a plugin of ours.
_RAW = re.compile(
    r"nlptasks --traceback|Traceback \(most recent call last\)|Exception ignored|something ended the command"
    r"| failed: \w*(?:Error|Exception|Interrupt|Exit)\b|\b\w+Warning: "
)
_WARNINGS = (RuntimeWarning, DeprecationWarning, PendingDeprecationWarning, FutureWarning, SyntaxWarning, BytesWarning)
_FRAME = re.compile(r'File "([^"]+)", line (\d+), in (\S+)')


@dataclass(frozen=True)
class Case:
    """A command and the files that it finds.

    Args:
        kind: What was damaged.
        seed: What it was made of.
        args: The command's arguments. Its folder holds the files, an empty folder ``adir``, and ``afifo``.
        files: Bytes by name.
        stdin: What it reads from the standard input.
        changes: Beginnings of the names of files that it may change or remove.
    """

    kind: str
    seed: str
    args: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    changes: tuple[str, ...] = ()

    def dumped(self) -> str:
        """Itself as JSON."""
        files = {name: base64.b64encode(data).decode() for name, data in self.files.items()}
        more = {"stdin": base64.b64encode(self.stdin).decode(), "changes": self.changes, "files": files}
        return json.dumps({"kind": self.kind, "seed": self.seed, "args": self.args, **more}, indent=1)

    @classmethod
    def loaded(cls, text: str) -> Case:
        """A case that was dumped."""
        data = json.loads(text)
        files = {name: base64.b64decode(content) for name, content in data["files"].items()}
        stdin = base64.b64decode(data["stdin"])
        return cls(data["kind"], data["seed"], tuple(data["args"]), files, stdin, tuple(data["changes"]))


@dataclass(frozen=True)
class Fault:
    """What is wrong.

    Args:
        key: What other faults of the same cause have too.
        said: What the command said, and where the error arose.
    """

    key: str
    said: str


def prepare() -> None:
    """Have this process start commands like a user's who has no network and no configuration."""
    scratch = tempfile.mkdtemp(prefix="nlptasks-fuzz-home-")
    os.environ |= {"HF_HUB_OFFLINE": "1", "NLPTASKS_CONFIG": os.devnull, "HOME": scratch, "XDG_STATE_HOME": scratch}
    os.environ |= {"XDG_CACHE_HOME": scratch, "OMP_NUM_THREADS": "1", "COLUMNS": "100", "PIP_NO_INDEX": "1"}
    for kind in _WARNINGS:
        warnings.simplefilter("error", kind)


def forget() -> None:
    """Have the plugins of cases be imported anew, as they are in every process."""
    places = (str(PLUGINS), str(Path(tempfile.gettempdir(), "nlptasks-fuzz-")))
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(places):
            del sys.modules[name]


def fault_of(case: Case, *, own_process: bool = False) -> Fault | None:
    """Run a case in an empty folder; ``None`` where the command took it well."""
    before, environment = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="nlptasks-fuzz-") as name:
        folder = Path(name, "a", "b")
        _lay_out(case, folder)
        os.chdir(folder)
        try:
            code, out, err = (_started if own_process else _called)(case)
            found = _judged(code, out, err) or _left(case, folder, code)
            if found and not own_process and _RAW.search(err):
                found = _located(case, found, Path(name, "again", "b"))
        finally:
            os.chdir(before)
            os.environ.clear()
            os.environ.update(environment)
            _writable(Path(name))
    return found


def _lay_out(case: Case, folder: Path) -> None:
    (folder / "adir").mkdir(parents=True)
    os.mkfifo(folder / "afifo")
    for file, data in case.files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)


#: All is done but for rows that were left out, because that was asked for.
REJECTED = 3


def _judged(code: int, out: str, err: str) -> Fault | None:
    said = f"exit code {code}\n{err.strip()[:3_000]}"
    if raw := _RAW.search(err):
        return Fault(f"raw: {raw[0].strip()}", said)
    if code not in (0, 1, 2, REJECTED):
        return Fault(f"exit code {code}", said)
    if code == 2 and "error: " not in err and "Usage: " not in err + out:
        return Fault("exit code 2 without a word", said)
    if code == 1 and not err.strip() and not out.strip():
        return Fault("exit code 1 without a word", said)
    return None


def _left(case: Case, folder: Path, code: int) -> Fault | None:
    """What a command left or changed that it should not."""
    inside = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    parts = [path.name for path in folder.rglob("*") if path.suffix in {".part", ".aside"}]
    if parts:
        return Fault("a part was left", f"exit code {code}; left: {sorted(parts)}")
    for name, data in case.files.items():
        if not any(name.startswith(some) for some in case.changes) and (
            not (folder / name).is_file() or (folder / name).read_bytes() != data
        ):
            return Fault("an input was changed", f"exit code {code}; changed: {name}")
    new = sorted(inside - set(case.files) - {"afifo"})
    if code not in (0, REJECTED) and case.args[:1] == ("run",) and new:
        return Fault("an output in spite of an error", f"exit code {code}; new: {new}")
    outside = sorted(str(path) for path in folder.parent.parent.rglob("*") if not path.is_relative_to(folder.parent))
    return Fault("a file outside", str(outside)) if code and outside else None


def _located(case: Case, fault: Fault, folder: Path) -> Fault:
    """The fault with the frames of its error, by which it is known again: it is made once more in another folder."""
    _lay_out(case, folder)
    os.chdir(folder)
    _, _, err = _called(case, "--traceback")
    first, *others = re.split(r"^The above exception was the direct cause .*$", err, flags=re.MULTILINE)
    where = first if others else re.split(r"^During handling of the above .*$", err, flags=re.MULTILINE)[-1]
    frames = _FRAME.findall(where)
    if not frames:
        return fault
    raised = [line.partition(":")[0] for line in where.splitlines() if re.match(r"[\w.]+(:|$)", line)]
    own = next(((file, line) for file, line, _ in reversed(frames) if "nlptasks" in file), frames[-1][:2])
    at = f"{raised[-1] if raised else ''} at {_short(frames[-1][0])}:{frames[-1][1]}"
    return Fault(f"{at}, by {_short(own[0])}:{own[1]}", f"{fault.said[:800]}\n...{where.strip()[-1_500:]}")


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-3:])


def _called(case: Case, *before: str) -> tuple[int, str, str]:
    """The command in this process: its exit code and what stands on its streams."""
    from nlptasks._cli.main import run_command

    forget()
    with tempfile.TemporaryDirectory(prefix="nlptasks-fuzz-streams-") as name, _fed(case):
        streams = Path(name)
        with _streams(case.stdin, streams):
            try:
                code = run_command([*before, *_with_plugins(case.args)])
            except BrokenPipeError:
                code = 0
            except BaseException:  # what the command itself lets out
                traceback.print_exc()
                code = 99
            sys.stdout.flush()
            sys.stderr.flush()
        return code, *((streams / name).read_bytes().decode("utf-8", "replace") for name in ("1", "2"))


def _with_plugins(args: Sequence[str]) -> list[str]:
    """The arguments behind the fuzzer's own plugins, but for a case that names others: the flag stands once."""
    return [*args] if "--plugins-dir" in args else ["--plugins-dir", str(PLUGINS), *args]


def _started(case: Case) -> tuple[int, str, str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "nlptasks", *_with_plugins(case.args)]
    with _fed(case):
        done = subprocess.run(command, input=case.stdin, capture_output=True, timeout=2 * LIMIT, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@contextmanager
def _streams(stdin: bytes, folder: Path) -> Iterator[None]:
    """The three standard streams of a command are files in a folder, down to their descriptors."""
    kept = [os.dup(at) for at in range(3)]
    before = sys.stdin, sys.stdout, sys.stderr
    (folder / "0").write_bytes(stdin)
    for at in range(3):
        descriptor = os.open(folder / str(at), os.O_RDWR | os.O_APPEND | os.O_CREAT)
        os.dup2(descriptor, at)
        os.close(descriptor)
    with (
        open(0, encoding="utf-8", closefd=False) as sys.stdin,
        open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as sys.stdout,  # as main() has it
        open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as sys.stderr,
    ):
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = before
            for at, descriptor in enumerate(kept):
                os.dup2(descriptor, at)
                os.close(descriptor)


@contextmanager
def _fed(case: Case) -> Iterator[None]:
    """Somebody writes a line to ``afifo`` for whoever opens it, or reads from it where it is the output."""
    before = {flag for flag, arg in zip(("", *case.args), case.args, strict=False) if "afifo" in arg}
    if not before:
        yield
        return
    end = "cat afifo" if before <= {"-o", "--output"} else "printf 'text\\ngood\\n' > afifo"
    with subprocess.Popen(
        ["sh", "-c", f"while :; do {end}; done"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as other:
        try:
            yield
        finally:
            other.kill()


def _writable(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def run_in(folder: Path, case: Case) -> tuple[int, str, str]:
    """Run a command in a folder: its exit code and what stands on its two streams."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        return _called(case)
    finally:
        os.chdir(before)
