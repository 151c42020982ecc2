"""What runs in a process of its own: requests come on its standard input, and answers go out where that was."""

from __future__ import annotations

import os
import pickle
import queue
import struct
import sys
import threading
from io import TextIOWrapper
from typing import IO

from nlptasks.plugin.engines import WorkerJob

__all__ = ["main", "receive", "send"]

_LENGTH = struct.Struct("!Q")


def send(stream: IO[bytes], message: bytes) -> None:
    """Write a message.

    Raises:
        OSError: Nobody reads it any more.
    """
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """The next message; ``None`` where whoever writes is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


def main() -> None:
    """Answer requests until there are no more of them.

    The standard streams are the worker's own from here on: what it prints goes to the standard error, and what it
    reads is empty. Where the parent is gone in the middle of a request, nobody wants the answer, and the process ends.
    """
    requests, answers = _taken(0, "rb"), _taken(1, "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        os.dup2(2, 1)
    except OSError:  # the parent has no standard error
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what is printed stands beside what others print
    first = receive(requests)
    if first is None:
        return
    job: WorkerJob = pickle.loads(first)
    worker = job.open()
    waiting = queue.Queue[bytes | None]()
    threading.Thread(target=_listen, args=(requests, waiting), daemon=True).start()
    while (request := waiting.get()) is not None:
        answer = worker(request)
        waiting.task_done()
        try:
            send(answers, answer)
        except OSError:
            return


def _taken(descriptor: int, mode: str) -> IO[bytes]:
    """A stream under another number, so that nobody prints into it."""
    return os.fdopen(os.dup(descriptor), mode)


def _listen(requests: IO[bytes], waiting: queue.Queue[bytes | None]) -> None:
    while (request := receive(requests)) is not None:
        waiting.put(request)
    if waiting.unfinished_tasks:
        os._exit(1)
    waiting.put(None)
