"""The whole path: train, predict, evaluate, build a board, by the installed plugin on the encoder that ships."""

import importlib.metadata
import json

import pytest
from sentences import ROWS

import nlptasks

if not importlib.metadata.entry_points(group="nlptasks", name="entities"):
    pytest.skip("nlptasks-entities is not installed", allow_module_level=True)


def test_from_rows_to_a_board(tmp_path):
    rows = [{"text": row.inputs["text"], "entities": json.loads(row.gold)} for row in ROWS]
    rows[5:5] = [{"text": "It rained all day .", "entities": []}]
    data, head, record = tmp_path / "rows.jsonl", tmp_path / "head", tmp_path / "records" / "one"
    data.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    report = nlptasks.train("entities", data, head)
    assert report.scores["entity-f1"] > 0.5

    plain = tmp_path / "plain.csv"
    plain.write_text("text\nYesterday Mia Stone moved to Oslo.\nnothing here\n")
    nlptasks.run("entities", plain, output=tmp_path / "out.jsonl", head=str(head))
    one, two = (json.loads(line)["found_entities"] for line in (tmp_path / "out.jsonl").read_text().splitlines())
    assert {"text": "Oslo", "type": "LOC", "start": 29, "end": 33} in [
        {k: e[k] for k in e if k != "score"} for e in one
    ]
    assert two == []
    nlptasks.run("entities", plain, output=tmp_path / "out.parquet", head=str(head))
    pq = pytest.importorskip("pyarrow.parquet")
    assert pq.read_table(tmp_path / "out.parquet").column("found_entities").to_pylist() == [one, two]

    nlptasks.evaluate("entities", data, output=record, head=str(head))
    (task,) = nlptasks.build_board(tmp_path / "records").tasks
    (row,) = task.panels[0].rows
    assert task.name == "entities" and row.n == len(rows)
    assert 0 < row.place.low < row.place.score <= row.place.high and "entity-f1-per" in row.metrics
    assert not nlptasks.errors(record).errors
