"""Reads the records below a folder, and says which of them may be compared and which not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from nlptasks._board.submissions import read_card
from nlptasks._board.text import one_visible_line
from nlptasks._board.trust import Attested
from nlptasks._scoring.pinned import PinnedData
from nlptasks._scoring.results import base_signature
from nlptasks._scoring.verify import level_here
from nlptasks._settings.boards import SubmissionCard
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.records.attestations import Attestation
from nlptasks.records.schema import Record, Trust
from nlptasks.records.store import find_records, read_record
from nlptasks.records.suites import Card

#: SHA-256 of the data, the metric that ranks, and its signature.
Kind = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Header:
    """A record without its samples.

    Args:
        path: Its folder, relative to the one that was named; this is what a board calls it.
        folder: Its folder.
        record: The record.
        attestation: What somebody who may be believed found; ``None``: nothing.
        data: What a suite says of its data set, in the version that it is of; ``None``: none does.
        card: What its submitter says of it.
    """

    path: str
    folder: Path
    record: Record
    attestation: Attestation | None = None
    data: Card | None = None
    card: SubmissionCard = field(default_factory=SubmissionCard)

    @property
    def trust(self) -> Trust:
        """How far its numbers may be believed, if they hold; what the record says of that is ignored."""
        here = level_here(self.record)
        return max(here, self.attestation.trust) if self.attestation else here

    @property
    def checked(self) -> int:
        """Rows that were predicted again, as somebody attests."""
        return self.attestation.checked if self.attestation else 0

    @property
    def version(self) -> str:
        """The version of its data set; empty: no suite says."""
        return self.data.version if self.data else ""

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What it competes in: task, data set, split and version."""
        return self.record.task, self.record.dataset.name, self.record.dataset.split, self.version

    @property
    def kind(self) -> Kind:
        """What must be equal for two records of one place to be comparable: data, metric and its signature."""
        result = self.record.scores.get(self.record.primary)
        return self.record.dataset.sha256, self.record.primary, base_signature(result.signature) if result else ""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A record that is on no table.

    Args:
        record: Its folder, relative to the one that was named.
        system: Whose it is.
        task: Its task.
        dataset: Its data set.
        reason: Why.
    """

    record: str
    system: str = ""
    task: str = ""
    dataset: str = ""
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordGroup:
    """The records of one task on one data set that are comparable.

    Args:
        ranked: Those that may be ranked, in a fixed order.
        shown: Those that are shown without a rank, with the reason.
    """

    ranked: tuple[Header, ...]
    shown: tuple[tuple[Header, str], ...]

    @property
    def _first(self) -> Header:
        return (self.ranked or tuple(header for header, _ in self.shown))[0]

    @property
    def first(self) -> Record:
        """One of them, for what they have in common."""
        return self._first.record

    @property
    def version(self) -> str:
        """The version of their data set; empty: no suite says."""
        return self._first.version

    @property
    def retired(self) -> bool:
        """Whether that is retired."""
        data = self._first.data
        return data.retired if data else False


def left_out(header: Header, reason: str) -> LeftOut:
    """Why a record is on no table."""
    record = header.record
    return LeftOut(
        record=one_visible_line(header.path),
        system=one_visible_line(record.model.name),
        task=one_visible_line(record.task),
        dataset=one_visible_line(record.dataset.name),
        reason=one_visible_line(reason, 600),
    )


def read_headers(
    folder: Path, attested: Attested | None = None, *, pinned: PinnedData | None = None, strict: bool = False
) -> tuple[list[Header], list[LeftOut]]:
    """Read every ``record.json`` below a folder.

    Args:
        folder: The folder.
        attested: What is attested of them.
        pinned: What suites say of the versions of data sets.
        strict: Whether a damaged one is an error; else it is listed.

    Raises:
        UsageError: There is no such folder, or no record in it.
        NlptasksError: A record is damaged, and ``strict``.
    """
    paths = find_records(folder)
    if not paths:
        raise UsageError(
            f"{folder}: no record in it", hint="make one: nlptasks eval TASK --data FILE --output FOLDER/NAME"
        )
    headers: list[Header] = []
    damaged: list[LeftOut] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            record = read_record(path, samples=False).record
            headers.append(
                Header(
                    path=name,
                    folder=path,
                    record=record,
                    attestation=attested.of(record) if attested else None,
                    data=pinned.card(record) if pinned else None,
                    card=read_card(path),
                )
            )
        except NlptasksError as error:
            if strict:
                raise
            damaged.append(LeftOut(record=one_visible_line(name), reason=damage(error, folder)))
    return headers, damaged


def damage(error: NlptasksError, folder: Path) -> str:
    """What is wrong with a record, without the name of the folder, which must not change a board."""
    return one_visible_line("damaged: " + error.message.replace(f"{folder}/", ""), 600)


def groups(headers: Iterable[Header], *, min_trust: Trust) -> Iterator[tuple[str, RecordGroup, list[LeftOut]]]:
    """The records by task and data set, with those that cannot be compared with the others of their group.

    Yields:
        The task, a group (which may be empty), and the records that are in none.
    """
    ordered = sorted(headers, key=lambda header: (header.place, header.path))
    for (task, *_), found in groupby(ordered, key=lambda header: header.place):
        yield task, *_group(list(found), min_trust)


def _group(headers: Sequence[Header], min_trust: Trust) -> tuple[RecordGroup, list[LeftOut]]:
    limited = [header for header in headers if header.record.run.limit > 0]
    whole = [header for header in headers if header.record.run.limit <= 0]
    out = [left_out(header, _limited(header)) for header in limited]
    trusted = [header for header in whole if header.trust >= min_trust]
    shown = [(header, _untrusted(header, min_trust)) for header in whole if header.trust < min_trust]
    kind = _common(trusted or whole)
    ranked = []
    for header in trusted:
        if header.kind == kind:
            ranked.append(header)
        else:
            out.append(left_out(header, difference(header.kind, kind)))
    once, doubles = _once(ranked)
    # An imported number seldom says on which bytes it was computed; it is shown, and where it differs that is said.
    noted = [(header, _noted(header, reason, kind)) for header, reason in shown]
    return RecordGroup(ranked=tuple(once), shown=tuple(noted)), out + doubles


def _limited(header: Header) -> str:
    return f"--limit {header.record.run.limit}: it was run on a part of the data"


def _untrusted(header: Header, min_trust: Trust) -> str:
    why = "too little trust"
    if header.trust == "V0":
        hidden = "its texts are withheld, so that it cannot be scored here"
        unseen = "its gold answers are hidden, and nobody who is believed says that he scored it"
        absent = unseen if header.record.withheld else "an imported number, which was not computed here"
        why = hidden if header.record.digests else absent
    return f"{header.trust}: {why} (ranked from {min_trust})"


def _noted(header: Header, reason: str, kind: Kind) -> str:
    return reason if header.kind == kind else f"{reason}; {difference(header.kind, kind)}"


def _common(headers: Sequence[Header]) -> Kind:
    """The kind that most records are of; the first by its name among several."""
    counts = Counter(header.kind for header in headers)
    return min(counts, key=lambda kind: (-counts[kind], kind)) if counts else ("", "", "")


def difference(mine: Kind, theirs: Kind) -> str:
    """In what two kinds differ, in words."""
    names = "other data (SHA-256", "another primary metric (", "another signature ("
    values = (
        (mine[0][:12] or "none", theirs[0][:12] or "none"),
        (mine[1], theirs[1]),
        (mine[2] or "none", theirs[2] or "none"),
    )
    found = [
        f"{name}{' ' if not name.endswith('(') else ''}{own}, most have {other})"
        for name, (own, other), one, two in zip(names, values, mine, theirs, strict=True)
        if one != two
    ]
    return "not comparable: " + "; ".join(found)


def _once(headers: Sequence[Header]) -> tuple[list[Header], list[LeftOut]]:
    """One record for each system and seed: the one to be believed most, then the first by its id and name."""
    kept: dict[tuple[str, int | None], Header] = {}
    doubles: list[LeftOut] = []
    for header in sorted(headers, key=lambda header: (-int(header.trust[1:]), header.record.id, header.path)):
        key = header.record.model.name, header.record.run.seed
        if key not in kept:
            kept[key] = header
            continue
        same = header.record.id == kept[key].record.id
        reason = (
            f"the same evaluation as {kept[key].path}"
            if same
            else f"{kept[key].path} is of this system and seed too, and not the same run: give one another name"
        )
        doubles.append(left_out(header, reason))
    return sorted(kept.values(), key=lambda header: (header.record.model.name, header.path)), doubles


def only_task(headers: Iterable[Header], task: str) -> list[Header]:
    """The records of a task; all where it is empty.

    Raises:
        UsageError: None is of this task.
    """
    everything = list(headers)
    found = [header for header in everything if not task or header.record.task == task]
    if task and not found:
        tasks = ", ".join(sorted({header.record.task for header in everything})) or "none that can be read"
        raise UsageError(f"no record of the task '{task}'", hint=f"the tasks of these records: {tasks}")
    return found
