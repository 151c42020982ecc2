"""What ``nlptasks compare`` shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nlptasks._cli.views.tables import table
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.compare import Compared, Comparison, Seeds

#: Samples below which little can be said.
_FEW = 30


def comparison_lines(found: Compared) -> Iterator[str]:
    """The records, a table of the comparisons, and what must be known to read it."""
    for letter, opened in found.records.items():
        yield one_line(f"{letter}  {opened.record.model.name}  ({opened.folder})")
    of = one_line(f", drawn by {found.cluster}") if found.cluster else ""
    yield f"{found.n:,} samples{of}; {_first(found)}"
    yield ""
    header = ["METRIC", "PAIR", "FIRST", "SECOND", "DIFFERENCE", "P", "HOLM", "WIN/TIE/LOSS", "DETECTABLE", "VERDICT"]
    with_bs = any(item.paired_bs is not None for item in found.comparisons)
    yield table([*header, *(["PAIRED-BS"] if with_bs else [])], [_row(item) for item in found.comparisons])
    for seeds in found.seeds:
        yield _spread(seeds)
    if found.n < _FEW:
        yield f"fewer than {_FEW} samples: intervals are wide, and the bootstrap's are too narrow still"
    if with_bs:
        yield "PAIRED-BS is for compatibility: equal systems have a p below 0.05 more often than in 5 % of cases"


def _first(found: Compared) -> str:
    dataset = next(iter(found.records.values())).record.dataset
    return one_line(f"{dataset.name} {dataset.split}".rstrip())


def _row(item: Comparison) -> Sequence[str]:
    paired = item.paired
    return [
        item.metric,
        f"{item.a} {item.b}",
        _number(item.value_a),
        _number(item.value_b),
        interval(item),
        _p(paired.p),
        _p(item.holm),
        f"{paired.wins}/{paired.ties}/{paired.losses}",
        _number(item.detectable),
        _verdict(item),
        *([] if item.paired_bs is None else [_p(item.paired_bs)]),
    ]


def _verdict(item: Comparison) -> str:
    from nlptasks._scoring.compare import NONE

    return NONE if item.verdict == NONE else f"{item.b} {item.verdict}"


def _spread(seeds: Seeds) -> str:
    spread = seeds.spread
    return one_line(
        f"{seeds.metric} of {seeds.system}, {spread.runs} seeds ({', '.join(seeds.letters)}): mean "
        f"{_number(spread.mean)}; standard deviation between seeds {_number(spread.between)}; standard error of the "
        f"samples {_number(spread.within)}"
    )


def interval(item: Comparison) -> str:
    """A difference with its 95 % interval."""
    paired = item.paired
    if math.isnan(paired.delta):
        return "not defined"
    return f"{paired.delta:+.4f} [{paired.low:+.4f}, {paired.high:+.4f}]"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"


def _p(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "<.0001" if value < 0.0001 else f"{value:.4f}"


def comparison_as_json(found: Compared, worse: Sequence[Comparison]) -> dict[str, Any]:
    """The same for programs.

    Args:
        found: What was compared.
        worse: The comparisons by which a later record is worse than A.
    """
    return {
        "records": [_record(letter, found) for letter in found.records],
        "n": found.n,
        "cluster": found.cluster,
        "primary": found.primary,
        "comparisons": [_comparison(item) for item in found.comparisons],
        "seeds": [
            {
                "system": seeds.system,
                "records": list(seeds.letters),
                "metric": seeds.metric,
                "mean": _finite(seeds.spread.mean),
                "sd_between_seeds": _finite(seeds.spread.between),
                "se_of_samples": _finite(seeds.spread.within),
            }
            for seeds in found.seeds
        ],
        "worse": [{"metric": item.metric, "record": item.b} for item in worse],
    }


def _record(letter: str, found: Compared) -> dict[str, Any]:
    opened = found.records[letter]
    record = opened.record
    return {
        "letter": letter,
        "folder": str(opened.folder),
        "id": record.id,
        "system": record.model.name,
        "seed": record.run.seed,
    }


def _comparison(item: Comparison) -> dict[str, Any]:
    paired = item.paired
    return {
        "metric": item.metric,
        "a": item.a,
        "b": item.b,
        "value_a": _finite(item.value_a),
        "value_b": _finite(item.value_b),
        "delta": _finite(paired.delta),
        "low": _finite(paired.low),
        "high": _finite(paired.high),
        "p": _finite(paired.p),
        "holm": _finite(item.holm),
        "test": paired.test,
        "wins": paired.wins,
        "ties": paired.ties,
        "losses": paired.losses,
        "n": paired.n,
        "detectable": _finite(item.detectable),
        "higher_is_better": item.higher_is_better,
        "verdict": item.verdict,
        **({} if item.paired_bs is None else {"paired_bs": _finite(item.paired_bs)}),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
