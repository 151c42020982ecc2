"""Keeps one copy of each backbone in memory, whatever number of heads use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from nlptasks._names import resolve
from nlptasks.plugin import BackboneSpec
from nlptasks.plugin.protocols import Backbone, BackboneContext


class BackbonePool:
    """Opens backbones and hands the same one out while anybody still holds it."""

    def __init__(self) -> None:
        self._open: WeakValueDictionary[tuple[object, ...], Any] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, spec: BackboneSpec, context: BackboneContext) -> Backbone:
        """The backbone of a descriptor, loaded at the first call.

        Raises:
            NlptasksError: It cannot be loaded.
        """
        key = (spec.object, replace(context, reference=_place(context.reference)))
        with self._lock:  # two threads that ask at once get one copy
            backbone: Backbone | None = self._open.get(key)
            if backbone is None:
                load: Callable[[BackboneContext], Backbone] = resolve(spec.object)
                backbone = self._open[key] = load(context)
            return backbone


def _place(reference: str) -> str:
    """A reference as it is, but a folder by its real path, however it was spelt."""
    folder = Path(reference).expanduser()
    return str(folder.resolve()) if reference and folder.is_dir() else reference
