"""``nlptasks verify RECORD ...``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App, pass_app
from nlptasks._cli.tables import echo_json
from nlptasks._text import one_line
from nlptasks.errors import NlptasksError

if TYPE_CHECKING:
    from nlptasks._registry import Registry


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    """What holds of one record.

    Args:
        source: Its folder, as it was named.
        trust: The level that holds; empty: none, it cannot be read.
        samples: How many samples it has.
        claimed: The level that it says.
        mismatches: What does not hold, a line each.
    """

    source: str
    trust: str = ""
    samples: int = 0
    claimed: str = ""
    mismatches: tuple[str, ...] = ()


@click.command(no_args_is_help=True)
@click.argument("records", nargs=-1, required=True, metavar="RECORD...")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@pass_app
def verify(app: App, records: tuple[str, ...], as_json: bool) -> None:
    """Check that records are what they say.

    Compares digests and id, scores the samples anew with the metrics that are installed, and names each field that
    does not hold; then exits with 1. A record whose numbers follow from its samples is at trust level V1; one without
    samples is an imported number, V0.
    """
    registry = app.plugins().registry
    verdicts = [_verdict(source, registry) for source in records]
    if as_json:
        echo_json(
            [
                {
                    "record": verdict.source,
                    "trust": verdict.trust or None,
                    "claimed": verdict.claimed or None,
                    "samples": verdict.samples,
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


def _verdict(source: str, registry: Registry) -> _Verdict:
    from nlptasks._verify import verify_scores
    from nlptasks.records import read_record

    try:
        opened = read_record(Path(source))
    except NlptasksError as error:
        if error.exit_code != 1:
            raise
        return _Verdict(source=source, mismatches=(error.message,))
    mismatches = tuple(verify_scores(opened, registry))
    holds = "V1" if opened.samples and not mismatches else "V0"
    return _Verdict(
        source=source,
        trust=holds,
        samples=len(opened.samples),
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
    else:
        more = f"; {verdict.claimed}, as it says, takes a rerun" if verdict.claimed not in ("V0", "V1") else ""
        click.echo(f"{name}: V1 holds: its scores follow from its {verdict.samples:,} samples{more}")
