"""What ``nlptasks train`` says of its held-out rows, with the bundled backbone."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
from dataclasses import replace

#: A process of its own, whose limits are those of the shell that starts it.
REAL = (sys.executable, "-m", "nlptasks")

Rows = list[tuple[str, str]]

SHIPPING = ["the parcel was late", "where is my parcel", "delivery took weeks", "courier lost my box"]
BILLING = ["my card was charged twice", "refund my money", "invoice is wrong", "payment failed"]
ENDS = ["today", "again", "please", "help", "now"]
LEARNT = [
    *((f"{text} {end}", label) for texts, label in ((SHIPPING, "shipping"), (BILLING, "billing")) for text in texts
      for end in ENDS),
]  # fmt: skip


def table(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([("text", "label"), *rows])
    return text.getvalue()


def train(command, *flags: str) -> str:
    done = command("train", "classification", "--data", "d.csv", "--output", "h", *flags)
    return str(done.succeeded().stderr)


def accuracy(said: str) -> float:
    found = re.search(r"accuracy ([0-9.]+) ", said)
    assert found, said
    return float(found[1])


def test_copies_are_told_and_do_not_flatter(command):
    draw = random.Random(1)
    topics = ["cats", "trees", "cars", "rain", "music"]
    texts = [f"number {n} {draw.choice(topics)} {draw.choice(topics)} {draw.random():.4f}" for n in range(40)]
    rows = [(text, draw.choice("xy")) for text in texts]
    command.write("d.csv", table([(draw.choice([text, text.upper(), f"{text}!"]), label) for text, label in rows * 10]))
    said = train(command)
    assert "400 rows, " in said
    assert "with the text of another row" in said
    assert accuracy(said) < 0.8


def test_every_accuracy_has_its_baseline_and_macro_f1_beside_it(command):
    draw = random.Random(4)
    topics = ["cats", "trees", "cars", "rain"]
    rows = [(f"it {draw.choice(topics)} {draw.random():.5f}", "rare" if n % 20 == 0 else "usual") for n in range(200)]
    command.write("d.csv", table(rows))
    said = train(command)
    assert re.search(
        r"on 20 rows that were held out: accuracy 0\.9\d0 \(trivial baseline 0\.950\), "
        r"macro_f1 0\.\d+ \(trivial baseline 0\.487\), .*; few rows: the scores are rough",
        said,
    )
    assert {"accuracy_baseline", "macro_f1", "macro_f1_baseline"} <= json.loads(command.read("h/head.json"))[
        "validation scores"
    ].keys()


def test_validation_rows_are_all_counted_or_told(command):
    command.write("d.csv", table([*LEARNT, ("close my account", "closing")]))
    given = [("new parcel late", "shipping"), ("money back", "billing"), ("my e-mail bounced", "account")]
    command.write("v.csv", table([*given, ("REFUND my money, now!", "billing")]))
    said = train(command, "--validation", "v.csv")
    assert "1 of 4 validation rows left out: the text repeats one of the training data, or nearly" in said
    assert "1 held-out row with a label that the training data lack ('account')" in said
    assert "3 labels, 41 training rows" in said
    assert "on 3 rows that were held out: accuracy 0.667 (trivial baseline 0.333)" in said


def test_one_row_of_a_label_is_said_before_anything_is_encoded(command):
    command.write("d.csv", table([*LEARNT, ("close my account", "closing")]))
    done = command("train", "classification", "--data", "d.csv", "--output", "h")
    assert done.code == 1
    assert "there is one of 'closing'" in done.stderr
    assert "--validation FILE" in done.stderr
    assert "encoded" not in done.stderr


def test_a_full_disk_leaves_nothing(command):
    command.write("d.csv", table(LEARNT))
    limited = replace(command, program=("sh", "-c", 'ulimit -f 1 && exec "$0" "$@"', *REAL))
    result = limited("train", "classification", "--data", "d.csv", "--output", "h")
    assert result.code == 1
    assert "error: cannot keep the features" in result.stderr
    assert "File too large" in result.stderr
    result.left_nothing()
    assert not (command.folder / "h").exists()
