"""The formats of results, and what is made of a file that holds records whole beside its numbers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nlptasks._exchange.formats import FORMATS, WRITTEN, exchange, imported
from nlptasks.errors import DataError, UsageError


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reads_and_some_write(name, record):
    form = exchange(name)
    assert callable(form.load)
    if name in WRITTEN:
        assert imported(form, form.dump([record], 0), file="f") == [replace(record, digests={})]
    else:
        with pytest.raises(UsageError, match="is only read"):
            form.dump([record], 0)


def test_an_unknown_one_names_all():
    with pytest.raises(UsageError, match="no format 'model-card' for results") as caught:
        exchange("model-card")
    assert caught.value.hint.splitlines() == [f"{name}: {form.summary}" for name, form in FORMATS.items()]


def test_what_was_exported_comes_back_once_and_may_be_renamed(record):
    form = exchange("lm-eval")
    text = form.dump([record], 0)
    assert imported(form, text, file="f") == [replace(record, digests={})]
    assert [found.model.name for found in imported(form, text, file="f", model="other")] == ["other"]


def test_numbers_that_were_changed_are_found_out(record):
    form = exchange("lm-eval")
    data = json.loads(form.dump([record], 0))
    data["results"]["films"]["accuracy,none"] = 0.99
    with pytest.raises(DataError, match=r"accuracy is 0\.75 in the record, and the file shows 0\.99"):
        imported(form, json.dumps(data), file="f")
    del data["results"]["films"]
    with pytest.raises(DataError, match="org/mine on films is not shown as it was exported"):
        imported(form, json.dumps(data), file="f")


def test_numbers_beside_those_that_were_exported_are_records_too(record):
    form = exchange("lm-eval")
    data = json.loads(form.dump([record], 0))
    data["results"]["more"] = {"acc,none": 0.5}
    assert [found.dataset.name for found in imported(form, json.dumps(data), file="f")] == ["films", "more"]
