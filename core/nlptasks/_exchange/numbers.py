"""Makes results of numbers that other tools computed, as far as they tell what they are."""

from __future__ import annotations

import math
import re
from collections.abc import Container

from nlptasks.records.schema import Record, Result

#: Half of a 95 % interval in standard errors, of a normal distribution.
_HALF = 1.96

#: Metrics of which less is better wherever they have this name; hyphens as underscores, without case.
_LESS = re.compile(
    r"(token_|word_|byte_)?perplexity|ppl|bits_per_byte|nll|loss|.*_loss|wer|cer|mer|ter|brier(_score)?|ece|.*_ece"
    r"|.*calibration_error|mae|mse|rmse|error(_rate)?|.*_error_rate"
)

_HUB = re.compile(r"(?:https?://)?(?:huggingface\.co|hf\.co)/datasets/([\w.\-]+/[\w.\-]+)|([\w.\-]+/[\w.\-]+)")


def imported_result(
    value: float | None,
    *,
    said: str,
    metric: str = "",
    n: int = 0,
    error: float | None = None,
    interval: tuple[float, float] | None = None,
    higher_is_better: bool | None = None,
    scale: tuple[float | None, float | None] = (None, None),
) -> Result:
    """A number of another tool.

    Args:
        value: The number; as in all the others, NaN and infinity stand for one that is not defined.
        said: Where it comes from and what is known of it, as a part of a signature.
        metric: What it is the number of.
        n: Samples; 0: not known.
        error: Its standard error, of which the interval is made: the value and 1.96 standard errors on both sides.
        interval: Its 95 % interval, where the file has one.
        higher_is_better: Whether a larger value is the better one; ``None``: nobody says, so the metric's name does
            where it is a usual one, and else it is taken to be, which the signature tells.
        scale: Lowest and highest value.
    """
    value, error = _finite(value), _finite(error)
    ends = tuple(map(_finite, interval or (None, None)))
    scale = _finite(scale[0]), _finite(scale[1])
    if higher_is_better is None:
        higher_is_better = not _LESS.fullmatch(metric.casefold().replace("-", "_"))
        said += "|direction:unknown" if higher_is_better else "|direction:by-name"
    low = high = None
    if value is not None and None not in ends:
        (low, high), said = ends, f"{said}|ci:given"
    elif value is not None and error is not None:
        low, high, said = value - _HALF * error, value + _HALF * error, f"{said}|ci:1.96*stderr"
    return Result(value=value, low=low, high=high, n=n, signature=said, higher_is_better=higher_is_better, scale=scale)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def hub_dataset(*places: str) -> str:
    """The first of some places that is a data set on the Hub, as ``owner/name``; empty where none is."""
    for place in places:
        if found := _HUB.fullmatch(place.strip().rstrip("/")):
            return found[1] or found[2]
    return ""


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with a number where it is taken."""
    at, found = 1, name
    while found in taken:
        at += 1
        found = f"{name} ({at})"
    return found


def ordered(record: Record) -> list[tuple[str, Result]]:
    """The scores, the primary one first, which is what tools show that show one; the others by their names."""
    return sorted(record.scores.items(), key=lambda item: (item[0] != record.primary, item[0]))
