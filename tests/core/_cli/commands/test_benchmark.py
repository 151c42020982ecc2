"""``nlptasks benchmark list`` and ``show``: the benchmarks that come with it, a plugin's, and a file's."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

CONTENT = "text,label\ngood,positive\nbad,negative\n"
SHA256 = hashlib.sha256(CONTENT.encode()).hexdigest()
OTHER = "f" * 64

PLUGIN = """\
from nlptasks.plugin import BenchmarkSpec, hookimpl


@hookimpl
def nlptasks_benchmarks():
    return [BenchmarkSpec(name="shop", summary="what buyers say", suite=f"{__name__}:shop.yaml")]
"""

SUITE = f"""\
name: shop
summary: what buyers say
version: 2
datasets:
  - name: reviews
    task: sentiment
    file: reviews.csv
    sha256: {SHA256}
    n: 2
    floor: 0.5
    licence: CC0
    notes: [Two rows are few.]
"""

HEAVY = {"numpy", "pandas", "pyarrow", "pydantic", "rich", "scipy", "sklearn", "torch", "transformers"}


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """A folder with a plugin that brings a suite, and its files."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "acme_shop.py").write_text(PLUGIN)
    (folder / "shop.yaml").write_text(SUITE)
    (folder / "reviews.csv").write_text(CONTENT)
    return folder


def test_list_shows_those_that_come_with_it_and_those_of_a_plugin(command, plugins):
    done = command("benchmark", "list", plugins=plugins).succeeded()
    header, *rows = done.stdout.decode().splitlines()
    assert header.split()[:3] == ["NAME", "VERSION", "DATA"]
    assert [row.split()[0] for row in rows] == ["core", "shop", "smoke"]
    assert rows[1].split() == ["shop", "2", "1", "sentiment", "with", "it", "file:acme-shop", "what", "buyers", "say"]


def test_list_as_json(command, plugins):
    done = command("benchmark", "list", "--json", plugins=plugins).succeeded()
    found = {item["name"]: item for item in json.loads(done.stdout)}
    assert found["shop"]["datasets"] == ["reviews"]
    assert found["shop"]["valid"]
    assert (found["smoke"]["ships"], found["core"]["ships"]) == (True, False)
    assert len(found["smoke"]["datasets"]) == 6


def test_list_with_a_broken_suite(command, plugins):
    (plugins / "shop.yaml").write_text("name: shop\n")
    done = command("benchmark", "list", plugins=plugins)
    assert done.code == 0
    assert done.lines == [f"warning: the benchmark 'shop' of file:acme-shop: {plugins}/shop.yaml:1: has no 'datasets'"]
    assert "not valid" in done.stdout.decode()


def test_list_without_plugins(command):
    done = command("--no-plugins", "benchmark", "list")
    assert (done.code, done.stdout) == (0, b"")
    assert "no plugin brings benchmarks" in done.stderr


def test_show_a_benchmark_of_a_plugin(command, plugins):
    shown = command("benchmark", "show", "shop", plugins=plugins).succeeded().stdout.decode().splitlines()
    assert shown[0] == "shop 2: what buyers say"
    assert shown[2].split() == ["reviews", "sentiment", "2", "accuracy", "-", "0.5", "-", "fits", "CC0"]
    assert shown[3:] == ["reviews: Two rows are few."]


def test_show_a_file(command):
    command.write("shop.yaml", SUITE)
    command.write("reviews.csv", CONTENT)
    found = json.loads(command("benchmark", "show", "shop.yaml", "--json").succeeded().stdout)
    assert (found["name"], found["version"], found["ships"]) == ("shop", "2", True)
    (dataset,) = found["datasets"]
    assert (dataset["state"], dataset["path"], dataset["metric"]) == ("fits", "reviews.csv", "accuracy")


def test_show_a_file_with_another_hash(command):
    command.write("shop.yaml", SUITE.replace(SHA256, OTHER))
    command.write("reviews.csv", CONTENT)
    shown = command("benchmark", "show", "./shop.yaml").succeeded().stdout.decode()
    assert "wrong hash" in shown
    assert f"expected SHA-256 {OTHER}" in shown
    assert f"found    SHA-256 {SHA256}" in shown


def test_show_looks_into_the_data_folder(command):
    command.write("shop.yaml", "ships: false\n" + SUITE)
    shown = command("benchmark", "show", "shop.yaml", "--data-dir", ".").succeeded().stdout.decode()
    assert "not here: reviews; --data-dir DIR (or NLPTASKS_DATA)" in shown
    command.write("reviews.csv", CONTENT)
    assert "fits" in command("benchmark", "show", "shop.yaml", "--data-dir", ".").succeeded().stdout.decode()


def test_show_escapes_what_a_file_says(command):
    command.write("shop.yaml", SUITE.replace("what buyers say", r'"\e[31mred\u202e"'))
    shown = command("benchmark", "show", "shop.yaml").succeeded().stdout.decode()
    assert r"\x1b[31mred\u202e" in shown


@pytest.mark.parametrize(
    ("suite", "said"),
    [
        (SUITE.replace("sentiment", "sentimant"), ["'reviews' of 'shop'", "did you mean 'sentiment'"]),
        (SUITE.replace("licence", "license"), ["shop.yaml:11:", "did you mean 'licence'"]),
    ],
)
def test_show_refuses_what_does_not_fit(command, suite, said):
    command.write("shop.yaml", suite)
    command("benchmark", "show", "shop.yaml").refused(*said)


def test_show_refuses_names_that_are_unknown(command):
    command("benchmark", "show", "smok").refused("there is no benchmark named 'smok'; did you mean 'smoke'")
    command("benchmark", "show", "gone.yaml").refused("there is no file gone.yaml")
    command("benchmark", "show", "core", "--data-dir", "gone").refused("gone (--data-dir) is no folder")


@pytest.mark.parametrize("args", [["list"], ["show", "smoke"], ["--help"]], ids=" ".join)
def test_it_starts_fast(args):
    code = f"""
import sys
from nlptasks._cli.main import run_command
code = run_command(["benchmark", *{args!r}])
print("LOADED", *sorted({HEAVY!r} & sys.modules.keys()))
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    needed = {"pydantic"} if args[0] == "show" else set()  # what is shown is checked in full
    assert set(done.stdout.splitlines()[-1].split()[1:]) <= needed
