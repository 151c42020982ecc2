"""Starts commands from a process that has imported torch, transformers and other large libraries already.

Nearly all the time of a command is these imports, hundreds of times over. ``python forking.py FOLDER`` does them
once, puts a client called ``nlptasks`` into the folder, says ``ready``, and then forks for each command that the client
asks for: it hands over its arguments, folder, environment and streams, and ends with the command's exit code. nlptasks
itself is imported anew for each command, as it is for a user.

Only Linux is known to let a process fork that has imported torch.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NoReturn

#: What asks for a command.
_CLIENT = """\
#!{python} -IS
import json, os, socket, sys

asked = json.dumps({{"arguments": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({socket!r})
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(int(server.recv(8) or b"70"))
"""


def _serve(folder: Path) -> None:
    import pyarrow  # noqa: F401
    import pydantic  # noqa: F401
    import scipy.stats  # noqa: F401
    import torch  # noqa: F401
    import transformers.modeling_utils
    import transformers.models.bert.modeling_bert  # noqa: F401

    gc.collect()
    gc.freeze()  # so that a collection in a command does not copy all that was imported

    place = str(folder / "socket")
    command = folder / "nlptasks"
    command.write_text(_CLIENT.format(python=sys.executable, socket=place), encoding="utf-8")
    command.chmod(0o755)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a watcher ended
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        print("ready", flush=True)
        while True:
            client, _ = server.accept()
            with client:
                if not os.fork():
                    _watch(client)


def _watch(client: socket.socket) -> None:
    """Start a command for a client, and tell it how that ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(client, 4, 3)
    asked = client.makefile("rb").read(int.from_bytes(head, "big"))
    process = os.fork()
    if not process:
        client.close()
        _become(json.loads(asked), streams)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    with contextlib.suppress(OSError):  # nobody is waiting any more
        client.sendall(str(code if code >= 0 else 128 - code).encode())
    os._exit(0)


def _become(asked: dict[str, object], streams: list[int]) -> None:
    """Be the command."""
    for at, stream in enumerate(streams):
        os.dup2(stream, at)
        os.close(stream)
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))  # as Python does at its start
    sys.argv = ["nlptasks", *asked["arguments"]]  # type: ignore[misc]
    from nlptasks._cli.main import main

    try:
        main()
    except SystemExit as done:
        if done.code is None or isinstance(done.code, int):
            _leave(done.code or 0)
        raise
    _leave(0)


def _leave(code: int) -> NoReturn:
    """End as Python does, but without taking torch apart module by module, which takes five times as long as a run."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
