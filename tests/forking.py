"""Starts commands from a process that has imported nlptasks, torch and other large libraries already.

Nearly all the time of a command is these imports, hundreds of times over. ``python forking.py FOLDER`` does them
once, puts clients called ``nlptasks`` and ``python-c`` (which takes a piece of Python) into the folder, says ``ready``,
and then forks for each command that a client asks for: it hands over its arguments, folder, environment and streams,
and ends with the command's exit code. What is imported when is asked of processes of their own (see
``tests/cli/test_imports.py``).

Only Linux is known to let a process fork that has imported torch.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NoReturn

#: What asks for a command.
_CLIENT = """\
#!{python} -IS
import json, os, socket, sys

asked = json.dumps({{"arguments": sys.argv, "folder": os.getcwd(), "environment": dict(os.environ)}}).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.connect({socket!r})
    socket.send_fds(server, [len(asked).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(asked)
    sys.exit(int(server.recv(8) or b"70"))
"""


def _serve(folder: Path) -> None:
    import openvino  # noqa: F401
    import scipy.stats  # noqa: F401
    import torch  # noqa: F401
    import transformers.modeling_utils
    import transformers.models.bert.modeling_bert  # noqa: F401

    from nlptasks._names import DISTRIBUTION

    own = {point.value.partition(":")[0].partition(".")[0] for point in distribution(DISTRIBUTION).entry_points}
    for package in map(importlib.import_module, sorted(own)):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # so that a collection in a command does not copy all that was imported

    place = str(folder / "socket")
    for command in (folder / "nlptasks", folder / "python-c"):
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


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Be the command."""
    program, *arguments = asked["arguments"]
    for at, stream in enumerate(streams):
        os.dup2(stream, at)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))  # as Python does at its start
    try:
        if Path(program).name == "nlptasks":
            _command(arguments)
        else:
            _piece(*arguments)
    except SystemExit as done:
        if done.code is None or isinstance(done.code, int):
            _leave(done.code or 0)
        raise
    _leave(0)


def _command(arguments: list[str]) -> None:
    from nlptasks._cli.main import main

    sys.argv = ["nlptasks", *arguments]
    main()


def _piece(code: str) -> None:
    sys.argv = ["-c"]
    sys.path.insert(0, "")
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})


def _leave(code: int) -> NoReturn:
    """End as Python does, but without taking torch apart module by module, which takes five times as long as a run."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
