"""Comparisons as lines and as JSON."""

from __future__ import annotations

from nlptasks._cli.views.compared import comparison_as_json, comparison_lines, interval
from nlptasks._scoring.of_records import compare


def test_lines_and_json_say_the_same(registry, films):
    found = compare(registry, films("one", 20), films("two", 2))
    lines = list(comparison_lines(found))
    assert lines[0].startswith("A  one")
    (of_accuracy,) = (item for item in found.comparisons if item.metric == "accuracy")
    assert interval(of_accuracy).startswith("+0.3000 [")
    assert any("18/42/0" in line for line in "\n".join(lines).splitlines())
    data = comparison_as_json(found, [of_accuracy])
    assert [item["letter"] for item in data["records"]] == ["A", "B"]
    assert data["worse"] == [{"metric": "accuracy", "record": "B"}]
