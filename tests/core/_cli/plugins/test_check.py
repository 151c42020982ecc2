"""``nlptasks plugins check``: plugins that are in order, raise, hang and crash."""

from __future__ import annotations

import pytest


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
