"""The reference says what the source says, and no link leads nowhere."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from nlptasks._cli.main import cli
from nlptasks.plugin import hooks

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

HOOKS = [name for name in vars(hooks) if name.startswith("nlptasks_")]

#: Where a hook may show that it is of use.
USERS = ("tests", "plugins", "tasks", "examples")


def commands() -> Iterator[str]:
    """The commands of the program's own table, and those in their groups."""
    context = click.Context(cli, info_name="nlptasks")
    for name in cli.list_commands(context):
        yield f"nlptasks {name}"
        command = cli.get_command(context, name)
        # In some, the tasks are the commands.
        if isinstance(command, click.Group) and name not in ("eval", "run", "train"):
            yield from (f"nlptasks {name} {inner}" for inner in command.list_commands(context))


def signature(hook: str) -> str:
    """How a hook is written in hookspecs.py."""
    found = inspect.signature(getattr(hooks, hook))
    arguments = ", ".join(f"{name}: {parameter.annotation}" for name, parameter in found.parameters.items())
    return f"def {hook}({arguments}) -> {found.return_annotation}"


def test_the_reference_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_documented(hook: str) -> None:
    page = (REFERENCE / "hooks.md").read_text(encoding="utf-8")
    assert f"## `{hook}`\n\n```python\n{signature(hook)}\n```\n" in page, f"{hook} is not in hooks.md as it is written"


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used(hook: str) -> None:
    sources = (path.read_text(encoding="utf-8") for folder in USERS for path in (ROOT / folder).rglob("*.py"))
    assert any(f"def {hook}(" in source for source in sources), f"no test, plugin or example implements {hook}"


@pytest.mark.parametrize("command", list(commands()))
def test_a_command_is_documented(command: str) -> None:
    assert f"## `{command}`\n" in (REFERENCE / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)
    local = [link for found in links if (link := "".join(found)) and not re.match(r"[a-z]+:", link)]
    lost = [link for link in local if not leads_somewhere(page, link)]
    assert not lost, f"{page.relative_to(ROOT)} links to what is not there: {lost}"


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a relative link names a file and, behind ``#``, one of its headings."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name) if name else page
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
