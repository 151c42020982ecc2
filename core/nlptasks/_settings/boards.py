"""The settings of public leaderboards. Apart from the other groups, since few commands need them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from nlptasks.errors import UsageError
from nlptasks.plugin.options import setting


@dataclass(frozen=True, kw_only=True)
class BoardData:
    """What the repository of a leaderboard begins with."""

    name: str = setting("", "Name of the leaderboard.", metavar="NAME", default_text="the folder's")
    task: str = setting("", "The task of the data.", metavar="TASK", default_text="the example's")
    data: str = setting("", "File with inputs and gold answers.", metavar="FILE", path=True, default_text="an example")
    gold: str = setting("", "Its gold column.", metavar="COLUMN", default_text="by its name")
    id: str = setting("", "Its column of ids.", metavar="COLUMN", default_text="id, or the rows' numbers")
    dataset: str = setting("", "What the data set is called.", metavar="NAME", default_text="by its file")
    licence: str = setting("", "Its licence.", metavar="TEXT")
    withhold_gold: bool = setting(
        False, "Keep the gold answers from the public: you alone score, with 'nlptasks leaderboard score'."
    )


#: Characters of a line on a submission's card.
LONGEST = 500

_DAY = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})?")


@dataclass(frozen=True, kw_only=True)
class SubmissionCard:
    """What is said of a submission, in a file beside it too; see :mod:`nlptasks._board.submissions`.

    Args:
        date: The day on which it was submitted, by ISO 8601; empty: not known.
        system: What boards call the system, of predictions that are no record yet.
        dataset: The data set that such predictions are of.

    Raises:
        UsageError: A line is too long, or the day is none.
    """

    #: A key of the file that is none of these is refused.
    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}

    date: str = field(default="", metadata={"dynamic": True})
    system: str = setting("", "What boards call the system, for a file of predictions.", flag="name", metavar="TEXT")
    dataset: str = setting("", "The data set of a file of predictions.", metavar="NAME", default_text="the only one")
    licence: str = setting("", "Licence of the system.", metavar="TEXT")
    training: Literal["zero-shot", "trained", "unknown"] = setting(
        "unknown", "What the system had seen of the data set's training rows."
    )
    by: str = setting("", "Who submits.", metavar="TEXT")
    link: str = setting("", "Where the system is described.", metavar="URL")

    def __post_init__(self) -> None:
        for name in ("system", "dataset", "licence", "by", "link"):
            if (length := len(getattr(self, name))) > LONGEST:
                raise UsageError(f"{name}: it has {length:,} characters", hint=f"write {LONGEST} at most")
        if not _DAY.fullmatch(self.date):
            raise UsageError(f"date: {self.date!r} is no day", hint="write it as 2026-01-31")


@dataclass(frozen=True, kw_only=True)
class SubmissionChoice:
    """What a submitter says of a submission, and where it goes."""

    to: str = setting("", "Folder of the repository, or a .zip file to send.", metavar="DIR|FILE.zip", path=True)
    called: str = setting(
        "", "Name of the submission's folder.", flag="as", metavar="NAME", default_text="by system and data set"
    )
    card: SubmissionCard = field(default_factory=SubmissionCard)


@dataclass(frozen=True, kw_only=True)
class HiddenScoring:
    """How a maintainer scores by hidden gold answers."""

    repository: str = setting(".", "The leaderboard's repository.", metavar="DIR", path=True)
    keep: str = setting("", "Also write the record with its rows, for you alone.", metavar="DIR", path=True)
    by: str = setting("", "Who scores.", metavar="NAME", default_text="your name on this machine")
    sign: str = setting("", "Sign the attestation with this SSH key.", metavar="KEY", path=True)
