"""Files that lie elsewhere: in fsspec's memory, and behind a server of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fsspec
import pytest

from nlptasks.errors import DataError, UsageError
from nlptasks.files.paths import open_input
from nlptasks.files.remote import file_name, is_remote, remote_files

DATA = b"text\ngood\nbad\n"


@pytest.fixture
def memory() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    for name in ("/reviews/b.csv", "/reviews/a.csv", "/reviews/_SUCCESS"):
        system.pipe_file(name, DATA)
    yield "memory://reviews"
    system.rm("/reviews", recursive=True)


class _Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(DATA)

    def _answer(self, body: bytes) -> None:
        code = {"/secret.csv": 403, "/login.csv": 401, "/gone.csv": 404, "/broken.csv": 500}.get(self.path, 200)
        self.send_response(code)
        self.send_header("Content-Length", str(len(DATA) if code == 200 else 0))
        self.end_headers()
        if code == 200:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def test_what_is_an_address() -> None:
    assert [is_remote(name) for name in ("s3://b/x.csv", "c:\\x", "a/b://c", "hub:x", 1)] == [True, *[False] * 4]
    assert file_name("https://example.org/a/caf%C3%A9.csv.gz?token=1") == "café.csv.gz"


def test_files_are_read_and_listed(memory: str) -> None:
    with open_input(f"{memory}/a.csv") as source:
        assert (source.name, source.suffix, source.size) == (f"{memory}/a.csv", ".csv", len(DATA))
        assert source.stream.read() == DATA
        assert source.position() == len(DATA)
    listed = ["memory:///reviews/a.csv", "memory:///reviews/b.csv"]
    assert [name.replace("memory://reviews", "memory:///reviews") for name in remote_files(memory)] == listed
    assert len(remote_files(f"{memory}/*.csv")) == 2
    assert remote_files(f"{memory}/a.csv") == [f"{memory}/a.csv"]
    with pytest.raises(UsageError, match="there is no file at memory://nowhere"):
        remote_files("memory://nowhere/*.csv")


def test_a_server(server: str) -> None:
    with open_input(f"{server}/a.csv") as source:
        assert source.stream.read() == DATA


@pytest.mark.parametrize(
    ("name", "said"),
    [("secret.csv", "may not be read"), ("login.csv", "may not be read"), ("gone.csv", "there is no file")],
)
def test_one_message_for_what_a_server_refuses(server: str, name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said), open_input(f"{server}/{name}"):
        pass


def test_a_server_that_fails_or_is_not_there(server: str) -> None:
    with pytest.raises((UsageError, DataError)), open_input(f"{server}/broken.csv") as source:
        source.stream.read()
    with pytest.raises(UsageError, match="cannot be read"), open_input("http://127.0.0.1:1/x.csv"):
        pass


@pytest.mark.parametrize("address", ["nothing://x/y.csv", "s3://bucket/x.csv"])
def test_an_address_that_nothing_installed_reads(address: str) -> None:
    with pytest.raises(UsageError) as refused, open_input(address):
        pass
    assert refused.value.hint
