"""What runs in a worker's process."""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys

from nlptasks.plugin.engines import WorkerJob
from nlptasks_engines.serving import receive, send

JOB = pickle.dumps(WorkerJob(maker="nlptasks.testing.engines:probe", content=b"content"))


def test_messages_keep_their_bounds():
    stream = io.BytesIO()
    for message in (b"", b"one", b"\0" * 70_000):
        send(stream, message)
    stream.seek(0)
    assert [receive(stream) for _ in range(4)] == [b"", b"one", b"\0" * 70_000, None]
    assert receive(io.BytesIO(stream.getvalue()[19:-1])) is None


def served(*requests: bytes) -> tuple[list[object], str, int]:
    command = [sys.executable, "-c", "from nlptasks_engines.serving import main; main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        found = []
        for at, message in enumerate((JOB, *requests)):
            send(process.stdin, message)
            if at:
                found.append(json.loads(receive(process.stdout))[1])
        process.stdin.close()
        rest, said = process.stdout.read(), process.stderr.read().decode()
        assert rest == b""
        return found, said, process.wait(20)


def test_answers_go_where_nobody_prints():
    found, said, code = served(b'["print", 1]', b'["say", "two"]')
    assert (found, code) == ([1, "two"], 0)
    assert said == "printed by a worker\nwritten by a worker\n"


def test_without_a_job_it_ends():
    command = [sys.executable, "-c", "from nlptasks_engines.serving import main; main()"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
