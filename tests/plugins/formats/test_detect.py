"""Tables as people have them: what other programs write, and what they call CSV."""

import time

import pytest

from nlptasks.errors import DataError, UsageError


def cells(formats, data, name="csv", **options):
    table = formats.table(name, data, **options)
    return table.columns, [list(row.cells) for row in table.rows], table.notes


# ---------------------------------------------------------------- Excel's sep= line


@pytest.mark.parametrize(
    ("line", "sign"),
    [("sep=;", ";"), ("sep=,", ","), ("SEP=|", "|"), ("sep=\t", "\t"), ("sep=\\t", "\t"), ('"sep=;"', ";")],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_first_line_that_names_the_delimiter(formats, line, sign, encoding):
    data = f'{line}\r\ntext{sign}label\r\n"great{sign} really"{sign}positive\r\nbroken{sign}negative\r\n'
    columns, rows, _ = cells(formats, data.encode(encoding))
    assert (columns, rows) == (("text", "label"), [[f"great{sign} really", "positive"], ["broken", "negative"]])


def test_rows_behind_it_have_their_own_lines(formats):
    assert [row[:2] for row in formats.rows("csv", "sep=;\na;b\n1;2\n3\n")[1]] == [
        (3, ["1", "2"]),
        (4, "1 cell, expected 2 (a, b)"),
    ]


def test_a_given_delimiter_wins_over_it(formats):
    assert cells(formats, "sep=;\na,b\n1,2;3\n", delimiter=",")[:2] == (("a", "b"), [["1", "2;3"]])


# ------------------------------------------------------------------ blanks before quotes


def test_quotes_behind_blanks(formats):
    columns, rows, notes = cells(formats, 'id, text, label\n1, "great film, really", good\n2, "bad", bad\n')
    assert (columns, rows) == (("id", "text", "label"), [["1", "great film, really", "good"], ["2", "bad", "bad"]])
    assert notes == ("blanks behind a delimiter are no part of the cells",)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_quotes_behind_blanks_with_any_delimiter_in_them(formats, sign):
    data = f'id{sign} text{sign} label\n1{sign} "great{sign} really"{sign} good\n2{sign} "bad"{sign} bad\n'
    assert cells(formats, data)[:2] == (
        ("id", "text", "label"),
        [["1", f"great{sign} really", "good"], ["2", "bad", "bad"]],
    )
    assert cells(formats, data.replace("text", '"text"'))[0] == ("id", "text", "label")


def test_quotes_behind_blanks_without_a_delimiter_in_them(formats):
    assert cells(formats, 'id, text\n1, "great film"\n2, "bad"\n')[1] == [["1", "great film"], ["2", "bad"]]


@pytest.mark.parametrize(
    "data",
    [
        'a,b\n x,"say, ""so"", or not"\n y,"z"\n',  # a quote behind a blank, within a quoted cell
        'a,b\n x, "Great" they said\n y, z\n',  # quotes that are a part of the text
        "a,b\n x, y\n",
    ],
)
def test_blanks_are_kept_where_they_are_a_part_of_the_cells(formats, data):
    assert all(row[0].startswith(" ") for row in cells(formats, data)[1])


# ------------------------------------------------------------------------- escapes


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (r"say \"great\" film, yes", 'say "great" film, yes'),
        (r"a\\b \"c\"", r'a\b "c"'),
        (r"C:\temp \"x\"", r'C:\temp "x"'),
        ('two\\\nlines \\"x\\"', 'two\nlines "x"'),
    ],
)
def test_quotes_that_are_escaped_by_a_backslash(formats, cell, read):
    data = f'id,text\n1,"{cell}"\n2,broken\n'
    assert cells(formats, data)[1:] == ([["1", read], ["2", "broken"]], ("escape: \\",))
    assert cells(formats, data, escape="\\")[1] == [["1", read], ["2", "broken"]]


def test_quotes_may_be_doubled_in_one_cell_and_escaped_in_another(formats):
    data = 'id,text\n1,"he said \\"yes\\", ok"\n2,"a ""good"" one"\n3,""\n'
    assert cells(formats, data)[1] == [["1", 'he said "yes", ok'], ["2", 'a "good" one'], ["3", ""]]


def test_a_backslash_that_escapes_nothing_stays(formats):
    assert cells(formats, 'id,text\n1,"C:\\temp\\"\n2,"a ""b"""\n')[1:] == ([["1", "C:\\temp\\"], ["2", 'a "b"']], ())
    assert cells(formats, "a,b\n1,x\\y\n", escape="\\")[1] == [["1", "x\\y"]]


def test_escaped_delimiters_without_quotes(formats):
    data = "a,b\n1,x\\,y\n"
    assert cells(formats, data, quote="none", escape="\\")[1] == [["1", "x,y"]]
    assert formats.rows("csv", data, escape="none")[1][0][1].startswith("3 cells")


def test_an_escape_that_comes_late_is_named(formats):
    rows = '1,"fine"\n' * 2000
    with pytest.raises(DataError, match="f:2002: text follows a closing quote") as caught:
        formats.rows("csv", f'id,text\n{rows}1,"say \\"so\\" again"\n')
    assert "--escape '\\'" in caught.value.hint


# -------------------------------------------------------------------- rare delimiters


@pytest.mark.parametrize("sign", ["^", "~", "¦", "\x1f", "\x01", "§", "#", "::", "||", "|||", " ||| ", "<SEP>"])
def test_rare_delimiters(formats, sign):
    columns, rows, [note] = cells(formats, f"id{sign}text\n1{sign}great film, really\n2{sign}bad; very\n")
    assert (columns, rows) == (("id", "text"), [["1", "great film, really"], ["2", "bad; very"]])
    assert note.startswith("delimiter: ")


def test_a_rare_sign_in_texts_is_no_delimiter(formats):
    assert cells(formats, "id,text\n1,a ^ b\n2,c ^ d\n")[0] == ("id", "text")
    assert cells(formats, "text\nx^2\ny\n")[0] == ("text",)
    assert cells(formats, "text\nuse std::cout\nuse std::cin\n")[0] == ("text",)
    assert cells(formats, "#text\n#1 is fine\n#2 is not\n")[0] == ("#text",)


def test_bars_around_a_row_are_no_delimiter_of_two(formats):
    columns, rows, _ = cells(formats, "id|text|note\n1|fine|\n2||\n")
    assert (columns, rows) == (("id", "text", "note"), [["1", "fine", ""], ["2", "", ""]])


def test_quotes_in_a_file_with_a_long_delimiter(formats):
    data = 'id::text\n1::"so: ""std::cout"", really"\n\n2::"two\nlines"\n'
    assert cells(formats, data)[1] == [["1", 'so: "std::cout", really'], ["2", "two\nlines"]]
    assert [row.line for row in formats.table("csv", data).rows] == [2, 4]
    with pytest.raises(DataError, match="f:3: a quote opens here"):
        formats.rows("csv", 'id::text\n1::a\n2::"b\n', delimiter="::")


def test_an_escape_in_a_file_with_a_long_delimiter(formats):
    data = "id::text\n1::a \\:: b\n2::C:\\temp\n"
    assert cells(formats, data, delimiter="::", quote="none", escape="\\")[1] == [["1", "a :: b"], ["2", "C:\\temp"]]


@pytest.mark.parametrize("given", ["\n", '"', "a\n", "\\x0a"])
def test_a_delimiter_that_cannot_be_one(formats, given):
    with pytest.raises(UsageError, match="holds a line end or a quote"):
        formats.table("csv", "a::b\n", delimiter=given)


@pytest.mark.parametrize("given", ["\\x1f", "\x1f"])
def test_a_delimiter_may_be_given_by_its_code(formats, given):
    assert cells(formats, "a\x1fb\n1\x1f2\n", delimiter=given)[1] == [["1", "2"]]


# ----------------------------------------------------------------------------- NULs


def test_a_row_with_a_nul_is_a_bad_row(formats):
    assert [row[:2] for row in formats.rows("csv", 'a,b\n1,"x\ny\0"\n2,z\n')[1]] == [
        (3, "column 2: a NUL byte, which no text holds"),
        (4, ["2", "z"]),
    ]


def test_a_nul_in_the_header(formats):
    with pytest.raises(DataError, match="f:1: column 2: a NUL byte"):
        formats.rows("csv", "a\0,b\n1,2\n")


# ------------------------------------------------------------------------ long lines


@pytest.mark.parametrize(
    "data",
    [
        b"id,text\n1," + b"x" * 32_000_000 + b"\n",
        b"id,text\n1," + b"x" * 100_000_000 + b"\n",
        b'id,text\n1,"' + b'x""' * 10_000_000 + b"\n",
        b'id,text\n1,"' + b"x,\n" * 10_000_000,
        b"id^text\n1^" + b"x^" * 16_000_000 + b"\n",
    ],
    ids=["32 MB", "100 MB", "quotes", "unclosed", "delimiters"],
)
def test_a_huge_line_is_refused_within_seconds(formats, data):
    start = time.process_time()
    with pytest.raises(DataError, match=r"longer than|not closed within"):
        formats.rows("csv", data)
    assert time.process_time() - start < 3
