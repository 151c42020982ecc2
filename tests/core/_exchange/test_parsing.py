"""What other tools wrote is checked as far as it is read, and errors name line and place."""

from __future__ import annotations

import pytest
from pydantic import Field

from nlptasks._exchange.parsing import AnyText, Count, Number, Text, parse_json, parse_yaml
from nlptasks.errors import DataError
from nlptasks.files.validated import Lenient


class Inner(Lenient):
    n: Count = 0
    value: Number = 0.0


class Outer(Lenient):
    name: Text
    version: AnyText = ""
    parts: list[Inner] = Field(default_factory=list)
    by_name: dict[str, Inner] = Field(alias="by-name", default_factory=dict)
    one: Inner | None = None


def test_what_is_not_read_is_passed_over_and_null_is_no_value() -> None:
    found = parse_yaml("name: 2024-01-02\nversion: [1]\none:\nother: {a: 1}\nparts: [{n: 2.0, x: 1}]", "f", "a file")
    assert found.checked(Outer) == Outer(name="2024-01-02", version="[1]", parts=[Inner(n=2)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "f:1: a file is a mapping, and this is a list"),
        ("{}", "f:1: has no 'name'"),
        ('{\n"name": []}', "f:2: the key 'name' must be a text, and this is a list"),
        ('{"name": "x",\n"one": {\n"n": -1}}', "f:3: one: the key 'n' must be a whole number from 0, and this is the"),
        ('{"name": "x",\n"one": 1}', "f:2: the key 'one' must be a mapping, and this is the number 1"),
        ('{"name": "x",\n"parts": [{}, {"n": 0.5}]}', "f:2: parts[1]: the key 'n' must be a whole number from 0, and"),
        ('{"name": "x",\n"parts": [{}, 1]}', "f:2: parts: item [1] must be a mapping, and this is the number 1"),
        ('{"name": "x",\n"by-name": {"a.b": {"n": true}}}', "f:2: by-name.a.b: the key 'n' must be a whole number"),
        ('{"name": "x",\n"by-name": {"name": 1}}', "f:2: by-name: the key 'name' must be a mapping, and this is"),
        ('{"name": "x",\n"by-name": []}', "f:2: the key 'by-name' must be a mapping, and this is a list"),
        ('{"name": "x", "one": {"value": 1' + "0" * 400 + "}}", "f:1: one: the key 'value' is a number that is too"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        parse_json(text, "f", "a file").checked(Outer)
    assert refused.value.message.startswith(said)
    assert "see --from" in refused.value.hint


def test_a_list_is_checked_item_by_item() -> None:
    assert parse_yaml("- {n: 1}\n- {n: 2}\n", "f", "a file").checked_items(Inner) == [Inner(n=1), Inner(n=2)]
    with pytest.raises(DataError, match=r"^f:2: \[1\]: the key 'n' must be a whole number from 0"):
        parse_yaml("- {n: 1}\n- {n: x}\n", "f", "a file").checked_items(Inner)
    with pytest.raises(DataError, match=r"^f:2: \[1\]: this is the number 3 and no mapping"):
        parse_yaml("- {n: 1}\n- 3\n", "f", "a file").checked_items(Inner)
