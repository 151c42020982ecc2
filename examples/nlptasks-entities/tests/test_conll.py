"""The format ``.conll`` and the tags in it."""

import io
import json

import pytest
from nlptasks_entities import nlptasks_formats
from nlptasks_entities.conll import Conll
from nlptasks_entities.options import ConllOptions
from nlptasks_entities.tags import spans_of, tags_of

from nlptasks.errors import DataError, NlptasksError, UsageError
from nlptasks.plugin.protocols import BadRow, FormatOptions, NotingWriter, Row, Table
from nlptasks.testing import check_format

FOUR = """-DOCSTART- -X- -X- O

Ada NNP B-NP B-PER
Marlow NNP I-NP I-PER
sails VBZ B-VP O

-DOCSTART- -X- -X- O

Lisbon NNP B-NP B-LOC
waits VBZ B-VP O

"""


def opened(**own):
    return Conll(FormatOptions(own=ConllOptions(**own)))


def rows(text, **own):
    table = opened(**own).read(io.BytesIO(text.encode()), "x.conll")
    return table.columns, list(table.rows)


def written(table, columns, predictions=()):
    stream = io.BytesIO()
    writer = opened().write(stream, columns)
    for block in table.blocks:
        writer.write(block, predictions)
    writer.close()
    assert isinstance(writer, NotingWriter)
    return stream.getvalue().decode(), writer.notes


def test_it_passes_the_check_of_formats():
    for spec in nlptasks_formats():
        check_format(spec)


def test_the_text_is_made_of_the_tokens_and_entities_are_offsets_into_it():
    columns, (one, two) = rows("New B-LOC\nYork I-LOC\nwaits O\n\nAda\tB-PER\r\n\r\n")
    assert (columns, one.line, two.line) == (("text", "entities"), 1, 5)
    assert one.cells[0] == "New York waits"
    assert json.loads(one.cells[1]) == [{"start": 0, "end": 8, "type": "LOC"}]
    assert json.loads(two.cells[1]) == [{"start": 0, "end": 3, "type": "PER"}]


def test_four_columns_and_documents_come_back_byte_for_byte():
    columns, found = rows(FOUR)
    assert columns == ("document", "text", "pos", "chunk", "entities")
    assert [row.cells[0] for row in found] == ["1", "2"]
    table = opened().read(io.BytesIO(FOUR.encode()), "x.conll")
    assert written(table, table.columns) == (FOUR, ())


def test_what_a_system_found_stands_behind_the_gold_tag():
    table = opened().read(io.BytesIO(b"Ada B-PER\nsails O\n\n"), "x.conll")
    cell = [
        {"text": "Ada sa", "type": "ORG", "score": 0.5, "start": 0, "end": 6},
        {"type": "PER", "start": 1, "end": 2},
    ]
    cell.append({"type": "PER", "start": 99, "end": 100})
    text, notes = written(table, (*table.columns, "found_entities"), [[cell]])
    assert text == "Ada B-PER B-ORG\nsails O I-ORG\n\n"
    assert notes == (
        "column 'found_entities': entities within a token written as whole tokens: 2",
        "column 'found_entities': entities within others left out: 1",
        "column 'found_entities': entities outside of the text left out: 1",
    )


def test_sentences_that_cannot_be_read_stand_in_their_places():
    _, (one, two, three) = rows("Ada I-PER\n\nAda B-PER x\n\nAda B-PER\n")
    assert isinstance(one, BadRow) and "continues no entity" in one.reason and "--scheme iob1" in one.hint
    assert isinstance(two, BadRow) and (two.line, three.line) == (3, 5)


def test_the_scheme_of_the_published_files_is_read_where_it_is_named():
    _, (one,) = rows("New I-LOC\nYork I-LOC\nOslo B-LOC\nAda I-PER\n", scheme="iob1")
    assert [(e["start"], e["end"], e["type"]) for e in json.loads(one.cells[1])] == [
        (0, 8, "LOC"),
        (9, 13, "LOC"),
        (14, 17, "PER"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "-DOCSTART- -X- O O\n\n", "a b c d e f\n"])
def test_what_is_no_such_file_is_refused(text):
    with pytest.raises(DataError):
        rows(text)


def test_a_table_that_tags_cannot_hold_is_refused():
    with pytest.raises(UsageError, match="cannot hold the columns id, text"):
        opened().write(io.BytesIO(), ("id", "text"))
    with pytest.raises(NlptasksError, match="row 1 is no text of tokens"):
        written(Table.of_rows(("text", "entities"), [Row(1, ("two  blanks", []))]), ("text", "entities"))


def test_tags_and_spans_are_two_forms_of_one_thing():
    tags = ["B-PER", "I-PER", "B-PER", "O", "B-LOC"]
    spans = [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]
    assert list(spans_of(tags)) == spans
    assert tags_of(spans, 5) == (tags, 0)
    with pytest.raises(ValueError, match="'X-PER' is no tag"):
        list(spans_of(["X-PER"]))
