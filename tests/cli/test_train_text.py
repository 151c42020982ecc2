"""What ``nlptasks train`` shows and refuses for tasks whose answers are written."""

from __future__ import annotations

import re


def test_all_tasks_are_listed_with_the_options_that_training_reads(command):
    tasks = command("train", "--help").succeeded().stdout.decode().partition("Tasks:")[2]
    assert re.findall(r"^  ([a-z]+)  ", tasks, re.MULTILINE) == [
        "classification", "generation", "qa", "sentiment", "summarization", "translation"
    ]  # fmt: skip
    translation = command("train", "translation", "--help").succeeded().stdout.decode()
    assert "--to " in translation
    assert "--beams" not in translation
    generation = command("train", "generation", "--help").succeeded().stdout.decode()
    assert generation.count("--seed") == 1
    assert "--ratio" in command("train", "summarization", "--help").succeeded().stdout.decode()


def test_a_head_without_weights_names_the_methods_that_train_its_decoder(command):
    command.write("pairs.csv", "source,target\na dog,ein Hund\n")
    command("train", "translation", "--data", "pairs.csv").refused(
        "error: the head 'decoder' has no weights of its own", "--method finetune trains the decoder on rows"
    )


def test_a_backbone_that_a_training_left_is_shown_by_its_folder(command):
    task = '[[task]]\ntask = "translation"\nhead = "decoder"\ndata = ["pairs.csv"]\nlanguage = "de"\n'
    (command.folder / "mine").mkdir()
    command.write("mine/recipe.toml", 'backbone = "bundled"\ntrains = "decoder"\ntokens = 1_000\n' + task)
    done = command("backbones", "show", "mine").succeeded()
    assert done.stderr == "mine: trained from the backbone 'bundled', which opens it\n"
    assert "provides: encode, generate, score" in done.stdout.decode()
