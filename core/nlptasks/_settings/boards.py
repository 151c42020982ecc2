"""The settings of public leaderboards. Apart from the other groups, since few commands need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, kw_only=True)
class SubmissionChoice:
    """What a submitter says of a submission, and where it goes."""

    to: str = setting("", "Folder of the repository, or a .zip file to send.", metavar="DIR|FILE.zip", path=True)
    called: str = setting(
        "", "Name of the submission's folder.", flag="as", metavar="NAME", default_text="by system and data set"
    )
    name: str = setting("", "What boards call the system, for a file of predictions.", metavar="TEXT")
    dataset: str = setting("", "The data set of a file of predictions.", metavar="NAME", default_text="the only one")
    licence: str = setting("", "Licence of the system.", metavar="TEXT")
    training: Literal["zero-shot", "trained", "unknown"] = setting(
        "unknown", "What the system had seen of the data set's training rows."
    )
    by: str = setting("", "Who submits.", metavar="TEXT")
    link: str = setting("", "Where the system is described.", metavar="URL")


@dataclass(frozen=True, kw_only=True)
class HiddenScoring:
    """How a maintainer scores by hidden gold answers."""

    repository: str = setting(".", "The leaderboard's repository.", metavar="DIR", path=True)
    keep: str = setting("", "Also write the record with its rows, for you alone.", metavar="DIR", path=True)
    by: str = setting("", "Who scores.", metavar="NAME", default_text="your name on this machine")
    sign: str = setting("", "Sign the attestation with this SSH key.", metavar="KEY", path=True)
