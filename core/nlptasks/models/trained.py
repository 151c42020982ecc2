"""What trained weights of any head have in common: they belong to one backbone."""

from __future__ import annotations

from pathlib import Path

from nlptasks.errors import BackboneMismatchError
from nlptasks.plugin.protocols import Backbone


def check_backbone(folder: Path, *, name: str, digest: str, backbone: Backbone) -> None:
    """Refuse a foreign backbone, on which trained weights would answer nonsense.

    Args:
        folder: Where the weights are.
        name: Name of the backbone that they were trained on.
        digest: Its digest.
        backbone: The backbone here.

    Raises:
        BackboneMismatchError: The digests differ.
    """
    if digest != backbone.digest:
        raise BackboneMismatchError(
            f"{folder}: trained on the backbone '{name}' with digest {digest[:12]}, "
            f"but the backbone here is '{backbone.name}' with digest {backbone.digest[:12]}",
            hint="choose its own backbone with --backbone, or train the head again on this one",
        )
