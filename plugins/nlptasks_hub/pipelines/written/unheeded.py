"""Tells which settings of generation come to nothing, as transformers 4 logged where one took the place of another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

#: Settings that only sampling reads, and those that only beam search reads.
SAMPLING = frozenset({"temperature", "top_k", "top_p", "min_p", "top_h", "typical_p", "epsilon_cutoff", "eta_cutoff"})
BEAMS = frozenset({"early_stopping", "length_penalty"})

#: A length of the whole sequence, and the one of what is written that comes before it.
_LENGTHS = {"max_length": "max_new_tokens", "min_length": "min_new_tokens"}


def unheeded(
    opening: Mapping[str, Any], call: Mapping[str, Any], taken: Mapping[str, Any], unset: Mapping[str, Any]
) -> Iterator[str]:
    """A line for each argument that has no effect.

    Args:
        opening: The arguments of the opening.
        call: Those of the call, or of its ``generation_config``.
        taken: Every setting by which the model writes.
        unset: What a setting is where nobody gives it.
    """
    yield from _lengths(opening, call, taken)
    sampled = bool(taken.get("do_sample"))
    if not sampled:
        for name, value in _given(opening, call, SAMPLING, "do_sample", unset):
            yield f"{name}={value!r} has no effect: nothing is sampled; give do_sample=True beside it"
    if (taken.get("num_beams") or 1) == 1:
        for name, value in _given(opening, call, BEAMS, "num_beams", unset):
            yield f"{name}={value!r} has no effect without a beam search; give num_beams=4 beside it, say"


def overridden(opening: Mapping[str, Any], taken: Mapping[str, Any]) -> Iterator[str]:
    """A line for each argument of the opening in whose place the model's own settings stand.

    Args:
        opening: The arguments of the opening.
        taken: Every setting by which the model writes where a call says nothing.
    """
    for name, value in opening.items():
        if value is None or taken.get(name) == value:
            continue
        own = f"max_length={taken.get('max_length')!r}" if name == "max_new_tokens" else f"{taken.get(name)!r}"
        yield f"{name}={value!r} of the opening gives way to the model's own {own}; give it in the call"


def _lengths(opening: Mapping[str, Any], call: Mapping[str, Any], taken: Mapping[str, Any]) -> Iterator[str]:
    for name, first in _LENGTHS.items():
        counted = taken.get(first)
        here = call if call.get(name) is not None or call.get(first) is not None else opening
        if counted is not None and here.get(name) is not None:
            yield (
                f"{name}={here[name]!r} does not bound what is written: {first}={counted!r} comes first; "
                f"give {first}={here[name]!r} in its place"
            )


def _given(
    opening: Mapping[str, Any],
    call: Mapping[str, Any],
    names: Collection[str],
    switch: str,
    unset: Mapping[str, Any],
) -> Iterator[tuple[str, Any]]:
    """What was given of some settings; a call that turns them off by their switch says so itself."""
    given = call if call.get(switch) is not None else {**opening, **call}
    return (
        (name, value)
        for name, value in given.items()
        if name in names and value is not None and value != unset.get(name)
    )
