"""What lies where in the repository of a public leaderboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlptasks._board.trust import Believed
from nlptasks._plugins.registry import Registry
from nlptasks._scoring.pinned import PinnedData
from nlptasks.errors import UsageError
from nlptasks.files.names import is_file, is_folder
from nlptasks.records.suites import Card, Suite, read_suite

#: Names of what a repository holds.
SUITE, RECORDS, ATTESTATIONS, SUBMISSIONS, HIDDEN = "suite.yaml", "records", "attestations", "submissions", "hidden"


@dataclass(frozen=True, kw_only=True)
class BoardRepository:
    """A repository.

    Args:
        folder: Its folder.
        suite: Its data sets.
    """

    folder: Path
    suite: Suite

    @property
    def records(self) -> Path:
        """Where records lie, a folder each."""
        return self.folder / RECORDS

    @property
    def attestations(self) -> Path:
        """Where the maintainer's attestations lie."""
        return self.folder / ATTESTATIONS

    @property
    def submissions(self) -> Path:
        """Where predictions lie that the maintainer is to score, a folder each."""
        return self.folder / SUBMISSIONS

    def believed(self, registry: Registry) -> Believed:
        """Whose word counts here: the maintainer's attestations, and the suite's data."""
        own = self.attestations if is_folder(self.attestations) else None
        return Believed(attestations=own, pinned=PinnedData(registry=registry, suites=(self.suite,)))

    def hidden(self, name: str) -> Card:
        """A data set whose gold answers are hidden.

        Args:
            name: Its name; empty: the only one.

        Raises:
            UsageError: There is none of that name, or several.
        """
        cards = [card for card in self.suite.datasets if card.public and not card.retired]
        found = [card for card in cards if name in ("", card.name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(card.name for card in cards)
        if not cards:
            raise UsageError(
                f"{self.folder / SUITE}: the gold answers of no data set are hidden",
                hint="score the predictions yourself (nlptasks rescore ... --suite suite.yaml --dataset NAME -o DIR), "
                "and submit the record",
            )
        problem = f"no data set {name!r} with hidden gold answers" if name else "several data sets have hidden gold"
        raise UsageError(f"{self.folder / SUITE}: {problem}", hint=f"name one of them with --dataset: {known}")


def open_repository(folder: Path) -> BoardRepository:
    """Open a repository.

    Raises:
        UsageError: It has no suite, or that cannot be read.
    """
    if not is_file(folder / SUITE):
        raise UsageError(
            f"{folder}: no repository of a leaderboard: there is no {SUITE} in it",
            hint=f"nlptasks leaderboard init {folder} --name NAME writes one",
        )
    return BoardRepository(folder=folder, suite=read_suite(folder / SUITE))
