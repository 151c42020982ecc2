"""Planted faults: what is wrong, which check catches it, and what that says. A table in docs/ is made of them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import click
import numpy as np

from nlptasks.errors import DataError, UsageError
from nlptasks.plugin import (
    ENCODE,
    BackboneSpec,
    Column,
    CommandSpec,
    FormatSpec,
    HeadSpec,
    MetricSpec,
    TaskSpec,
    hookimpl,
)
from nlptasks.plugin.predictions import Label, Span
from nlptasks.plugin.protocols import FormatOptions, HeadContext, HiddenStates, TrainJob, TrainReport
from nlptasks.plugin.tables import Table

HERE = __name__


@dataclass(frozen=True)
class Fault:
    """A planted fault.

    Args:
        kind: The kind of contribution that has it.
        fault: What is wrong, in words.
        planted: The contribution.
        says: A part of what the check says.
        on: Whether a head works on a backbone.
    """

    kind: str
    fault: str
    planted: Any
    says: str
    on: bool = False


# ---------------------------------------------------------------------- heads

SENTIMENT = TaskSpec(
    name="mood",
    summary="is a text glad or sad?",
    inputs=(Column(name="text"),),
    gold=Column(name="mood_label"),
    prediction="nlptasks.plugin.predictions:Label",
    output="mood",
    metrics=("accuracy",),
    primary="accuracy",
    baseline=f"{HERE}:majority",
    examples=(
        {"text": "A good phone, it works and I love it.", "mood_label": "glad"},
        {"text": "It broke at once, a bad film and a slow one.", "mood_label": "sad"},
    ),
)

PIECES = replace(
    SENTIMENT,
    name="pieces",
    inputs=(Column(name="question"), Column(name="context")),
    gold=Column(name="answer"),
    prediction="nlptasks.plugin.predictions:Span",
    examples=({"question": "Where?", "context": "It was built in Paris, by the river.", "answer": "Paris"},),
)

TOKENS = replace(SENTIMENT, name="tokens", examples=({"text": '["A", "good", "phone"]', "mood_label": "glad"},))


def majority(counts: Mapping[str, int]) -> Callable[[object], Label]:
    best = max(counts, key=lambda name: counts[name])
    return lambda _example: Label(best, 1.0)


class Lexicon:
    """Counts glad and sad words: an honest head, whose kin below are not."""

    labels: ClassVar[tuple[str, ...]] = ("glad", "sad")

    def __init__(self, context: HeadContext) -> None:
        self.backbone = context.backbone
        self.rows = 0
        self.seen: dict[str, Label] = {}

    def windows(self, examples):
        if self.backbone is None:
            return [[] for _ in examples]
        return self.backbone.tokenize([self.text(example) for example in examples])

    def reduce(self, states: HiddenStates) -> Sequence[Any]:
        return [float(row[mask].mean()) for row, mask in zip(states.states, states.mask, strict=True)]

    def text(self, example) -> str:
        return example.inputs["text"]

    def read(self, example, windows, reduced):
        self.rows += 1
        words = [word.strip(".,").casefold() for word in self.text(example).split()]
        glad = 1 + sum(word in ("good", "works", "love") for word in words)
        sad = 1 + sum(word in ("broke", "bad", "slow") for word in words)
        scores = {"glad": glad / (glad + sad), "sad": sad / (glad + sad)}
        return self.changed(Label(max(scores, key=lambda name: scores[name]), max(scores.values()), scores), example)

    def changed(self, made: Label, example) -> Any:
        return made


class TokenList(Lexicon):
    """Its cell is a list of words in JSON; anything else it refuses, with the reason."""

    def text(self, example) -> str:
        try:
            return " ".join(json.loads(example.inputs["text"]))
        except ValueError as error:
            raise DataError("rows", "the cell is no list of words") from error


class Normalising(Lexicon):
    """It strips and folds what it reads."""

    def text(self, example) -> str:
        return " ".join(example.inputs["text"].casefold().split())


def leaning(made: Label, more: float) -> Label:
    """The same, a little nearer to ``glad``."""
    glad = min(1.0, made.scores["glad"] + more)
    scores = {"glad": glad, "sad": 1 - glad}
    label = max(scores, key=lambda name: scores[name])
    return Label(label, scores[label], scores)


class LeaksLabel(Lexicon):
    def changed(self, made, example):
        last, self.last = getattr(self, "last", made), made
        return last


class LeaksScore(Lexicon):
    def changed(self, made, example):
        return replace(made, score=min(1.0, made.score + self.rows * 1e-5), scores={})


class LeaksScores(Lexicon):
    def changed(self, made, example):
        other = next(label for label in self.labels if label != made.label)
        return replace(made, scores={made.label: made.score, other: 1 - made.score - self.rows * 2e-6})


class LeaksByPrefix(Lexicon):
    def changed(self, made, example):
        return self.seen.setdefault(example.inputs["text"][:20], made)


KEPT: dict[str, Label] = {}


class LeaksByModule(Lexicon):
    def changed(self, made, example):
        return KEPT.setdefault(example.inputs["text"][:12], made)


class LeaksByLength(Lexicon):
    def changed(self, made, example):
        return self.seen.setdefault(str(len(example.inputs["text"])), made)


class LeaksLate(Lexicon):
    def changed(self, made, example):
        return leaning(made, 0.01) if self.rows > 200 else made


class OfTheBatch(Lexicon):
    def windows(self, examples):
        self.batch = len(examples)
        return super().windows(examples)

    def changed(self, made, example):
        return leaning(made, self.batch * 1e-4)


class OfThePadding(Lexicon):
    def reduce(self, states):
        return [len(row) / 100 for row in states.states]

    def read(self, example, windows, reduced):
        return leaning(super().read(example, windows, reduced), sum(reduced) / 100)


class Random(Lexicon):
    def changed(self, made, example):
        return leaning(made, random.Random().random() / 100)


class SharedRandom(Lexicon):
    def changed(self, made, example):
        random.random()
        return made


class Seeds(Lexicon):
    def __init__(self, context):
        super().__init__(context)
        random.seed(0)


class SeedsTorch(Lexicon):
    def __init__(self, context):
        import torch

        super().__init__(context)
        torch.manual_seed(0)


class WritesStates(Lexicon):
    def reduce(self, states):
        states.states[:] *= 2
        return super().reduce(states)


class WritesMask(Lexicon):
    def reduce(self, states):
        found = super().reduce(states)
        states.mask[:] = False
        return found


class WritesWeights(Lexicon):
    def reduce(self, states):
        self.backbone.weights += 1
        return super().reduce(states)


class WritesRows(Lexicon):
    def windows(self, examples):
        for example in examples:
            example.inputs["text"] = example.inputs["text"].strip() + " "
        return super().windows(examples)


class TooSure(Lexicon):
    def changed(self, made, example):
        return replace(made, score=1.7, scores={})


class NotANumber(Lexicon):
    def changed(self, made, example):
        return replace(made, score=float("nan"), scores={})


class ScoreOutOfRange(Lexicon):
    def changed(self, made, example):
        return replace(
            made, scores={**made.scores, "glad": -0.2} if made.label == "sad" else {**made.scores, "sad": 1.2}
        )


class ScoreNotANumber(Lexicon):
    def changed(self, made, example):
        other = next(label for label in self.labels if label != made.label)
        return replace(made, scores={**made.scores, other: float("nan")})


class SumsToMore(Lexicon):
    def changed(self, made, example):
        return replace(made, scores={"glad": made.score, "sad": made.score})


class UnknownLabel(Lexicon):
    def changed(self, made, example):
        return Label("so-so", 1.0)


class UnknownScores(Lexicon):
    def changed(self, made, example):
        return replace(made, scores={made.label: made.score, "so-so": 1 - made.score})


class NothingRead(Lexicon):
    def changed(self, made, example):
        return None if "slow" in example.inputs["text"] else made


class WrongType(Lexicon):
    def changed(self, made, example):
        return made.label


class OneShort(Lexicon):
    def reduce(self, states):
        return super().reduce(states)[:-1]


class RowDropped(Lexicon):
    def windows(self, examples):
        return super().windows(examples)[:-1] if len(examples) > 1 else super().windows(examples)


class CutsInSilence(Lexicon):
    def text(self, example):
        return example.inputs["text"][:1_000]


class FirstWords(Lexicon):
    def text(self, example):
        return " ".join(example.inputs["text"].split()[:3])


class FirstWindow(Lexicon):
    def windows(self, examples):
        return [windows[:1] for windows in super().windows(examples)]


class FirstLine(Lexicon):
    def text(self, example):
        return (example.inputs["text"].splitlines() or [""])[0]


class Prints(Lexicon):
    def changed(self, made, example):
        print(made.label)
        return made


class ChangesFolder(Lexicon):
    def changed(self, made, example):
        os.chdir("/")
        return made


class ChangesLocale(Lexicon):
    def changed(self, made, example):
        import locale

        locale.setlocale(locale.LC_ALL, "C" if locale.setlocale(locale.LC_ALL) != "C" else "C.UTF-8")
        return made


class ChangesWarnings(Lexicon):
    def changed(self, made, example):
        warnings.simplefilter("ignore")
        return made


class ChangesEnvironment(Lexicon):
    def changed(self, made, example):
        os.environ["OF_MOODS"] = "1"
        return made


class ChangesTorch(Lexicon):
    def changed(self, made, example):
        import torch

        torch.set_default_dtype(torch.float64)
        return made


class Exits(Lexicon):
    def changed(self, made, example):
        raise SystemExit(0)


class FailsOnEmoji(Lexicon):
    def text(self, example):
        return (
            example.inputs["text"].encode("utf-16-be").decode("ascii")
            if "👍" in example.inputs["text"]
            else super().text(example)
        )


class Piece:
    """The first word behind ``in``: an honest head of spans."""

    labels: ClassVar[tuple[str, ...]] = ()

    def __init__(self, context: HeadContext) -> None:
        pass

    def windows(self, examples):
        return [[] for _ in examples]

    def reduce(self, states):
        return []

    def read(self, example, windows, reduced):
        context = example.inputs["context"]
        start = context.find(" in ") + 4 if " in " in context else 0
        end = min(len(context), start + 5)
        return self.changed(Span(context[start:end], 0.5, start, end), context)

    def changed(self, made: Span, context: str) -> Any:
        return made


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


def head(made: type, task: TaskSpec = SENTIMENT, *, needs: bool = False) -> HeadSpec:
    needed = frozenset({ENCODE}) if needs else frozenset()
    return HeadSpec(name="under-test", summary="s", task=task.name, object=f"{HERE}:{made.__name__}", needs=needed)


def refuse(context: HeadContext) -> Lexicon:
    raise UsageError("it needs labels", hint="--labels A,B names them")


def _heads() -> list[Fault]:
    alone: list[tuple[str, type, str]] = [
        (
            "state kept between rows, in the label",
            LeaksLabel,
            "another order of the rows, in other batches, gives another",
        ),
        ("state kept between rows, in the score", LeaksScore, "gives another score"),
        ("state kept between rows, in `scores` alone", LeaksScores, "gives another probability of"),
        ("state kept by the beginning of a text", LeaksByPrefix, "another order of the rows"),
        ("state kept by the beginning of a text, in the module", LeaksByModule, "another order of the rows"),
        ("state kept by the length of a text", LeaksByLength, "another order of the rows"),
        ("another prediction after 200 rows", LeaksLate, "another order of the rows"),
        ("a prediction that depends on the batch", OfTheBatch, "gives another probability"),
        ("a random prediction", Random, "gives another probability"),
        ("random numbers of everybody", SharedRandom, "used or seeded the shared random numbers of random"),
        ("a seed for everybody", Seeds, "used or seeded the shared random numbers of random"),
        ("a seed for everybody's torch", SeedsTorch, "used or seeded the shared random numbers of torch"),
        ("inputs of a row changed", WritesRows, "windows() changed the inputs of a row"),
        ("a score out of range", TooSure, "gave the score 1.7, which is not between 0 and 1"),
        ("a score that is not a number", NotANumber, "gave the score nan, which is not between 0 and 1"),
        ("one of `scores` out of range", ScoreOutOfRange, "which is not between 0 and 1"),
        ("one of `scores` that is not a number", ScoreNotANumber, "the probability nan, which is not between 0 and 1"),
        ("`scores` that do not sum to 1", SumsToMore, "probabilities that sum to"),
        ("an unknown label", UnknownLabel, "the label 'so-so', which is none of its labels (glad, sad)"),
        ("`scores` of unknown labels", UnknownScores, "a probability for 'so-so', which is none of its labels"),
        ("no prediction for a row", NothingRead, "read() returned None for"),
        ("a text in place of a prediction", WrongType, "which is no Label"),
        ("a row dropped", RowDropped, "lists for"),
        ("prints on standard output", Prints, "on standard output, where the data go"),
        ("the working directory changed", ChangesFolder, "changed the working directory"),
        ("the locale changed", ChangesLocale, "changed the locale"),
        ("the warning filters changed", ChangesWarnings, "changed the warning filters"),
        ("an environment variable changed", ChangesEnvironment, "changed the environment variable OF_MOODS"),
        ("torch's default type changed", ChangesTorch, "changed the default dtype of torch"),
        ("`sys.exit(0)`", Exits, "failed: SystemExit: 0"),
        ("a text that it falls over", FailsOnEmoji, "UnicodeDecodeError"),
    ]
    encoding: list[tuple[str, type, str]] = [
        ("hidden states written to", WritesStates, "reduce() wrote to the hidden states' states"),
        ("their mask written to", WritesMask, "reduce() wrote to the hidden states' mask"),
        ("the backbone's weights written to", WritesWeights, "changed the weights of the shared backbone"),
        ("a prediction that depends on padding", OfThePadding, "gives another probability"),
        ("a result of `reduce` missing", OneShort, "reduce() gave"),
        ("a long text cut in silence, before it is tokens", CutsInSilence, "was cut in silence"),
        ("a text cut in silence, to its first words", FirstWords, "was cut in silence"),
        ("a long text cut in silence, to its first window", FirstWindow, "was cut in silence"),
        ("a text read to its first line", FirstLine, "was cut in silence"),
    ]
    spans: list[tuple[str, type, str]] = [
        ("offsets shifted", Shifted, "where the text has something else"),
        ("offsets out of the text", Outside, "where the text has something else"),
        ("a text that is not what stands at its offsets", OtherText, "where the text has something else"),
        ("a text with a blank more than stands there", Stripped, "where the text has something else"),
        ("alternatives that are not sorted", Unsorted, "the alternatives are not sorted, the best first"),
        ("an alternative twice", Doubled, "the same piece stands twice in the alternatives"),
        ("an alternative that is no span", NoSpans, "among the alternatives, which is no Span"),
        ("an alternative with shifted offsets", ShiftedOthers, "where the text has something else"),
    ]
    return [
        *(Fault("head", fault, (SENTIMENT, head(made)), says) for fault, made, says in alone),
        *(Fault("head", fault, (SENTIMENT, head(made, needs=True)), says, on=True) for fault, made, says in encoding),
        *(Fault("head", fault, (PIECES, head(made, PIECES)), says) for fault, made, says in spans),
    ]


# ---------------------------------------------------------------------- tasks


def nothing(counts: Mapping[str, int]) -> Callable[[object], str]:
    return lambda _example: "glad"


def unreadable(column: str, cell: str, cells: object) -> str | None:
    return None


class Shouted(Label):
    """A prediction whose answer is another text than its cells hold."""

    @property
    def canonical(self) -> str:
        return self.label.upper()


def shouted(counts):
    return lambda _example: Shouted("glad", 1.0)


def _tasks() -> list[Fault]:
    flag = (Column(name="gold"),)
    rows = {"gold": "x", "mood_label": "glad"}
    changes: list[tuple[str, dict[str, Any], str]] = [
        ("an input column called like a flag", {"inputs": flag, "examples": (rows,)}, "like the flag --gold"),
        (
            "an example without text",
            {"examples": ({"text": " ", "mood_label": "glad"},)},
            "an example has no text in 'text'",
        ),
        ("an example without a gold answer", {"examples": ({"text": "x", "mood_label": ""},)}, "has no gold answer"),
        (
            "an example with a column too many",
            {"examples": ({**SENTIMENT.examples[0], "mod": "x"},)},
            "the column 'mod'",
        ),
        (
            "examples whose gold it cannot read",
            {"read_gold": f"{HERE}:unreadable"},
            "read_gold finds no gold answer in",
        ),
        ("a baseline of another type", {"baseline": f"{HERE}:nothing"}, "which is no Label"),
        ("a baseline that is not there", {"baseline": f"{HERE}:gone"}, "cannot import"),
        ("an alias for two columns", {"gold": Column(name="mood_label", aliases=("text",))}, "'text' stands twice"),
        ("an output column called like an input", {"output": "text"}, "is called like an input column"),
        ("a prediction type without cells", {"prediction": "builtins:str"}, "has no 'suffixes'"),
        (
            "an answer that no column holds",
            {"prediction": f"{HERE}:Shouted", "baseline": f"{HERE}:shouted"},
            "Shouted.answer says which column holds it",
        ),
    ]
    return [Fault("task", fault, replace(SENTIMENT, **change), says) for fault, change, says in changes]


# -------------------------------------------------------------------- metrics


class Hits:
    """The proportion of predictions that are the gold answer: an honest metric."""

    binary = True
    signature = "metric:hits|case:folded"

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.examples = 0

    def stats(self, predictions, targets):
        hits = [float(p.casefold() == t.casefold()) for p, t in zip(predictions, targets, strict=True)]
        return np.array([[hit, 1.0] for hit in hits]).reshape(-1, 2)

    def score(self, sums):
        return np.divide(sums[..., 0], sums[..., 1], out=np.zeros(sums.shape[:-1]), where=sums[..., 1] != 0)


class OfItsBatch(Hits):
    binary = False

    def stats(self, predictions, targets):
        found = super().stats(predictions, targets)
        return found / max(1, len(found))


class OfItsOrder(Hits):
    binary = False

    def stats(self, predictions, targets):
        found = super().stats(predictions, targets)
        return found * np.arange(len(found)).reshape(-1, 1)


class OneShape(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets)[:, 0]


class NoRows(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets)[:-1]


class Whole(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets).astype(int)


class OneValue(Hits):
    def score(self, sums):
        return float(np.mean(super().score(sums)))


class Percent(Hits):
    def score(self, sums):
        return 100 * super().score(sums)


class NeverANumber(Hits):
    def score(self, sums):
        return super().score(sums) * np.nan


class InfiniteRows(Hits):
    def stats(self, predictions, targets):
        return np.full((len(targets), 2), np.inf)


class Errors(Hits):
    def score(self, sums):
        return 1 - super().score(sums)


class Remembers(Hits):
    def stats(self, predictions, targets):
        self.examples += len(targets)
        return super().stats(predictions, targets)

    def score(self, sums):
        return super().score(sums) * min(1.0, 8 / max(1, self.examples))


class Unsigned(Hits):
    signature = "hits"


class Signs(Hits):
    @property
    def signature(self):
        return f"metric:hits|at:{random.Random().random()}"


class NotBinary(Hits):
    def stats(self, predictions, targets):
        return super().stats(predictions, targets) / 2


class Talks(Hits):
    def stats(self, predictions, targets):
        print("scoring")
        return super().stats(predictions, targets)


def metric(made: type, **more: Any) -> MetricSpec:
    return MetricSpec(name="hits", summary="s", object=f"{HERE}:{made.__name__}", **more)


def _metrics() -> list[Fault]:
    found: list[tuple[str, type, str]] = [
        ("statistics that depend on the batch", OfItsBatch, "the statistics of an example depend on the batch"),
        ("statistics that depend on the order", OfItsOrder, "the statistics of an example depend on"),
        ("statistics of the wrong shape", OneShape, "stats() must give an array [examples, k]"),
        ("a row missing", NoRows, "stats() must give an array [examples, k]"),
        ("whole numbers", Whole, "stats() must give float64"),
        ("one value for many sums", OneValue, "score() of sums of the shape"),
        ("a value out of its range", Percent, "is outside the range that the descriptor gives, 0 to 1"),
        ("a value that is not a number", NeverANumber, "the value of all examples is not a number"),
        ("statistics that are not finite", InfiniteRows, "not finite"),
        ("the wrong direction", Errors, "the descriptor says that higher is better"),
        ("a value that depends on what it saw before", Remembers, "depends on what the metric saw before"),
        ("no signature", Unsigned, "the signature must be key:value joined by |"),
        ("a signature that changes", Signs, "two openings have different signatures"),
        ("a proportion that is none", NotBinary, "a binary metric has the rows [hit, 1]"),
        ("prints on standard output", Talks, "printed 'scoring"),
    ]
    return [Fault("metric", fault, metric(made), says) for fault, made, says in found]


# -------------------------------------------------------------------- formats


class Lists:
    """A JSON list a line, the names first: an honest format."""

    def __init__(self, options: FormatOptions) -> None:
        pass

    def read(self, stream, name):
        from nlptasks.plugin.protocols import BadRow, Row

        def rows():
            for number, line in enumerate(lines[1:], 2):
                try:
                    cells = json.loads(line)
                    yield Row(number, cells) if len(cells) == len(columns) else BadRow(number, "too few cells")
                except (ValueError, TypeError) as error:
                    yield BadRow(number, f"no list: {error}")

        lines = self.lines(stream)
        try:
            columns = [str(name) for name in json.loads(lines[0])]
            if not columns:
                raise ValueError
        except (ValueError, IndexError, TypeError) as error:
            raise DataError(name, "the first line names no columns") from error
        return Table.of_rows(columns, rows())

    def lines(self, stream):
        return stream.read().decode("utf-8", "replace").split("\n")[:-1]

    def write(self, stream, columns):
        stream.write(json.dumps(list(columns)).encode() + b"\n")
        return self.writer(stream)

    def writer(self, stream):
        return ListWriter(stream)


class ListWriter:
    def __init__(self, stream) -> None:
        self.stream = stream

    def write(self, block, predictions):
        for at, row in enumerate(block.good()):
            self.line([*row.cells, *(column[at] for column in predictions)])

    def line(self, cells):
        self.stream.write(json.dumps(cells).encode() + b"\n")

    def close(self):
        pass


class StripsLists(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def line(self, cells):
                super().line([cell.strip() if isinstance(cell, str) else cell for cell in cells])

        return Writer(stream)


class DropsLast(Lists):
    def lines(self, stream):
        return super().lines(stream)[:-1]


class ClosesStream(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def close(self):
                self.stream.flush()
                kept = self.stream.getvalue()
                self.stream.close()
                self.stream.getvalue = lambda: kept

        return Writer(stream)


class RaisesRaw(Lists):
    def read(self, stream, name):
        try:
            return super().read(stream, name)
        except DataError:
            raise ValueError("bad file") from None


class Numbers(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def line(self, cells):
                super().line([cell.lstrip("0") if cell == "007" else cell for cell in cells])

        return Writer(stream)


class OneBlock(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def write(self, block, predictions):
                if not getattr(self, "done", False):
                    super().write(block, predictions)
                self.done = True

        return Writer(stream)


class NoPredictions(Lists):
    def writer(self, stream):
        class Writer(ListWriter):
            def write(self, block, predictions):
                super().write(block, [[None] * len(block) for _ in predictions])

        return Writer(stream)


def fmt(made: type) -> FormatSpec:
    return FormatSpec(name="lists", summary="s", suffixes=(".lists",), object=f"{HERE}:{made.__name__}")


def _formats() -> list[Fault]:
    found: list[tuple[str, type, str]] = [
        ("blanks stripped", StripsLists, "came back as 'blanks around'"),
        ("the last row lost", DropsLast, "rows were written and"),
        ("leading zeros lost", Numbers, "'007' in the column 'text' came back as '7'"),
        ("blocks behind the first lost", OneBlock, "written in blocks of 1, the table comes back otherwise"),
        ("columns of predictions lost", NoPredictions, "in the column 'label' came back as None"),
        ("an error of its own kind", RaisesRaw, "raise nlptasks.errors.DataError"),
    ]
    return [Fault("format", fault, fmt(made), says) for fault, made, says in found]


# ------------------------------------------------------------------- commands


@click.command()
@click.option("--loud", is_flag=True, help="Shout.")
def greet(loud: bool) -> None:
    """Say good day."""


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def greedy() -> None:
    """Take anything."""


@click.command()
@click.option("--loud", is_flag=True)
def silent_flag(loud: bool) -> None:
    """Say good day."""


@click.command()
def undocumented() -> None:
    pass


class Broken(click.Command):
    def format_help(self, ctx, formatter):
        raise KeyError("usage")


broken = Broken("broken", help="Say good day.")


def no_command() -> None:
    """Say good day."""


def command(name: str) -> CommandSpec:
    return CommandSpec(name="greet", summary="s", object=f"{HERE}:{name}")


def _commands() -> list[Fault]:
    return [
        Fault("command", "a function that is no click command", command("no_command"), "must be a click command"),
        Fault("command", "a command without help", command("undocumented"), "the command has no docstring"),
        Fault("command", "a flag without help", command("silent_flag"), "the flag --loud has no help"),
        Fault("command", "help that fails", command("broken"), "failed: KeyError: 'usage'"),
        Fault("command", "any flag taken", command("greedy"), "a flag that it does not have is taken without a word"),
    ]


# ------------------------------------------------------------------ observers


class Watcher:
    """Counts rows: an honest observer."""

    rows = 0

    @hookimpl
    def nlptasks_batch_finished(self, event):
        self.rows = event.rows


class Divides:
    @hookimpl
    def nlptasks_run_finished(self, event):
        return event.seconds / event.rows


class Announces:
    @hookimpl
    def nlptasks_run_started(self, event):
        print("off we go")


class Expects:
    @hookimpl
    def nlptasks_run_finished(self, event):
        return self.started - event.seconds


class Meddles:
    @hookimpl
    def nlptasks_run_finished(self, event):
        object.__setattr__(event, "rows", 0)


def _observers() -> list[Fault]:
    return [
        Fault("observer", "it falls over a run without rows", Divides(), "ZeroDivisionError"),
        Fault("observer", "it prints on standard output", Announces(), "printed 'off we go"),
        Fault("observer", "it expects a beginning", Expects(), "AttributeError"),
        Fault("observer", "it changes what others are told", Meddles(), "it changed the event"),
        Fault("observer", "no hook of an observer", object(), "it has no hook of an observer"),
    ]


# ------------------------------------------------------------------ backbones


class Hashing:
    """Hidden states by the code points of a text, a token a character: an honest backbone."""

    name, width, max_tokens = "hashing", 4, 64
    digest = "0" * 64

    def __init__(self) -> None:
        self.weights = 0

    def fingerprint(self) -> str:
        return str(self.weights)

    def tokenize(
        self, texts, *, max_tokens=0, max_windows=0, overlap=0, questions=(), questions_last=False, offsets=False
    ):
        from nlptasks.plugin.protocols import Window

        found = []
        for text in texts:
            ids = [ord(char) for char in text]
            pieces = [ids[at : at + 62] for at in range(0, len(ids), 62)] or [[]]
            kept = pieces[:max_windows] if max_windows else pieces
            cut = self.cut(sum(map(len, pieces[len(kept) :])))
            places = [tuple((at * 62 + p, at * 62 + p + 1) for p in range(len(piece))) for at, piece in enumerate(kept)]
            found.append(
                [
                    Window(
                        (1, *piece, 2), cut=cut if at == len(kept) - 1 else 0, start=1, offsets=place if offsets else ()
                    )
                    for at, (piece, place) in enumerate(zip(kept, places, strict=True))
                ]
            )
        return found

    def cut(self, tokens: int) -> int:
        return tokens

    def encode(self, windows):
        longest = max(map(len, windows))
        mask = np.array([[at < len(window) for at in range(longest)] for window in windows])
        states = np.zeros((len(windows), longest, 4), np.float32)
        for at, window in enumerate(windows):
            states[at, : len(window), 0] = np.array(window.ids, np.float32) / 1e6
        return HiddenStates(states=self.states(states, mask), mask=mask, windows=tuple(windows))

    def states(self, states, mask):
        return states


class Batched(Hashing):
    def states(self, states, mask):
        return states + np.float32(len(states))


class Padded(Hashing):
    def states(self, states, mask):
        return (states - states.mean(1, keepdims=True)) * np.float32(1e3)


class Double(Hashing):
    def states(self, states, mask):
        return states.astype(np.float64)


class Tokenless(Hashing):
    def cut(self, tokens):
        return 0


class Drifts(Hashing):
    def states(self, states, mask):
        self.weights += 1
        return states


class Undigested(Hashing):
    digest = "v1"


class Redigested(Hashing):
    @property
    def digest(self):
        return f"{id(self):064x}"


def opener(made: type) -> Callable[[object], Any]:
    return lambda _context: made()


OPENED = {
    made.__name__: opener(made)
    for made in (Hashing, Batched, Padded, Double, Tokenless, Drifts, Undigested, Redigested)
}
for _name, _opener in OPENED.items():
    globals()[f"open_{_name}"] = _opener


def backbone(made: type) -> BackboneSpec:
    return BackboneSpec(
        name="hashing", summary="s", object=f"{HERE}:open_{made.__name__}", provides=frozenset({ENCODE})
    )


def _backbones() -> list[Fault]:
    found: list[tuple[str, type, str]] = [
        ("states that depend on the batch", Batched, "a batch of one gives other states of window 1"),
        ("states that depend on padding", Padded, "a batch of one gives other states of window"),
        ("states in another type", Double, "must give states in a NumPy array of float32, got float64"),
        ("a cut that is not told", Tokenless, "which says that 0 are cut"),
        ("weights that encoding changes", Drifts, "encoding changed the weights"),
        ("a digest that is none", Undigested, "the digest must be a SHA-256 in hexadecimal"),
        ("another digest each time", Redigested, "two openings have another digest"),
    ]
    return [Fault("backbone", fault, backbone(made), says) for fault, made, says in found]


# ------------------------------------------------------------------- trainers


class Trained(Lexicon):
    def __init__(self, context: HeadContext) -> None:
        super().__init__(context)
        if context.weights:
            self.known = json.loads((context.weights / "counts.json").read_text())


def fit(job: TrainJob) -> TrainReport:
    rows = list(job.examples)
    (job.output / "counts.json").write_text(json.dumps({"glad": sum(row.gold == "glad" for row in rows)}))
    return TrainReport(n_train=len(rows), n_validation=0, labels=("glad", "sad"), scores={"accuracy": 0.5}, settings={})


def fit_and_print(job: TrainJob) -> TrainReport:
    print("epoch 1")
    return fit(job)


def fit_and_seed(job: TrainJob) -> TrainReport:
    random.seed(job.seed)
    return fit(job)


def fit_at_random(job: TrainJob) -> TrainReport:
    report = fit(job)
    (job.output / "counts.json").write_text(json.dumps({"glad": random.Random().random()}))
    return report


def fit_nothing(job: TrainJob) -> TrainReport:
    rows = list(job.examples)
    return TrainReport(n_train=len(rows), n_validation=0, labels=(), scores={}, settings={})


def fit_elsewhere(job: TrainJob) -> TrainReport:
    report = fit(job)
    (job.output / "counts.json").rename(job.output / "other.json")
    return report


def fit_and_boast(job: TrainJob) -> TrainReport:
    return replace(fit(job), scores={"accuracy": float("nan")})


def fit_and_miscount(job: TrainJob) -> TrainReport:
    return replace(fit(job), n_train=100_000)


def fit_and_forget(job: TrainJob) -> Any:
    fit(job)


def trainer(name: str) -> HeadSpec:
    return replace(head(Trained), trainer=f"{HERE}:{name}")


def _trainers() -> list[Fault]:
    found = [
        ("prints on standard output", "fit_and_print", "the trainer printed 'epoch 1"),
        ("a seed for everybody", "fit_and_seed", "used or seeded the shared random numbers of random"),
        (
            "other weights for the same seed",
            "fit_at_random",
            "two trainings with one seed left different bytes in counts.json",
        ),
        ("no weights", "fit_nothing", "left nothing in its output folder"),
        ("weights that its head does not find", "fit_elsewhere", "No such file or directory"),
        ("a score that is not a number", "fit_and_boast", "the score 'accuracy' of the report is nan"),
        ("rows that it was not given", "fit_and_miscount", "the report counts 100000 rows"),
        ("no report", "fit_and_forget", "a trainer returns a TrainReport, got NoneType"),
    ]
    return [Fault("trainer", fault, (SENTIMENT, trainer(name)), says) for fault, name, says in found]


FAULTS: tuple[Fault, ...] = (
    *_heads(),
    *_tasks(),
    *_backbones(),
    *_metrics(),
    *_formats(),
    *_commands(),
    *_observers(),
    *_trainers(),
)


def of(kind: str) -> list[Any]:
    """The faults of a kind as parameters of a test."""
    import pytest

    return [pytest.param(fault, id=fault.fault) for fault in FAULTS if fault.kind == kind]


@contextlib.contextmanager
def forgotten():
    """What a planted fault kept in this module is of that one test."""
    KEPT.clear()
    yield
    KEPT.clear()


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def table() -> str:
    """The page of the reference that says what the checks catch."""
    lines = [
        "<!-- Written by tests/core/testing/test_faults.py from the planted faults; do not edit. -->",
        "",
        "# What the checks of plugins catch",
        "",
        "`nlptasks plugins check NAME` and the functions of `nlptasks.testing` find each of these faults, which the",
        "tests of nlptasks plant one by one. A message is shown where it begins to tell them apart.",
        "",
        "| fault | caught by | message |",
        "|---|---|---|",
        *(f"| {fault.fault} | `check_{fault.kind}` | ... {_cell(fault.says)} ... |" for fault in FAULTS),
    ]
    return "\n".join(lines) + "\n"
