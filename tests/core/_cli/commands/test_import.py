"""``nlptasks import``: records of other tools' files, the own exports among them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nlptasks._exchange.formats import WRITTEN
from nlptasks.records.store import find_records, read_record

pytestmark = pytest.mark.usefixtures("exchanged")


@pytest.mark.parametrize("form", WRITTEN)
def test_out_and_in_again(nlptasks, form):
    assert nlptasks("export", "record", "--to", form, "-o", "file")[0] == 0
    code, _, told = nlptasks("import", "file", "--from", form, "--output", "back")
    count = len(read_record(Path("record")).record.scores)
    assert (code, told) == (0, f"mine: classification on mine, {count} metrics, V0 -> back\n")
    assert read_record(Path("back")).record == replace(read_record(Path("record")).record, digests={})
    assert nlptasks("verify", "back")[1] == "back: V0, an imported number: it has no samples that could be scored\n"


def test_nothing_is_overwritten_without_a_word(nlptasks):
    nlptasks("export", "record", "--to", "lm-eval", "-o", "file")
    args = ("import", "file", "--from", "lm-eval", "-o", "back")
    assert [nlptasks(*args)[0], nlptasks(*args)[0], nlptasks(*args, "--force")[0]] == [0, 2, 0]


def test_a_file_with_several_results_makes_several_records(nlptasks):
    results = {"a/b": {"acc,none": 0.5}, "a-b": {"acc,none": 0.25}, "..": {"acc,none": 0.75}}
    Path("file.json").write_text(json.dumps({"results": results, "model_name": "../../org/m"}))
    code, _, told = nlptasks("import", "file.json", "--from", "lm-eval", "-o", "results")
    assert code == 0, told
    found = find_records(Path("results"))
    assert [folder.name for folder in found] == ["a-b-org-m", "a-b-org-m-2", "x-org-m"]
    assert [folder.parent for folder in found] == [Path("results")] * 3


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("import", "nothing", "--from", "lm-eval", "-o", "x"), 2, "there is no file nothing"),
        (("import", ".", "--from", "lm-eval", "-o", "x"), 2, ". cannot be read: Is a directory"),
        (("import", "latin", "--from", "lm-eval", "-o", "x"), 1, "latin:2: not UTF-8"),
        (("import", "mine.csv", "--from", "lm-eval", "-o", "x"), 1, "mine.csv:1: not valid JSON"),
        (
            ("import", "mine.csv", "--from", "model-index", "-o", "x"),
            1,
            "the front matter of a model card is a mapping, and this is",
        ),
    ],
)
def test_what_goes_wrong(nlptasks, args, code, said):
    Path("latin").write_bytes(b"\n\xe4")
    found, out, told = nlptasks(*args)
    assert (found, out) == (code, "")
    assert said in told
    assert not Path("x").exists()
