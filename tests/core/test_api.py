from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import nlptasks
from nlptasks.errors import UsageError
from nlptasks.records.store import read_record


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, nlptasks; print(sorted({'torch', 'numpy', 'pluggy', 'click'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_one_text_or_many() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    one = sentiment("great phone")
    assert one is not None
    assert one.canonical == "positive"
    assert sentiment([{"text": "great phone"}, "  "]) == [one, None]
    assert sentiment([]) == []
    assert sentiment.labels == ("negative", "positive")


def test_any_iterable_of_inputs_is_read_once() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    texts = ["great phone", "", "it broke"]
    assert sentiment(text for text in texts) == sentiment(texts) == sentiment({"text": text} for text in texts)


def test_a_loaded_task_is_pickled_as_how_it_was_loaded() -> None:
    topics = nlptasks.load("classification", head="zero-shot", labels=("billing", "shipping"), device="cpu")
    written = pickle.dumps(topics)
    assert len(written) < 2_000
    again = pickle.loads(written)
    assert again("my parcel is late") == topics("my parcel is late")
    assert again.backbone is topics.backbone, "one process has one copy"


def test_threads_may_share_a_loaded_task() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    texts = [f"{word} phone {'very ' * at}" for at in range(20) for word in ("great", "bad")]
    alone = [sentiment(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(sentiment, texts))
    assert together == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_of_a_fork_predicts() -> None:
    code = """
import multiprocessing, sys, warnings
import nlptasks, torch
warnings.simplefilter("ignore", DeprecationWarning)  # Python's own, on a fork with threads
torch.set_num_threads(2)
sentiment = nlptasks.load("sentiment", device="cpu")
text = "good film " * 200
expected = sentiment([text, "bad " * 300])[0].label
context = multiprocessing.get_context("fork")
mine, theirs = context.Pipe()
child = context.Process(target=lambda: theirs.send(sentiment(text).label))
child.start()
found = mine.recv() if mine.poll(60) else "the child hangs"
child.kill()
print(found == expected, found)
"""
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "OMP_NUM_THREADS": "2"}, capture_output=True)
    assert done.stdout.decode().split()[:1] == ["True"], done


def test_a_run_and_an_evaluation_give_one_score(tmp_path: Path) -> None:
    data = tmp_path / "reviews.csv"
    data.write_text("text,label\ngreat,positive\nit broke,negative\nawful,negative\nthe box is blue,positive\n")
    options = {"neutral": True}  # a label that no gold answer has
    done = nlptasks.run("sentiment", data, options=options, device="cpu")
    record = nlptasks.evaluate("sentiment", data, options=options, output=tmp_path / "record", device="cpu")
    scores = {score.metric: score for score in done.tasks[0].scores}
    assert record.scores["macro-f1"].value == pytest.approx(scores["macro-f1"].value, abs=1e-12)
    # One label set, and so one signature; behind it stands how the interval was made.
    assert "labels:2|" in record.scores["macro-f1"].signature
    assert scores["macro-f1"].signature.split("|")[:4] == record.scores["macro-f1"].signature.split("|")[:4]


def test_unknown_names_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="did you mean 'sentiment'"):
        nlptasks.load("sentimnt")
    with pytest.raises(UsageError, match="lables"):
        nlptasks.load("classification", lables=("a", "b"))
    with pytest.raises(AttributeError):
        _ = nlptasks.nothing


def test_run_and_train_do_what_the_commands_do(tmp_path: Path) -> None:
    data = tmp_path / "tickets.csv"
    rows = [("my parcel is late", "shipping"), ("you charged me twice", "billing")]
    data.write_text("text,label\n" + "".join(f"{text} {at},{gold}\n" for at in range(8) for text, gold in rows))
    report = nlptasks.train("classification", data, tmp_path / "head", device="cpu")
    assert report.labels == ("billing", "shipping")
    done = nlptasks.run("classification", data, head=str(tmp_path / "head"), device="cpu")
    assert Path(done.output) == tmp_path / "tickets.classification.csv"
    assert done.tasks[0].scores[0].value == 1
    assert done.tasks[0].scores[0].n == 16
    head = str(tmp_path / "head")
    record = nlptasks.evaluate("classification", data, head=head, output=tmp_path / "record", device="cpu", limit=6)
    assert (record.dataset.n, record.scores["accuracy"].value) == (6, 1)
    assert record.model.trained_on == (record.dataset.sha256,)
    assert record.model.digest
    assert record.model.trainable == 2 * 384 + 2
    assert read_record(tmp_path / "record").record == record


def test_a_loaded_task_and_its_predictions_show_themselves() -> None:
    sentiment = nlptasks.load("sentiment", device="cpu")
    assert repr(sentiment) == "<task sentiment; head nlptasks:binary; backbone bundled; labels negative, positive>"
    assert "<td>negative, positive</td>" in sentiment._repr_html_()
    made = sentiment(["great phone", None])
    assert made[1] is None
    assert repr(made).startswith("[Label(label='positive', score=0.9")
    assert made._repr_html_().startswith("<table><thead><tr><th></th><th>sentiment</th><th>sentiment_score</th></tr>")


def test_inputs_by_name_and_many_at_once() -> None:
    answers = nlptasks.load("qa", device="cpu")
    context = "The iron tower was built in Paris for a fair."
    one = answers(question="Where was it built?", context=context)
    assert one is not None
    assert one == answers({"question": "Where was it built?", "context": context})
    assert answers({"question": ["Where was it built?", ""], "context": [context] * 2}) == [one, None]
    assert answers({"question": "Where was it built?", "context": context} for _ in range(2)) == [one, one]
    with pytest.raises(UsageError, match="both by position and by name"):
        answers("Where?", context=context)  # type: ignore[call-overload]


def test_vectors_of_like_texts_are_near_each_other() -> None:
    made = nlptasks.embed(["a good film", "a great movie", "the tax office", None])
    assert (made.shape, str(made.dtype)) == ((4, 384), "float32")
    lengths = (made**2).sum(axis=1) ** 0.5
    near = made @ made.T / lengths[:, None] / lengths
    assert near[0, 1] > 0.9 > near[0, 2]
    assert nlptasks.embed("a good film").tolist() == pytest.approx(made[0].tolist(), abs=1e-5)
    assert nlptasks.embed([]).shape == (0, 384)
    with pytest.raises(UsageError, match="input 1 is of type int"):
        nlptasks.embed(["a", 7])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="is of type dict"):
        nlptasks.embed({"text": "a"})


def test_records_are_worked_with_as_by_the_commands(tmp_path: Path, examples: Path) -> None:
    data = examples / "reviews.csv"
    for head in ("binary", "three-way"):
        nlptasks.evaluate("sentiment", data, head=head, output=tmp_path / "all" / head)
    two, three = tmp_path / "all" / "binary", tmp_path / "all" / "three-way"
    (pair,) = [item for item in nlptasks.compare(two, three).comparisons if item.metric == "accuracy"]
    assert pair.paired.n == 235
    (by,) = nlptasks.slice(two, "length")
    assert by == "length"
    assert not nlptasks.rescore(two).differs
    wrong = nlptasks.errors(two, n=3)
    assert len(wrong.errors) == 3
    board = nlptasks.build_board(tmp_path / "all")
    assert [task.name for task in board.tasks] == ["sentiment"]
