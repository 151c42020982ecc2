"""Suites: what is read, what is refused and in which words, and where files are found."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlptasks._plugins.registry import Owned, Registry
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin import BenchmarkSpec
from nlptasks.records import _suite_reader
from nlptasks.records.suites import Card, Suite, locate, open_suite, read_suite

CONTENT = "text,label\ngood,positive\n"
SHA256 = hashlib.sha256(CONTENT.encode()).hexdigest()
OTHER = "f" * 64

MINIMAL = f"""\
name: mine
datasets:
  - name: reviews
    task: sentiment
    file: reviews.csv
    sha256: {SHA256}
"""

FULL = f"""\
name: mine
summary: "two words: quoted"
version: 3
ships: false
datasets:
  - name: reviews
    task: sentiment
    file: sets/reviews.csv
    sha256: {SHA256.upper()}
    n: 1
    split: test
    source: a shop
    revision: "2024"
    licence: CC0
    hub: somebody/reviews
    columns: {{text: body}}
    gold: stars
    id: key
    cluster: author
    meta: [kind, year]
    language: en
    options: {{neutral: true, labels: [a, b], beams: 4, ratio: 0.5, to: de}}
    head: three-way
    metrics: [accuracy, macro-f1]
    primary: macro-f1
    floor: 0.25
    ceiling: 1
    notes: ["One sentence."]
"""


def write(folder: Path, text: str | bytes, name: str = "suite.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


# ----------------------------------------------------------------- reading


def test_the_least_that_a_suite_holds(tmp_path):
    found = read_suite(write(tmp_path, MINIMAL))
    card = Card(name="reviews", task="sentiment", file="reviews.csv", sha256=SHA256)
    assert found == Suite(name="mine", summary="", version="1", datasets=(card,), ships=True, folder=tmp_path)


def test_every_key(tmp_path):
    found = read_suite(write(tmp_path, FULL))
    assert (found.summary, found.version, found.ships) == ("two words: quoted", "3", False)
    assert found.datasets == (
        Card(
            name="reviews",
            task="sentiment",
            file="sets/reviews.csv",
            sha256=SHA256,
            n=1,
            split="test",
            source="a shop",
            revision="2024",
            licence="CC0",
            hub="somebody/reviews",
            columns={"text": "body"},
            gold="stars",
            id="key",
            cluster="author",
            meta=("kind", "year"),
            language="en",
            options={"neutral": True, "labels": ["a", "b"], "beams": 4, "ratio": 0.5, "to": "de"},
            head="three-way",
            metrics=("accuracy", "macro-f1"),
            primary="macro-f1",
            floor=0.25,
            ceiling=1.0,
            notes=("One sentence.",),
        ),
    )


def test_the_keys_of_a_data_set_are_the_fields_of_a_card():
    assert set(_suite_reader.CardFile.model_fields) == {field.name for field in fields(Card)}


def test_anchors_and_merges(tmp_path):
    text = f"""\
name: mine
datasets:
  - &first
    name: reviews
    task: sentiment
    file: reviews.csv
    sha256: {SHA256}
    meta: &meta [kind]
  - <<: *first
    name: again
    cluster: kind
    meta: *meta
"""
    first, again = read_suite(write(tmp_path, text)).datasets
    assert (again.name, again.task, again.sha256, again.meta) == ("again", "sentiment", SHA256, ("kind",))
    assert (first.cluster, again.cluster) == ("", "kind")


def changed(old: str, new: str, text: str = MINIMAL) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


WRONG = {
    "no mapping": ("- a\n- b\n", ["suite.yaml: a suite is a mapping, and this is a list", "datasets"]),
    "empty": ("# nothing\n", ["a suite is a mapping, and this is empty"]),
    "a word": ("smoke\n", ["and this is the text 'smoke'"]),
    "no name": (changed("name: mine", "summary: x"), ["suite.yaml:1: has no 'name'", "needed: name, datasets"]),
    "no data sets": ("name: mine\n", ["suite.yaml:1: has no 'datasets'"]),
    "data sets empty": ("name: mine\ndatasets: []\n", ["suite.yaml:2: the key 'datasets' must be a list"]),
    "data sets a mapping": ("name: mine\ndatasets: {a: b}\n", ["suite.yaml:2: the key 'datasets' must be a list"]),
    "data set a text": ("name: mine\ndatasets: [x]\n", ["suite.yaml:2:", "has the text 'x' as item 1"]),
    "unknown key": (
        changed("name: mine", "name: mine\nsumary: x"),
        ["suite.yaml:2: the key 'sumary' is not known; did you mean 'summary'?", "known: name, summary"],
    ),
    "unknown key of a data set": (
        MINIMAL + "    license: MIT\n",
        ["suite.yaml:7: data set 'reviews': the key 'license' is not known; did you mean 'licence'?"],
    ),
    "no task": (changed("    task: sentiment\n", ""), ["suite.yaml:3: data set 'reviews': has no 'task'"]),
    "no name of a data set": (changed("name: reviews\n    ", ""), ["suite.yaml:3: data set 1: has no 'name'"]),
    "name of a folder": (
        changed("name: reviews", "name: ../x"),
        ["suite.yaml:3:", "letters, digits", "'../x'"],
    ),
    "short hash": (changed(SHA256, "abc"), ["suite.yaml:6:", "'sha256' must be 64 hexadecimal digits", "'abc'"]),
    "hash as a number": (
        changed(SHA256, "1" * 64),
        ["suite.yaml:6:", "and this is the number 1", "quotes"],
    ),
    "language": (MINIMAL + "    language: german\n", ["suite.yaml:7:", "ISO 639-1", "'german'"]),
    "Norwegian": (MINIMAL + "    language: no\n", ["suite.yaml:7:", "the truth value False", "put it in quotes"]),
    "hub": (MINIMAL + "    hub: reviews\n", ["suite.yaml:7:", "OWNER/NAME"]),
    "floor": (MINIMAL + "    floor: low\n", ["suite.yaml:7:", "'floor' must be a number, and this is the text 'low'"]),
    "floor NaN": (MINIMAL + "    floor: .nan\n", ["suite.yaml:7:", "must be a number"]),
    "n": (MINIMAL + "    n: -1\n", ["suite.yaml:7:", "must be a number of rows"]),
    "meta": (MINIMAL + "    meta: kind\n", ["suite.yaml:7:", "must be a list of texts", 'write meta: ["..."]']),
    "columns": (
        MINIMAL + "    columns: [text]\n",
        ["suite.yaml:7:", "must be a mapping, and this is a list"],
    ),
    "column": (MINIMAL + "    columns: {text: 1}\n", ["suite.yaml:7:", "gives 'text' the number 1"]),
    "option": (MINIMAL + "    options: {to: {x: y}}\n", ["suite.yaml:7:", "gives 'to' a mapping"]),
    "option a date": (MINIMAL + "    options: {to: 2024-01-01}\n", ["suite.yaml:7:", "a date", "in quotes"]),
    "version": (changed("name: mine", "name: mine\nversion: 1.10"), ["suite.yaml:2:", "the number 1.1", "in quotes"]),
    "ships": (changed("name: mine", "name: mine\nships: maybe"), ["suite.yaml:2:", "must be true or false"]),
    "same name": (
        MINIMAL + MINIMAL.split("datasets:\n")[1].replace("reviews\n", "Reviews\n"),
        ["suite.yaml:7: two data sets are called 'Reviews', the first on line 3"],
    ),
    "key twice": (
        MINIMAL + "    task: qa\n",
        ["suite.yaml:7: not valid YAML: the key 'task' stands twice here, first on line 4"],
    ),
    "key no text": (MINIMAL + "    options: {1: x}\n", ["suite.yaml:7: not valid YAML: the key '1' is no text"]),
    "key a list": (MINIMAL + "    options: {[a]: x}\n", ["suite.yaml:7: not valid YAML: a key must be a text"]),
    "tab": (MINIMAL + "\tn: 1\n", ["suite.yaml:7: not valid YAML", "indent with spaces"]),
    "colon": (MINIMAL + "    source: a: b\n", ["suite.yaml:7: not valid YAML", "belongs in quotes"]),
    "two documents": (MINIMAL + "---\nname: other\n", ["suite.yaml:7: not valid YAML"]),
    "code": (MINIMAL + "    source: !!python/object/apply:os.getcwd []\n", ["suite.yaml:7: not valid YAML"]),
    "tag that does not fit": (MINIMAL + "    n: !!bool maybe\n", ["suite.yaml: not valid YAML"]),
    "date that is none": (MINIMAL + "    revision: 2024-99-99\n", ["suite.yaml: not valid YAML", "in quotes"]),
    "control character": (MINIMAL + "    source: \x07\n", ["suite.yaml: not valid YAML"]),
    "not UTF-8": (MINIMAL.encode() + b"    source: \xff\n", ["suite.yaml:7: not UTF-8"]),
    "deep": ("[" * 200_000, ["suite.yaml:1: not valid YAML: more than 50 brackets are open"]),
    "deep blocks": ("".join(f"{' ' * at}a:\n" for at in range(600)), ["nested too deeply"]),
    "large": ("# " + "x" * 300_000, ["larger than 262,144 bytes"]),
    "leads out of the data folder": (
        changed("file: reviews.csv", "file: ../reviews.csv") + "ships: false\n",
        ["suite.yaml:5:", "'file' leads out of the data folder: ../reviews.csv"],
    ),
    "absolute": (
        changed("file: reviews.csv", "file: 'C:\\reviews.csv'") + "ships: false\n",
        ["suite.yaml:5:", "'file' leads out of the data folder"],
    ),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, said):
    with pytest.raises(UsageError) as caught:
        read_suite(write(tmp_path, text))
    assert all(part in str(caught.value) for part in said), str(caught.value)
    assert len(str(caught.value)) < 1_000


def test_a_hash_that_is_left_out_is_printed_ready_to_paste(tmp_path):
    path = write(tmp_path, changed(f"    sha256: {SHA256}\n", ""))
    with pytest.raises(UsageError, match=r"suite\.yaml:3: data set 'reviews': has no 'sha256'") as caught:
        read_suite(path)
    assert "sha256sum reviews.csv" in caught.value.hint
    write(tmp_path, CONTENT, "reviews.csv")
    with pytest.raises(UsageError) as caught:
        read_suite(path)
    assert f"sha256: {SHA256}" in caught.value.hint


def test_there_is_no_file(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_suite(tmp_path / "suite.yaml")
    with pytest.raises(UsageError, match="cannot read the suite"):
        read_suite(tmp_path)


@pytest.mark.parametrize("bomb", ["aliases", "merges", "itself", "merges itself"])
def test_a_bomb_is_refused_and_does_not_go_off(tmp_path, bomb):
    lines = {
        "aliases": ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))],
        "merges": [
            "a0: &a0 {k: x}",
            *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 40)),
        ],
        "itself": ["name: &a [*a]"],
        "merges itself": ["name: &a {<<: *a}"],
    }[bomb]
    with pytest.raises(UsageError) as caught:
        read_suite(write(tmp_path, "\n".join(lines)))
    assert len(str(caught.value)) < 1_000


def test_a_bomb_as_an_option_is_refused(tmp_path):
    lists = [f"    {key}: &{key} [{', '.join(['*' + before] * 9)}]" for before, key in zip("abc", "bcd", strict=True)]
    text = "\n".join([MINIMAL + "    options:", "      a: &a [[x]]", *(f"  {line}" for line in lists), ""])
    with pytest.raises(UsageError, match="gives 'a' a list"):
        read_suite(write(tmp_path, text))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_CARDS = st.dictionaries(st.sampled_from(sorted({*_suite_reader.CardFile.model_fields, "other"})), _VALUES)
_SUITES = st.dictionaries(
    st.sampled_from([*_suite_reader.SuiteFile.model_fields, "other"]), _VALUES | st.lists(_CARDS, max_size=2)
)


@given(_SUITES, st.booleans())
def test_whatever_a_file_holds_it_is_a_suite_or_refused(tmp_path_factory, data, valid):
    base = {"name": "mine", "datasets": [{"name": "a", "task": "t", "file": "f", "sha256": OTHER}]} if valid else {}
    path = write(tmp_path_factory.getbasetemp(), yaml.safe_dump(base | data, allow_unicode=True))
    try:
        found = read_suite(path)
    except UsageError as error:
        assert str(path) in error.message
    else:
        assert all(re.fullmatch("[0-9a-f]{64}", card.sha256) for card in found.datasets)


# ---------------------------------------------------------------- locating


def test_a_file_beside_the_suite(tmp_path):
    found = read_suite(write(tmp_path, MINIMAL))
    with pytest.raises(UsageError, match=r"is not there: .*reviews\.csv"):
        locate(found, found.datasets[0])
    file = write(tmp_path, CONTENT, "reviews.csv")
    assert locate(found, found.datasets[0], environ={"NLPTASKS_DATA": "/nowhere"}) == file


def test_a_suite_of_ones_own_may_name_any_file(tmp_path):
    (tmp_path / "suites").mkdir()
    path = write(tmp_path, changed("file: reviews.csv", "file: ../reviews.csv"), "suites/suite.yaml")
    write(tmp_path, CONTENT, "reviews.csv")
    found = read_suite(path)
    assert locate(found, found.datasets[0]).read_text() == CONTENT


# --------------------------------------------------------------- in plugins


def registry(spec: str, name: str = "mine") -> Registry:
    descriptor = BenchmarkSpec(name=name, summary="a benchmark", suite=spec)
    return Registry((Owned(descriptor, "plugin", "acme"),))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on ``sys.path`` with a package and a module."""
    folder = tmp_path / "site"
    (folder / "acme_suites" / "sets").mkdir(parents=True)
    write(folder / "acme_suites", "", "__init__.py")
    write(folder, "", "acme_module.py")
    monkeypatch.syspath_prepend(folder)
    yield folder
    for name in ("acme_suites", "acme_module"):
        sys.modules.pop(name, None)


def test_a_plugin_brings_a_suite_in_its_package(site):
    write(site / "acme_suites" / "sets", MINIMAL, "mine.yaml")
    file = write(site / "acme_suites" / "sets", CONTENT, "reviews.csv")
    found = open_suite(registry("acme_suites:sets/mine.yaml"), "mine")
    assert open_suite(registry("acme_suites:sets/mine.yaml"), "acme:mine") == found
    assert locate(found, found.datasets[0]) == file


def test_a_plugin_of_one_module_brings_a_suite_beside_it(site):
    write(site, MINIMAL, "mine.yaml")
    assert open_suite(registry("acme_module:mine.yaml"), "mine").folder == site


def test_an_unknown_benchmark_is_refused_with_the_nearest_name(site):
    with pytest.raises(UsageError, match="did you mean 'mine'"):
        open_suite(registry("acme_suites:mine.yaml"), "mien")


@pytest.mark.parametrize(
    ("spec", "text", "said"),
    [
        ("acme_suites:gone.yaml", MINIMAL, "there is no file"),
        ("acme_suites:../mine.yaml", MINIMAL, "lies outside its package"),
        ("acme_suites:/mine.yaml", MINIMAL, "lies outside its package"),
        ("acme_nothing:mine.yaml", MINIMAL, "cannot import 'acme_nothing'"),
        ("acme_suites:mine.yaml", changed("name: mine", "name: other"), "calls itself 'other'"),
        ("acme_suites:mine.yaml", MINIMAL + "    sha: x\n", "mine.yaml:7: data set 'reviews': the key 'sha'"),
        ("acme_suites:mine.yaml", changed("reviews.csv", "../reviews.csv"), "leads out of the suite's package"),
        ("acme_suites:mine.yaml", changed("reviews.csv", "/etc/passwd"), "leads out of the suite's package"),
    ],
)
def test_a_broken_suite_of_a_plugin_names_the_plugin(site, spec, text, said):
    write(site / "acme_suites", text, "mine.yaml")
    with pytest.raises(PluginError, match=r"^the benchmark 'mine' of acme: ") as caught:
        open_suite(registry(spec), "mine")
    assert said in caught.value.message
