"""One copy of a backbone in memory, while anybody holds it."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from nlptasks._plugins.registry import Owned
from nlptasks._systems.pool import BackbonePool
from nlptasks.errors import PluginError
from nlptasks.plugin import BackboneSpec
from nlptasks.plugin.protocols import BackboneContext

HOUSE = Owned(BackboneSpec(name="house", summary="s", object="acme_house:Opened", provides=frozenset()), "p", "acme")


class Opened:
    """A backbone that counts how often it is opened."""

    count = 0

    def __init__(self, context: BackboneContext) -> None:
        if context.device == "broken":
            raise RuntimeError("no such device")
        type(self).count += 1
        self.context = context


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleType("acme_house")
    made.Opened = Opened
    monkeypatch.setitem(sys.modules, "acme_house", made)
    monkeypatch.setattr(Opened, "count", 0)


def test_the_same_one_is_handed_out_to_threads_too():
    pool = BackbonePool()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: pool.get(HOUSE, BackboneContext()), range(8)))
    assert len(set(map(id, found))) == Opened.count == 1


def test_another_device_is_another_copy():
    pool = BackbonePool()
    one, other = pool.get(HOUSE, BackboneContext()), pool.get(HOUSE, BackboneContext(device="cuda"))
    assert one is not other


def test_a_folder_is_one_place_however_it_is_spelt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    pool = BackbonePool()
    first = pool.get(HOUSE, BackboneContext(reference="mine"))
    assert pool.get(HOUSE, BackboneContext(reference=str(tmp_path / "x" / ".." / "mine"))) is not first
    assert pool.get(HOUSE, BackboneContext(reference="./mine/")) is first
    assert first.context.reference == "mine"  # it is opened with what the user typed


def test_what_nobody_holds_is_forgotten():
    pool = BackbonePool()
    pool.get(HOUSE, BackboneContext())
    gc.collect()
    pool.get(HOUSE, BackboneContext())
    assert Opened.count == 2


class Slotted:
    """A backbone that cannot be referenced weakly."""

    __slots__ = ()

    def __init__(self, context: BackboneContext) -> None:
        Opened.count += 1


def test_one_that_has_slots_is_shared_too(monkeypatch):
    monkeypatch.setattr(sys.modules["acme_house"], "Opened", Slotted)
    pool = BackbonePool()
    assert pool.get(HOUSE, BackboneContext()) is pool.get(HOUSE, BackboneContext())
    assert Opened.count == 1


def test_one_that_fails_is_named_and_asked_again():
    pool = BackbonePool()
    for _ in range(2):
        with pytest.raises(PluginError, match=r"the backbone acme:house .*no such device"):
            pool.get(HOUSE, BackboneContext(device="broken"))
