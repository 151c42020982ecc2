"""Faults of observers."""

from __future__ import annotations

from nlptasks.plugin import (
    hookimpl,
)

from .fault import Fault


class Watcher:
    """Counts rows: an honest observer."""

    rows = 0

    @hookimpl
    def nlptasks_batch_finished(self, event):
        self.rows = event.rows


class Divides:
    @hookimpl
    def nlptasks_run_finished(self, event):
        return event.seconds / event.rows


class Announces:
    @hookimpl
    def nlptasks_run_started(self, event):
        print("off we go")


class Expects:
    @hookimpl
    def nlptasks_run_finished(self, event):
        return self.started - event.seconds


class Meddles:
    @hookimpl
    def nlptasks_run_finished(self, event):
        object.__setattr__(event, "rows", 0)


def found() -> list[Fault]:
    return [
        Fault("observer", "it falls over a run without rows", Divides(), "ZeroDivisionError"),
        Fault("observer", "it prints on standard output", Announces(), "printed 'off we go"),
        Fault("observer", "it expects a beginning", Expects(), "AttributeError"),
        Fault("observer", "it changes what others are told", Meddles(), "it changed the event"),
        Fault("observer", "no hook of an observer", object(), "it has no hook of an observer"),
    ]
