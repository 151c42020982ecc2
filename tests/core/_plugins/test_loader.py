"""Loading: each bad plugin is a record, and the good ones load all the same."""

from __future__ import annotations

import sys

import pytest

from nlptasks._plugins.configuration import Config
from nlptasks._plugins.loader import Plugins, load_plugins
from nlptasks._plugins.records import PluginRecord, report
from nlptasks._signals import Terminated
from nlptasks.errors import PluginError, UsageError
from nlptasks.plugin import HeadSpec
from nlptasks.plugin.events import BatchFinished, RunFinished, RunStarted

STARTED = RunStarted(tasks=("sentiment",), source="a.csv", output="b.csv", rows=None, bytes=10, interactive=False)
BATCH = BatchFinished(rows=1, bytes_read=5, tokens=3, seconds=0.1)
FINISHED = RunFinished(rows=1, seconds=0.2, output="b.csv", outcome={"ok": 1})


def load(site, **options) -> Plugins:
    return load_plugins(Config(allow=frozenset(site.entries)), **options)


def records(loaded: Plugins) -> dict[str, PluginRecord]:
    return {r.id: r for r in loaded.records if r.distribution.startswith(("zoo-", "file:"))}


def heads(loaded: Plugins) -> list[str]:
    return [item.spec.name for item in loaded.registry.all(HeadSpec)]


BROKEN = {
    "broken_import": ("import", "ModuleNotFoundError: No module named 'a_module_that_is_not_there'"),
    "raises_at_import": ("import", r"RuntimeError: first\nsecond \x1b[31mred\x1b[0m \u202eright to left"),
    "exits_at_import": ("import", "SystemExit: 3"),
    "misspelt_hook": ("register", "there is no hook 'nlptasks_head'; did you mean 'nlptasks_heads'?"),
    "unmarked_hook": ("register", "nlptasks_heads is not marked as a hook; write @nlptasks.plugin.hookimpl above it"),
    "wrong_arguments": ("register", "PluginValidationError"),
    "wrapper": ("register", "nlptasks_heads is a hook wrapper; wrappers are not supported"),
    "unhashable": ("register", "TypeError: unhashable type: 'dict'"),
    "wrong_descriptor": ("nlptasks_tasks", "nlptasks_tasks must return TaskSpec descriptors, got HeadSpec"),
    "bad_name": ("nlptasks_heads", "HeadSpec 'Not A Name': name must be lower-case letters, digits, '-' and '_'"),
    "raising_hook": ("nlptasks_heads", "KeyError: 'gone'"),
    "late_failure": ("nlptasks_heads", "ValueError: too late"),
    "returns_none": ("nlptasks_heads", "it returned None; return an iterable of HeadSpec"),
}


@pytest.mark.parametrize("plugin", BROKEN)
def test_a_broken_plugin_is_a_record_and_leaves_nothing_behind(site, plugin):
    site.add(plugin)
    site.add("good")
    loaded = load(site)
    record = records(loaded)[plugin]
    stage, error = BROKEN[plugin]
    assert (record.state, record.stage, record.provides) == ("broken", stage, ())
    assert record.error.startswith(error)
    assert record.error.isprintable()
    assert heads(loaded) == ["good"]
    assert not loaded.manager.has_plugin(plugin)
    assert report(record).startswith(f"plugin '{plugin}' of zoo-{plugin.replace('_', '-')} 1.0 is broken at {stage}: ")


@pytest.mark.parametrize("plugin", ["raises_at_import", "raising_hook", "late_failure", "exits_at_import"])
def test_an_error_names_the_line_of_the_plugin(site, plugin):
    module = site.add(plugin)
    source = (site.folder / f"{module}.py").read_text().splitlines()
    where = next(n for n, line in enumerate(source, 1) if "raise " in line or "sys.exit" in line)
    assert records(load(site))[plugin].error.endswith(f"{module}.py:{where})")


def test_a_syntax_error_names_its_line(site):
    (site.folder / "zoo_typo.py").write_text("x = 1\ndef (:\n")
    site.add_metadata("zoo-typo", {"typo": "zoo_typo"})
    assert records(load(site))["typo"].error.endswith("zoo_typo.py:2)")


def test_the_same_descriptor_twice_in_a_plugin(site):
    site.add("twice")
    assert "it provides heads.sentiment.twin more than once" in records(load(site))["twice"].error


def test_a_good_plugin(site):
    site.add("good")
    site.add("slow_import")
    found = records(load(site))
    assert found["good"].state == "loaded"
    assert found["good"].provides == ("heads.sentiment.good",)
    assert found["slow_import"].import_seconds >= 0.2


def test_keyboard_interrupt_and_sigterm_are_not_swallowed(site):
    for name, error in (
        ("stop", "KeyboardInterrupt"),
        ("term", "__import__('nlptasks._signals')._signals.Terminated"),
    ):
        (site.folder / f"zoo_{name}.py").write_text(f"raise {error}\n")
        site.add_metadata(f"zoo-{name}", {name: f"zoo_{name}"})
        with pytest.raises((KeyboardInterrupt, Terminated)):
            load_plugins(Config(allow=frozenset({name})))


def test_metadata_only_imports_nothing(site):
    module = site.add("exits_at_import")
    record = records(load(site, metadata_only=True))["exits_at_import"]
    assert (record.state, record.module, record.version) == ("found", module, "1.0")
    assert module not in sys.modules


def test_a_disabled_plugin_stays_listed(site):
    module = site.add("broken_import")
    loaded = load_plugins(Config(disable=frozenset({"broken_import"}), allow=frozenset(site.entries)))
    assert records(loaded)["broken_import"].state == "disabled"
    assert module not in sys.modules


@pytest.mark.parametrize("form", ["good", "zoo-good", "Zoo.Good", "zoo_good:good"])
def test_a_plugin_is_disabled_by_any_of_its_names(site, form):
    site.add("good")
    loaded = load_plugins(Config(disable=frozenset({form}), allow=frozenset(site.entries)))
    assert records(loaded)["good"].state == "disabled"


@pytest.mark.parametrize(
    ("requires", "python", "error"),
    [
        (["nlptasks-toolkit>=99"], "", "it requires nlptasks-toolkit>=99, this is "),
        (["NLPtasks_Toolkit [all] (<0.0.1)"], "", "it requires nlptasks-toolkit<0.0.1, this is "),
        (["nlptasks>=99"], "", "it requires nlptasks-toolkit>=99, this is "),
        ([], ">=4", "it requires Python >=4, this is 3."),
    ],
)
def test_an_incompatible_plugin_is_not_imported(site, requires, python, error):
    module = site.add("exits_at_import", requires=requires, python=python)
    record = records(load(site))["exits_at_import"]
    assert (record.state, record.stage) == ("incompatible", "metadata")
    assert record.error.startswith(error)
    assert module not in sys.modules


def test_a_compatible_range_and_requirements_of_others_do_not_matter(site):
    requires = [
        "nlptasks-toolkit>=0.1,<1",
        'nlptasks-toolkit>=99; extra == "new"',
        "nlptasks-toolkit-extras>=99",
        "torch<1",
    ]
    site.add("good", requires=requires, python=">=3.11")
    assert records(load(site))["good"].state == "loaded"


def test_metadata_that_cannot_be_read(site):
    site.add("good", requires=["nlptasks-toolkit >=>= 1"])
    record = records(load(site))["good"]
    assert (record.state, record.stage) == ("broken", "metadata")


@pytest.mark.parametrize("form", ["nlptasks", "nlptasks-toolkit", "NLPtasks_toolkit:tasks", "nlptasks:tasks"])
def test_nlptasks_itself_is_known_by_the_name_of_its_distribution_too(form):
    loaded = load_plugins(Config(disable=frozenset({form})))
    (tasks,) = (record for record in loaded.records if record.id == "tasks")
    assert (tasks.distribution, tasks.state) == ("nlptasks", "disabled")


def test_somebody_elses_nlptasks_is_told_in_one_line(site):
    site.add("good")
    site.add_metadata("nlptasks", {})
    found = {record.id: record for record in load(site).records}
    assert found["good"].state == "loaded"
    line = report(found["nlptasks"])
    assert line.startswith("plugin 'nlptasks' of nlptasks 1.0 is conflict: it is another project than this one")
    assert "pip uninstall nlptasks" in line and "pip install --force-reinstall nlptasks-toolkit" in line
    with pytest.raises(PluginError, match="another project"):
        load_plugins(Config(), strict=True)


def test_a_damaged_installation_of_somebody_else_does_not_matter(site):
    info = site.folder / "wreck-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[nlptasks]\nno equals sign\n")
    site.add("good")
    assert records(load(site))["good"].state == "loaded"


def test_one_entry_name_in_two_distributions_is_a_conflict_of_both(site):
    site.add("good", entry="mood")
    site.add("rival", entry="mood")
    loaded = load(site)
    both = [r for r in loaded.records if r.id == "mood"]
    assert [r.state for r in both] == ["conflict", "conflict"]
    assert all("zoo-good and zoo-rival both have a plugin 'mood'" in r.error for r in both)
    assert heads(loaded) == []


def test_the_configuration_settles_a_conflict(site):
    site.add("good", entry="mood")
    site.add("rival", entry="mood")
    loaded = load_plugins(Config(allow=frozenset({"mood"}), prefer_plugins={"mood": "Zoo_Rival"}))
    assert {r.distribution: r.state for r in loaded.records if r.id == "mood"} == {
        "zoo-good": "disabled",
        "zoo-rival": "loaded",
    }


def test_two_plugins_of_one_id_in_one_distribution_are_a_conflict(site):
    site.add("good", entry="mood")
    (site.folder / "zoo_good-1.0.dist-info" / "entry_points.txt").write_text("[nlptasks]\nmood = zoo_good\nmood = os\n")
    assert {(r.state, r.error) for r in load(site).records if r.id == "mood"} == {
        ("conflict", "zoo-good has 2 plugins 'mood'; tell its author")
    }


def test_a_disabled_rival_is_no_conflict(site):
    site.add("good", entry="mood")
    site.add("rival", entry="mood")
    loaded = load_plugins(Config(allow=frozenset({"zoo-good"})))
    assert heads(loaded) == ["good"]


def test_strict_raises_with_every_failure(site):
    site.add("broken_import")
    site.add("raising_hook")
    site.add("good")
    with pytest.raises(PluginError) as caught:
        load(site, strict=True)
    assert [line.split("'")[1] for line in caught.value.message.splitlines()] == ["broken_import", "raising_hook"]


def test_files_take_the_same_path(site, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "zoo_single.py").write_text("raise ValueError('no')\n")
    (folder / "zoo_fine.py").write_text(
        "from nlptasks.plugin import HeadSpec, hookimpl\n\n@hookimpl\ndef nlptasks_heads():\n"
        "    return [HeadSpec(name='fine', summary='x', task='sentiment', object='zoo_fine:nlptasks_heads')]\n"
    )
    (folder / "json.py").write_text("")
    (folder / "_helper.py").write_text("raise SystemExit\n")
    (folder / "two-words.py").write_text("")
    loaded = load_plugins(Config(allow=frozenset()), plugins_dir=folder)
    found = {r.id: r for r in loaded.records if r.distribution.startswith("file:")}
    assert {name: r.state for name, r in found.items()} == {
        "json": "broken",
        "two-words": "broken",
        "zoo_fine": "loaded",
        "zoo_single": "broken",
    }
    assert found["zoo_single"].error.endswith("zoo_single.py:1)")
    assert "rename the file" in found["json"].error
    assert [item.qualified for item in loaded.registry.all(HeadSpec)] == ["file:zoo-fine:fine"]
    assert loaded.registry.head("sentiment", "file:zoo_fine:fine").plugin == "zoo_fine"


def test_a_plugins_folder_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        load_plugins(Config(allow=frozenset()), plugins_dir=tmp_path / "nowhere")


def test_the_order_of_installation_does_not_matter(site):
    for name in ("rival", "good", "slow_import"):
        site.add(name)
    once = load(site)
    assert [r.id for r in once.records if r.id in site.entries] == ["good", "rival", "slow_import"]
    assert [item.distribution for item in once.registry.all(HeadSpec)] == ["zoo-good", "zoo-rival"]


def test_observers_see_the_run_in_order(site):
    site.add("observer")
    observers = load(site).observers(pytest.fail)
    for event in (STARTED, BATCH, FINISHED):
        observers.send(event)
    assert sys.modules["zoo_observer"].seen == [STARTED, BATCH, FINISHED]


def test_a_failing_observer_is_reported_once_and_loses_nothing(site):
    module = site.add("bad_observer")
    site.add("observer")
    complaints: list[str] = []
    observers = load(site).observers(complaints.append)
    for event in (STARTED, BATCH, BATCH, FINISHED):
        observers.send(event)
    assert len(complaints) == 1
    assert complaints[0].startswith(
        "plugin 'bad_observer' failed in nlptasks_batch_finished and is ignored: OSError: no terminal"
    )
    assert f"{module}.py:6)" in complaints[0]
    assert sys.modules["zoo_observer"].seen == [STARTED, BATCH, BATCH, FINISHED]


def test_an_observer_cannot_change_an_outcome():
    counts = {"ok": 1}
    event = RunFinished(rows=1, seconds=0.2, output="b.csv", outcome=counts)
    counts["ok"] = 2
    assert event.outcome == {"ok": 1}
    with pytest.raises(TypeError):
        event.outcome["ok"] = 3
