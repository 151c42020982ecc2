"""How much a spot check of a record's rows proves: rows drawn without replacement, so hypergeometric throughout."""

from __future__ import annotations

from math import ceil, exp, lgamma

#: The proportion of edited rows that a spot check has to find to count as one.
EDITED = 0.01

#: With which probability.
POWER = 0.95


def enough(rows: int, checked: int, *, edited: float = EDITED, power: float = POWER) -> bool:
    """Whether a check of so many rows finds an edit of a proportion of all of them.

    Args:
        rows: Rows of the record.
        checked: How many of them, drawn at random, were predicted again.
        edited: The proportion of rows that somebody edited; at least one row.
        power: The least probability that one of those is among the checked ones.
    """
    return rows > 0 and _missed(rows, checked, max(1, ceil(edited * rows))) <= 1 - power


def needed(rows: int, *, edited: float = EDITED, power: float = POWER) -> int:
    """The fewest rows that are :func:`enough`: 211 of 400, 246 of 872, 294 of 10,000; 0 of none."""
    low, high = 0, rows
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(rows, middle, edited=edited, power=power) else (middle + 1, high)
    return low


def undetected(rows: int, checked: int, *, power: float = POWER) -> float:
    """The largest proportion of edited rows, 0 to 1, that a check without a finding may have missed.

    An edit of more rows than that would have been found with probability ``power`` or more.
    """
    if rows <= 0:
        return 1.0
    low, high = 0, rows  # the most edited rows that are missed with more than 1 - power
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _missed(rows, checked, middle) > 1 - power else (low, middle - 1)
    return low / rows


def _missed(rows: int, checked: int, edited: int) -> float:
    """Probability that none of the edited rows is among the checked ones."""
    if checked > rows - edited:
        return 0.0
    return exp(_log_choices(rows - edited, checked) - _log_choices(rows, checked))


def _log_choices(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
