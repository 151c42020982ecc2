import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlptasks.errors import DataError, UsageError

NASTY = st.text(st.sampled_from("ab,;\t|\"'\n\r =+@é🎉ש\u2028\\\u200f"), max_size=12) | st.text(max_size=12)
ROWS = st.lists(st.tuples(NASTY, NASTY, NASTY), max_size=6)
COLUMNS = ("id", "review", "label")


def error(formats, data, name="csv", **options) -> DataError:
    with pytest.raises(DataError) as caught:
        formats.rows(name, data, **options)
    return caught.value


def test_rows_carry_the_line_that_they_start_on(formats):
    data = '\n id ,review\r\n1,"two\r\nlines"\r\n\r\n2,"a ""word"", more"\r\n'
    assert formats.rows("csv", data) == (
        ("id", "review"),
        [(3, ["1", "two\r\nlines"]), (6, ["2", 'a "word", more'])],
    )


def test_usual_files_have_no_notes(formats):
    assert formats.table("csv", "a,b\n1,2\n").notes == ()
    assert formats.table("tsv", "a\tb\n1\t2\n").notes == ()


@pytest.mark.parametrize(("delimiter", "shown"), [(";", ";"), ("\t", "tab"), ("|", "|")])
def test_delimiters_are_detected(formats, delimiter, shown):
    data = f'id{delimiter}text\n1{delimiter}yes, well\n2{delimiter}"a{delimiter}b"\n'
    table = formats.table("csv", data)
    assert table.columns == ("id", "text")
    assert [row.cells for row in table.rows] == [["1", "yes, well"], ["2", f"a{delimiter}b"]]
    assert table.notes == (f"delimiter: {shown}",)


def test_a_tsv_may_hold_commas_and_a_csv_may_be_named_tsv(formats):
    assert formats.rows("tsv", "a,x\tb\n1,2\t3\n") == (("a,x", "b"), [(2, ["1,2", "3"])])
    table = formats.table("tsv", "a,b\n1,2\n")
    assert (table.columns, table.notes) == (("a", "b"), ("delimiter: ,",))


def test_a_delimiter_in_one_header_only_is_text(formats):
    assert formats.rows("csv", "what; why\nno\nyes\nwell\n")[0] == ("what; why",)


@pytest.mark.parametrize("given_as", ["\t", "tab", "\\t"])
def test_a_given_delimiter_wins(formats, given_as):
    assert formats.rows("csv", "a,b\tc\n1,2\t3\n", delimiter=given_as) == (("a,b", "c"), [(2, ["1,2", "3"])])


@pytest.mark.parametrize("options", [{"escape": ";;"}, {"quote": "\n"}, {"quote": "''"}])
def test_a_given_quote_or_escape_is_one_character(formats, options):
    with pytest.raises(UsageError, match=r"--(escape|quote) .* is not one character"):
        formats.open("csv", **options)


def test_single_quotes_are_detected(formats):
    table = formats.table("csv", "id,text\n1,'it is, good'\n2,fine\n")
    assert [list(row.cells) for row in table.rows] == [["1", "it is, good"], ["2", "fine"]]
    assert table.notes == ("quotes: '",)


def test_quotes_that_mean_nothing_are_detected(formats):
    table = formats.table("tsv", 'id\ttext\n1\t"Great" they said\n2\t"never closed\n')
    assert [list(row.cells) for row in table.rows] == [["1", '"Great" they said'], ["2", '"never closed']]
    assert table.notes == ("quotes: none",)


def test_given_quotes_win(formats):
    assert formats.rows("csv", 'a,b\n"1",2\n', quote="none")[1] == [(2, ['"1"', "2"])]
    assert formats.rows("csv", "a,b\n'1',2\n", quote="'")[1] == [(2, ["1", "2"])]


def test_old_mac_line_ends(formats):
    assert formats.rows("csv", "a,b\r1,2\r3,4\r") == (("a", "b"), [(2, ["1", "2"]), (3, ["3", "4"])])


def test_ragged_rows_stay_in_place(formats):
    _, rows = formats.rows("csv", "id,review,label\n1,ok,pos\n2,short\n3,good, but,neg\n   \n4,ok,pos\n")
    assert [row[:2] for row in rows] == [
        (2, ["1", "ok", "pos"]),
        (3, "2 cells, expected 3 (id, review, label)"),
        (4, "4 cells, expected 3 (id, review, label)"),
        (6, ["4", "ok", "pos"]),
    ]
    assert "missing" in rows[1][2]
    assert "double quotes" in rows[2][2]


def test_many_columns_are_shortened(formats):
    _, rows = formats.rows("csv", "a,b,c,d,e,f,g,h\n1\n")
    assert rows[0][1] == "1 cell, expected 8 (a, b, c, d, e, f, ...)"


def test_lines_of_text_are_not_a_table(formats):
    columns, rows = formats.rows("csv", "review\ngood\nfine, but slow\n\nbad\n")
    assert columns == ("review",)
    assert rows[0] == (2, ["good"])
    assert rows[1][:2] == (3, "2 cells, expected 1 (review)")
    assert "--format text" in rows[1][2]
    assert rows[2] == (5, ["bad"])


def test_a_quote_that_is_never_closed(formats):
    data = 'id,text\n1,"fine\nindeed ""yes"""\n2,"more ""words""\nand lines\n3,x\n'
    caught = error(formats, data)
    assert str(caught).startswith("f:4: a quote opens here that is not closed by the end of the file")
    assert "--max-cell" in caught.hint
    assert "--quote none" in caught.hint
    assert error(formats, data.replace("\n", "\r")).line == 4


def test_a_quote_that_swallows_the_file(formats):
    data = 'id,text\n1,"fine"\n2,"oops\n' + "3,well then\n" * 3000
    caught = error(formats, data, max_cell=1000)
    assert str(caught).startswith("f:3: a quote opens here that is not closed within 1,000 characters")
    assert "--max-cell" in caught.hint


def test_text_behind_a_closing_quote(formats):
    caught = error(formats, 'id,text\n1,"so" he said, "well"\n')
    assert str(caught).startswith("f:2: text follows a closing quote")
    caught = error(formats, 'id,text\n1,"oops\n2,"fine"\n')
    assert str(caught).startswith("f:2: text follows a closing quote in the row that starts here, on line 3")
    assert "unclosed quote" in caught.hint
    assert error(formats, 'id,text\n1,"a" \n').line == 2


def test_large_cells(formats):
    data = f"id,text\n1,{'x' * 300_000}\n"
    assert len(formats.rows("csv", data)[1][0][1][1]) == 300_000
    caught = error(formats, data, max_cell=1000)
    assert str(caught) == "f:2: a cell is longer than 1,000 characters\n  --max-cell raises the limit"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,text, id", "columns 1 and 3 have the name 'id'"),
        (",text,,", "columns 1, 3 and 4 have no name"),
    ],
)
def test_names_that_occur_twice(formats, header, message):
    caught = error(formats, f"{header}\n1,2,3\n")
    assert str(caught).startswith(f"f:1: {message}")
    assert "rename" in caught.hint


def test_one_column_may_have_no_name(formats):
    assert formats.rows("csv", ",text\n0,a\n") == (("", "text"), [(2, ["0", "a"])])


def test_without_header(formats):
    assert formats.rows("csv", "1,a\n2,b\n", header=False) == (
        ("column_1", "column_2"),
        [(1, ["1", "a"]), (2, ["2", "b"])],
    )


def test_without_rows(formats):
    assert formats.rows("csv", "id,text\n") == (("id", "text"), [])
    assert "no header" in str(error(formats, "\n\n"))


def test_the_encoding_is_noted(formats):
    table = formats.table("csv", "id,text\n1,größer\n".encode("cp1252"))
    assert table.notes[0].startswith("encoding: cp1252")
    assert [row.cells for row in table.rows] == [["1", "größer"]]


def test_a_quoted_record_longer_than_the_sample(formats):
    text = "line\n" * 2000
    assert formats.rows("csv", f'id,text\n1,"{text}"\n2,b\n')[1] == [(2, ["1", text]), (2003, ["2", "b"])]


def test_cells_are_kept_as_they_are(formats):
    rows = [("=1+1", "0.123456789", 0.98765432, None), ("@x", "", 1e-9, 12345678)]
    assert formats.written("csv", ["a", "b", "c", "d"], rows) == (
        b"a,b,c,d\n=1+1,0.123456789,0.98765432,\n@x,,1e-09,12345678\n"
    )
    assert formats.written("tsv", ["a", "b"], [("x,y", "p\tq")]) == b'a\tb\nx,y\t"p\tq"\n'
    assert formats.written("csv", ["a", "b"], [("x", "y")], delimiter=";") == b"a;b\nx;y\n"


def test_half_a_surrogate_pair_is_escaped(formats):
    assert formats.written("csv", ["a", "b"], [("\ud83d", "x")]) == b"a,b\n\\ud83d,x\n"


@pytest.mark.parametrize("name", ["csv", "tsv"])
@given(rows=ROWS)
def test_what_is_written_is_read(formats, name, rows):
    rows = [[cell.replace("\0", "") for cell in row] for row in rows]
    assert formats.copied(name, COLUMNS, rows) == (COLUMNS, rows)


@given(cells=st.lists(NASTY, max_size=5))
def test_one_column_is_read_as_written(formats, cells):
    rows = [[cell.replace("\0", "")] for cell in cells]
    assert formats.copied("csv", ("text",), rows) == (("text",), rows)


def test_rows_keep_their_lines_whatever_group_they_are_read_in(formats):
    text, expected, line = "id,text\n", [], 2
    for number in range(6_000):
        kind = number % 997
        if kind == 3:
            text += f'{number},"two\nlines"\n'
            expected.append((line, [str(number), "two\nlines"]))
            line += 2
        elif kind == 5:
            text += f"\n{number}\n"
            expected.append((line + 1, "1 cell, expected 2 (id, text)"))
            line += 2
        elif kind == 7:
            text += f"{number},a\0b\n"
            expected.append((line, f"column {len(str(number)) + 3}: a NUL byte, which no text holds"))
            line += 1
        else:
            text += f"{number},größer\n"
            expected.append((line, [str(number), "größer"]))
            line += 1
    _, found = formats.rows("csv", text)
    assert [row[:2] for row in found] == expected


def test_rows_before_one_that_cannot_be_read_are_there(formats):
    table = formats.table("csv", "id,text\n" + "1,a\n" * 70 + '2,"never closed\n' + "3,b\n" * 10)
    rows = table.rows
    assert [next(rows).line for _ in range(70)] == list(range(2, 72))
    with pytest.raises(DataError, match="f:72: a quote opens here that is not closed"):
        next(rows)
