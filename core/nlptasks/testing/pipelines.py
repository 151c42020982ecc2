"""The check that every pipeline must pass."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nlptasks._names import resolve
from nlptasks.errors import NlptasksError
from nlptasks.plugin import PipelineSpec
from nlptasks.plugin.pipelines import PipelineContext
from nlptasks.testing._steady import steady, told, warm

__all__ = ["check_pipeline"]


def check_pipeline(
    pipeline: PipelineSpec,
    *,
    model: Any = None,
    inputs: Sequence[Any] = (),
    settings: Mapping[str, Any] | None = None,
) -> None:
    """Check what every pipeline must do.

    What it names can be imported and called. Opened without a model, or with one that there is not, it says what is
    missing. On a model it gives for each input the same alone and in any order, prints nothing and changes nothing that
    the process has one of.

    Args:
        pipeline: The pipeline.
        model: What to open it on; ``None``: only what it does without one is looked at.
        inputs: What to call it with, one by one and as a list.
        settings: Its other arguments.

    Raises:
        AssertionError: It does not; the message says what is wrong.
    """
    with told("the pipeline"):
        make = resolve(pipeline.object)
        fits = resolve(pipeline.fits) if pipeline.fits else None
    assert callable(make), f"{pipeline.object} is not callable"
    clash = [
        name for name in (pipeline.name, *pipeline.aliases) if pipeline.pattern and re.fullmatch(pipeline.pattern, name)
    ]
    assert not clash, f"the pattern also means the name {clash[0]!r}, without its groups"
    given = dict(settings or {})
    nowhere = PipelineContext(task=pipeline.name, model="/no/such/model", settings=given)
    if fits is not None:
        with told("fits"), warm():
            _check_fits(fits, nowhere)
        with told("fits"), steady("fits"):
            _check_fits(fits, nowhere)
    for context in (
        () if model is not None else (PipelineContext(task=pipeline.name, model=None, settings=given), nowhere)
    ):
        _check_missing(make, context)
    if model is not None:
        _check_calls(make, PipelineContext(task=pipeline.name, model=model, settings=given), list(inputs))


def _check_fits(fits: Any, context: PipelineContext) -> None:
    try:
        found: object = fits(context)
    except NlptasksError:
        return  # there is no such model, and it says so
    assert isinstance(found, bool), f"fits must give True or False, got {found!r}"


def _check_missing(make: Any, context: PipelineContext) -> None:
    """Without a model it opens one of its own, or says what is missing."""
    with told("the pipeline"):
        try:
            opened = make(context)
        except NlptasksError:
            return
        assert callable(opened), f"it was opened as a {type(opened).__name__}, which cannot be called"


def _check_calls(make: Any, context: PipelineContext, inputs: list[Any]) -> None:
    with told("the pipeline"), warm():
        opened = make(context)
        assert callable(opened), f"it was opened as a {type(opened).__name__}, which cannot be called"
        whole = list(opened(inputs)) if inputs else []
    assert len(whole) == len(inputs), f"it gave {len(whole)} results for {len(inputs)} inputs"
    with told("the pipeline"), steady("the pipeline"):
        reverse = list(opened(inputs[::-1]))[::-1] if inputs else []
    for one, other, given in zip(whole, reverse, inputs, strict=True):
        assert str(one) == str(other), (
            f"another order of the inputs gives another result for {given!r}: {one} and {other}"
        )
