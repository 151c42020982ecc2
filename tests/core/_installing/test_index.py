"""The index of plugins."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from nlptasks._installing.index import Listed, read_index, shipped_index
from nlptasks.errors import NlptasksError, UsageError

GOOD = b'[[plugins]]\nname = "acme"\nsummary = "Counts Words."\nbrings = ["head for sentiment"]\n'


def test_the_one_that_is_shipped_is_valid_and_in_order():
    index = shipped_index()
    names = [one.name for one in index.plugins]
    assert names == sorted(names) != []
    assert index.source.startswith("the one that came with nlptasks ")


def test_a_file(tmp_path):
    file = tmp_path / "index.toml"
    file.write_bytes(GOOD)
    index = read_index(str(file))
    assert index.plugins == (Listed(name="acme", summary="Counts Words.", brings=("head for sentiment",)),)
    assert index.plugins[0].matches(["WORDS", "senti"])
    assert not index.plugins[0].matches(["words", "metric"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "is not a TOML file"),
        ("", "is no index of plugins"),
        ("plugins = [1]", "is no index of plugins"),
        ('[[plugins]]\nname = "a"', "it has no summary"),
        ('[[plugins]]\nname = "a"\nsummary = "s"\nsumary = ""', ":4: the key 'sumary' is not known; did you mean"),
        ('[[plugins]]\nname = "a"\nsummary = 3', ":3: 'summary' must be a text"),
        ('[[plugins]]\nname = "a"\nsummary = "s"\nbrings = "x"', ":4: 'brings' must be a list of texts"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, said):
    file = tmp_path / "index.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_index(str(file))
    assert said in caught.value.message


@pytest.fixture
def address(monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):  # this machine is asked without one, whatever the environment says
        monkeypatch.setenv(name, "127.0.0.1")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(404 if "gone" in self.path else 200)
            self.end_headers()
            self.wfile.write(b"x = " if "bad" in self.path else GOOD)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_address(address):
    assert [one.name for one in read_index(f"{address}/index.toml").plugins] == ["acme"]
    with pytest.raises(NlptasksError, match="cannot be read: Not Found"):
        read_index(f"{address}/gone")
    with pytest.raises(UsageError, match="is not a TOML file"):
        read_index(f"{address}/bad")
    with pytest.raises(NlptasksError, match="is not asked: HF_HUB_OFFLINE is set"):
        read_index(address, offline=True)
