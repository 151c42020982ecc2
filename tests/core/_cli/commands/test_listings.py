"""``nlptasks tasks|heads|backbones|formats list`` and ``backbones show``."""

from __future__ import annotations

import json

import pytest


def test_a_clash_is_an_error_only_for_who_asks(site):
    site.add("good")
    site.add("rival")
    done = site.run("heads", "list")
    assert [line.split()[4] for line in done.stdout.splitlines()[1:]] == ["zoo-good", "zoo-rival"]


def test_tasks_say_what_goes_in_and_how_they_are_scored(nlptasks):
    code, out, told = nlptasks("tasks", "list")
    assert (code, told) == (0, "")
    header, *rows = out.splitlines()
    assert header.split() == ["NAME", "INPUTS", "GOLD", "METRIC", "FROM", "SUMMARY"]
    assert [row.split()[0] for row in rows] == [
        "classification", "generation", "qa", "sentiment", "summarization", "translation"
    ]  # fmt: skip
    assert next(row for row in rows if row.startswith("sentiment")).split()[1:5] == [
        "text", "label", "accuracy", "nlptasks"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["heads", "backbones"])
def test_defaults_are_marked(nlptasks, kind):
    code, out, _ = nlptasks(kind, "list")
    marked = [word for line in out.splitlines() for word in line.split()[:2] if word.endswith("*")]
    assert code == 0
    assert marked
    shown = json.loads(nlptasks(kind, "list", "--json")[1])
    assert sorted(item["name"] + "*" for item in shown if item["default"]) == sorted(marked)


def test_formats_have_suffixes(nlptasks):
    rows = [line.split() for line in nlptasks("formats", "list")[1].splitlines()[1:]]
    assert rows[0][:4] == ["arrow", ".arrow,", ".feather,", ".ipc"]
    assert rows[1][:3] == ["csv", ".csv", "nlptasks"]
    assert rows[2][:4] == ["jsonl", ".jsonl,", ".ndjson,", ".json"]
    assert {row[0] for row in rows} >= {"csv", "jsonl", "parquet"}


def test_without_plugins_there_is_nothing_to_list(nlptasks):
    code, out, told = nlptasks("--no-plugins", "formats", "list")
    assert (code, out) == (0, "")
    assert told == "no plugin brings formats; 'nlptasks plugins list --check' shows the plugins\n"


def test_a_backbone_is_shown(nlptasks):
    code, out, told = nlptasks("backbones", "show", "bundled")
    assert (code, told) == (0, "")
    assert "  provides: encode, generate, score" in out.splitlines()
    shown = json.loads(nlptasks("backbones", "show", "bundled", "--json")[1])
    assert (shown["name"], shown["provides"]) == ("bundled", ["encode", "generate", "score"])
    code, _, told = nlptasks("backbones", "show", "bundle")
    assert code == 2
    assert "there is no backbone named 'bundle'; did you mean 'bundled'?" in told
