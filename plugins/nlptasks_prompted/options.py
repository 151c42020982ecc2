"""Options of the prompted heads, apart from them so that they can be shown without loading them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PromptOptions:
    """Options of every prompted head.

    Args:
        template: The user's own template: a file, or ``PACKAGE:NAME.toml`` for one that an installed package holds;
            empty: the one that ships for the task.
        examples: A CSV, TSV or JSON Lines file with gold rows to show before the question, in place of the
            template's; empty: the template's.
        shots: Most of them to show, from the first on.
    """

    template: str = field(
        default="",
        metadata={"help": "TOML file with the prompt's texts, or PACKAGE:NAME.toml (left out: our own)", "path": True},
    )
    examples: str = field(
        default="",
        metadata={"help": "CSV or JSON Lines file with gold rows to show before the question", "path": True},
    )
    shots: int = field(default=8, metadata={"help": "show at most this many rows with gold", "min": 0})


@dataclass(frozen=True)
class ClassificationOptions(PromptOptions):
    """Options of heads that choose a label.

    Args:
        labels: The labels to choose from, two or more.
        per_token: Whether labels are weighed by the mean log-probability of their tokens in place of the sum.
    """

    labels: tuple[str, ...] = field(default=(), metadata={"help": "labels to choose from, separated by commas"})
    per_token: bool = field(
        default=False, metadata={"help": "weigh labels by the mean of their tokens, not by the sum"}
    )


@dataclass(frozen=True)
class SentimentOptions(ClassificationOptions):
    """Options of the head for sentiment: as for classification, with two labels as the default."""

    labels: tuple[str, ...] = field(
        default=("negative", "positive"), metadata={"help": "labels to choose from, separated by commas"}
    )


@dataclass(frozen=True)
class WritingOptions(PromptOptions):
    """Options of heads that write.

    Args:
        max_new_tokens: Most tokens to write; more than the model writes at once is as much as that.
    """

    max_new_tokens: int = field(default=128, metadata={"help": "most tokens to write", "min": 1})


@dataclass(frozen=True)
class PromptedTranslationOptions(WritingOptions):
    """Options of the head that translates.

    Args:
        to: ISO 639-1 code of the language to write, or its name in English.
    """

    to: str = field(default="de", metadata={"help": "language to write: de, fr, ..., or its name"})
