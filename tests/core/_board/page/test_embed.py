"""Badges and tables for other pages."""

from __future__ import annotations

from xml.etree import ElementTree

from nlptasks._board.page.embed import badge, table_page
from nlptasks._board.panels import Panel
from nlptasks._board.rows import Placing, SystemRow
from nlptasks.records.schema import Dataset

EVIL = "<script>alert(1)</script>\x00\u202e]]>&"


def panel(dataset: str = "reviews", **more) -> Panel:
    row = SystemRow(system=EVIL, place=Placing(position=1, rank=(1, 2), score=0.5), n=60, trust="V2", **more)
    other = SystemRow(system="b", reason="too little trust", place=Placing(score=0.4), trust="V0")
    return Panel(
        id="x",
        task="t",
        dataset=Dataset(name=dataset, sha256="", n=0),
        metric="accuracy",
        signature="s",
        scale=(0.0, 1.0),
        rows=(row, other),
    )


def test_a_badge_says_score_rank_and_trust():
    found = panel()
    tree = ElementTree.fromstring(badge(found, found.rows[0]))
    assert tree.attrib["aria-label"] == "reviews: accuracy: 0.500, rank 1–2 of 1, V2"
    assert "0.400, not ranked, V0" in badge(found, found.rows[1])


def test_no_name_breaks_out_of_a_badge():
    found = panel(EVIL + "x" * 500)
    text = badge(found, found.rows[0])
    ElementTree.fromstring(text)  # well-formed
    assert "<script" not in text and len(text) < 2_500


def test_a_table_stands_alone_and_leads_to_the_board():
    text = table_page(panel(), "../../board.html")
    assert "<script" not in text and "&lt;script&gt;" in text
    assert 'href="../../board.html#x" target="_top"' in text
    assert "http" not in text.replace("http-equiv", "")
