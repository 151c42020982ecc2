"""The checks that every backbone must pass."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlptasks._names import resolve
from nlptasks.plugin import ENCODE, GENERATE, BackboneSpec
from nlptasks.plugin.protocols import BackboneContext, Encoder, HiddenStates, Window
from nlptasks.testing._probes import HARD_TEXTS
from nlptasks.testing._steady import steady, told, warm
from nlptasks.text.display import one_line

if TYPE_CHECKING:
    from nlptasks.models.generation import Continuation, Decoding, Generator, Instruction

__all__ = ["check_backbone", "check_encoder", "check_generator"]

#: Characters of a text that a backbone is checked with, but for the first, which is read to its end.
_LENGTH = 1_000

#: Largest difference between the hidden states of one window in two batches.
_SAME = 0.01

#: Largest difference between what a text cost when it was written and when it is scored, a token, in nats.
_SCORED = 0.02


def check_backbone(
    backbone: BackboneSpec, *, options: Any = None, folder: Path | None = None, reference: str = ""
) -> None:
    """Check what every backbone must do.

    Two openings have one digest, and nothing that it does changes its fingerprint. What it provides, it does:
    see :func:`check_encoder` and :func:`check_generator`. It prints nothing on standard output, and changes nothing
    that the process has one of.

    Args:
        backbone: The backbone.
        options: Its options; ``None``: the defaults.
        folder: Weights to open in place of its own.
        reference: The checkpoint to open, for a backbone that opens references.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    given = options if options is not None or backbone.options is None else backbone.options()
    provides = backbone.provides
    if backbone.inspector:
        with told("the inspector"):
            provides = resolve(backbone.inspector)(reference, given).provides
        more = sorted(provides - backbone.provides)
        assert not more, f"the inspector says that the checkpoint provides {more[0]!r}, and the descriptor does not"
    context = BackboneContext(options=given, device="cpu", folder=folder, reference=reference)
    with told("the backbone"), warm():
        make = resolve(backbone.object)
        one = make(context)
        _check_identity(one)
        if ENCODE in provides:
            check_encoder(one)
        if GENERATE in provides:
            check_generator(one)
    with told("the backbone"), steady("the backbone"):
        other = make(context)
        for name in ("digest", "max_tokens"):
            first, second = getattr(one, name), getattr(other, name)
            assert first == second, f"two openings have another {name}: {first} and {second}"
        before = other.fingerprint()
        if ENCODE in provides:
            other.encode(other.tokenize([HARD_TEXTS[1]])[0])
        assert other.fingerprint() == before, "the fingerprint changed, though nobody wrote to the weights"


def check_encoder(backbone: Encoder) -> None:
    """Check what every backbone that encodes must do.

    Its windows hold each text to its end, or say how much is cut, and are no longer than they may be; offsets are
    places in the text; a window has one row of float32 for each token, whatever windows are beside it and in any order;
    and encoding leaves its weights as they are.

    Args:
        backbone: The backbone.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    _check_identity(backbone)
    before = backbone.fingerprint()
    texts = [HARD_TEXTS[0], *(text[:_LENGTH] for text in HARD_TEXTS[1:])]
    _check_windows(backbone, texts)
    windows = [row[0] for row in backbone.tokenize(["", *texts[1:]])]
    whole = _encoded(backbone, windows)
    _check_rows(whole, [_encoded(backbone, [window]) for window in windows], "a batch of one")
    reverse = _encoded(backbone, windows[::-1])
    _check_rows(whole, [reverse.rows([at]) for at in range(len(windows))][::-1], "the reverse order")
    assert backbone.fingerprint() == before, "encoding changed the weights"


def _check_identity(backbone: Any) -> None:
    for name in ("digest", "name", "max_tokens"):
        assert hasattr(backbone, name), f"the backbone has no {name!r}"
    digest = backbone.digest
    assert isinstance(digest, str) and re.fullmatch(r"[0-9a-f]{64}", digest), (
        f"the digest must be a SHA-256 in hexadecimal, 64 characters, got {digest!r}"
    )
    assert type(backbone.max_tokens) is int and backbone.max_tokens > 0, (
        f"max_tokens must be a positive whole number, got {backbone.max_tokens!r}"
    )


def _check_windows(backbone: Encoder, texts: Sequence[str]) -> None:
    found = backbone.tokenize(texts, offsets=True)
    assert len(found) == len(texts), f"tokenize() gave {len(found)} lists of windows for {len(texts)} texts"
    empty = backbone.tokenize([""])
    assert len(empty[0]) == 1, f"an empty text has one window, got {len(empty[0])}"
    for text, windows in zip(texts, found, strict=True):
        assert windows, f"{_shown(text)} has no window"
        for window in windows:
            assert len(window) <= backbone.max_tokens, (
                f"a window of {_shown(text)} has {len(window)} tokens, and {backbone.max_tokens} are the most"
            )
            wrong = [pair for pair in window.offsets if not 0 <= pair[0] <= pair[1] <= len(text)]
            assert not wrong, f"the offsets {wrong[0]} of a token are outside the text, {_shown(text)}"
        assert not windows[-1].cut, f"{windows[-1].cut} tokens of {_shown(text)} are cut, and nobody asked for that"
    first = backbone.tokenize(texts[:1], max_windows=1)[0]
    held = sum(len(window) - len(empty[0][0]) for window in found[0])
    one = len(first[0]) - len(empty[0][0])
    assert len(first) == 1, f"one window was asked for, and there are {len(first)}"
    assert abs(one + first[0].cut - held) <= len(found[0]), (
        f"a text of {held} tokens was cut to {one} in one window, which says that {first[0].cut} are cut"
    )
    alone = [backbone.tokenize([text], offsets=True)[0] for text in texts]
    assert [*map(list, found)] == [*map(list, alone)], "the windows of a text depend on the texts beside it"


def _encoded(backbone: Encoder, windows: Sequence[Window]) -> HiddenStates:
    import numpy as np

    found = backbone.encode(windows)
    longest = max(map(len, windows))
    states, mask = found.states, found.mask
    assert isinstance(states, np.ndarray) and states.dtype == np.float32, (
        f"encode() must give states in a NumPy array of float32, got {getattr(states, 'dtype', type(states).__name__)}"
    )
    wanted = (len(windows), longest, backbone.width)
    assert states.shape == wanted, f"encode() gave states of the shape {states.shape} and not {wanted}"
    assert mask.shape == wanted[:2] and mask.dtype == np.bool_, (
        f"encode() gave a mask of the shape {mask.shape} in {mask.dtype}, and not {wanted[:2]} in bool"
    )
    counts, lengths = [int(row.sum()) for row in mask], [len(window) for window in windows]
    assert counts == lengths, f"the mask holds {counts} tokens of windows with {lengths}"
    assert np.isfinite(states[mask]).all(), "encode() gave states that are not finite"
    return found


def _check_rows(whole: HiddenStates, alone: Sequence[HiddenStates], what: str) -> None:
    for at, row in enumerate(alone):
        one, other = (found.states[place][found.mask[place]] for found, place in ((whole, at), (row, 0)))
        apart = float(abs(one - other).max())
        assert apart <= _SAME, f"{what} gives other states of window {at + 1}: they are up to {apart:.3g} apart"


def _shown(text: str) -> str:
    return one_line(repr(text), 40)


def check_generator(backbone: Generator) -> None:
    """Check what every backbone that writes text must do.

    It writes the same text in any batch and within its limits; what it wrote it scores as it was written; and writing
    leaves its weights as they are.

    Args:
        backbone: The backbone.

    Raises:
        AssertionError: It does not; the message says what was expected.
    """
    from nlptasks.models.generation import Decoding

    before, known = backbone.fingerprint(), backbone.instructions
    assert known and list(known) == sorted(set(known)), f"instructions must be sorted and different, got {known}"
    texts = [text[:_LENGTH] for text in HARD_TEXTS]
    most = min(backbone.max_new_tokens, 12)
    ways = Decoding(), Decoding(beams=3, no_repeat=2), Decoding(temperature=1.0, top_p=0.9, samples=2)
    for decoding in (replace(way, max_new_tokens=most) for way in ways):
        _check_written(backbone, texts, known[0], decoding)
    for text, found in zip(texts, backbone.likelihoods(texts, texts, known[0]), strict=True):
        assert found.tokens > 0 and 0 <= found.nll < math.inf, f"{text[:40]!r}: {found} is no likelihood"
    _check_scored(backbone, texts, known[0], most)
    assert backbone.fingerprint() == before, "writing changed the weights"


def _check_scored(backbone: Generator, texts: Sequence[str], instruction: Instruction, most: int) -> None:
    """A text that was written costs the same when it is scored, where it reads back as the tokens it was written in."""
    from nlptasks.models.generation import Decoding

    written = [row[0] for row in _written(backbone, texts, instruction, Decoding(max_new_tokens=most))]
    found = backbone.likelihoods(texts, [item.text for item in written], instruction)
    for text, item, scored in zip(texts, written, found, strict=True):
        if item.complete and item.tokens == scored.tokens:
            apart = abs(item.log_probability + scored.nll)
            assert apart <= _SCORED * scored.tokens + 0.05, (
                f"the text {item.text!r} for {text[:40]!r} was written with a log-probability of "
                f"{item.log_probability:.4f} and is scored with {-scored.nll:.4f}"
            )


def _check_written(backbone: Generator, texts: Sequence[str], instruction: Instruction, decoding: Decoding) -> None:
    whole = _written(backbone, texts, instruction, decoding)
    for text, row in zip(texts, whole, strict=True):
        (alone,) = _written(backbone, [text], instruction, decoding)
        same = [item.text for item in row] == [item.text for item in alone]
        assert same, f"a batch of one gives another text with {decoding}: {alone} and {row}"
        assert len(row) == decoding.samples, f"{decoding.samples} texts were asked for: {row}"
        for item in row:
            assert 0 < item.tokens <= decoding.max_new_tokens, f"a text is too long for {decoding}: {item}"
            assert item.complete or item.tokens == decoding.max_new_tokens, f"neither ended nor cut: {item}"
            assert item.log_probability <= 0, f"a log-probability is at most 0: {item}"


def _written(
    backbone: Generator, texts: Sequence[str], instruction: Instruction, decoding: Decoding
) -> list[list[Continuation]]:
    windows = [row[0] for row in backbone.tokenize(texts, max_windows=1, instruction=instruction)]
    return backbone.generate(backbone.encode(windows), instruction, decoding)
