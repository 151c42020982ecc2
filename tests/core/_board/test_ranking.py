"""The board has the numbers of ``nlptasks compare``: for the same two records, whatever else is on it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from nlptasks._board.ranking import rankable
from nlptasks._cli.main import run_command

EXAMPLES = Path(__file__).parents[3] / "examples"


def labelled(path: Path, proportion: float, seed: int) -> None:
    """Predictions for the example's reviews, of which about so many are right."""
    draw = random.Random(seed)
    with (EXAMPLES / "reviews.csv").open(encoding="utf-8") as file, path.open("w", encoding="utf-8") as out:
        rows = list(csv.DictReader(file))
        writer = csv.writer(out)
        writer.writerow(("id", "review", "product", "label", "prediction"))
        for row in rows:
            said = row["label"] if draw.random() < proportion else draw.choice([item["label"] for item in rows])
            writer.writerow((row["id"], row["review"], row["product"], row["label"], said))


def translated(path: Path, proportion: float, seed: int) -> None:
    """Predictions for the example's translations, of whose words about so many are kept."""
    draw = random.Random(seed)
    with (EXAMPLES / "translation.csv").open(encoding="utf-8") as file, path.open("w", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("id", "source", "target", "prediction"))
        for row in csv.DictReader(file):
            kept = [word for word in row["target"].split() if draw.random() < proportion]
            writer.writerow((row["id"], row["source"], row["target"], " ".join(kept)))


@pytest.mark.parametrize(
    ("task", "make", "primary", "more"),
    [
        ("sentiment", labelled, "accuracy", "gold: label"),
        ("sentiment", labelled, "macro-f1", "gold: label"),
        ("sentiment", labelled, "accuracy", "gold: label\n    cluster: product"),
        ("translation", translated, "bleu", "language: de"),
    ],
)
def test_the_board_and_compare_say_the_same_of_two_records(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    task: str,
    make: Callable[[Path, float, int], None],
    primary: str,
    more: str,
) -> None:
    def said(*args: object) -> str:
        code = run_command([str(arg) for arg in args])
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    systems = {"a": 0.8, "b": 0.74, "c": 0.5}
    for seed, (name, proportion) in enumerate(systems.items()):
        make(tmp_path / f"{name}.csv", proportion, seed)
    (tmp_path / "suite.yaml").write_text(
        f"""name: mine
datasets:
  - name: examples
    task: {task}
    file: a.csv
    sha256: {sha256((tmp_path / "a.csv").read_bytes()).hexdigest()}
    id: id
    primary: {primary}
    {more}
"""
    )
    for name in systems:
        args = (
            "--suite",
            tmp_path / "suite.yaml",
            "--dataset",
            "examples",
            "--name",
            name,
            "-o",
            tmp_path / "r" / name,
        )
        said("rescore", tmp_path / f"{name}.csv", *args)
    said("leaderboard", "build", tmp_path / "r", "-o", tmp_path / "board.json")
    board = json.loads((tmp_path / "board.json").read_text())
    table = board["tasks"][0]["panels"][0]["pairs"]
    raw: dict[tuple[str, str], float] = {}
    for one, two in (("a", "b"), ("a", "c"), ("b", "c")):
        compared = json.loads(
            said("compare", tmp_path / "r" / one, tmp_path / "r" / two, "--metric", primary, "--json")
        )
        (found,) = compared["comparisons"]
        at = table["systems"].index(two), table["systems"].index(one)
        for name in ("delta", "low", "high"):
            assert table[name][at[0]][at[1]] == pytest.approx(found[name], abs=1e-6), name
        raw[one, two] = found["p"]
    every = json.loads(said("compare", *(tmp_path / "r" / name for name in "abc"), "--metric", primary, "--json"))
    for found in every["comparisons"]:
        pair = "abc"["ABC".index(found["a"])], "abc"["ABC".index(found["b"])]
        assert found["p"] == raw[pair]
        at = table["systems"].index(pair[0]), table["systems"].index(pair[1])
        assert table["p"][at[0]][at[1]] == pytest.approx(found["holm"], abs=1e-6)
        assert table["detectable"][at[0]][at[1]] == pytest.approx(found["detectable"], abs=1e-6)
    assert board["tasks"][0]["panels"][0]["detectable"] == table["detectable"][0][1]


def test_a_resample_without_a_value_says_nothing_of_a_system() -> None:
    found = rankable(np.array([[0.2, np.nan, 0.4], [np.nan, np.nan, np.nan]]))
    assert found.tolist() == [[0.2, pytest.approx(0.3), 0.4], [0.0, 0.0, 0.0]]
