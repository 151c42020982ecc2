"""Settings: flags that are given twice, ranges of numbers, and the tables of commands in the configuration file."""

from __future__ import annotations

import pytest

from nlptasks.records.store import read_record

ROWS = "text,label\ngood,positive\nbad,negative\n"
CONSTANT = ("sentiment", "--head", "constant")


@pytest.fixture
def data(command) -> str:
    """A file that is in order."""
    command.write("reviews.csv", ROWS)
    command.write("others.csv", ROWS)
    return "reviews.csv"


@pytest.fixture
def configure(command):
    """Writes the configuration file."""

    def write(text: str) -> None:
        command.config.write_text(text, encoding="utf-8")

    return write


@pytest.mark.parametrize("verb", ["run", "eval"])
def test_one_file_twice_is_refused(command, data, verb):
    command(verb, *CONSTANT, "--data", data, "--data", f"./{data}").refused("is given twice", "leave one out")


@pytest.mark.parametrize(
    "args",
    [
        ("run", *CONSTANT, "--data", "reviews.csv", "--answer", "positive", "--answer", "negative"),
        ("run", *CONSTANT, "--data", "reviews.csv", "--text", "text", "--text", "label"),
        ("run", *CONSTANT, "--data", "reviews.csv", "-o", "a.csv", "--output", "b.csv"),
        ("run", *CONSTANT, "--data", "reviews.csv", "--head", "slow"),
        ("eval", *CONSTANT, "--data", "reviews.csv", "--limit=1", "--limit=2"),
        ("train", "sentiment", "--data", "reviews.csv", "--method", "probe", "--method", "finetune"),
        ("train", "--recipe", "a.toml", "--recipe", "b.toml"),
        ("rescore", "reviews.csv", "--task", "qa", "--task", "sentiment"),
        ("compare", "a", "b", "--seed", "1", "--seed", "2"),
        ("verify", "a", "--rerun", "1", "--rerun", "2"),
        ("leaderboard", "build", "a", "--title", "x", "--title", "y"),
        ("export", "a", "--to", "lm-eval", "--to", "model-index"),
        ("plugins", "check", "a", "--timeout", "1", "--timeout", "2"),
    ],
    ids=lambda args: f"{args[0]} {args[-1]}",
)
def test_a_flag_that_takes_one_value_is_given_once(command, data, args):
    command(*args).refused("is given twice")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("train", "sentiment", "--rate", "nan"), "--rate: expected a number"),
        (("train", "sentiment", "--rate", "inf"), "--rate: expected a number"),
        (("train", "sentiment", "--rate", "-1"), "above 0, at most 1"),
        (("train", "sentiment", "--rate", "0"), "above 0, at most 1"),
        (("train", "sentiment", "--epochs", "0"), "above 0"),
        (("train", "sentiment", "--epochs", "nan"), "--epochs: expected a number"),
        (("train", "sentiment", "--tokens", "0"), "at least 1"),
        (("train", "sentiment", "--tokens", "1.5"), "expected a whole number"),
        (("train", "sentiment", "--max-tokens", "-5"), "8 to"),
        (("train", "sentiment", "--seed", "-1"), "0 to"),
        (("train", "sentiment", "--seed", "99999999999"), "0 to"),
        (("eval", "sentiment", "--limit", "-1"), "at least 0"),
        (("eval", "sentiment", "--seeds", "1,-2"), "0 to"),
        (("eval", "sentiment", "--seeds", "1,x"), "expected a list of whole numbers"),
        (("eval", "sentiment", "--data", "reviews.csv", "--seeds", "1,1"), "a seed stands twice"),
        (("eval", "sentiment", "--max-cell", "0"), "--max-cell: 0 is below the minimum of 1"),
        (("run", "sentiment", "--max-cell", "big"), "expected a size such as 500kB or 8MB"),
        (("run", *CONSTANT, "--data", "reviews.csv", "--certainty", "nan"), "--certainty: expected a number"),
        (("run", *CONSTANT, "--data", "reviews.csv", "--certainty", "2"), "0.5 to 1.0"),
        (("compare", "a", "b", "--margin", "nan"), "--margin: expected a number"),
        (("compare", "a", "b", "--margin", "-1"), "at least 0"),
        (("compare", "a", "b", "--seed", "-1"), "at least 0"),
        (("verify", "a", "--rerun", "0"), "at least 1"),
        (("errors", "a", "-n", "0"), "at least 1"),
        (("plugins", "check", "formats", "--timeout", "nan"), "--timeout: expected a number"),
        (("plugins", "check", "formats", "--timeout", "0"), "1 to 86400"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_number_has_a_range(command, data, args, said):
    command(*args).refused(said)


def test_a_flag_goes_before_the_task_and_that_before_the_command(command, data, configure):
    configure(
        '[run]\nanswer = "positive"\ngold = "none"\nquiet = true\n[run.sentiment]\nanswer = "negative"\ngold = ""'
    )
    run = ("run", *CONSTANT, "--data", data, "-o", "out.csv", "--force")
    assert command(*run).succeeded().stderr == ""
    assert command.read("out.csv").count("negative") == 3
    command(*run, "--answer", "positive", "--no-quiet").succeeded()
    assert command.read("out.csv").count("negative") == 1


def test_every_command_has_its_own_table(command, data, configure):
    configure('[run]\nlimit = 1\n[eval]\nhead = "constant"\nmetric = ["mcc"]\noutput = "rec"\ntext = "text"\nlimit = 1')
    command("eval", "sentiment", "--data", data).succeeded()
    record = read_record(command.folder / "rec").record
    assert (record.dataset.n, "mcc" in record.scores or "accuracy" in record.scores) == (1, True)
    assert record.run.argv[record.run.argv.index("--limit") :][:2] == ("--limit", "1")


def test_a_key_of_another_task_says_nothing_here(command, data, configure):
    configure("[run]\nbeams = 2\n[run.translation]\nbeams = 3")
    command("run", *CONSTANT, "--data", data).succeeded()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[run]\n\nanser = 'x'", ("config.toml:3: the key 'run.anser' is not known", "did you mean 'answer'?")),
        ("[run.sentiment]\nbeams = 2", ("config.toml:2: the key 'run.sentiment.beams' is not known",)),
        ("[run.sentimnt]\nforce = true", ("config.toml:1: the key 'run.sentimnt' is no task", "'sentiment'")),
        ("[run]\ncertainty = nan", ("config.toml:2: the key 'run.certainty'", "expected a number")),
        ("[run]\nforce = 1", ("the key 'run.force'", "expected a boolean, got 1")),
        ("[run]\nprecision = 'float64'", ("the key 'run.precision'", "there is no 'float64'")),
        ("[runn]\nforce = true", ("the key 'runn' is not known; did you mean 'run'?",)),
        ("run = 1", ("the key 'run' must be a table",)),
    ],
)
def test_a_key_that_is_wrong_is_named_with_its_line(command, data, configure, text, said):
    configure(text)
    command("run", *CONSTANT, "--data", data).refused(*said)


def test_tables_of_other_commands(command, data, configure):
    configure("[compare]\nmargn = 1")
    command("compare", "a", "b").refused("config.toml:2: the key 'compare.margn'", "did you mean 'margin'?")


def test_a_format_has_options_of_its_own(command, configure):
    command.write("a.marked", "% no\ngood\n# fine\n")
    args = ("eval", *CONSTANT, "--data", "a.marked", "--mark", "%", "--label-of-all", "positive")
    command(*args, "-o", "one").succeeded()
    record = read_record(command.folder / "one").record
    assert (record.dataset.n, record.scores["accuracy"].value) == (2, 1)
    command(*record.run.argv[1:], "-o", "two").succeeded()
    assert read_record(command.folder / "two").record.id == record.id
    configure('[run.sentiment]\nmark = "%"')
    command("run", *CONSTANT, "--data", "a.marked", "-o", "out.csv").succeeded()
    assert "fine" in command.read("out.csv")
    command.write("reviews.csv", ROWS)
    command("eval", *CONSTANT, "--data", "reviews.csv", "--mark", "%").refused(
        "--mark is not an option of the format 'csv'"
    )


def test_predictions_are_read_with_the_options_of_a_format(command):
    command.write("gold.marked", "% no\ngood\n# fine\n")
    command.write("mine.csv", "prediction\npositive\npositive\n")
    args = ("rescore", "mine.csv", "--task", "sentiment", "--data", "gold.marked", "--mark", "%")
    command(*args, "--label-of-all", "positive", "-o", "one").succeeded()
    record = read_record(command.folder / "one").record
    assert (record.dataset.n, record.scores["accuracy"].value) == (2, 1)
    command(*record.run.argv[1:], "-o", "two").succeeded()
    assert read_record(command.folder / "two").record.scores == record.scores
    beside = ("rescore", "mine.csv", "--task", "sentiment", "--gold", "prediction", "--mark", "%")
    command(*beside).refused("--mark is not an option of the format 'csv'")
    command("rescore", "one", "--mark", "%").refused("--mark goes with a file of predictions; one is a record")


def test_options_of_a_format_for_predictions_stand_in_the_configuration(command, configure):
    command.write("gold.marked", "% no\ngood\n# fine\n")
    command.write("mine.csv", "prediction\npositive\npositive\n")
    configure('[rescore]\nmark = "%"\nlabel-of-all = "positive"')
    result = command("rescore", "mine.csv", "--task", "sentiment", "--data", "gold.marked").succeeded()
    assert "accuracy" in result.stdout.decode()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--task", "sentiment", "--dataset", "x"), "--dataset goes with a benchmark"),
        (("--task", "sentiment", "--data-dir", "x"), "--data-dir goes with a benchmark"),
        (("--benchmark", "smoke", "--suite", "x.yaml"), "--benchmark and --suite both say what the data are"),
        (("--benchmark", "smoke"), "and --dataset names none"),
        (("--benchmark", "smoke", "--dataset", "a", "--dataset", "b"), "and --dataset names 2"),
    ],
)
def test_what_does_not_go_together_for_predictions(command, data, args, said):
    command("rescore", data, *args).refused(said)
