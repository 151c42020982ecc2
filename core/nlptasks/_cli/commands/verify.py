"""``nlptasks verify RECORD ...``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.views.tables import echo_json
from nlptasks._settings.groups import BenchmarkChoice, PinnedChoice
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.options import setting
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._running.rerun import Rerun
    from nlptasks._scoring.pinned import PinnedData
    from nlptasks.records.store import StoredRecord


@dataclass(frozen=True, kw_only=True)
class VerifyOptions:
    """What to check, and what to write."""

    rerun: int | None = setting(
        None,
        "Predict K samples, drawn anew each time, again from the weights; as many as there are: all.",
        min=1,
        metavar="K",
    )
    head: str = setting("", "The head for --rerun.", metavar="NAME|FOLDER", default_text="the record's")
    backbone: str = setting("", "The backbone for it.", metavar="NAME|FOLDER", default_text="the record's")
    attest: str = setting("", "Write an attestation of the rerun into this folder.", metavar="DIR", path=True)
    by: str = setting("", "Who attests.", metavar="NAME", default_text="your name on this machine")
    sign: str = setting("", "Sign the attestation with this SSH key.", metavar="KEY", path=True)


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What holds of one record.

    Args:
        source: Its folder, as it was named.
        trust: The level that holds; empty: none, it cannot be read.
        samples: How many samples it has.
        predicted: How many of them were predicted again.
        undetected: The largest proportion of edited rows that may have been missed.
        needed: How many samples have to be predicted again for V2.
        withheld: Whether its texts are withheld, so that it cannot be scored here.
        attestation: The file that says so; empty: none was written.
        mismatches: What does not hold, a line each.
    """

    source: str
    trust: str = ""
    samples: int = 0
    predicted: int = 0
    undetected: float = 1.0
    needed: int = 0
    withheld: bool = False
    attestation: str = ""
    mismatches: tuple[str, ...] = ()


def _verify(app: App, chosen: Chosen, records: tuple[str, ...], as_json: bool) -> None:
    """Check that records are what they say.

    Compares digests and id, scores the samples anew with the metrics that are installed, and names each field that
    does not hold; then exits with 1. A record whose numbers follow from its samples is at trust level V1; one without
    samples is an imported number, V0. With --rerun, samples are predicted again from the weights: V2, where so many
    are that an edit of 1 % of the rows would have been found with 95 %, and V3 for all. --attest writes that down for
    those who build boards.
    """
    from nlptasks._scoring.pinned import pinned_data

    options = chosen.of(VerifyOptions)
    if not options.rerun:
        for flag, value in (("--head", options.head), ("--backbone", options.backbone), ("--attest", options.attest)):
            if value:
                raise UsageError(f"{flag} is for --rerun", hint="add --rerun 300")
    if (options.sign or options.by) and not options.attest:
        raise UsageError("--sign and --by are for --attest", hint="add --attest attestations")
    pinned = pinned_data(app.plugins().registry, chosen.of(PinnedChoice), chosen.of(BenchmarkChoice).data_dir)
    verdicts = [_verdict(source, app, options, pinned) for source in records]
    if as_json:
        echo_json([_as_json(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            _show(verdict)
    if any(verdict.mismatches for verdict in verdicts):
        click.get_current_context().exit(1)


def _as_json(verdict: _Verdict) -> dict[str, object]:
    return {
        "record": verdict.source,
        "trust": verdict.trust or None,
        "samples": verdict.samples,
        "predicted again": verdict.predicted,
        "undetected": verdict.undetected,
        "attestation": verdict.attestation or None,
        "mismatches": list(verdict.mismatches),
    }


def _rerun(stored: StoredRecord, app: App, again: VerifyOptions, pinned: PinnedData | None) -> Rerun:
    from nlptasks._running.rerun import rerun
    from nlptasks._settings.groups import SystemChoice
    from nlptasks._systems.session import Session

    plugins = app.plugins()
    session = Session(plugins.registry)
    heads = {session.tasks([stored.record.task])[0].name: again.head}
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    choice = SystemChoice(heads=heads, backbone=again.backbone)
    return rerun(session, stored, again.rerun or 0, choice, pinned=pinned, observers=observers)


def _verdict(source: str, app: App, options: VerifyOptions, pinned: PinnedData | None) -> _Verdict:
    from nlptasks._scoring.verify import level_here, verify_scores
    from nlptasks.records.store import read_record
    from nlptasks.statistics.spot_checks import needed, undetected

    try:
        opened = read_record(Path(source))
    except NlptasksError as error:
        if error.exit_code != 1:
            raise
        return _Verdict(source=source, mismatches=(error.message,))
    mismatches = tuple(verify_scores(opened, app.plugins().registry, pinned))
    trust, done = "V0" if mismatches else level_here(opened.record), None
    if options.rerun and not mismatches:
        done = _rerun(opened, app, options, pinned)
        mismatches, trust = done.mismatches, max(trust, done.trust)
    rows, again = len(opened.samples), done.predicted if done else 0
    return _Verdict(
        source=source,
        trust=trust,
        samples=rows,
        predicted=again,
        undetected=undetected(rows, again),
        needed=needed(rows),
        withheld=opened.record.withheld and not opened.record.labels,
        attestation=_attest(opened, done, options) if done and not mismatches else "",
        mismatches=mismatches,
    )


def _attest(opened: StoredRecord, done: Rerun, options: VerifyOptions) -> str:
    import getpass
    from datetime import UTC, datetime

    from nlptasks._running.facts import versions
    from nlptasks.records.attestations import Attestation, record_digest, write_attestation

    if not options.attest:
        return ""
    attestation = Attestation(
        record=opened.record.id,
        digest=record_digest(opened.record),
        rows=done.rows,
        checked=done.predicted,
        seed=done.seed,
        tolerance=done.tolerance,
        versions=versions(),
        by=options.by or getpass.getuser(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return str(write_attestation(Path(options.attest), attestation, key=options.sign))


def _show(verdict: _Verdict) -> None:
    name = one_line(verdict.source)
    if verdict.mismatches:
        click.echo(f"{name}: {len(verdict.mismatches):,} mismatch{'' if len(verdict.mismatches) == 1 else 'es'}")
        for line in verdict.mismatches:
            click.echo(f"  {one_line(line)}")
        return
    click.echo(f"{name}: {_found(verdict)}")
    if verdict.predicted and verdict.trust < "V2":
        click.echo(f"  V2 takes --rerun {verdict.needed}: so many find an edit of 1 % of the rows with 95 %")
    if verdict.attestation:
        click.echo(f"  {one_line(verdict.attestation)} says so")


def _found(verdict: _Verdict) -> str:
    follow = "its scores follow from its"
    if verdict.predicted:
        missed = "" if verdict.trust == "V3" else f"; an edit of at most {verdict.undetected:.1%} of them may be missed"
        return (
            f"{verdict.trust} holds: {follow} samples, and {verdict.predicted:,} of its {verdict.samples:,} samples "
            f"came out the same from the weights{missed}"
        )
    if not verdict.samples:
        return "V0, an imported number: it has no samples that could be scored"
    if verdict.withheld:
        return f"V0: {follow} statistics, and the texts of its {verdict.samples:,} samples are withheld"
    return f"V1 holds: {follow} {verdict.samples:,} samples"


verify = command(
    "verify",
    _verify,
    [
        click.Argument(["records"], nargs=-1, required=True, metavar="RECORD..."),
        *flags_of(VerifyOptions),
        *flags_of(PinnedChoice),
        *flags_of(BenchmarkChoice, only=("data_dir",)),
        json_flag("Print the outcome as JSON."),
    ],
)
