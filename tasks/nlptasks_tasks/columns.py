"""Columns that several tasks read, with the names under which people keep them."""

from __future__ import annotations

from nlptasks.plugin import Column

#: The text itself. Names that people give to prose come first; a file that has two of them makes the command ask.
TEXT = Column(
    name="text",
    aliases=(
        "review",
        "content",
        "sentence",
        "comment",
        "body",
        "tweet",
        "message",
        "description",
        "feedback",
        "post",
        "utterance",
        "query",
        "review_text",
        "review_body",
        "reviewtext",
        "text_content",
    ),
    summary="the text to read",
)
