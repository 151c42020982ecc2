"""One vector for each text, by the shared encoder."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from nlptasks._plugins.guard import plugin_errors
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.choosing import choose_encoder
from nlptasks._systems.process import session
from nlptasks._tables.inputs import is_one, texts_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Texts that are encoded together: many, so that batches are of texts of one length.
_TOGETHER = 4_096


def embed_texts(texts: Any, choice: SystemChoice, *, max_tokens: int) -> NDArray[np.float32]:
    """The vectors of some texts; see :func:`nlptasks.embed`."""
    import numpy as np

    from nlptasks.models.pooling import text_means

    system, here = choose_encoder(session().registry, choice), session()
    assert system.backbone is not None
    backbone: Any = here.pool.get(system.backbone, system.context)
    found = texts_of([texts] if is_one(texts) else texts)
    with plugin_errors(f"the backbone {system.backbone.qualified}"):
        parts = [text_means(backbone, part, max_tokens=max_tokens) for part in _parts(found)]
        made = np.concatenate(parts) if parts else np.zeros((0, backbone.width), dtype=np.float32)
    return made[0] if is_one(texts) else made


def _parts(texts: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(texts, _TOGETHER)):
        yield part
