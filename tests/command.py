"""The real command, in a folder of its own: a fixture of all tests (see ``conftest.py``)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parent / "cli" / "plugins"
CONSTANT = ("run", "sentiment", "--head", "constant")
TIMEOUT = 60

Files = dict[str, bytes]


@dataclass(frozen=True)
class Result:
    """What a command left behind.

    Args:
        code: Its exit code.
        stdout: What it wrote on standard output.
        stderr: What it wrote on standard error.
        before: The files of its folder and what they held, before it ran.
        after: The same when it was done.
    """

    code: int
    stdout: bytes
    stderr: str
    before: Files
    after: Files

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.stderr.splitlines()

    def succeeded(self) -> Result:
        """Check that nothing went wrong."""
        assert self.code == 0, self.stderr
        assert "error:" not in self.stderr
        return self

    def refused(self, *said: str, code: int = 2) -> Result:
        """Check that the command failed with one message, that it says this, and that it left no trace behind."""
        error, *hints = self.lines or [""]
        assert error.startswith("error: "), self.stderr
        assert all(hint.startswith("  ") for hint in hints), self.stderr
        for part in said:
            assert part in self.stderr
        assert self.code == code, self.stderr
        self.left_nothing()
        return self

    def left_nothing(self) -> None:
        """Check that there is no output and that no file came, went or changed."""
        assert self.stdout == b""
        assert self.after == self.before


@dataclass(frozen=True)
class Command:
    """Runs ``nlptasks`` in a folder.

    Args:
        folder: Where it runs; relative names mean files in it.
        config: An empty configuration file, so that the user's own does not count.
        program: What starts nlptasks, where only what it does is asked and not how its process ends.
    """

    folder: Path
    config: Path
    program: tuple[str, ...]

    def __call__(self, *args: str, plugins: Path = PLUGINS, stdin: bytes = b"") -> Result:
        """Run a command to its end."""
        before = self.files()
        done = subprocess.run(
            [*self.program, "--plugins-dir", str(plugins), *args],
            cwd=self.folder,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr.decode(), before, self.files())

    def constant(self, *args: str, plugins: Path = PLUGINS, stdin: bytes = b"") -> Result:
        """Run the head that always answers ``positive``."""
        return self(*CONSTANT, *args, plugins=plugins, stdin=stdin)

    def write(self, name: str, data: str | bytes) -> None:
        """Make a file in the folder."""
        (self.folder / name).write_bytes(data.encode() if isinstance(data, str) else data)

    def read(self, name: str) -> str:
        """The text of a file in the folder."""
        return (self.folder / name).read_bytes().decode()

    def files(self) -> Files:
        """All files in the folder, hidden ones too, and what they hold."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }

    def line(self, *args: str, plugins: Path = PLUGINS) -> list[str]:
        """The command line of a run."""
        return [sys.executable, "-m", "nlptasks", "--plugins-dir", str(plugins), *args]

    def environment(self) -> dict[str, str]:
        """The environment of a run."""
        state = self.config.with_name("state")
        own = {"NLPTASKS_CONFIG": str(self.config), "NLPTASKS_PLUGINS": "", "XDG_STATE_HOME": str(state)}
        return os.environ | own

    @contextmanager
    def started(self, *args: str, plugins: Path = PLUGINS) -> Iterator[subprocess.Popen[bytes]]:
        """A command that is running; it is dead when the block ends."""
        with subprocess.Popen(
            self.line(*args, plugins=plugins),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def stop(
        self,
        *args: str,
        once: Callable[[], bool],
        sent: signal.Signals,
        stdin: bytes = b"",
        plugins: Path = PLUGINS,
    ) -> Result:
        """Start a command, send it a signal once something has happened, and wait for its end.

        Its standard input stays open.
        """
        before = self.files()
        with self.started(*args, plugins=plugins) as process:
            process.stdin.write(stdin)
            process.stdin.flush()
            wait_for(lambda: once() or process.poll() is not None)
            process.send_signal(sent)
            code = process.wait(TIMEOUT)
            return Result(code, process.stdout.read(), process.stderr.read().decode(), before, self.files())


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + TIMEOUT
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def command(tmp_path: Path, fast_commands: Path | None) -> Command:
    """The command in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    config = tmp_path / "config.toml"
    config.touch()
    program = (str(fast_commands / "nlptasks"),) if fast_commands else (sys.executable, "-m", "nlptasks")
    return Command(folder, config, program)


@pytest.fixture
def disk(command: Command) -> Iterator[Path]:
    """A file system of 64 kB, mounted in the command's folder as ``disk``."""
    yield from mounted(command.folder / "disk", "size=64k")


@pytest.fixture
def read_only(command: Command) -> Iterator[Path]:
    """A file system that nobody may write to, root neither, mounted in the command's folder as ``disk``."""
    yield from mounted(command.folder / "disk", "size=64k,ro")


def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a file system for the length of a test."""
    folder.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no command 'mount'")
    if done.returncode:
        pytest.skip(f"a file system cannot be mounted here: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
