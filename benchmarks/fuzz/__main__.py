"""Feeds damaged files and odd flags to the real command, and looks for what it did not explain.

    python benchmarks/fuzz --minutes 60 --seed 1 --log FILE

Every case starts from files that are in order, damages one of them or a flag, and runs a command in this process; every
300th runs in a process of its own. An error that is explained is well. Faults are: an error that nobody foresaw (the
command offers ``--traceback``), an exit code other than 0 to 3, a Python warning, a part of an output or a changed
input that is left behind, the death of the process, and a minute without an end. Each cause is kept once, as a file
in ``--faults`` that ``--replay FILE`` runs again. The exit code is 1 where there is a fault.

``plugins install`` and ``uninstall`` are left out: they hand names to pip, which would ask an index for them.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from damage import checksum
from judge import LIMIT, Case, Fault, fault_of, prepare
from kinds import KINDS, cases
from material import made

#: Every so many cases one runs in a process of its own; a worker makes way for a new one after so many.
APART, SHIFT = 300, 900


@dataclass
class Log:
    """What was done and found.

    Args:
        faults: Folder for the cases that show faults.
        done: Cases by kind.
        found: How often each fault was seen.
        late: How often a case took too long.
    """

    faults: Path
    done: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)

    def add(self, case: Case, fault: Fault | None) -> None:
        """Count a case, and keep the first one of each fault."""
        self.done[case.kind] += 1
        if fault is None:
            return
        self.found[fault.key] += 1
        if self.found[fault.key] == 1:
            self.faults.mkdir(parents=True, exist_ok=True)
            file = self.faults / f"{case.kind}-{checksum(fault.key.encode())}.json"
            file.write_text(case.dumped(), encoding="utf-8")
            print(
                f"FAULT {fault.key}\n  --replay {file}\n  {case.args}\n{fault.said[:300]}\n...{fault.said[-700:]}\n",
                flush=True,
            )

    def waited_for(self, case: Case) -> bool:
        """Whether it took too long for the first time."""
        self.late[f"{case.kind} {case.seed}"] += 1
        return self.late[f"{case.kind} {case.seed}"] == 1

    def summary(self, seconds: float, command: str) -> str:
        """The log as text."""
        lines = [f"$ {command}", f"{self.done.total():,} cases in {seconds:,.0f} s, {len(self.found)} faults", ""]
        lines += [f"  {kind:<12} {count:>8,}" for kind, count in sorted(self.done.items())]
        lines += [f"FAULT ({count:,} times) {key}" for key, count in self.found.most_common()]
        return "\n".join(lines) + "\n"


def fuzz(endless: Iterator[Case], ends: float, log: Log) -> None:
    """Run cases until a time, in workers that are started anew when one dies or hangs."""
    while time.monotonic() < ends:
        shift = [next(endless) for _ in range(SHIFT)]
        while shift and time.monotonic() < ends:
            shift = _worked(shift, ends, log)


def _worked(shift: list[Case], ends: float, log: Log) -> list[Case]:
    """Have a worker run cases; those that are left when it dies, hangs or is at its end."""
    reading, writing = os.pipe()
    worker = os.fork()
    if not worker:
        os.close(reading)
        _work(shift, ends, writing)
    os.close(writing)
    left = iter(shift)
    for line in _lines(reading, worker):
        key, said = (part.decode().replace("\v", "\n").replace("\f", "\t") for part in line.split(b"\t"))
        log.add(next(left), Fault(key, said) if key else None)
    os.close(reading)
    status = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    if status and (case := next(left, None)):
        name = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        hung = status == -signal.SIGKILL
        if hung and log.waited_for(case):  # a machine that was busy or asleep is no fault: it runs again first
            return [case, *left]
        key = f"a command hangs: {case.kind} {case.args[:2]}" if hung else f"the process died: {name}"
        log.add(case, Fault(key, name))
    return list(left) if status else []


def _work(shift: list[Case], ends: float, writing: int) -> None:
    """Be a worker: a line for each case, with the key and the words of its fault."""
    gc.freeze()  # what the material took to make is not looked at in every collection
    try:
        for at, case in enumerate(shift):
            if time.monotonic() > ends:
                break
            apart = at % APART == APART - 1
            found = fault_of(case, own_process=apart) or Fault("", "")
            parts = [text.replace("\n", "\v").replace("\t", "\f") for text in (found.key, found.said[:6_000])]
            os.write(writing, "\t".join(parts).encode("utf-8", "replace") + b"\n")
        os._exit(0)
    except BaseException as error:  # of the fuzzer itself
        import traceback

        traceback.print_exception(error)
    os._exit(70)


def _lines(stream: int, worker: int) -> Iterator[bytes]:
    """The lines of a worker, which is killed when none comes for too long."""
    import select

    left = b""
    while True:
        ready, _, _ = select.select([stream], [], [], 3 * LIMIT if not left else LIMIT)
        if not ready:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        part = os.read(stream, 1 << 16)
        if not part:
            return
        *whole, left = (left + part).split(b"\n")
        yield from whole


def main(arguments: list[str]) -> int:
    """Fuzz for some minutes, or run one case again, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, help="write what was done to this file")
    parser.add_argument("--faults", type=Path, default=Path("fuzz-faults"), help="folder for cases that show faults")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only cases of this kind; may be repeated")
    parser.add_argument("--replay", type=Path, help="run this case again")
    asked: Any = parser.parse_args(arguments)
    prepare()
    if asked.replay:
        found = fault_of(Case.loaded(asked.replay.read_text(encoding="utf-8")))
        print(f"{found.key}\n{found.said}" if found else "explained")
        return bool(found)
    with tempfile.TemporaryDirectory(prefix="nlptasks-fuzz-material-") as folder:
        material = made(Path(folder))
    began, log = time.monotonic(), Log(asked.faults)
    fuzz(cases(material, asked.seed, asked.kind or list(KINDS)), began + 60 * asked.minutes, log)
    text = log.summary(time.monotonic() - began, f"python benchmarks/fuzz {' '.join(arguments)}")
    print(text, end="")
    if asked.log:
        asked.log.write_text(text, encoding="utf-8")
    return bool(log.found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
