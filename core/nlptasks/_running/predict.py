"""From examples to predictions: windows, shared batches, one forward pass for all heads, predictions in row order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

from nlptasks._plugins.guard import plugin_errors
from nlptasks._running.foreign import foreign_texts
from nlptasks._systems.system import LoadedHead, LoadedSystem
from nlptasks._tables.columns import blanks
from nlptasks.errors import PluginError
from nlptasks.models.batching import TOKEN_BUDGET, batches
from nlptasks.plugin.protocols import Encoder, Example, HiddenStates, Prediction, Window

#: Told after each batch: the proportion of tokens that is done, and their number.
Told = Callable[[float, int], None]


class SpoiltBackboneError(PluginError):
    """A head wrote to the backbone that all share, so that no prediction of the run can be trusted."""


@dataclass(frozen=True, slots=True)
class BlockPredictions:
    """What the heads made of a block of examples.

    Args:
        by_head: For each head, a prediction per example; ``None`` where the example has no text.
        tokens: Tokens that went through the backbone.
        long: For each row, whether an example takes several windows and is longer than the backbone reads at once: a
            head may ask for a window a sentence. Empty: no row is.
        unread: For each head, whether it left some text of each example unread; empty: none did.
        foreign: For each head, why it cannot read each example (see :mod:`nlptasks._running.foreign`); empty: it can.
    """

    by_head: tuple[tuple[Prediction | None, ...], ...]
    tokens: int = 0
    long: tuple[bool, ...] = ()
    unread: tuple[tuple[bool, ...], ...] = ()
    foreign: tuple[tuple[str, ...], ...] = ()

    @property
    def cut(self) -> tuple[bool, ...]:
        """For each row, whether a head left some text unread; empty: none did."""
        return tuple(map(any, zip(*self.unread, strict=True)))


@dataclass(frozen=True)
class _HeadPart:
    """One head's part of a block.

    Args:
        head: The head.
        examples: The examples that the head finds in the rows.
        asked: Each example's windows; ``None`` where there is no text to read.
        kept: What the head keeps of each window.
    """

    head: LoadedHead
    examples: Sequence[Example]
    asked: list[list[Window] | None]
    kept: dict[Window, Any] = field(default_factory=dict)

    def reduce(self, windows: Sequence[Window], states: HiddenStates) -> None:
        """Keep of a batch what the head needs, where it asked for windows in it."""
        mine = [at for at, window in enumerate(windows) if window in self.kept]
        if mine:
            with plugin_errors(_name(self.head)):
                reduced = self.head.head.reduce(states.rows(mine))
                if len(reduced) != len(mine):
                    raise ValueError(f"reduce() gave {len(reduced)} results for {len(mine)} windows")
                self.kept.update(zip((windows[at] for at in mine), reduced, strict=True))

    def read(self) -> tuple[Prediction | None, ...]:
        """The head's predictions."""
        read, kept = self.head.head.read, self.kept
        with plugin_errors(_name(self.head)):
            return tuple(
                None if windows is None else read(example, windows, [kept[window] for window in windows])
                for example, windows in zip(self.examples, self.asked, strict=True)
            )


def predict(
    heads: Sequence[LoadedHead],
    backbone: Encoder | None,
    examples: Sequence[Sequence[Example]],
    *,
    budget: int = TOKEN_BUDGET,
    progress: Told | None = None,
) -> BlockPredictions:
    """Predict the same rows with several heads.

    A window that several heads or several rows ask for goes through the backbone once.

    Args:
        heads: The heads, loaded on the backbone.
        backbone: The backbone; ``None`` where no head needs one.
        examples: For each head, the examples that it finds in the rows.
        budget: Padded tokens in a batch.
        progress: Told after each batch.

    Raises:
        PluginError: A head or the backbone failed; the error names it.
    """
    parts = [_part(head, own) for head, own in zip(heads, examples, strict=True)]
    tokens = _encode(parts, backbone, budget, progress) if backbone is not None else 0
    rows = list(zip(*(part.asked for part in parts), strict=True))
    unread = tuple(tuple(bool(windows and windows[-1].cut) for windows in part.asked) for part in parts)
    return BlockPredictions(
        by_head=tuple(part.read() for part in parts),
        tokens=tokens,
        long=() if backbone is None else tuple(any(_long(windows, backbone) for windows in row) for row in rows),
        unread=unread,
        foreign=tuple(foreign_texts(part.head, backbone, part.examples, part.asked) for part in parts),
    )


def likelihoods(head: LoadedHead, examples: Sequence[Example], texts: Sequence[str]) -> list[float] | None:
    """How probable texts are to a head as the predictions of their examples, in nats; ``None`` where it cannot tell.

    Raises:
        PluginError: The head failed, or gave something that is no likelihood; the error names it.
    """
    ask = getattr(head.head, "likelihoods", None)
    if ask is None:
        return None
    with plugin_errors(_name(head)):
        nll = [float(value) for value in ask(examples, texts)]
        if len(nll) != len(texts) or not all(0 <= value < inf for value in nll):
            raise ValueError(f"likelihoods() gave {len(nll)} numbers for {len(texts)} texts, or one below 0 or NaN")
    return nll


def check_frozen(system: LoadedSystem) -> None:
    """The backbone is frozen while it is shared: a head that wrote to it spoilt everybody's predictions.

    Raises:
        SpoiltBackboneError: A head did.
    """
    if system.encoder and system.encoder.fingerprint() != system.fingerprint:
        heads = ", ".join(item.name for item in system.heads)
        raise SpoiltBackboneError(
            f"a head changed the shared backbone during this run: {heads}",
            hint="its predictions cannot be trusted and were not kept; tell the head's author",
        )


def _name(head: LoadedHead) -> str:
    return f"the head {head.name}"


def _part(head: LoadedHead, examples: Sequence[Example]) -> _HeadPart:
    """Ask a head for its windows."""
    blank = blanks(head.task, examples)
    none = not any(blank)
    readable = (
        list(examples) if none else [example for example, empty in zip(examples, blank, strict=True) if not empty]
    )
    with plugin_errors(_name(head)):
        windows = head.head.windows(readable) if readable else []
        if len(windows) != len(readable):
            raise ValueError(f"windows() gave {len(windows)} lists for {len(readable)} examples")
        kept: dict[Window, Any] = dict.fromkeys(window for row in windows for window in row)
    if none:
        return _HeadPart(head, examples, list(windows), kept)
    remaining = iter(windows)
    asked: list[list[Window] | None] = [None if empty else next(remaining) for empty in blank]
    return _HeadPart(head, examples, asked, kept)


def _long(windows: Sequence[Window] | None, backbone: Encoder | None) -> bool:
    """Whether a text is longer than a backbone reads at once."""
    if backbone is None or windows is None or len(windows) < 2:
        return False
    return sum(map(len, windows)) > backbone.max_tokens


def _encode(parts: Sequence[_HeadPart], backbone: Encoder, budget: int, progress: Told | None) -> int:
    """Send each distinct window through the backbone, let the heads keep their part, and count the tokens."""
    unique = list(dict.fromkeys(window for part in parts for window in part.kept))
    lengths = [len(window) for window in unique]
    done, total = 0, sum(lengths)
    for batch in batches(lengths, budget):
        windows = [unique[position] for position in batch]
        with plugin_errors(f"the backbone {getattr(backbone, 'name', type(backbone).__name__)}"):
            states = backbone.encode(windows)
        for part in parts:
            part.reduce(windows, states)
        done += sum(lengths[position] for position in batch)
        if progress:
            progress(done / total, done)
    return total
