"""Faults of heads that give labels."""

from __future__ import annotations

import os
import random
import warnings
from dataclasses import replace

from nlptasks.plugin.predictions import Label

from .fault import Fault
from .moods import SENTIMENT, Lexicon, head, leaning


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


def found() -> list[Fault]:
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
    return [
        *(Fault("head", fault, (SENTIMENT, head(made)), says) for fault, made, says in alone),
        *(Fault("head", fault, (SENTIMENT, head(made, needs=True)), says, on=True) for fault, made, says in encoding),
    ]
