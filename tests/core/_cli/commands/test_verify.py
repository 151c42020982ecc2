"""``nlptasks verify``: scores follow from samples, and with ``--rerun`` samples from the weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlptasks.records.attestations import attestation_of

DRAWN = ("eval", "sentiment", "--head", "drawn", "--data", "reviews.csv", "-o", "mine")


def test_verify(nlptasks, record, cheat):
    code, out, _ = nlptasks("verify", record)
    assert (code, out) == (0, "record: V1 holds: its scores follow from its 3 samples\n")
    cheat(record, 0.5)
    code, out, _ = nlptasks("verify", record)
    assert code == 1
    assert out.splitlines()[0] == "record: 1 mismatch"
    assert out.splitlines()[1].startswith("  scores.accuracy.value: it says 0.5, and its samples give 0.333")
    code, out, _ = nlptasks("verify", record, "--json")
    (verdict,) = json.loads(out)
    assert (code, verdict["trust"], len(verdict["mismatches"])) == (1, "V0", 1)


def test_verify_goes_on_behind_a_damaged_record(nlptasks, record):
    nlptasks("rescore", record, "-o", "damaged")
    samples = Path("damaged/samples.jsonl.gz")
    samples.write_bytes(samples.read_bytes()[:-4])
    code, out, _ = nlptasks("verify", "damaged", record)
    assert code == 1
    assert "damaged: 1 mismatch" in out
    assert "record: V1 holds" in out
    assert nlptasks("verify", "nothing")[0] == 2


@pytest.fixture
def recorded(command):
    labels = ("negative", "positive")
    command.write("reviews.csv", "text,label\n" + "".join(f"text {at},{labels[at % 2]}\n" for at in range(50)))
    command(*DRAWN, "--seed", "4").succeeded()
    return command


def test_few_samples_again_prove_little(recorded):
    result = recorded("verify", "mine", "--rerun", "10", "--attest", "attested", "--by", "Ada").succeeded()
    assert "V1 holds" in result.stdout.decode()
    assert "an edit of at most 22.0% of them may be missed" in result.stdout.decode()
    assert "V2 takes --rerun 48" in result.stdout.decode()
    (attested,) = map(attestation_of, (recorded.folder / "attested").iterdir())
    assert (attested.trust, attested.checked, attested.rows, attested.by) == ("V0", 10, 50, "Ada")


def test_enough_samples_again(recorded):
    result = recorded("verify", "mine", "--rerun", "48").succeeded()
    assert "V2 holds" in result.stdout.decode()
    assert "48 of its 50 samples came out the same from the weights" in result.stdout.decode()


def test_all_samples_again(recorded):
    result = recorded("verify", "mine", "--rerun", "50", "--json").succeeded()
    (verdict,) = json.loads(result.stdout)
    assert (verdict["trust"], verdict["predicted again"], verdict["mismatches"]) == ("V3", 50, [])


def test_another_head_is_found_out(recorded):
    result = recorded("verify", "mine", "--rerun", "50", "--head", "contrary")
    assert result.code == 1
    assert "and the weights predict" in result.stdout.decode()
    assert "its score is" in result.stdout.decode()


def test_predictions_from_elsewhere_cannot_be_made_again(recorded):
    recorded.write("theirs.csv", "prediction\n" + "positive\n" * 50)
    recorded("rescore", "theirs.csv", "--task", "sentiment", "--data", "reviews.csv", "-o", "theirs").succeeded()
    recorded("verify", "theirs", "--rerun", "5").refused("its predictions were made elsewhere")
    recorded("verify", "mine", "--head", "constant").refused("--head is for --rerun")
