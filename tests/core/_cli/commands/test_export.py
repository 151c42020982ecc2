"""``nlptasks export``: a record in the formats of other tools."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlptasks._exchange.formats import WRITTEN

pytestmark = pytest.mark.usefixtures("exchanged")


@pytest.mark.parametrize("form", WRITTEN)
def test_a_file_holds_what_is_printed_without_one(nlptasks, form):
    code, out, told = nlptasks("export", "record", "--to", form)
    assert (code, told) == (0, "")
    assert out.endswith("\n")
    assert nlptasks("export", "record", "--to", form, "-o", "file")[:2] == (0, "")
    assert Path("file").read_text() == out


def test_nothing_is_overwritten_without_a_word(nlptasks):
    args = ("export", "record", "--to", "lm-eval", "-o", "file")
    assert [nlptasks(*args)[0], nlptasks(*args)[0], nlptasks(*args, "--force")[0]] == [0, 2, 0]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("record", "--to", "csv"), "there is no format 'csv' for results"),
        (("nothing", "--to", "lm-eval"), "nothing/record.json: No such file or directory"),
    ],
)
def test_what_goes_wrong(nlptasks, args, said):
    code, out, told = nlptasks("export", *args)
    assert (code, out) == (2, "")
    assert said in told
