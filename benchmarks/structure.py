"""Counts what a newcomer to the code has to hold in mind: modules, folders, edges between packages, repeated fields.

    python benchmarks/structure.py [ROOT]

Source is parsed and not imported, so that any checkout can be counted. Imports in functions and import strings count.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

#: Fields that two dataclasses have in common from which on one of them repeats the other.
MANY = 5


def modules(core: Path) -> dict[str, ast.Module]:
    """Every module of the core by its dotted name."""
    return {
        ".".join(path.relative_to(core).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text("utf-8")
        )
        for path in core.rglob("*.py")
    }


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports, wherever in it, and what its strings may name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.partition(":")[0]


def edges(found: dict[str, ast.Module]) -> set[tuple[str, str]]:
    """Pairs of packages (of modules, where they lie at the root) of which the first imports from the second."""
    pairs = {
        (package(name), package(other))
        for name, tree in found.items()
        for other in imported(tree)
        if other in found and other != "nlptasks"
    }
    return {(one, other) for one, other in pairs if one != other}


def package(name: str) -> str:
    """The room of a module: its first two names."""
    return ".".join(name.split(".")[:2])


def fields(found: dict[str, ast.Module]) -> dict[str, set[str]]:
    """The annotated fields of every dataclass."""
    return {
        f"{name}.{node.name}": {
            item.target.id
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        for name, tree in found.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list)
    }


def main(root: Path) -> None:
    """Print the counts."""
    found = modules(root / "core")
    folders = Counter(
        path.parent.relative_to(root)
        for top in ("core", "plugins", "tasks", "benchmarks")
        for path in (root / top).rglob("*.py")
        if path.name != "__init__.py"
    )
    folder, most = folders.most_common(1)[0]
    repeated = [
        (one, other, len(left & right))
        for (one, left), (other, right) in combinations(fields(found).items(), 2)
        if len(left & right) >= MANY
    ]
    names = [name for name in found if not any(part.startswith("_") for part in name.split("."))]
    print(f"modules at the root of the core   {len(list((root / 'core' / 'nlptasks').glob('*.py')))}")
    print(f"modules of the core               {len(found)}")
    print(f"largest folder                    {most} ({folder})")
    print(f"edges between packages            {len(edges(found))}")
    print(f"public modules                    {len(names)}")
    print(f"public packages                   {len({package(name) for name in names if name.count('.') > 1})}")
    print(f"dataclasses with {MANY} fields alike    {len(repeated)} pairs")
    for one, other, shared in repeated:
        print(f"  {shared} {one} ~ {other}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]))
