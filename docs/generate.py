"""Writes docs/reference/ and the keywords of the Python API from the source: ``python docs/generate.py``.

With ``--check`` it only says what differs.

Python modules are parsed and not imported, so signatures and docstrings stand in the reference as they stand in the
code. Commands and tasks are asked for, with the plugins of nlptasks itself and no others.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.by_task import COLUMN, FORMAT, OPTION, TaskGroup
from nlptasks._cli.flags import help_of
from nlptasks._cli.main import cli
from nlptasks._names import resolve
from nlptasks._plugins.registry import Registry
from nlptasks._settings.functions import FUNCTIONS, keywords
from nlptasks.plugin import Column, FormatSpec, TaskSpec
from nlptasks.plugin.options import OptionField

ROOT = Path(__file__).parents[1]
CORE = ROOT / "core" / "nlptasks"
REFERENCE = ROOT / "docs" / "reference"
README, BOARD = ROOT / "README.md", ROOT / "benchmarks" / "results" / "board.json"
KEYWORDS = CORE / "_settings" / "keywords.py"

#: Modules that a plugin author reads beside the hooks; ``nlptasks`` itself shows what ``api`` defines.
HOOKS, BESIDE_HOOKS, INSIDE = "plugin.hooks", ("plugin.specs", "plugin.events"), ("__main__", "api")

NOTE = "<!-- Written by docs/generate.py from the source; do not edit. -->\n"

Definition = ast.ClassDef | ast.FunctionDef


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with what would be written."""
    os.environ.update(NLPTASKS_CONFIG=os.devnull, NLPTASKS_PLUGINS="nlptasks")
    pages = {"commands.md": commands(), "hooks.md": hooks(), "python.md": python(), "tasks.md": tasks()}
    texts = {REFERENCE / name: f"{NOTE}\n{_joined(lines)}" for name, lines in pages.items()}
    texts[README] = _with_board(README.read_text(encoding="utf-8"))
    differing = 0
    for path, text in {KEYWORDS: _joined(keywords_module()), **texts}.items():
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        differing = 1
        if arguments == ["--check"]:
            changes = difflib.unified_diff(before.splitlines(), text.splitlines(), str(path), "the source", n=0)
            print("\n".join(changes), "\n  write it again: python docs/generate.py", sep="")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return differing if arguments == ["--check"] else 0


def _joined(lines: Iterator[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


# ------------------------------------------------------------------ README


def _with_board(readme: str) -> str:
    """README.md with the standings of the published board between its marks."""
    before, begin, rest = readme.partition("<!-- board: written by docs/generate.py -->\n")
    _, end, after = rest.partition("<!-- end of the board -->\n")
    return f"{before}{begin}{_joined(standings(json.loads(BOARD.read_bytes())['tasks']))}{end}{after}"


def standings(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A row for each system: its scores on the data sets of each task, in the order that the header names them in."""
    panels = [[panel for panel in task["panels"] if not panel["retired"]] for task in tasks]
    found: dict[str, dict[str, str]] = {}
    for panel in chain.from_iterable(panels):
        for row in panel["rows"]:
            found.setdefault(row["system"], {})[panel["id"]] = f"{row['score']:.3f}"
    rows = {name: [[cells.get(panel["id"], "–") for panel in of] for of in panels] for name, cells in found.items()}
    yield f"| system | {' | '.join(map(_header, panels))} |"
    yield f"| --- |{' --- |' * len(panels)}"
    for name, row in sorted(rows.items(), key=lambda item: sum(set(cell) == {"–"} for cell in item[1])):
        yield f"| {name} | {' | '.join('' if set(cell) == {'–'} else ' / '.join(cell) for cell in row)} |"


def _header(panels: Sequence[Mapping[str, Any]]) -> str:
    metrics = " / ".join(dict.fromkeys(panel["metric"] for panel in panels))
    return f"{panels[0]['task']}: {' / '.join(panel['dataset'] for panel in panels)} ({metrics})"


# ---------------------------------------------------------------- keywords


def keywords_module() -> Iterator[str]:
    """The module that tells type checkers which settings the functions of the API take."""
    yield from (
        '"""Written by docs/generate.py from the groups of settings; do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Sequence",
        "from pathlib import Path",
        "from typing import Literal, TypedDict",
    )
    for function in FUNCTIONS:
        yield from ("", "", f"class {function.capitalize()}Settings(TypedDict, total=False):")
        yield from (f'    """What :func:`nlptasks.{function}` takes as keywords."""', "")
        yield from (f"    {option.name}: {keyword_type(option)}" for option in keywords(function))


def keyword_type(option: OptionField) -> str:
    """The annotation of a setting as a keyword."""
    text = "str | Path" if option.said.get("path") else "str"
    choices = ", ".join(f'"{choice}"' for choice in option.choices)
    kinds = {
        "string": text,
        "integer": "int | str" if option.said.get("size") else "int",
        "number": "float",
        "boolean": "bool",
        "choice": f"Literal[{choices}]",
        "list": f"Sequence[{text}]",
        "integers": "Sequence[int]",
    }
    return kinds[option.kind] + (" | None" if option.nullable else "")


# ---------------------------------------------------------------- commands


def commands() -> Iterator[str]:
    """Every command and its flags."""
    yield from ("# Commands", "")
    yield from ("Every command takes `--help`. Flags of `nlptasks` itself stand before the command.", "")
    context = click.Context(cli, info_name="nlptasks", obj=App())
    yield from command(context)


def command(context: click.Context) -> Iterator[str]:
    """A command and, where it is a group, the commands in it."""
    yield from (f"## `{context.command_path}`", "", plain(inspect.cleandoc(context.command.help or "")), "")
    if isinstance(context.command, TaskGroup):
        yield from by_task(context, context.command)
        return
    arguments = [param.make_metavar(context) for param in context.command.params if isinstance(param, click.Argument)]
    if arguments:
        yield from (f"Takes {', '.join(f'`{argument}`' for argument in arguments)}.", "")
    yield from flags(context, context.command.params)
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            found = context.command.get_command(context, name)
            assert found is not None
            yield from command(click.Context(found, info_name=name, parent=context))


def by_task(context: click.Context, group: TaskGroup) -> Iterator[str]:
    """The flags of all tasks, and then those that only a task or its heads have."""
    names = group.list_commands(context)
    inner = {name: group.get_command(context, name) for name in names}
    listed = " or ".join(f"`{name}`" for name in names)
    yield from (f"`{context.command_path} TASK`, where `TASK` is {listed}. {plain(group.epilog or '')}", "")
    own: dict[str, list[click.Parameter]] = {}
    for name, found in inner.items():
        own[name] = [param for param in found.params if getattr(param, "owner", "") in (COLUMN, OPTION, FORMAT)]
        if name == names[0]:
            yield from flags(context, [param for param in found.params if param not in own[name]])
    for name, params in own.items():
        yield from (f"### `{context.command_path} {name}`", "", "The flags above, and:", "")
        yield from flags(context, params)
    if group.params:
        yield from (f"### `{context.command_path}` without a task", "")
        yield from flags(context, group.params)


def flags(context: click.Context, params: list[click.Parameter]) -> Iterator[str]:
    """A table of flags."""
    records = [record for param in params if (record := param.get_help_record(context)) and param.opts]
    options = [record for record in records if record[0].startswith("-")]
    if options:
        yield from ("| flag | what it does |", "|---|---|")
        yield from (f"| `{cell(names)}` | {cell(text)} |" for names, text in options)
        yield ""


# ------------------------------------------------------------------- tasks


def tasks() -> Iterator[str]:
    """The task contracts, their heads, and the file formats."""
    registry = App().plugins().registry
    yield from ("# Tasks and formats", "")
    yield from ("What `nlptasks tasks list`, `heads list` and `formats list` show, with the names of columns.", "")
    for item in registry.all(TaskSpec):
        yield from task(item.spec, registry)
    yield from ("## File formats", "", "| format | file name endings | what it is |", "|---|---|---|")
    for form in registry.all(FormatSpec):
        endings = ", ".join(f"`{suffix}`" for suffix in form.spec.suffixes)
        yield f"| `{form.spec.name}` | {endings} | {cell(form.spec.summary)} |"


def task(spec: TaskSpec, registry: Registry) -> Iterator[str]:
    """A task: what it reads and writes, how it is scored, who solves it."""
    yield from (f"## {spec.name}", "", f"{spec.summary[0].upper()}{spec.summary[1:]}", "")
    heads = registry.heads(spec.name)
    if not heads:
        yield from ("Planned: the contract is there, no head is.", "")
    outputs = [spec.output + suffix for suffix in resolve(spec.prediction).suffixes]
    yield from ("| | |", "|---|---|")
    for column in spec.inputs:
        yield f"| input column | {column_cell(column)} |"
    yield f"| gold column | {column_cell(spec.gold)} |"
    yield f"| output columns | {', '.join(f'`{name}`' for name in outputs)} |"
    yield f"| metrics | {', '.join(f'`{name}`' for name in spec.metrics)}; the primary one is `{spec.primary}` |"
    for head in heads:
        default = " (default)" if head.spec.default else ""
        trained = "; can be trained" if head.spec.trainer else ""
        yield f"| head | `{head.spec.name}`{default}: {cell(head.spec.summary)}{trained} |"
    yield ""


def column_cell(column: Column) -> str:
    """A column with the other names under which it is found."""
    others = ", ".join(f"`{alias}`" for alias in column.aliases)
    return f"`{column.name}`: {cell(column.summary)}" + (f". Also found as {others}" if others else "")


# ------------------------------------------------------------ Python modules


def hooks() -> Iterator[str]:
    """The hooks, and the descriptors and events that they return and are given."""
    tree = parse(HOOKS)
    yield from ("# Hooks", "", *prose(ast.get_docstring(tree) or ""))
    for node in public(tree).values():
        if isinstance(node, ast.FunctionDef):
            yield from definition(node, "##")
    for name in BESIDE_HOOKS:
        yield from module(name)


def python() -> Iterator[str]:
    """The public modules."""
    yield from (
        "# Python",
        "",
        "What is not listed here is private and may change. [Hooks](hooks.md) has the rest:",
        "",
    )
    yield from (f"- `nlptasks.{name}`" for name in (HOOKS, *BESIDE_HOOKS))
    yield ""
    paths = (path.relative_to(CORE).with_suffix("").parts for path in CORE.rglob("*.py"))
    names = sorted(".".join(parts) for parts in paths if not any(part.startswith("_") for part in parts))
    for name in ["__init__", *(name for name in names if name not in (HOOKS, *BESIDE_HOOKS, *INSIDE))]:
        yield from module(name)


def module(name: str) -> Iterator[str]:
    """A module with its public names."""
    tree = parse(name)
    yield from (f"## `nlptasks{'' if name == '__init__' else f'.{name}'}`", "", *prose(ast.get_docstring(tree) or ""))
    yield from constants(name, tree)
    for node in public(tree).values():
        yield from definition(node, "###")


def parse(name: str) -> ast.Module:
    """The syntax tree of a module of the core, by its name below ``nlptasks``."""
    tree = ast.parse(source(name))
    _PlainTypes(tree).visit(tree)
    return tree


class _PlainTypes(ast.NodeTransformer):
    """Puts ``int`` for a private name that a module has for ``Annotated[int, ...]``: how it is checked is no type."""

    def __init__(self, tree: ast.Module) -> None:
        self._types = {
            _assigned(node): node.value.slice.elts[0]
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Subscript)
            and isinstance(node.value.slice, ast.Tuple)
            and ast.unparse(node.value.value) == "Annotated"
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._types.get(node.id, node) if isinstance(node.ctx, ast.Load) else node


def source(name: str) -> str:
    """The text of a module of the core."""
    path = CORE / name.replace(".", "/")
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")


def public(tree: ast.Module) -> Mapping[str, Definition]:
    """The classes and functions that a module offers, those that it takes from private modules too."""
    here = _definitions(tree)
    names = next((ast.literal_eval(n.value) for n in tree.body if _assigned(n) == "__all__"), None)  # type: ignore[attr-defined]
    if names is None:
        return {name: node for name, node in here.items() if not name.startswith("_")}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not str(node.module).startswith("nlptasks."):
            continue
        if wanted := {alias.name for alias in node.names} & set(names) - set(here):
            behind = public(parse(str(node.module).removeprefix("nlptasks.")))
            here |= {name: behind[name] for name in wanted if name in behind}
    return {name: here[name] for name in names if name in here}


def _definitions(tree: ast.Module) -> dict[str, Definition]:
    return {node.name: node for node in tree.body if isinstance(node, Definition)}


def _assigned(node: ast.stmt) -> str:
    return ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""


def constants(name: str, tree: ast.Module) -> Iterator[str]:
    """The constants that have a ``#:`` comment."""
    lines = source(name).splitlines()
    for node in tree.body:
        told: list[str] = []
        at = node.lineno - 2
        while lines[at].startswith("#:"):
            told, at = [lines[at].removeprefix("#:").strip(), *told], at - 1
        if told and _assigned(node) and not _assigned(node).startswith("_"):
            yield from (f"- `{ast.unparse(node)}`: {plain(' '.join(told))}", "")


def definition(node: Definition, level: str) -> Iterator[str]:
    """A function, or a class with its fields and public methods."""
    told = ast.get_docstring(node) or ""
    yield from (f"{level} `{node.name}`", "", "```python")
    if isinstance(node, ast.FunctionDef):
        yield from (signature(node), "```", "", *prose(told))
        if node.name in FUNCTIONS and node.args.kwarg:
            yield from settings(node.name)
        return
    bases = ", ".join(ast.unparse(base) for base in node.bases)
    yield from (f"@{ast.unparse(decorator)}" for decorator in node.decorator_list)
    yield f"class {node.name}({bases}):" if bases else f"class {node.name}:"
    yield from (f"    {ast.unparse(item)}".replace("'", '"') for item in node.body if isinstance(item, ast.AnnAssign))
    yield from ("```", "", *prose(told))
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and _shown(method, told):
            yield from ("```python", signature(method, node.name), "```", "", *prose(ast.get_docstring(method) or ""))


def settings(function: str) -> Iterator[str]:
    """A table of the settings that a function takes as keywords."""
    yield from ("| keyword | what it says |", "|---|---|")
    yield from (f"| `{option.name}` | {cell(help_of(option))} |" for option in keywords(function))
    yield ""


def _shown(method: ast.FunctionDef, class_docstring: str) -> bool:
    """Whether a method is public; a constructor is where its class says what it takes."""
    if "overload" in map(ast.unparse, method.decorator_list):
        return False
    if method.name == "__init__":
        return "Args:" in class_docstring
    return method.name == "__call__" or not method.name.startswith("_")


def signature(node: ast.FunctionDef, owner: str = "") -> str:
    """The first line of a function as it stands in the code; of a method, as it is called."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    arguments = ast.unparse(node.args).replace("=", " = ").replace("'", '"')
    if owner:
        arguments = re.sub(r"^(self|cls)(, )?", "", arguments)
        if {"property", "cached_property"} & set(map(ast.unparse, node.decorator_list)):
            return f"{owner}.{node.name}{returns}"
    name = f"{owner}.{node.name}" if owner else f"def {node.name}"
    if len(arguments) > 90:
        parts = re.split(r", (?=\*, |\**\w+: )", arguments)
        arguments = "\n" + "".join(f"    {part},\n" for part in parts)
    return f"{name}({arguments}){returns}"


def prose(docstring: str) -> Iterator[str]:
    """A docstring as Markdown: its sections become lists."""
    lines = docstring.splitlines()
    for at, line in enumerate(lines):
        follows = at + 1 < len(lines) and lines[at + 1].startswith("    ")
        if follows and line in ("Args:", "Returns:", "Raises:"):
            yield from (f"**{line.rstrip(':')}**", "")
        elif match := re.fullmatch(r"    (\w+): (.*)", line):
            yield f"- `{match[1]}`: {plain(match[2])}"
        elif line.startswith("        ") and line.strip():
            yield f"  {plain(line.strip())}"
        elif line.startswith(">>> ") and not lines[at - 1].startswith(">>> "):
            yield from ("```pycon", line)
        elif at and lines[at - 1].startswith(">>> ") and not line.startswith(">>> "):
            yield from (line, "```")
        else:
            yield plain(line.strip())
    if docstring:
        yield ""


def plain(text: str) -> str:
    """Text with the roles and literals of reStructuredText, as Markdown."""
    return re.sub(r"``(.+?)``", r"`\1`", re.sub(r":\w+:`~?(.+?)`", r"`\1`", text))


def cell(text: str) -> str:
    """A text in a cell of a table."""
    return plain(" ".join(text.split())).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
