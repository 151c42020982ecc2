"""Faults of heads that give pieces of a text."""

from __future__ import annotations

from dataclasses import replace

from .fault import Fault
from .moods import PIECES, Piece, head


class Shifted(Piece):
    def changed(self, made, context):
        return replace(made, start=made.start + 1, end=made.end + 1)


class Outside(Piece):
    def changed(self, made, context):
        return replace(made, end=len(context) + 9)


class OtherText(Piece):
    def changed(self, made, context):
        return replace(made, text=made.text.strip().upper() + "!")


class Stripped(Piece):
    def changed(self, made, context):
        return replace(made, text=f" {made.text}")


class Unsorted(Piece):
    def changed(self, made, context):
        return replace(made, alternatives=(replace(made, score=0.1, end=made.start, text=""), replace(made, score=0.2)))


class Doubled(Piece):
    def changed(self, made, context):
        return replace(made, alternatives=(replace(made, score=0.2), replace(made, score=0.1)))


class NoSpans(Piece):
    def changed(self, made, context):
        return replace(made, alternatives=({"answer": made.text},))


class ShiftedOthers(Piece):
    def changed(self, made, context):
        return replace(made, alternatives=(replace(made, start=made.start + 1),))


def found() -> list[Fault]:
    changed: list[tuple[str, type, str]] = [
        ("offsets shifted", Shifted, "where the text has something else"),
        ("offsets out of the text", Outside, "where the text has something else"),
        ("a text that is not what stands at its offsets", OtherText, "where the text has something else"),
        ("a text with a blank more than stands there", Stripped, "where the text has something else"),
        ("alternatives that are not sorted", Unsorted, "the alternatives are not sorted, the best first"),
        ("an alternative twice", Doubled, "the same piece stands twice in the alternatives"),
        ("an alternative that is no span", NoSpans, "among the alternatives, which is no Span"),
        ("an alternative with shifted offsets", ShiftedOthers, "where the text has something else"),
    ]
    return [Fault("head", fault, (PIECES, head(made, PIECES)), says) for fault, made, says in changed]
