"""The real command, in a process of its own, with plugins good and bad."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FULL = Path("/dev/full")
FAILING = {
    "broken_import": "broken",
    "exits_at_import": "broken",
    "misspelt_hook": "broken",
    "wrong_descriptor": "broken",
    "raising_hook": "broken",
    "late_failure": "broken",
    "raises_at_import": "broken",
}


def states(done: subprocess.CompletedProcess[str], names) -> dict[str, str]:
    """State by plugin, out of the table that ``plugins list`` prints."""
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    return {row[0]: row[3] for row in rows if row[0] in names}


@pytest.fixture
def zoo(site):
    """Every bad plugin at once, and a good and a slow one."""
    for name in FAILING:
        site.add(name)
    site.add("good")
    site.add("slow_import")
    site.add("noisy_import", requires=["nlptasks-toolkit>=99"])
    site.add("rival", entry="mood")
    site.add_metadata("zoo-other", {"mood": "zoo_rival"})
    return site


def test_plugins_list_imports_nothing_and_shows_a_line_for_each(zoo):
    done = zoo.run("plugins", "list")
    expected = dict.fromkeys([*FAILING, "good", "slow_import"], "found")
    assert states(done, zoo.entries) == expected | {"noisy_import": "incompatible", "mood": "conflict"}
    assert (done.returncode, done.stderr) == (0, "")


def test_plugins_list_check_shows_the_state_of_each(zoo):
    done = zoo.run("plugins", "list", "--check")
    expected = FAILING | {"good": "loaded", "slow_import": "loaded", "noisy_import": "incompatible", "mood": "conflict"}
    assert states(done, zoo.entries) == expected
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


def test_plugins_list_json(zoo):
    records = {r["id"]: r for r in json.loads(zoo.run("plugins", "list", "--check", "--json").stdout)}
    assert records["good"]["provides"] == ["heads.sentiment.good"]
    assert records["raising_hook"]["stage"] == "nlptasks_heads"


def test_other_commands_work_with_a_line_for_each_failure(zoo):
    done = zoo.run("heads", "list")
    assert done.returncode == 0
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["TASK", "NAME"], ["sentiment", "good"]]
    warned = [line.split("'")[1] for line in done.stderr.splitlines()]
    assert sorted(warned) == sorted([*FAILING, "noisy_import", "mood", "mood"])


@pytest.mark.parametrize("plugin", FAILING)
def test_one_bad_plugin_is_one_line(site, plugin):
    site.add(plugin)
    done = site.run("tasks", "list")
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].startswith(f"warning: plugin '{plugin}' of zoo-")
    assert sum(line.startswith("warning") for line in done.stderr.splitlines()) == 1
    strict = site.run("--strict", "tasks", "list")
    assert strict.returncode == 1
    assert strict.stderr.startswith(f"error: plugin '{plugin}' of zoo-")
    assert strict.stdout == ""


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["plugins", "list"], ["plugins", "--help"]])
def test_a_plugin_that_exits_cannot_stop_these(site, args):
    site.add("exits_at_import")
    done = site.run(*args)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_a_plugin_prints_does_not_reach_the_output(site):
    site.add("noisy_import")
    site.add("good")
    done = site.run("heads", "list", "--json")
    assert [head["name"] for head in json.loads(done.stdout)] == ["good"]
    assert "this must not reach standard output" in done.stderr


def test_no_plugins(site):
    site.add("broken_import")
    done = site.run("--no-plugins", "tasks", "list")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no plugin brings tasks" in done.stderr


def test_plugins_dir_and_no_plugins(site, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    site.add("good")
    (site.folder / "zoo_good.py").rename(folder / "zoo_good.py")
    done = site.run("--no-plugins", "--plugins-dir", str(folder), "heads", "list")
    assert "file:zoo-good" in done.stdout
    assert done.stderr == ""


def test_a_clash_is_an_error_only_for_who_asks(site):
    site.add("good")
    site.add("rival")
    done = site.run("heads", "list")
    assert [line.split()[4] for line in done.stdout.splitlines()[1:]] == ["zoo-good", "zoo-rival"]


def test_plugins_show(site):
    site.add("good")
    site.add("broken_import")
    done = site.run("plugins", "show", "good")
    assert "heads.sentiment.good: Does it." in done.stdout
    assert "--loud (boolean): Shout. [default: False]" in done.stdout
    shown = json.loads(site.run("plugins", "show", "zoo-good", "--json").stdout)
    assert shown[0]["descriptors"][0]["options"]["properties"]["loud"]["type"] == "boolean"
    broken = site.run("plugins", "show", "broken_import")
    assert "state: broken" in broken.stdout
    unknown = site.run("plugins", "show", "goood")
    assert unknown.returncode == 2
    assert "there is no plugin 'goood'; did you mean 'good'?" in unknown.stderr


def test_nothing_in_the_working_directory_runs(site, tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    module = site.add("good")
    for path in site.folder.iterdir():
        path.rename(folder / path.name)
    assert (folder / f"{module}.py").is_file()
    done = site.run("plugins", "list", "--json", cwd=folder)
    assert "good" not in [record["id"] for record in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("args", "problem", "hint"),
    [
        (["plugin"], "there is no command 'nlptasks plugin'; did you mean 'plugins'?", "there are: run, eval"),
        (["plugins", "lst"], "there is no command 'nlptasks plugins lst'; did you mean 'list'?", "there are: list"),
        (["tasks", "list", "--strict"], "No such option", "--strict stands before the command: nlptasks --strict ..."),
        (["backbones", "show"], "Missing argument 'NAME'", "'nlptasks backbones show --help' shows what it takes"),
        (["--config", "gone.toml", "tasks", "list"], "cannot read the configuration gone.toml", ""),
        (["--plugins-dir", "gone", "tasks", "list"], "--plugins-dir: gone is not a folder", "name the folder"),
    ],
)
def test_a_wrong_command_line_is_explained(site, args, problem, hint):
    done = site.run(*args)
    assert done.returncode == 2
    first, *rest = done.stderr.splitlines()
    assert first.startswith(f"error: {problem}")
    assert "\n".join(rest).strip().startswith(hint)
    assert "Traceback" not in done.stderr


def test_traceback_on_request(site):
    done = site.run("--traceback", "backbones", "show", "x")
    assert "Traceback" in done.stderr
    assert "error: there is no backbone named 'x'" in done.stderr


FAILING_COMMAND = """
import sys
from nlptasks._cli.commands import listings
from nlptasks._cli import main
import click

@click.group()
def tasks(): pass

@tasks.command("list")
def list_tasks():
    {body}

listings.tasks = tasks
sys.argv = ["nlptasks", "tasks", "list"]
main.main()
"""


def execute(body: str, **options) -> subprocess.Popen[str]:
    code = FAILING_COMMAND.format(body=body)
    return subprocess.Popen([sys.executable, "-c", code], text=True, stderr=subprocess.PIPE, **options)


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ("raise ValueError('a\\nb')", 1, "error: ValueError: a\\nb\n  run again with 'nlptasks --traceback ...'"),
        ("raise KeyboardInterrupt", 130, "interrupted"),
        ("raise OSError(28, 'No space left on device')", 1, "error: OSError: [Errno 28] No space left on device"),
        ("sys.exit(5)", 5, ""),
    ],
)
def test_exit_codes(body, code, says):
    process = execute(body)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == code
    assert stderr.startswith(says)
    assert "Traceback" not in stderr


def test_a_reader_that_goes_away_is_no_traceback():
    process = execute("[print('x' * 100) for _ in range(10_000)]", stdout=subprocess.PIPE)
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 141
    assert stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="there is no such device here")
@pytest.mark.parametrize("body", ["print('x')", "click.echo('x' * 100_000)"])
def test_a_full_disk_is_explained(body):
    with FULL.open("w") as full:
        process = execute(body, stdout=full)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "No space left on device" in stderr
    assert "Traceback" not in stderr


def test_sigterm_runs_the_cleanups():
    body = "import time\n    try: print('up', flush=True); time.sleep(30)\n    finally: print('cleaned', flush=True)"
    process = execute(body, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    stdout, _ = process.communicate(timeout=30)
    assert (process.returncode, stdout) == (143, "cleaned\n")


@pytest.mark.parametrize(
    ("plugin", "code", "says"),
    [
        ("good", 0, "good: ok"),
        ("raising_hook", 1, "raising_hook: broken at nlptasks_heads: KeyError: 'gone'"),
        ("missing_object", 1, "missing_object: broken at object: cannot import 'zoo_missing_object:Head'"),
        ("crash", 1, "crash: it crashed the process with SIGABRT"),
        ("hang", 1, "hang: it did not load within 2 seconds"),
    ],
)
def test_plugins_check(site, plugin, code, says):
    site.add(plugin)
    done = site.run("plugins", "check", plugin, "--timeout", "2" if plugin == "hang" else "60")
    assert done.returncode == code, done.stderr
    assert done.stdout.startswith(says)
    assert len(done.stdout.splitlines()) == 1


def test_plugins_check_of_a_file(site):
    site.add("raising_hook")
    site.add("good")
    path = site.folder / "zoo_good.py"
    lone = site.folder.parent / "lone.py"
    lone.write_text(path.read_text().replace("zoo_good", "lone").replace('name="good"', 'name="lone"'))
    assert site.run("plugins", "check", str(lone)).stdout == "lone: ok\n"
    lone.write_text(lone.read_text().replace('name="lone"', 'name="good"'))
    clash = site.run("plugins", "check", str(lone))
    assert clash.returncode == 1
    assert clash.stdout.startswith(
        "lone: file:lone and zoo-good provide the head for sentiment 'good'; type file:lone:"
    )


def test_plugins_check_of_what_is_not_there(site):
    done = site.run("plugins", "check", "nope")
    assert done.returncode == 1
    assert "there is no plugin or distribution named 'nope'" in done.stderr


@pytest.fixture
def fake_uv(tmp_path):
    """A ``uv`` that only says what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 7\n')
    (folder / "uv").chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def test_install_runs_uv_and_passes_its_exit_code_on(site, fake_uv):
    done = site.run("plugins", "install", "-U", "acme", "other==1.0", **fake_uv)
    assert done.stdout.splitlines() == ["pip", "install", "--python", sys.executable, "--upgrade", "acme", "other==1.0"]
    assert done.returncode == 7


def test_without_uv_pip_does_it(site, tmp_path):
    (site.folder / "pip").mkdir()
    (site.folder / "pip" / "__init__.py").touch()
    (site.folder / "pip" / "__main__.py").write_text("import sys\nprint(*sys.argv[1:])\n")
    for action, expected in (("install", "install acme\n"), ("uninstall", "uninstall --yes acme\n")):
        done = site.run("plugins", action, "acme", PATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (0, expected)


def test_uninstall_finds_the_distribution_and_imports_nothing(site, fake_uv):
    site.add("exits_at_import")
    done = site.run("plugins", "uninstall", "exits_at_import", **fake_uv)
    assert done.stdout.splitlines() == ["pip", "uninstall", "--python", sys.executable, "zoo-exits-at-import"]


def test_nlptasks_itself_is_not_uninstalled(site, fake_uv):
    done = site.run("plugins", "uninstall", "nlptasks", **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")
    assert "NLPTASKS_PLUGINS=-NAME" in done.stderr


@pytest.mark.parametrize("name", ["nlptasks", "NLPtasks==0.3.2", "nlptasks[plot]"])
def test_somebody_elses_nlptasks_is_not_installed(site, fake_uv, name):
    done = site.run("plugins", "install", name, **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")
    assert "this one is called nlptasks-toolkit" in done.stderr


def test_an_option_of_the_installer_is_no_name(site, fake_uv):
    done = site.run("plugins", "install", "--", "--index-url=http://example.invalid", **fake_uv)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_new_head_passes_its_own_tests_and_loads(site, tmp_path):
    done = site.run("plugins", "new", "zoo-mood", "--kind", "head", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "zoo-mood"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    tests = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert tests.returncode == 0, tests.stdout
    checked = site.run("plugins", "check", str(folder))
    assert checked.stdout == "zoo-mood: ok\n", checked
    again = site.run("plugins", "new", "zoo-mood", "--kind", "head", cwd=tmp_path)
    assert again.returncode == 2
    assert "zoo-mood exists already" in again.stderr


@pytest.mark.parametrize("name", ["json", "click", "Upper", "1st", "../up", "a b", "class"])
def test_a_new_plugin_needs_a_name_of_its_own(site, tmp_path, name):
    before = sorted(tmp_path.iterdir())
    done = site.run("plugins", "new", name, "--kind", "head", cwd=tmp_path)
    assert done.returncode == 2
    assert sorted(path for path in tmp_path.iterdir() if path.name != "config.toml") == before


def test_a_slow_plugin_does_not_slow_down_the_listing(site):
    site.add("hang")
    started = time.perf_counter()
    assert site.run("plugins", "list").returncode == 0
    assert time.perf_counter() - started < 10


def test_the_whole_zoo_does_not_stop_run_sentiment(zoo, tmp_path):
    data = tmp_path / "reviews.csv"
    data.write_text("text\ngreat phone\nbroke in a day\n")
    done = zoo.run("run", "sentiment", "--head", "binary", "--data", str(data), "-o", "-", NLPTASKS_PLUGINS="")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["sentiment"] for line in done.stdout.splitlines()] == ["positive", "negative"]
    assert sum(line.startswith("warning: plugin") for line in done.stderr.splitlines()) == len(FAILING) + 3
