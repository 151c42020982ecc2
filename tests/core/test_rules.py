"""The rules that keep the core small and its start fast."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from nlptasks._plugins.registry import KINDS
from nlptasks._plugins.validation import _CHECKS

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "core").rglob("*.py"))
PLUGINS = sorted(
    path for top in ("plugins", "tasks", "benchmarks/nlptasks_benchmarks") for path in (ROOT / top).rglob("*.py")
)
STARTS = (
    *("--help", "--version", "run --help", "run sentiment --help", "eval --help", "train --help", "plugins list"),
    *("tasks list", "heads list", "backbones list", "metrics list", "formats list", "engines list", "benchmark list"),
)
TESTS = ROOT / "tests" / "core"

#: Test files that stand for no module, and what they are of.
OF_SEVERAL = {
    "test_rules.py": "the source as a whole",
    "test_distribution.py": "what this project, its examples and its scaffolds ask an installer for",
    "_board/page/test_browser.py": "the page and its script, in a browser",
    "_exchange/test_foreign.py": "files of other tools, in all formats",
    "_exchange/test_round_trip.py": "an export and an import, in all formats",
    "testing/test_faults.py": "the page of the reference that is made of all planted faults",
    "models/test_seq2seq_loading.py": "seq2seq: when its decoder is loaded",
}
HEAVY = {"importlib.metadata", "numpy", "pandas", "pyarrow", "rich", "scipy", "sklearn", "torch", "transformers"}


def imports(path: Path) -> Iterator[str]:
    """Every absolute module that a file imports, and every string that may name one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.partition(":")[0]


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def module(path: Path) -> str:
    """The dotted name of a module of the core."""
    return ".".join(path.relative_to(ROOT / "core").with_suffix("").parts).removesuffix(".__init__")


def package(name: str) -> str:
    """The room that a module of the core stands in: ``nlptasks.models.decoding.beams`` is in ``nlptasks.models``."""
    return ".".join(name.split(".")[:2])


def rooms() -> dict[str, set[str]]:
    """The rooms of the core, each with those that it imports from; imports in functions and import strings count."""
    modules = {module(path): path for path in CORE}
    graph: dict[str, set[str]] = {package(name): set() for name in modules}
    for name, path in modules.items():
        for found in imports(path):
            if found in modules and (found != "nlptasks" or name == "nlptasks"):
                graph[package(name)].add(package(found))
    return {room: others - {room} for room, others in graph.items()}


def test_no_room_imports_itself_by_way_of_others():
    graph = rooms()
    order = list(TopologicalSorter(graph).static_order())  # raises a CycleError that names the circle
    assert set(order) == set(graph)


def mirrored(path: Path) -> str:
    """Where the tests of a module of the core are: those of ``_board/loading.py`` in ``_board/test_loading.py``."""
    room = path.relative_to(ROOT / "core" / "nlptasks").parent
    return (room / f"test_{path.stem.strip('_')}.py").as_posix()


def test_tests_mirror_the_tree():
    wanted = {mirrored(path) for path in CORE if path.name != "__init__.py"}
    there = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py")}
    assert wanted - there == set(), "modules without a test file of their name"
    assert there - wanted == OF_SEVERAL.keys(), "test files of no module, beside those that are listed with a reason"


def test_each_package_of_the_wheel_says_that_it_has_types_and_is_checked():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packages = tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert [name for name in packages if not (ROOT / name / "py.typed").is_file()] == []
    assert sorted(tool["mypy"]["packages"]) == sorted(Path(name).name for name in packages)


def test_a_class_name_stands_for_one_thing():
    places: dict[str, list[str]] = {}
    for path in [*CORE, *PLUGINS]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(label(path))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_the_core_asks_what_lies_under_a_name_by_what_never_raises():
    raising = re.compile(r"\.(is_file|is_dir|exists)\(\)")
    found = {label(path) for path in CORE if raising.search(path.read_text(encoding="utf-8"))}
    assert found == set(), "nlptasks.files.names takes every name that somebody types"


def test_the_house_has_few_rooms_at_its_door_and_no_crowded_one():
    folders = Counter(path.parent for path in [*CORE, *PLUGINS] if path.name != "__init__.py")
    assert {label(folder): n for folder, n in folders.items() if n > 20} == {}
    assert len(list((ROOT / "core" / "nlptasks").glob("*.py"))) <= 8


@pytest.mark.parametrize("path", PLUGINS, ids=label)
def test_a_plugin_uses_public_modules_only(path):
    private = [name for name in imports(path) if name.startswith("nlptasks.") and "._" in name]
    assert private == []


@pytest.mark.parametrize("path", PLUGINS, ids=label)
def test_a_plugin_uses_no_other_plugin(path):
    own = path.relative_to(ROOT).parts[1]
    others = {name.partition(".")[0] for name in imports(path) if name.startswith("nlptasks_")} - {own}
    assert others == set()


@pytest.mark.parametrize("path", CORE, ids=label)
def test_the_core_knows_no_plugin(path):
    packages = {folder.name for top in ("plugins", "tasks") for folder in (ROOT / top).iterdir() if folder.is_dir()}
    assert {name.partition(".")[0] for name in imports(path)} & packages == set()


def test_every_field_of_every_descriptor_is_checked():
    assert {spec: set(checks) for spec, checks in _CHECKS.items()} == {
        spec: {field.name for field in fields(spec)} for spec in KINDS.values()
    }


@pytest.mark.parametrize(
    "args",
    [line.split() for line in STARTS],
    ids=" ".join,
)
def test_a_start_imports_nothing_heavy(args):
    code = f"""
import sys
from nlptasks._cli.main import run_command
code = run_command({args!r})
print("LOADED", *sorted({HEAVY!r} & sys.modules.keys()))
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "LOADED"


def test_help_and_version_import_no_command_and_no_plugin():
    code = """
import sys
from nlptasks._cli.main import run_command
run_command(["--help"])
run_command(["--version"])
wrong = [m for m in sys.modules if m.startswith(("nlptasks_", "nlptasks._plugins", "importlib.metadata", "pluggy"))]
print("LOADED", *wrong, *(m for m in sys.modules if m.startswith("nlptasks._cli.")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.splitlines()[-1].split()[1:]) == [
        f"nlptasks._cli.{m}" for m in ("app", "ending", "installed", "lazy", "main", "once", "table")
    ]
