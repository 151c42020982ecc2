"""Plugins with bugs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ZOO = HERE.parent / "zoo"


@pytest.fixture
def observed(tmp_path) -> Path:
    """The good head, and an observer that fails."""
    folder = tmp_path / "observed"
    shutil.copytree(HERE / "plugins", folder)
    shutil.copy(HERE / "observers" / "failing.py", folder)
    return folder


#: How a killed process ends, whether it is a child of this one or of the shell-like one that forks commands.
ABORTED = (-signal.SIGABRT, 128 + signal.SIGABRT)


def test_an_observer_that_fails_is_one_line_and_loses_nothing(command, observed):
    command.write("reviews.csv", "text\n" + "good\n" * 300)
    result = command.constant("--data", "reviews.csv", plugins=observed).succeeded()
    warnings = [line for line in result.lines if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert "'failing'" in warnings[0]
    assert "the dashboard is away" in warnings[0]
    assert len(command.read("reviews.sentiment.csv").splitlines()) == 301
    assert "300 rows" in result.stderr


def test_an_observer_that_silences_the_command_is_named(command, tmp_path):
    folder = tmp_path / "observed"
    shutil.copytree(HERE / "plugins", folder)
    shutil.copy(HERE / "observers" / "silent.py", folder)
    command.write("reviews.csv", "text\ngood\n")
    result = command.constant("--data", "reviews.csv", plugins=folder).succeeded()
    assert "warning: plugin 'silent' changed sys.stderr; it was put back" in result.stderr
    assert "1 row" in result.stderr


def test_a_head_that_raises_is_named(command):
    command.write("reviews.csv", "text\n" + "good\n" * 100 + "boom\n")
    result = command("run", "sentiment", "--head", "raising", "--data", "reviews.csv")
    result.refused("file:constant:raising", "KeyError: 'boom'", code=1)


def test_the_place_of_a_bug_is_shown_on_request(command):
    command.write("reviews.csv", "text\nboom\n")
    result = command("--traceback", "run", "sentiment", "--head", "raising", "--data", "reviews.csv")
    assert "constant.py" in result.stderr
    assert result.code == 1
    result.left_nothing()


@pytest.fixture
def zoo(command, monkeypatch):
    """Makes a folder of the zoo's plugins, beside the good one."""

    def gathered(*names: str) -> Path:
        folder = command.config.with_name("zoo")
        shutil.copytree(HERE / "plugins", folder, dirs_exist_ok=True)
        for name in names:
            shutil.copy(ZOO / f"zoo_{name}.py", folder)
        late = command.config.with_name("late")
        shutil.copytree(ZOO / "late", late, dirs_exist_ok=True)
        monkeypatch.setenv("PYTHONPATH", str(late))
        return folder

    return gathered


@pytest.fixture
def reviews(command) -> str:
    """Rows with a gold column."""
    command.write("reviews.csv", "text,label\ngood,positive\nbad,negative\n")
    return "reviews.csv"


# ------------------------------------------------------- whatever is raised


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("exit", "SystemExit: 0"),
        ("exit-none", "SystemExit"),
        ("exit-text", "SystemExit: all is well"),
        ("cancelled", "CancelledError"),
        ("generator", "GeneratorExit"),
        ("stop", "StopIteration"),
        ("odd", "Odd: very odd"),
        ("unspeakable", "UnspeakableError: (its message cannot be shown)"),
        ("memory", "MemoryError"),
        ("at-once", "os._exit(0), which would end the command before it is done"),
        ("other-program", "os.execv"),
    ],
)
def test_a_head_that_leaves_in_any_way_is_named(command, zoo, reviews, way, said):
    args = ("run", "sentiment", "--head", "leaver", "--way", way, "--data", reviews)
    result = command(*args, plugins=zoo("at_work"))
    result.refused("the head file:zoo-at-work:leaver failed: ", said, "tell its author", code=1)


@pytest.mark.parametrize("stage", ["options", "open", "windows"])
def test_a_head_that_exits_before_it_reads_is_named(command, zoo, reviews, stage):
    args = ("run", "sentiment", "--head", "leaver", "--way", "exit", "--stage", stage, "--data", reviews)
    result = command(*args, plugins=zoo("at_work"))
    result.refused("the head file:zoo-at-work:leaver failed: SystemExit: 0", code=1)


@pytest.mark.parametrize("way", ["at-once", "other-program", "exit"])
def test_a_plugin_that_ends_the_process_at_its_end_does_not_choose_the_code(command, zoo, reviews, way):
    own = replace(command, program=(sys.executable, "-m", "nlptasks"))  # how the process ends is what is asked
    args = ("run", "sentiment", "--head", "leaver", "--way", way, "--stage", "end", "--data", reviews)
    result = own(*args, "--output", "-", plugins=zoo("at_work")).succeeded()
    assert len(result.stdout.splitlines()) == 2
    result = own(*args, "--output", "/dev/full", plugins=zoo("at_work"))
    assert "no space left" in result.stderr
    assert result.code == 1


@pytest.mark.parametrize("stage", ["open", "windows"])
@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("replaced", "sys.stderr"),
        ("none", "sys.stderr"),
        ("closed", "sys.stderr, which it closed,"),
        ("write", "sys.stderr.write"),
        ("descriptor", "where the standard error leads"),
        ("output", "sys.stdout"),
        ("both", "where the standard error leads"),
    ],
)
def test_a_head_that_silences_the_command_is_named(command, zoo, reviews, stage, way, said):
    args = ("run", "sentiment", "--head", "silencer", "--way", way, "--stage", stage, "--data", reviews)
    result = command(*args, "--output", "-", plugins=zoo("quiet")).succeeded()
    assert len(result.stdout.splitlines()) == 2
    assert f"warning: the head file:zoo-quiet:silencer changed {said}" in result.stderr
    assert "2 rows" in result.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("stage", ["open", "windows", "read"])
def test_a_head_that_forks_gives_each_row_once(command, zoo, reviews, stage):
    args = ("run", "sentiment", "--head", "leaver", "--way", "fork", "--stage", stage, "--data", reviews)
    result = command(*args, "--output", "-", plugins=zoo("at_work")).succeeded()
    assert len(result.stdout.splitlines()) == 2
    assert "the head file:zoo-at-work:leaver forked this process" in result.stderr


def test_a_plugin_that_ends_the_process_while_it_is_imported_is_left_out(command, tmp_path, reviews):
    folder = tmp_path / "own"
    shutil.copytree(HERE / "plugins", folder)
    (folder / "ender.py").write_text("import os\n\nos._exit(0)\n")
    result = command.constant("--data", reviews, plugins=folder).succeeded()
    assert "plugin 'ender' of file:ender is broken at import: SystemExit: os._exit(0)" in result.stderr
    assert "2 rows" in result.stderr


def test_a_head_that_exits_when_it_is_imported_is_named(command, zoo, reviews):
    result = command("run", "sentiment", "--head", "lazy", "--data", reviews, plugins=zoo("at_work"))
    result.refused("the head file:zoo-at-work:lazy", "'_zoo_exits_late:Head'", "SystemExit: 0", code=1)


@pytest.mark.parametrize("fault", ["metric", "stats", "score"])
def test_a_metric_that_exits_is_named(command, zoo, reviews, monkeypatch, fault):
    monkeypatch.setenv("FAULT", fault)
    args = ("eval", "sentiment", "--head", "constant", "--data", reviews, "--metric", "zoo-score")
    result = command(*args, plugins=zoo("parts"))
    assert "error: the metric file:zoo-parts:zoo-score failed: SystemExit: 0" in result.stderr
    assert (result.code, result.stdout) == (1, b"")


def test_a_metric_of_the_wrong_shape_is_named(command, zoo, reviews, monkeypatch):
    monkeypatch.setenv("FAULT", "shape")
    args = ("eval", "sentiment", "--head", "constant", "--data", reviews, "--metric", "zoo-score")
    result = command(*args, plugins=zoo("parts"))
    assert "the metric 'zoo-score' gave an array of shape (3,) for 2 examples" in result.stderr
    assert result.code == 1


@pytest.mark.parametrize("fault", ["format", "read", "rows", "write", "write rows", "close"])
def test_a_format_that_exits_is_named(command, zoo, monkeypatch, fault):
    monkeypatch.setenv("FAULT", fault)
    command.write("reviews.zoo", "good\nbad\n")
    result = command.constant("--data", "reviews.zoo", plugins=zoo("parts"))
    result.refused("the format file:zoo-parts:zoo, ", "failed: SystemExit: 0", code=1)


def test_a_format_in_order_works(command, zoo):
    command.write("reviews.zoo", "good\nbad\n")
    command.constant("--data", "reviews.zoo", plugins=zoo("parts")).succeeded()
    assert command.read("reviews.sentiment.zoo") == "good positive 0.75\nbad positive 0.75\n"


def test_a_backbone_that_exits_is_named(command, zoo, reviews):
    args = ("run", "sentiment", "--head", "asks", "--backbone", "zoo-net", "--data", reviews)
    command(*args, plugins=zoo("parts")).refused("the backbone file:zoo-parts:zoo-net failed: SystemExit: 0", code=1)


def test_an_observer_that_exits_is_one_line(command, zoo, reviews, monkeypatch):
    monkeypatch.setenv("FAULT", "observer")
    result = command.constant("--data", reviews, plugins=zoo("parts")).succeeded()
    assert "warning: plugin 'zoo_parts' failed in nlptasks_run_started and is ignored: SystemExit: 0" in result.stderr
    assert len(command.read("reviews.sentiment.csv").splitlines()) == 3


# ------------------------------------------------------- killed at import


def test_a_plugin_that_killed_the_process_is_left_out_at_the_next_start(command, zoo, reviews):
    folder = zoo("crash")
    assert command.constant("--data", reviews, plugins=folder).code in ABORTED
    result = command.constant("--data", reviews, plugins=folder).succeeded()
    path = folder / "zoo_crash.py"
    assert "warning: plugin 'zoo_crash' of file:zoo-crash is broken at import: a process died" in result.stderr
    assert f"nlptasks plugins check {path}" in result.stderr
    path.write_text("fixed = True\n")
    assert "zoo_crash" not in command.constant("--data", reviews, "--force", plugins=folder).succeeded().stderr


def test_a_plugin_that_hung_is_left_out_at_the_next_start(command, zoo, reviews):
    folder = zoo("hang")
    began = time.monotonic()
    waited = lambda: time.monotonic() - began > 4  # noqa: E731
    line = ("run", "sentiment", "--head", "constant", "--data", reviews)
    stopped = command.stop(*line, once=waited, sent=signal.SIGTERM, plugins=folder)
    assert stopped.code == 128 + signal.SIGTERM
    assert "'zoo_hang' of file:zoo-hang is broken at import: a process died or hung" in (
        command(*line, plugins=folder).succeeded().stderr
    )


def test_a_check_that_goes_well_lets_a_plugin_in_again(command, zoo, reviews):
    folder = zoo()
    (folder / "moody.py").write_text("import os\nos.environ.get('MOODY') and os.abort()\n")
    path = str(folder / "moody.py")
    os.environ["MOODY"] = "1"
    try:
        assert command.constant("--data", reviews, plugins=folder).code in ABORTED
        assert b"SIGABRT" in command("plugins", "check", path).stdout
    finally:
        del os.environ["MOODY"]
    assert "'moody'" in command("tasks", "list", plugins=folder).stderr
    assert command("plugins", "check", path).stdout == b"moody: ok\n"
    assert command("tasks", "list", plugins=folder).stderr == ""


def test_where_no_marker_can_be_written_plugins_load(command, zoo, reviews):
    command.config.with_name("state").write_text("a file and no folder")
    assert command.constant("--data", reviews, plugins=zoo("good")).succeeded().stderr.count("zoo_good") == 0


def test_a_plugin_that_another_command_is_importing_is_not_left_out(command, zoo):
    folder = zoo()
    (folder / "slow.py").write_text("import time\ntime.sleep(3)\n")
    markers = command.config.with_name("state")
    with command.started("tasks", "list", plugins=folder) as process:
        while not list(markers.rglob(f"*.{process.pid}")):
            assert process.poll() is None
            time.sleep(0.01)
        assert command("tasks", "list", plugins=folder).stderr == ""
        process.wait()
    assert not [path for path in markers.rglob("*") if path.is_file()]


# ------------------------------------------------------------ clashing names


def test_a_tasks_metrics_are_those_of_its_own_distribution(command, zoo, reviews):
    args = ("eval", "sentiment", "--head", "constant", "--data", reviews, "--format", "csv")
    result = command(*args, plugins=zoo("clashes")).succeeded()
    [record] = [json.loads(data) for name, data in result.after.items() if name.endswith("record.json")]
    assert record["primary"] == "accuracy"
    assert record["scores"]["accuracy"]["value"] == 0.5


def test_two_formats_of_one_suffix_are_an_error_with_every_way_out(command, zoo, reviews):
    folder = zoo("clashes")
    result = command.constant("--data", reviews, plugins=folder)
    result.refused(
        "file:zoo-clashes and nlptasks", "'.csv'", "--format nlptasks:csv", '"formats..csv" = "file:zoo-clashes"'
    )
    command.config.write_text('[prefer]\n"formats..csv" = "nlptasks"\n')
    command.constant("--data", reviews, plugins=folder).succeeded()


def test_an_alias_against_a_name_is_an_error_with_every_way_out(command, zoo, reviews):
    folder = zoo("clashes")
    command("run", "classification", "--data", reviews, plugins=folder).refused(
        "file:zoo-clashes and nlptasks both provide the task 'classification'",
        "nlptasks:classification or file:zoo-clashes:mood",
        '"tasks.classification" = ',
    )
    command.config.write_text('[prefer]\n"tasks.classification" = "nlptasks"\n')
    assert (
        b"nlptasks run classification" in command("run", "classification", "--help", plugins=folder).succeeded().stdout
    )


def test_a_column_that_is_a_flag_is_told_of_its_task(command, zoo, reviews):
    result = command("run", "flagged", "--data", reviews, plugins=zoo("clashes"))
    result.refused(
        "the input column 'data' of the task file:zoo-clashes:flagged wants --data, which is a flag of 'nlptasks run",
        "nlptasks plugins disable file:zoo-clashes:zoo_clashes",
    )


@pytest.mark.parametrize("args", [["list", "--check"], ["check"]])
def test_all_clashes_are_found(command, zoo, args):
    folder = zoo("clashes")
    if args == ["check"]:
        done = command("plugins", "check", str(folder / "zoo_clashes.py"))
        assert done.code == 1
        said = done.stdout.decode()
    else:
        said = command("plugins", *args, plugins=folder).stderr
    for part in (
        "the metric 'accuracy'",
        "file:zoo-clashes:accuracy or nlptasks:accuracy",
        '[prefer] "metrics.accuracy"',
        "the format of files that end in '.csv'",
        "nlptasks:csv",
        '[prefer] "formats..csv"',
        "the task 'classification'",
        '[prefer] "tasks.classification"',
        "the input column 'data' of the task file:zoo-clashes:flagged wants --data",
    ):
        assert part in said


# ------------------------------------------------ what belongs to everybody


@pytest.mark.parametrize("command_", ["rows", "listing"])
def test_what_a_plugin_prints_is_no_data(command, zoo, reviews, command_):
    folder = zoo("prints")
    if command_ == "rows":
        args = ("run", "sentiment", "--head", "noisy", "--data", reviews, "--output", "-")
    else:
        args = ("heads", "list", "--json")
    result = command(*args, plugins=folder).succeeded()
    assert b"noise" not in result.stdout
    assert result.stderr.count("noise: print") > 1
    for kind in ("kept stream", "bytes", "original stream", "descriptor", "process", "thread"):
        assert f"noise: {kind}" in result.stderr
    if command_ == "rows":
        assert [json.loads(line)["sentiment"] for line in result.stdout.splitlines()] == ["positive"] * 2
    else:
        assert "noisy" in {head["name"] for head in json.loads(result.stdout)}


def test_what_a_plugin_changes_at_import_is_put_back_and_named(command, zoo, reviews):
    args = ("run", "sentiment", "--head", "meddler", "--data", reviews)
    result = command(*args, plugins=zoo("meddles")).succeeded()
    [warning] = [line for line in result.lines if line.startswith("warning: ")]
    assert "plugin 'zoo_meddles' of file:zoo-meddles changed" in warning
    for changed in ("the working directory", "the locale", "the warning filters", "variable ZOO_WAS_HERE"):
        assert changed in warning
    assert command.read("reviews.sentiment.csv").splitlines()[1:] == [
        "good,positive,positive,0.75",
        "bad,negative,positive,0.75",
    ]


def test_what_a_plugin_breaks_for_everybody_at_import_is_put_back_and_named(command, zoo, reviews):
    result = command.constant("--data", reviews, "--output", "-", plugins=zoo("replaces")).succeeded()
    [warning] = [line for line in result.lines if line.startswith("warning: ")]
    for changed in (
        *("json.dumps", "click.echo", "builtins.open", "warnings.showwarning", "sys.path", "sys.meta_path"),
        *("sys.modules", "sys.stderr", "the garbage collector", "the mask of file permissions", "the alarm"),
        "the timeout of sockets",
    ):
        assert changed in warning
    assert [json.loads(line)["sentiment"] for line in result.stdout.splitlines()] == ["positive"] * 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_what_a_plugin_does_without_end_ends(command, zoo, reviews):
    own = replace(command, program=(sys.executable, "-m", "nlptasks"))  # how the process ends is what is asked
    result = own.constant("--data", reviews, "--output", "-", plugins=zoo("endless")).succeeded()
    assert "it returned more than 10,000 descriptors, perhaps without end" in result.stderr
    assert "warning: a thread of a plugin goes on and is not waited for: endless" in result.lines
    assert len(result.stdout.splitlines()) == 2


def test_a_head_cannot_spoil_what_another_reads(command, zoo, reviews):
    tasks = ("run", "classification", "--data", reviews)
    both = ("run", "sentiment,classification", "--head", "sentiment=spoiler", "--data", reviews)
    folder = zoo("spoiler")
    command(*tasks, "--output", "alone.jsonl", plugins=folder).succeeded()
    command(*both, "--output", "both.jsonl", plugins=folder).succeeded()
    alone, beside = (
        [json.loads(row) for row in command.read(name).splitlines()] for name in ("alone.jsonl", "both.jsonl")
    )
    assert [row["label"] for row in beside] == [row["label"] for row in alone]
    assert all(row.items() <= other.items() for row, other in zip(alone, beside, strict=True))


@pytest.mark.parametrize("action", ["install", "uninstall"])
def test_a_pip_of_the_working_directory_is_not_run(command, zoo, monkeypatch, action):
    (command.folder / "pip").mkdir()
    for name in ("__init__.py", "__main__.py"):
        command.write(f"pip/{name}", "open('ran', 'w').close(); print('decoy')")
    monkeypatch.setenv("PATH", str(command.folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    result = command("plugins", action, "nlptasks-no-such-plugin")
    assert "ran" not in result.after
    assert b"decoy" not in result.stdout
    assert result.lines[0].startswith(f"running: {sys.executable} -P -m pip {action}")
