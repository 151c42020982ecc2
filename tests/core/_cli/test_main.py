"""How the command ends: exit codes, errors that are explained, signals and full disks."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["plugins", "list"], ["plugins", "--help"]])
def test_a_plugin_that_exits_cannot_stop_these(site, args):
    site.add("exits_at_import")
    done = site.run(*args)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("args", "problem", "hint"),
    [
        (["plugin"], "there is no command 'nlptasks plugin'; did you mean 'plugins'?", "there are: run, "),
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
