"""A generator that yields a good head first."""

from nlptasks.plugin import HeadSpec, hookimpl


@hookimpl
def nlptasks_heads():
    yield HeadSpec(name="early", summary="Must not stay.", task="sentiment", object="zoo_late_failure:Head")
    raise ValueError("too late")
