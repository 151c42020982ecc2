"""``nlptasks plugins check``: loads a plugin and checks what it brings, in a process that it may take down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from nlptasks._cli.app import App
from nlptasks._cli.flags import Value
from nlptasks._cli.once import OnceCommand
from nlptasks._names import spelled
from nlptasks._plugins.configuration import FILE_VARIABLE
from nlptasks._plugins.discovery import GROUP
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.files.names import is_file, is_folder
from nlptasks.plugin.options import OptionField
from nlptasks.text.display import one_line

_TIMEOUT = Value(OptionField(name="timeout", kind="number", said={"min": 1, "max": 86_400}))


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What is checked: plugin ids, and where a process finds them."""

    ids: tuple[str, ...]
    folder: str = ""
    python_path: tuple[str, ...] = field(default=())


@click.command(cls=OnceCommand)
@click.argument("target", metavar="NAME|PATH")
@click.option("--timeout", type=_TIMEOUT, default=600.0, help="Seconds to wait.  [default: 600]")
@click.pass_context
def check(ctx: click.Context, target: str, timeout: float) -> None:
    """Load a plugin, import all that its descriptors name, look for names that others have too, and check what it has.

    It is an installed plugin or distribution, a .py file, or a project folder with a pyproject.toml, which need not be
    installed. Each head, task, metric, ... has a line: ok, a fault, or why it could not be checked. The checks are
    those of nlptasks.testing. Exits with 1 where anything is wrong. A plugin that was left out because a process died
    while it was imported loads again once this finds it in order.
    """
    with tempfile.TemporaryDirectory(prefix="nlptasks-check-") as scratch:
        subject = _subject(target, Path(scratch))
        results = [_try(name, subject, timeout, Path(scratch), _config_file(ctx)) for name in subject.ids]
    for name, (problems, lines) in zip(subject.ids, results, strict=True):
        for line in (*problems, *lines) or ("ok",):
            click.echo(one_line(f"{name}: {line}", limit=2000))
    faults = any(": fault: " in line for _, lines in results for line in lines)
    if faults:
        click.echo("nlptasks.testing.check_head(...) and its like show the same in a test, with a traceback", err=True)
    ctx.exit(1 if faults or any(problems for problems, _ in results) else 0)


def _config_file(ctx: click.Context) -> dict[str, str]:
    """What tells the other process of the configuration that the user named."""
    app = ctx.find_object(App)
    return {FILE_VARIABLE: str(app.config_file.absolute())} if app and app.config_file else {}


def _subject(target: str, scratch: Path) -> _Subject:
    path = Path(target)
    if path.suffix == ".py" and is_file(path):
        copy = scratch / "plugins"
        copy.mkdir()
        (copy / path.name).write_bytes(path.read_bytes())
        return _Subject(ids=(path.stem,), folder=str(copy))
    if is_folder(path):
        return _project(path.resolve(), scratch)
    return _Subject(ids=(target,))


def _project(folder: Path, scratch: Path) -> _Subject:
    """Stand in for an installation: metadata from pyproject.toml, code from where it lies."""
    project = _project_table(folder / "pyproject.toml")
    entries = project.get("entry-points", {}).get(GROUP, {})
    if not entries:
        raise UsageError(
            f"{folder / 'pyproject.toml'} names no plugin",
            hint=f'write [project.entry-points.{GROUP}] and below it: name = "package"',
        )
    requirements = "".join(f"Requires-Dist: {text}\n" for text in project.get("dependencies", []))
    python = f"Requires-Python: {project['requires-python']}\n" if "requires-python" in project else ""
    header = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project.get('version', '0')}\n"
    metadata = scratch / f"{spelled(project['name']).replace('-', '_')}-0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(header + python + requirements, encoding="utf-8")
    lines = [f"[{GROUP}]", *(f"{name} = {value}" for name, value in entries.items())]
    (metadata / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return _Subject(ids=tuple(entries), python_path=(str(scratch), str(folder / "src"), str(folder)))


def _project_table(path: Path) -> Mapping[str, Any]:
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
        if not isinstance(project["name"], str):
            raise ValueError("project.name is no string")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not the metadata of a project: {error}", hint="name a project folder, a .py file or a plugin"
        ) from error
    found: Mapping[str, Any] = project
    return found


def _try(
    name: str, subject: _Subject, timeout: float, scratch: Path, config: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return what is wrong with a plugin as a whole, empty where nothing is, and a line for each thing it brings."""
    result, kit = scratch / "result.json", scratch / "result.kit"
    result.unlink(missing_ok=True)
    kit.unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", "nlptasks.testing._kit", str(result), name]
    path = os.pathsep.join(part for part in (*subject.python_path, os.environ.get("PYTHONPATH", "")) if part)
    try:
        done = subprocess.run(
            [*command, *([subject.folder] if subject.folder else [])],
            env={**os.environ, **config, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        death, code = _death(done), done.returncode
    except subprocess.TimeoutExpired:
        loaded = is_file(result)
        death, code = f"it {'was not done' if loaded else 'did not load'} within {timeout:g} seconds", 1
    if not is_file(result):
        return [death], []
    problems = _verdict(name, json.loads(result.read_text(encoding="utf-8")))
    return problems, _checked(kit, death if code else "")


def _checked(kit: Path, death: str) -> list[str]:
    """A line for each thing that a plugin brings; the last one says how the process died, where it did."""
    if not is_file(kit):
        return []
    told = [json.loads(line) for line in kit.read_text(encoding="utf-8").splitlines()]
    lines = [
        f"{what}: {end}: {says}" if says else f"{what}: {end}" for what, end, says in (t for t in told if len(t) == 3)
    ]
    if death:
        lines.append(f"{told[-1][0]}: fault: {death}" if told else f"check: fault: {death}")
    return lines


def _death(done: subprocess.CompletedProcess[bytes]) -> str:
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    says = f": {one_line(last[0])}" if last else ""
    if done.returncode >= 0:
        return f"it ended the process with exit code {done.returncode}{says}"
    try:
        name = signal.Signals(-done.returncode).name
    except ValueError:
        name = f"signal {-done.returncode}"
    return f"it crashed the process with {name}{says}"


def _verdict(name: str, told: dict[str, Any]) -> list[str]:
    records = told["records"]
    if not records:
        raise NlptasksError(
            f"there is no plugin or distribution named {name!r}", hint="'nlptasks plugins list' shows the plugins"
        )
    if told["note"]:
        click.echo(f"warning: {told['note']}", err=True)
    return [
        *(f"{r['state']} at {r['stage']}: {r['error']}" for r in records if r["state"] != "loaded"),
        *(f"it changed {', '.join(r['changed'])} while it was imported" for r in records if r["changed"]),
        *told["clashes"],
        *taken_flags(told["wants"]),
    ]


def taken_flags(wants: Iterable[Sequence[str]]) -> list[str]:
    """A line for each thing of a plugin that wants a flag which the commands themselves have."""
    from nlptasks._cli.commands.eval import evaluate
    from nlptasks._cli.commands.run import run

    # Of these every head offers all its options; of 'train' only those that have a meaning there.
    groups = {"run": run.own_flags, "eval": evaluate.own_flags}
    return [
        f"{what} wants {flag}, which is a flag of 'nlptasks {name}' itself; rename it"
        for what, flag in wants
        for name, flags in groups.items()
        if flag in flags
    ]
