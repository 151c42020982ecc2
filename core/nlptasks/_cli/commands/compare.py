"""``nlptasks compare``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nlptasks._cli.app import App
from nlptasks._cli.configured import command
from nlptasks._cli.flags import Chosen, flags_of, json_flag
from nlptasks._settings.groups import Evaluation
from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.options import setting

if TYPE_CHECKING:
    from nlptasks._scoring.compare import Comparison

#: Exit code of --fail-if-worse.
_WORSE = 3


@dataclass(frozen=True, kw_only=True)
class CompareOptions:
    """How to compare."""

    fail_if_worse: bool = setting(False, "Exit with code 3 where a later record is worse than A.")
    margin: float | None = setting(
        None, "With --fail-if-worse: how much worse it may be.", min=0, metavar="X", default_text="0"
    )
    seed: int = setting(12_345, "Seed of the randomisation.", min=0, metavar="N")
    pairs: bool = setting(False, "A row for each pair and metric, of more than two records too.")
    paired_bs: bool = setting(False, "Also the p of 'sacrebleu --paired-bs', which is too small.")


def _compare(app: App, chosen: Chosen, records: tuple[Path, ...], as_json: bool) -> None:
    """Compare records of the same samples.

    Two records have a row for each metric: the difference with its 95 % interval, p (exact McNemar for a proportion of
    samples, else approximate randomisation with 10,000 rounds), p adjusted by Holm for the number of pairs, the samples
    that the second wins, ties and loses, and the smallest difference that this test would find with 80 % power.
    "better" and "worse" need an adjusted p below 0.05. More records have a row each, beside the best one; --pairs shows
    each pair.

    With --fail-if-worse the exit code is 3 where, by the primary metric or each one that is named, the whole interval
    of a later record's difference to A is worse than --margin: where its upper end is below -X, or for a metric whose
    smaller values are better, its lower end above X. A difference without an interval cannot be decided: exit code 1.
    """
    options, metrics = chosen.of(CompareOptions), chosen.of(Evaluation).metrics
    if options.margin is not None and not options.fail_if_worse:
        raise UsageError("--margin says nothing without --fail-if-worse", hint="add --fail-if-worse")
    from nlptasks._cli.views.compared import comparison_as_json, comparison_lines, interval
    from nlptasks._cli.views.tables import echo_json
    from nlptasks._scoring import of_records

    registry = app.plugins().registry
    found = of_records.compare(registry, *records, metrics=metrics, seed=options.seed, paired_bs=options.paired_bs)
    margin = options.margin or 0.0
    gates = metrics or (found.primary,)
    worse = [item for item in found.comparisons if item.a == "A" and item.metric in gates and item.worse_by(margin)]
    if as_json:
        echo_json(comparison_as_json(found, worse if options.fail_if_worse else []))
    else:
        click.echo("\n".join(comparison_lines(found, pairs=options.pairs)))
    if options.fail_if_worse and worse:
        for item in worse:
            click.echo(f"{item.b} is worse than A by {item.metric}: {interval(item)}, margin {margin:g}", err=True)
        click.get_current_context().exit(_WORSE)
    if options.fail_if_worse:
        _decided(item for item in found.comparisons if item.a == "A" and item.metric in gates)


def _decided(gated: Iterable[Comparison]) -> None:
    """Refuse to pass a difference that has no interval, unless the predictions do not differ."""
    for item in gated:
        if math.isnan(item.paired.low) and item.paired.delta != 0:
            from nlptasks.statistics.intervals import reason

            why = reason(item.paired.method) or "it is not defined"
            raise NlptasksError(
                f"whether {item.b} is worse than A by {item.metric} cannot be decided: the difference has no interval "
                f"({why})",
                hint="name another metric with --metric, or compare on more samples",
            )


compare = command(
    "compare",
    _compare,
    [
        click.Argument(["records"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="A B [C ...]"),
        *flags_of(Evaluation, only=("metrics",)),
        *flags_of(CompareOptions),
        json_flag(),
    ],
)
