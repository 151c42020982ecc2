"""Answers of simple systems for the data sets of a suite, as anybody's predictions.

    python benchmarks/baselines.py core --data-dir DIR --output PREDICTIONS

For each data set and baseline it writes ``PREDICTIONS/DATASET/BASELINE.jsonl`` with the columns ``id``, ``prediction``
and ``nll`` where there is a likelihood, which ``nlptasks rescore`` scores; ``benchmarks/board.sh`` does that. What
learns is fitted on the training split beside the data set's own file, and never sees that one.

``majority``    the most frequent label of the training rows
``tfidf``       logistic regression on TF-IDF of words and pairs of words (scikit-learn)
``knn``         the labels of the ten nearest of 5,000 training rows, by the bundled encoder's vectors (scikit-learn)
``lead-3``      the first three sentences of a document
``copy-source`` the source itself as its translation
``first-sentence``  the first sentence of the context
``tfidf-sentence``  the sentence of the context that is nearest to the question by TF-IDF
``ngram``       a model of bytes, 6-grams smoothed by Witten and Bell (1991), as a likelihood of the text
``trigram``     the same of 3-grams
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from nlptasks import embed
from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import load_plugins
from nlptasks._plugins.registry import Registry
from nlptasks._settings.groups import TableSource
from nlptasks._tables.gold_samples import Item, read_gold_table
from nlptasks.files.paths import atomic_output
from nlptasks.plugin import TaskSpec
from nlptasks.records import suites
from nlptasks.text.sentences import split

#: Bytes of training text that the n-gram model reads, and its order.
_NGRAM_BYTES, _ORDER = 4_000_000, 6

#: Training rows that the nearest neighbours are looked for in: drawn, since some files are in an order.
_NEIGHBOURS = 5_000

#: What a baseline gives for an item: its answer, and the nats of the gold text where it can tell them.
Answer = tuple[str, float | None]
Baseline = Callable[[Sequence[Item], Sequence[Item]], Iterable[Answer]]


def majority(train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The most frequent label of the training rows; of several the first in alphabetical order."""
    counts = Counter(item.gold for item in train)
    label = min(counts, key=lambda gold: (-counts[gold], gold))
    return ((label, None) for _ in items)


def tfidf(train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """Logistic regression on TF-IDF of words and pairs of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(C=10.0, max_iter=1_000)
    )
    model.fit([_text(item) for item in train], [item.gold for item in train])
    return ((str(label), None) for label in model.predict([_text(item) for item in items]))


def knn(train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The labels of the nearest training rows, weighted by their nearness."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import normalize

    chosen = Random(0).sample(train, min(_NEIGHBOURS, len(train)))
    model = KNeighborsClassifier(n_neighbors=min(10, len(chosen)), weights="distance")
    model.fit(normalize(embed([_text(item) for item in chosen])), [item.gold for item in chosen])
    found = model.predict(normalize(embed([_text(item) for item in items])))
    return ((str(label), None) for label in found)


def lead_3(_train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The first three sentences."""
    for item in items:
        document = item.example.inputs["document"]
        ends = [end for _, end in split(document)[:3]]
        yield document[: ends[-1]].strip() if ends else document, None


def copy_source(_train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The source itself."""
    return ((item.example.inputs["source"], None) for item in items)


def first_sentence(_train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The first sentence of the context."""
    for item in items:
        context = item.example.inputs["context"]
        start, end = next(iter(split(context)), (0, len(context)))
        yield context[start:end].strip(), None


def tfidf_sentence(_train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """The sentence of the context that is nearest to the question by TF-IDF over the contexts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True).fit([item.example.inputs["context"] for item in items])
    for item in items:
        context = item.example.inputs["context"]
        sentences = [context[start:end].strip() for start, end in split(context)] or [context]
        near = vectorizer.transform(sentences) @ vectorizer.transform([item.example.inputs["question"]]).T
        yield sentences[int(near.toarray().argmax())], None


class Ngram:
    """A model of bytes: the probability of a byte behind the ones before it, Witten and Bell (1991) over all orders."""

    def __init__(self, texts: Iterable[str], order: int = _ORDER) -> None:
        self._order = order
        self._next: dict[bytes, Counter[int]] = defaultdict(Counter)
        read = 0
        for text in texts:
            data = text.encode("utf-8", "replace")
            for at, byte in enumerate(data):
                for length in range(min(order, at + 1)):
                    self._next[data[at - length : at]][byte] += 1
            read += len(data)
            if read >= _NGRAM_BYTES:
                break
        self._totals = {context: (counts.total(), len(counts)) for context, counts in self._next.items()}

    def nll(self, text: str) -> float:
        """Negative natural log-likelihood of a text."""
        data = text.encode("utf-8", "replace")
        return -sum(
            math.log(self._probability(data[max(0, at - self._order + 1) : at], data[at])) for at in range(len(data))
        )

    def _probability(self, context: bytes, byte: int) -> float:
        probability = 1 / 256
        for start in range(len(context), -1, -1):
            behind = context[start:]
            if behind in self._totals:
                total, kinds = self._totals[behind]
                probability = (self._next[behind][byte] + kinds * probability) / (total + kinds)
        return probability


def ngram(train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """No text, but the likelihood of the gold one."""
    model = Ngram(item.text for item in train)
    return (("", model.nll(item.text)) for item in items)


def trigram(train: Sequence[Item], items: Sequence[Item]) -> Iterator[Answer]:
    """No text, but the likelihood of the gold one, by a shorter memory."""
    model = Ngram((item.text for item in train), order=3)
    return (("", model.nll(item.text)) for item in items)


#: Baselines of the tasks by name.
_BASELINES: Mapping[str, Mapping[str, Baseline]] = {
    "sentiment": {"majority": majority, "tfidf": tfidf, "knn": knn},
    "classification": {"majority": majority, "tfidf": tfidf, "knn": knn},
    "qa": {"first-sentence": first_sentence, "tfidf-sentence": tfidf_sentence},
    "summarization": {"lead-3": lead_3},
    "translation": {"copy-source": copy_source},
    "generation": {"ngram": ngram, "trigram": trigram},
}

#: Baselines that learn.
_LEARNING = frozenset({"majority", "tfidf", "knn", "ngram", "trigram"})


def answers(
    registry: Registry, suite: suites.Suite, card: suites.Card, data_dir: str
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """For each baseline of a data set its rows."""
    task = registry.get(TaskSpec, card.task).spec
    path = suites.locate(suite, card, data_dir=data_dir)
    items = _items(registry, task, card, path)
    training = path.with_name(path.name.replace("validation", "train"))
    train = _items(registry, task, card, training) if training.is_file() and training != path else ()
    for name, baseline in _BASELINES.get(task.name, {}).items():
        if name in _LEARNING and not train:
            continue
        found = baseline(train, items)
        yield (
            name,
            [
                {"id": item.id, "prediction": answer, **({} if nll is None else {"nll": round(nll, 6)})}
                for item, (answer, nll) in zip(items, found, strict=True)
            ],
        )


def main() -> None:
    """Write the predictions of every data set of a suite."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", help="name of a suite, or a YAML file")
    parser.add_argument("--data-dir", default="", help="where its files lie")
    parser.add_argument("--output", type=Path, required=True, help="folder of the predictions")
    given = parser.parse_args()
    registry = load_plugins(Config()).registry
    path = Path(given.suite)
    suite = suites.read_suite(path) if path.suffix in (".yaml", ".yml") else suites.open_suite(registry, given.suite)
    for card in suite.datasets:
        for name, rows in answers(registry, suite, card, given.data_dir):
            target = given.output / card.name / f"{name}.jsonl"
            target.parent.mkdir(parents=True, exist_ok=True)
            with atomic_output(target, force=True) as stream:
                for row in rows:
                    stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            print(f"{target}: {len(rows):,} rows", flush=True)


def _items(registry: Registry, task: TaskSpec, card: suites.Card, path: Path) -> tuple[Item, ...]:
    return read_gold_table(
        registry, task, TableSource(data=str(path), columns=card.columns, gold=card.gold, id=card.id)
    ).items


def _text(item: Item) -> str:
    return "\n".join(item.example.inputs.values())


if __name__ == "__main__":
    main()
