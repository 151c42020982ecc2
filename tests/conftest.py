"""What all tests share. Nothing here reaches a network."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["HF_HUB_OFFLINE"] = "1"

# Each process that a test starts would compile all of nlptasks.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# pytest starts a process for each core, and these start others: with a thread for each core in all of them they wait
# for one another. Said before anything imports torch or numpy; a number that somebody has set is left alone.
for _name in ("OMP", "MKL", "OPENBLAS", "RAYON"):
    os.environ.setdefault(f"{_name}_NUM_THREADS", "1")

# Golden numbers are those of float32; a CPU that is fast in bfloat16 would compute labels in that.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_VNNI")

from nlptasks.models.generation import Generator  # noqa: E402
from nlptasks.plugin.protocols import Encoder  # noqa: E402
from nlptasks.testing import tiny_encoder, tiny_seq2seq  # noqa: E402

from .command import command, disk, read_only  # noqa: E402, F401 - fixtures

# How long an example takes says nothing on a busy machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """A tiny random encoder."""
    return tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def foreign_encoder(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """Another tiny encoder, of the same shape and with other weights."""
    return tiny_encoder(tmp_path_factory.mktemp("foreign"), seed=1)


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """A tiny random encoder with a tiny random decoder, which writes nonsense."""
    return tiny_seq2seq(tmp_path_factory.mktemp("writer"))


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example files."""
    return Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="session")
def fast_commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A folder with an ``nlptasks`` whose start costs next to nothing, where there is a way; see ``forking.py``."""
    if sys.platform != "linux":
        yield None
        return
    folder = tmp_path_factory.mktemp("commands")
    program = [sys.executable, str(Path(__file__).with_name("forking.py")), str(folder)]
    with subprocess.Popen(program, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == b"ready\n"
            yield folder
        finally:
            server.kill()
