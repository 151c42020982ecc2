"""``nlptasks verify RECORD ...``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._cli.views.tables import echo_json
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.options import setting
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks.records.schema import Trust


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What holds of one record.

    Args:
        source: Its folder, as it was named.
        trust: The level that holds; empty: none, it cannot be read.
        samples: How many samples it has.
        answered: How many of them were answered again.
        claimed: The level that it says.
        mismatches: What does not hold, a line each.
    """

    source: str
    trust: str = ""
    samples: int = 0
    answered: int = 0
    claimed: str = ""
    mismatches: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VerifyOptions:
    """What to check, and what to write."""

    rerun: int | None = setting(
        None, "Predict K samples again from the weights (V2); as many as there are: V3.", min=1, metavar="K"
    )
    head: str = setting("", "The head for --rerun.", metavar="NAME|FOLDER", default_text="the record's")
    backbone: str = setting("", "The backbone for it.", metavar="NAME|FOLDER", default_text="the record's")
    mark: bool = setting(False, "Write the trust level that holds into the record.")


def _verify(app: App, chosen: Chosen, records: tuple[str, ...], as_json: bool) -> None:
    """Check that records are what they say.

    Compares digests and id, scores the samples anew with the metrics that are installed, and names each field that
    does not hold; then exits with 1. A record whose numbers follow from its samples is at trust level V1; one without
    samples is an imported number, V0. With --rerun, samples are answered again from the weights: V2, or V3 for all.
    """
    options = chosen.of(VerifyOptions)
    if (options.head or options.backbone) and not options.rerun:
        raise UsageError("--head and --backbone are for --rerun", hint="add --rerun 20")
    again = options if options.rerun else None
    verdicts = [_verdict(source, app, again) for source in records]
    if options.mark:
        for verdict in verdicts:
            _mark(verdict)
    if as_json:
        echo_json(
            [
                {
                    "record": verdict.source,
                    "trust": verdict.trust or None,
                    "claimed": verdict.claimed or None,
                    "samples": verdict.samples,
                    "answered again": verdict.answered,
                    "mismatches": list(verdict.mismatches),
                }
                for verdict in verdicts
            ]
        )
    else:
        for verdict in verdicts:
            _show(verdict)
    if any(verdict.mismatches for verdict in verdicts):
        click.get_current_context().exit(1)


def _mark(verdict: _Verdict) -> None:
    """Write the level that holds into the record."""
    from dataclasses import replace

    from nlptasks.records.store import read_record, write_record

    if verdict.mismatches or verdict.trust == verdict.claimed:
        return
    opened = read_record(Path(verdict.source))
    record = replace(opened.record, trust=cast("Trust", verdict.trust))
    write_record(opened.folder, record, opened.samples, opened.stats, force=True)


def _rerun(source: str, app: App, again: VerifyOptions) -> tuple[str, tuple[str, ...], int]:
    """The level that holds after a rerun, what came out otherwise, and how many samples were predicted."""
    from nlptasks._running.rerun import rerun
    from nlptasks._settings.groups import SystemChoice
    from nlptasks._systems.session import Session
    from nlptasks.records.store import read_record

    plugins, stored = app.plugins(), read_record(Path(source))
    session = Session(plugins.registry)
    heads = {session.tasks([stored.record.task])[0].name: again.head}
    observers = plugins.observers(lambda line: click.echo(f"warning: {line}", err=True))
    choice = SystemChoice(heads=heads, backbone=again.backbone)
    done = rerun(session, stored, again.rerun or 0, choice, observers=observers)
    return done.trust, done.mismatches, done.predicted


def _verdict(source: str, app: App, again: VerifyOptions | None) -> _Verdict:
    from nlptasks._scoring.verify import verify_scores
    from nlptasks.records.store import read_record

    try:
        opened = read_record(Path(source))
    except NlptasksError as error:
        if error.exit_code != 1:
            raise
        return _Verdict(source=source, mismatches=(error.message,))
    mismatches = tuple(verify_scores(opened, app.plugins().registry))
    holds, answered = "V1" if opened.samples and not mismatches else "V0", 0
    if again and holds == "V1":
        holds, mismatches, answered = _rerun(source, app, again)
    return _Verdict(
        source=source,
        trust=holds,
        samples=len(opened.samples),
        answered=answered,
        claimed=opened.record.trust,
        mismatches=mismatches,
    )


def _show(verdict: _Verdict) -> None:
    name = one_line(verdict.source)
    if verdict.mismatches:
        count = len(verdict.mismatches)
        click.echo(f"{name}: {count:,} mismatch{'' if count == 1 else 'es'}")
        for line in verdict.mismatches:
            click.echo(f"  {one_line(line)}")
    elif verdict.trust == "V0":
        click.echo(f"{name}: V0, an imported number: it has no samples that could be scored")
    elif verdict.answered:
        again = f"{verdict.answered:,} of its {verdict.samples:,} samples came out the same"
        click.echo(f"{name}: {verdict.trust} holds: its scores follow from its samples, and {again} from the weights")
    else:
        more = f"; {verdict.claimed}, as it says, takes a rerun" if verdict.claimed not in ("V0", "V1") else ""
        click.echo(f"{name}: V1 holds: its scores follow from its {verdict.samples:,} samples{more}")


verify = command(
    "verify",
    _verify,
    [
        click.Argument(["records"], nargs=-1, required=True, metavar="RECORD..."),
        *flags_of(VerifyOptions),
        json_flag("Print the outcome as JSON."),
    ],
)
