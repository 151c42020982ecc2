"""``nlptasks plugins list`` and ``show``, with plugins good and bad."""

from __future__ import annotations

import json
import subprocess
import time


def states(done: subprocess.CompletedProcess[str], names) -> dict[str, str]:
    """State by plugin, out of the table that ``plugins list`` prints."""
    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    return {row[0]: row[3] for row in rows if row[0] in names}


def test_plugins_list_imports_nothing_and_shows_a_line_for_each(zoo, failing):
    done = zoo.run("plugins", "list")
    expected = dict.fromkeys([*failing, "good", "slow_import"], "found")
    assert states(done, zoo.entries) == expected | {"noisy_import": "incompatible", "mood": "conflict"}
    assert (done.returncode, done.stderr) == (0, "")


def test_plugins_list_check_shows_the_state_of_each(zoo, failing):
    done = zoo.run("plugins", "list", "--check")
    expected = dict.fromkeys(failing, "broken") | {
        "good": "loaded",
        "slow_import": "loaded",
        "noisy_import": "incompatible",
        "mood": "conflict",
    }
    assert states(done, zoo.entries) == expected
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


def test_plugins_list_json(zoo):
    records = {r["id"]: r for r in json.loads(zoo.run("plugins", "list", "--check", "--json").stdout)}
    assert records["good"]["provides"] == ["heads.sentiment.good"]
    assert records["raising_hook"]["stage"] == "nlptasks_heads"


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


def test_a_slow_plugin_does_not_slow_down_the_listing(site):
    site.add("hang")
    started = time.perf_counter()
    assert site.run("plugins", "list").returncode == 0
    assert time.perf_counter() - started < 10
