"""Keeps one copy of each backbone in memory, whatever number of heads use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from nlptasks._plugins.guard import load_object, plugin_errors
from nlptasks._plugins.registry import Owned
from nlptasks.files.names import at_home, is_folder
from nlptasks.plugin import BackboneSpec
from nlptasks.plugin.protocols import Backbone, BackboneContext


class BackbonePool:
    """Opens backbones and hands the same one out while anybody still holds it."""

    def __init__(self) -> None:
        self._open: WeakValueDictionary[tuple[object, ...], Any] = WeakValueDictionary()
        # A class with slots may not let itself be referenced weakly; what it makes stays as long as the pool.
        self._kept: dict[tuple[object, ...], Any] = {}
        self._lock = Lock()

    def get(self, backbone: Owned[BackboneSpec], context: BackboneContext) -> Backbone:
        """The backbone of a descriptor, loaded at the first call.

        Raises:
            NlptasksError: It cannot be loaded; the error names the backbone where its code failed.
        """
        spec, what = backbone.spec, f"the backbone {backbone.qualified}"
        key = (spec.object, replace(context, reference=_place(context.reference)))
        with self._lock:  # two threads that ask at once get one copy
            opened: Backbone | None = self._kept.get(key, self._open.get(key))
            if opened is None:
                load: Callable[[BackboneContext], Backbone] = load_object(what, spec.object)
                with plugin_errors(what):
                    opened = load(context)
                try:
                    self._open[key] = opened
                except TypeError:
                    self._kept[key] = opened
            return opened


def _place(reference: str) -> str:
    """A reference as it is, but a folder by its real path, however it was spelt."""
    folder = at_home(reference)
    return str(folder.resolve()) if reference and is_folder(folder) else reference
