"""Holds some of the training rows out, where nobody gave held-out rows, and keeps texts off the other side."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nlptasks.plugin.protocols import Example
from nlptasks.text.display import counted, one_line
from nlptasks.training.repeats import groups, text_key

__all__ = ["MOST", "held_out_rows", "hold_out", "unseen"]

#: Most rows that are held out.
MOST = 2_000

#: Labels that a line for the user names.
_NAMED = 5

Tell = Callable[[str], None]


def _ignore(line: str) -> None:
    """Tell nobody."""


def hold_out(
    examples: Sequence[Example], seed: int = 0, *, labelled: bool = False, tell: Tell = _ignore
) -> tuple[list[Example], list[Example]]:
    """Split examples into those to train on and a tenth (one at least) that is held out.

    Args:
        examples: Examples.
        seed: Decides which rows are held out; the order of the examples does not.
        labelled: Whether the gold answers are labels, each of which is held out in its proportion.
        tell: Called with a line for the user: how many texts repeat, and what is not held out.
    """
    held = held_out_rows(examples, seed, labelled=labelled, tell=tell)
    return (
        [example for example, out in zip(examples, held, strict=True) if not out],
        [example for example, out in zip(examples, held, strict=True) if out],
    )


def held_out_rows(
    examples: Sequence[Example], seed: int = 0, *, labelled: bool = False, tell: Tell = _ignore
) -> list[bool]:
    """Whether each example is held out; see :func:`hold_out`.

    Rows whose last input (the text; of questions, the context) is equal or nearly so are never on both sides, and no
    label is taken from those that are trained on. Nothing is held out where that cannot be.
    """
    found = groups([_text(example) for example in examples])
    parts = _parts(examples, found, seed, labelled=labelled)
    taken = _taken(parts, min(MOST, max(1, len(examples) // 10)))
    for line in _notes(examples, parts, taken, labelled=labelled):
        tell(line)
    rows = {row for part in taken for row in part.rows}
    return [row in rows for row in range(len(examples))]


def unseen(
    examples: Sequence[Example], validation: Sequence[Example], tell: Tell = _ignore, *, raw: bool = False
) -> list[Example]:
    """The validation examples that do not stand among those to train on, not even nearly; says how many others do.

    Args:
        examples: Examples to train on.
        validation: Held-out examples.
        tell: Called with a line for the user.
        raw: Whether the gold answers are the texts, of which the whole is learnt.
    """
    texts = [{"": example.gold or ""} if raw else example.inputs for example in (*examples, *validation)]
    columns = dict.fromkeys(name for row in texts for name in row)
    keys = list(zip(*(groups([row.get(name, "") for row in texts]) for name in columns), strict=True))
    known = set(keys[: len(examples)])
    kept = [example for example, key in zip(validation, keys[len(examples) :], strict=True) if key not in known]
    repeated = len(validation) - len(kept)
    if repeated:
        tell(
            f"{repeated:,} of {counted(len(validation), 'validation row')} left out: "
            "the text repeats one of the training data, or nearly"
        )
    return kept


@dataclass(frozen=True)
class _RowsTogether:
    """Rows that stay together, and how many of them have each label."""

    rows: tuple[int, ...]
    labels: Counter[str]

    def __len__(self) -> int:
        return len(self.rows)


def _text(example: Example) -> str:
    """The last input that is there."""
    return next((text for text in reversed(list(example.inputs.values())) if text.strip()), "")


def _parts(examples: Sequence[Example], numbers: Sequence[int], seed: int, *, labelled: bool) -> list[_RowsTogether]:
    """The groups of rows in an order that the seed decides. Without labels, all rows have one."""
    rows: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        rows.setdefault(number, []).append(row)

    def place(members: Sequence[int]) -> str:
        return min(_digest(_text(examples[row]), seed) for row in members)

    return [
        _RowsTogether(tuple(members), Counter((examples[row].gold or "") if labelled else "" for row in members))
        for members in sorted(rows.values(), key=place)
    ]


def _digest(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {text.strip()}".encode("utf-8", "replace")).hexdigest()


def _taken(parts: Sequence[_RowsTogether], size: int) -> list[_RowsTogether]:
    """The groups to hold out: of each label its proportion, and of one whose groups are all large, the smallest."""
    total: Counter[str] = sum((part.labels for part in parts), Counter())
    rows = total.total()
    wanted = {label: max(1, round(count * size / rows)) for label, count in total.items()}
    size = max(size, len(total))
    held: Counter[str] = Counter()
    taken: dict[int, _RowsTogether] = {}

    def can_take(at: int, labels: Sequence[str]) -> bool:
        found = parts[at].labels
        needed = any(held[label] < wanted[label] for label in labels)
        return at not in taken and needed and all(held[name] + found[name] < total[name] for name in found)

    def take(at: int) -> None:
        taken[at] = parts[at]
        held.update(parts[at].labels)

    for at, part in enumerate(parts):
        if len(part) <= size and can_take(at, list(part.labels)):
            take(at)
    for label in sorted(total):
        able = [at for at, part in enumerate(parts) if part.labels[label] and not held[label] and can_take(at, [label])]
        if able:
            take(min(able, key=lambda at: (len(parts[at]), at)))
    return list(taken.values())


def _notes(
    examples: Sequence[Example], parts: Sequence[_RowsTogether], taken: Sequence[_RowsTogether], *, labelled: bool
) -> Iterator[str]:
    """What the user should know of a split."""
    texts: dict[str, set[str]] = {}
    for example in examples:
        texts.setdefault(text_key(_text(example)), set()).add(example.gold or "")
    repeats, alike = len(examples) - len(texts), len(texts) - len(parts)
    if repeats + alike:
        nearly = f" ({alike:,} of them nearly)" if alike else ""
        yield (
            f"{counted(len(examples), 'row')}, {repeats + alike:,} of them with the text of another row{nearly}: "
            "no text is both trained on and held out"
        )
    if labelled and (torn := sum(len(golds) > 1 for golds in texts.values())):
        yield f"{counted(torn, 'text')} with several labels: no head can be right on all of these rows"
    if not examples:
        return
    if not taken:
        yield "nothing is held out: too few different texts; --validation FILE gives rows to score"
        return
    held = {label for part in taken for label in part.labels}
    missing = sorted({label for part in parts for label in part.labels} - held)
    if missing:
        named = ", ".join(repr(one_line(label, 40)) for label in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        yield f"no row is held out of {named}{more}: too few different texts; --validation FILE gives rows to score"
