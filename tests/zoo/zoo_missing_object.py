"""Loads, but names an object that is not there."""

from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_heads():
    return [HeadSpec(name="hollow", summary="x", task="sentiment", object="zoo_missing_object:Head")]
