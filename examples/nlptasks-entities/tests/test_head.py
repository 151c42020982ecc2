"""The head and its training, on a random encoder."""

import json

import numpy as np
import pytest
from nlptasks_entities import TASK, nlptasks_heads
from nlptasks_entities.head import TaggerWeights, best_path, open_head, transitions
from nlptasks_entities.training import train
from nlptasks_entities.words import of_words, shapes, word_places
from sentences import ROWS

from nlptasks.errors import NlptasksError, UsageError
from nlptasks.plugin.protocols import HeadContext, TrainJob, Window
from nlptasks.testing import check_head, check_trainer, tiny_encoder

SPEC = nlptasks_heads()[0]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return tiny_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def trained(encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("head")
    job = TrainJob(
        task=TASK, head="t", backbone=encoder, options=None, examples=ROWS, validation=None, output=folder, seed=1,
        progress=lambda _line: None,
    )  # fmt: skip
    return folder, train(job)


def test_the_trainer_passes_its_check(encoder):
    check_trainer(TASK, SPEC, backbone=encoder)


def test_the_trained_head_passes_the_check_of_heads(encoder, trained):
    check_head(TASK, SPEC, backbone=encoder, weights=trained[0])


def test_it_learns_names_even_of_random_states(encoder, trained):
    head = open_head(HeadContext(task=TASK, backbone=encoder, weights=trained[0]))
    right = 0
    for row, windows in zip(ROWS, head.windows(ROWS), strict=True):
        made = head.read(row, windows, head.reduce(encoder.encode(windows)))
        right += made.canonical == json.dumps(sorted(json.loads(row.gold)))
        assert all(row.inputs["text"][e.start : e.end] == e.text for e in made.entities)
    assert right > 0.8 * len(ROWS)
    assert trained[1].settings["types"] == ["LOC", "PER"]


def test_a_head_without_weights_says_how_to_get_some(encoder):
    with pytest.raises(UsageError, match="ships without weights"):
        open_head(HeadContext(task=TASK, backbone=encoder))


def test_damaged_weights_are_refused(trained, tmp_path):
    (tmp_path / "head.safetensors").write_bytes((trained[0] / "head.safetensors").read_bytes()[:-8])
    with pytest.raises(NlptasksError, match="no head for entities can be read"):
        TaggerWeights.load(tmp_path)


def test_words():
    text = "O'Brien of AT&T left the U.S. on 3-4 May. 他在北京 José!"
    words = [text[start:end] for start, end in word_places(text)]
    assert words == ["O'Brien", "of", "AT&T", "left", "the", "U.S.", "on", "3-4", "May", ".", *"他在北京", "José", "!"]
    assert shapes(text, word_places(text)).shape == (len(words), 26)
    assert shapes("", []).shape == (0, 26)


def test_a_word_that_two_windows_hold_is_read_where_more_stands_around_it():
    text = "a b c d"
    offsets = ((0, 1), (2, 3), (4, 5)), ((2, 3), (4, 5), (6, 7))
    windows = [Window((1, 2, 3, 4, 5), start=1, offsets=own) for own in offsets]
    values = [np.full((5, 1), number, dtype=np.float32) for number in (1, 2)]
    means, known = of_words(text, word_places(text), windows, values, 1)
    assert means[:, 0].tolist() == [1, 1, 2, 2] and known.all()


def test_the_best_path_never_continues_what_was_not_begun():
    tags = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    scores = np.log(np.array([[0.1, 0.2, 0.6, 0.05, 0.05], [0.1, 0.1, 0.2, 0.1, 0.5]]))
    assert [tags[at] for at in best_path(scores, transitions(tags))] == ["B-LOC", "I-LOC"]
