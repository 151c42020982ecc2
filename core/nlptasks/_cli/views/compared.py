"""What ``nlptasks compare`` shows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from nlptasks._cli.views.tables import table
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks._scoring.compare import Compared, Comparison, Seeds

#: The columns of the table of pairs.
_PAIR = ("METRIC", "PAIR", "FIRST", "SECOND", "DIFFERENCE", "P", "HOLM", "WIN/TIE/LOSS", "DETECTABLE", "VERDICT")

#: Samples below which little can be said.
_FEW = 30


def comparison_lines(found: Compared, *, pairs: bool = False) -> Iterator[str]:
    """The records, a table of the systems or of the pairs, and what must be known to read it.

    Args:
        found: What was compared.
        pairs: Whether each pair has a row for each metric; two records always have.
    """
    for letter, opened in found.records.items():
        yield one_line(f"{letter}  {opened.record.model.name}  ({opened.folder})")
    of = one_line(f", by {found.cluster}") if found.cluster else ""
    yield f"{found.n:,} samples{of}; {_first(found)}"
    yield ""
    pairs = pairs or len(found.records) == 2
    with_bs = any(item.paired_bs is not None for item in found.comparisons)
    if pairs:
        bs = ["PAIRED-BS"] if with_bs else []
        yield table([*_PAIR, *bs], [_row(item) for item in found.comparisons])
    else:
        yield table(*_systems(found))
        yield f"p and detectable differences of {found.primary} are corrected for all pairs; --pairs shows each pair"
    shown = [item for item in found.comparisons if pairs or item.metric == found.primary]
    yield from _reasons(shown)
    for seeds in found.seeds:
        yield _spread(seeds)
    if found.n < _FEW:
        yield f"fewer than {_FEW} samples: intervals are wide"
    if with_bs and pairs:
        yield "PAIRED-BS is for compatibility: equal systems have a p below 0.05 more often than in 5 % of cases"


def _first(found: Compared) -> str:
    dataset = next(iter(found.records.values())).record.dataset
    return one_line(f"{dataset.name} {dataset.split}".rstrip())


def _systems(found: Compared) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table of systems: the best by the primary metric first, each beside the best."""
    values: dict[str, dict[str, float]] = {letter: {} for letter in found.records}
    pairs: dict[frozenset[str], Comparison] = {}
    for item in found.comparisons:
        values[item.a][item.metric], values[item.b][item.metric] = item.value_a, item.value_b
        if item.metric == found.primary:
            pairs[frozenset((item.a, item.b))] = item
    metrics = list(dict.fromkeys(item.metric for item in found.comparisons))
    sign = -1 if any(item.higher_is_better for item in pairs.values()) else 1

    def place(letter: str) -> tuple[bool, float, str]:
        value = values[letter].get(found.primary, math.nan)
        return math.isnan(value), 0.0 if math.isnan(value) else sign * value, letter

    order = sorted(values, key=place)
    header = ["", "SYSTEM", metrics[0].upper(), "TO THE BEST", "HOLM", "DETECTABLE", "BETTER THAN"]
    rows = [
        [
            letter,
            found.records[letter].record.model.name,
            _number(values[letter].get(metrics[0], math.nan)),
            *_beside(pairs.get(frozenset((order[0], letter))), letter),
            " ".join(other for other in order if _beats(pairs.get(frozenset((letter, other))), letter)) or "-",
            *(_number(values[letter].get(name, math.nan)) for name in metrics[1:]),
        ]
        for letter in order
    ]
    return [*header, *(name.upper() for name in metrics[1:])], rows


def _beside(item: Comparison | None, letter: str) -> list[str]:
    """A system's difference to the best one, the corrected p, and the difference that this pair could have shown."""
    if item is None:
        return ["-", "-", "-"]
    turned = item.b != letter
    return [interval(item, turned=turned), _p(item.holm), _number(item.detectable)]


def _beats(item: Comparison | None, letter: str) -> bool:
    from nlptasks._scoring.compare import BETTER, WORSE

    return item is not None and item.verdict == (BETTER if item.b == letter else WORSE)


def _reasons(shown: Sequence[Comparison]) -> Iterator[str]:
    """Why differences have no interval, and where no test could have found one."""
    from nlptasks.statistics.intervals import ALPHA, reason

    whys: dict[str, list[str]] = {}
    for item in shown:
        if why := reason(item.paired.method):
            whys.setdefault(why, []).append(f"{item.metric} {item.a} {item.b}")
    for why, which in whys.items():
        more = f" and {len(which) - 3} more" if len(which) > 3 else ""
        yield one_line(f"no interval of {', '.join(which[:3])}{more}: {why}")
    blind = [item.paired for item in shown if item.paired.least >= ALPHA]
    if blind:
        yield (
            f"with {blind[0].units} {'samples' if blind[0].units == blind[0].n else 'clusters'} p is never below "
            f"{blind[0].least:.3f}: no difference can be shown, however large"
        )


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
        "-" if paired.wins is None else f"{paired.wins}/{paired.ties}/{paired.losses}",
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


def interval(item: Comparison, *, turned: bool = False) -> str:
    """A difference with its 95 % interval.

    Args:
        item: The comparison.
        turned: Whether the difference is the first less the second.
    """
    paired = item.paired
    if math.isnan(paired.delta):
        return "not defined"
    delta, low, high = paired.delta, paired.low, paired.high
    if turned:
        delta, low, high = -delta, -high, -low
    return f"{delta:+.4f}" if math.isnan(low) else f"{delta:+.4f} [{low:+.4f}, {high:+.4f}]"


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
        "interval": paired.method,
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
