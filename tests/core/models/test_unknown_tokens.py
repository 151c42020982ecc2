"""What a tokenizer makes nothing of."""

from __future__ import annotations

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._settings.groups import SystemChoice
from nlptasks._systems.session import Session
from nlptasks.plugin import TaskSpec
from nlptasks.plugin.protocols import Encoder


@pytest.fixture(scope="module")
def bundled() -> Encoder:
    session = Session(load_plugins(Config()).registry)
    tasks = (session.registry.get(TaskSpec, "sentiment").spec,)
    loaded = session.load(session.choose(tasks, SystemChoice()))
    assert loaded.backbone is not None
    return loaded.backbone


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("", 0, 0),
        ("The battery lasts for two days, and the screen is fine.", 0, 0),
        ("Das Zimmer war außerordentlich sauber, die Würste schmeckten köstlich.", 0, 0.1),
        ("def f(x): return [y ** 2 for y in x if y != 0]  # O(n)", 0, 0.1),
        ("🍕🔥😍", 0.6, 1),
        ("комната была чистой", 0.5, 1),
        ("방이 깨끗하고 좋았어요", 0.5, 1),
        ("I liked the pizza, all of it, and we will come again 🍕", 0, 0.3),
    ],
)
def test_the_proportion_of_unknown_tokens(bundled: Encoder, text: str, low: float, high: float) -> None:
    (windows,) = bundled.tokenize([text])
    (proportion,) = bundled.unknown(windows)  # type: ignore[attr-defined]
    assert low <= proportion <= high
