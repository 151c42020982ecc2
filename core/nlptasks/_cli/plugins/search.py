"""``nlptasks plugins search``: installed plugins, by their metadata, and those of an index."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import click

from nlptasks._cli.once import OnceCommand
from nlptasks._cli.views.tables import echo_json, table
from nlptasks._names import spelled
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.text.display import counted

if TYPE_CHECKING:
    from nlptasks._installing.index import Index, Listed
    from nlptasks._installing.installations import Installation

_OFFLINE = "HF_HUB_OFFLINE"


@click.command(cls=OnceCommand)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--index", "place", metavar="FILE|URL", help="Search this index, not the one that came with nlptasks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(words: tuple[str, ...], place: str | None, as_json: bool) -> None:
    """Find plugins whose name, summary or contents hold every WORD: installed ones, and those of the index.

    The index is a file of nlptasks, which a pull request extends; the network is asked only for --index URL, and where
    that cannot be read, it says so and searches the file.
    """
    from nlptasks._installing.installations import plugin_installations

    index = _index(place)
    there = plugin_installations()
    versions = {one.name: one.version for one in there}
    found = [one for one in _every(index, there) if one.matches(words)]
    if as_json:
        echo_json(
            {
                "index": index.source,
                "plugins": [
                    {
                        "name": one.name,
                        "installed": versions.get(spelled(one.name)),
                        "summary": one.summary,
                        "brings": list(one.brings),
                        "install": one.install or one.name,
                        "homepage": one.homepage,
                    }
                    for one in found
                ],
            }
        )
        return
    if found:
        rows = [[one.name, versions.get(spelled(one.name), "-"), ", ".join(one.brings), one.summary] for one in found]
        click.echo(table(("DISTRIBUTION", "INSTALLED", "BRINGS", "SUMMARY"), rows))
    _tell(found, words, index, versions.keys())


def _index(place: str | None) -> Index:
    from nlptasks._installing.index import read_index, shipped_index

    if place is None:
        return shipped_index()
    try:
        return read_index(place, offline=os.environ.get(_OFFLINE, "").upper() in {"1", "ON", "YES", "TRUE"})
    except UsageError:
        raise
    except NlptasksError as error:
        shipped = shipped_index()
        click.echo(f"warning: {error.message}; the index is {shipped.source}", err=True)
        return shipped


def _every(index: Index, there: Sequence[Installation]) -> list[Listed]:
    """Those of the index, and behind them the installed ones that it does not have."""
    from nlptasks._installing.index import Listed

    known = {spelled(one.name) for one in index.plugins}
    others = (one for one in there if one.name not in known)
    return [
        *index.plugins,
        *(Listed(name=one.name, summary=one.summary or "-", brings=one.plugins) for one in others),
    ]


def _tell(found: Sequence[Listed], words: Sequence[str], index: Index, installed: Collection[str]) -> None:
    said = f"the index is {index.source}, with {counted(len(index.plugins), 'plugin')}"
    if not found:
        click.echo(f"no plugin has {' and '.join(map(repr, words)) or 'a name'}; {said}", err=True)
        return
    click.echo(said, err=True)
    new = next((one for one in found if spelled(one.name) not in installed), None)
    if new:
        click.echo(f"install one: nlptasks plugins install {new.install or new.name}", err=True)
