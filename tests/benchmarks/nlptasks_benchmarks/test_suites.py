"""The benchmarks of this project: their cards fit their files, and their files hold what the tasks read."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import nlptasks_benchmarks
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Owned, Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.gold_samples import GoldTable, read_gold_table
from nlptasks.plugin import BenchmarkSpec, HeadSpec, MetricSpec, TaskSpec
from nlptasks.plugin.options import option_fields
from nlptasks.records.suites import DATA_VARIABLE, Card, Suite, locate, open_suite

ROOT = Path(__file__).parents[3]
SPECS = {spec.name: spec for spec in nlptasks_benchmarks.nlptasks_benchmarks()}
REGISTRY = Registry(tuple(Owned(spec, "benchmarks", "nlptasks") for spec in SPECS.values()))
SMOKE, CORE = (open_suite(REGISTRY, name) for name in ("smoke", "core"))
CARDS = [pytest.param(card, id=f"{suite.name}-{card.name}") for suite in (SMOKE, CORE) for card in suite.datasets]

FOLDER = os.environ.get(DATA_VARIABLE, "")
needs_data = pytest.mark.skipif(not FOLDER, reason=f"{DATA_VARIABLE} names no folder with the files of core")


def by_name(suite: Suite) -> list[Any]:
    return [pytest.param(card, id=card.name) for card in suite.datasets]


@pytest.fixture(scope="module")
def installed() -> Registry:
    return load_plugins(Config()).registry


@pytest.fixture(scope="module")
def floors() -> Any:
    spec = importlib.util.spec_from_file_location("floors", ROOT / "benchmarks" / "floors.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(installed: Registry, card: Card, path: Path) -> GoldTable:
    task = installed.get(TaskSpec, card.task).spec
    meta = tuple(dict.fromkeys(filter(None, (card.cluster, *card.meta))))
    source = TableSource(data=str(path), columns=card.columns, gold=card.gold, id=card.id)
    return read_gold_table(installed, task, source, meta=meta)


def test_importing_the_plugin_imports_little():
    code = "import sys, nlptasks_benchmarks as b; b.nlptasks_benchmarks(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "pyarrow", "pydantic", "scipy", "sklearn", "torch", "transformers", "yaml"}
    assert heavy & set(done.stdout.split()) == set()


@pytest.mark.parametrize("suite", [SMOKE, CORE], ids=lambda suite: suite.name)
def test_a_suite_says_what_its_descriptor_says(suite):
    assert suite.summary == SPECS[suite.name].summary
    assert suite.version


@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_complete(card):
    assert all((card.split, card.source, card.revision, card.licence, card.language, card.n))
    assert card.floor is not None


@pytest.mark.parametrize("card", CARDS)
def test_a_card_names_what_there_is(installed, card):
    task = installed.get(TaskSpec, card.task).spec
    heads = installed.heads(task.name)
    assert not card.head or card.head in {head.spec.name for head in heads}
    mine = [head.spec for head in heads if head.spec.name == card.head or not card.head]
    assert not card.options or any(set(card.options) <= options(head) for head in mine)
    for name in (card.primary or task.primary, *card.metrics):
        low, high = installed.get(MetricSpec, name).spec.range
        assert low <= high
    low, high = installed.get(MetricSpec, card.primary or task.primary).spec.range
    assert low <= card.floor <= high


def options(head: HeadSpec) -> set[str]:
    return {option.name for option in option_fields(head.options)} if head.options else set()


def test_every_task_is_in_both(installed):
    tasks = {item.spec.name for item in installed.all(TaskSpec)}
    assert {card.task for card in SMOKE.datasets} == {card.task for card in CORE.datasets} == tasks


# ------------------------------------------------------------------- smoke


@pytest.mark.parametrize("card", by_name(SMOKE))
def test_a_smoke_file_has_thirty_rows_with_ids_and_kinds(card):
    path = locate(SMOKE, card)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == card.n == 30
    assert len({row["id"] for row in rows}) == 30
    texts = [json.dumps([value for key, value in row.items() if key not in ("id", "kind")]) for row in rows]
    assert len(set(texts)) == 30
    assert len(Counter(row["kind"] for row in rows)) >= 2
    assert path.stat().st_size < 20_000


@pytest.mark.parametrize("card", by_name(SMOKE))
def test_a_smoke_file_is_read_whole(installed, card):
    table = read(installed, card, locate(SMOKE, card))
    assert (len(table.items), table.skipped, table.sha256) == (30, {}, card.sha256)
    assert all(
        item.example.inputs and all(text.strip() for text in item.example.inputs.values()) for item in table.items
    )
    assert all(item.meta["kind"] for item in table.items)


def test_the_labels_of_smoke(installed):
    cards = {card.name: card for card in SMOKE.datasets}
    golds = {
        name: Counter(item.gold for item in read(installed, cards[name], locate(SMOKE, cards[name])).items)
        for name in ("sentiment", "classification")
    }
    assert golds["sentiment"] == {"positive": 15, "negative": 15}
    assert set(golds["classification"]) == {"World", "Sports", "Business", "Sci/Tech"}
    assert min(golds["classification"].values()) >= 7


def test_the_answers_of_smoke_stand_in_their_texts():
    card = next(card for card in SMOKE.datasets if card.name == "qa")
    for line in locate(SMOKE, card).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        answers = row["answers"]
        assert answers["text"]
        for text, start in zip(answers["text"], answers["answer_start"], strict=True):
            assert row["context"][start : start + len(text)] == text


def test_the_floors_of_smoke(installed, floors):
    found = {card.name: floors.floor_of(installed, card, locate(SMOKE, card)) for card in SMOKE.datasets}
    assert found == {card.name: card.floor for card in SMOKE.datasets}


def test_smoke_is_installed(installed):
    assert {"core", "smoke"} <= {item.spec.name for item in installed.all(BenchmarkSpec)}
    assert open_suite(installed, "nlptasks:smoke") == SMOKE


# -------------------------------------------------------------------- core


def test_core_ships_nothing():
    assert not CORE.ships
    package = Path(nlptasks_benchmarks.__file__).parent
    assert not any((package / card.file).exists() for card in CORE.datasets)


@needs_data
@pytest.mark.parametrize("card", by_name(CORE))
def test_a_card_of_core_fits_its_file(installed, floors, card):
    path = locate(CORE, card)
    table = read(installed, card, path)
    assert (len(table.items), table.skipped) == (card.n, {})
    assert not any(item.twice for item in table.items)
    assert floors.floor_of(installed, card, path) == card.floor
