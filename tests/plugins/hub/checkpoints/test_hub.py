"""Checkpoints of the Hub: from a cache laid out as its library does, and from a server that answers as the Hub does."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def cached(home: Path, source: Path, repository: str, *names: str, revision: str = "main") -> Path:
    """Put files into a cache as if the Hub's library had downloaded them; no names: all."""
    place = home / "hub" / f"models--{repository.replace('/', '--')}"
    snapshot = place / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "refs" / revision).write_text(COMMIT)
    for name in names or [path.name for path in source.iterdir()]:
        shutil.copy(source / name, snapshot)
    return snapshot


def _kept() -> dict[str, str]:
    """The environment without settings of the Hub, and without proxies, which stand before the server of a test."""
    return {key: value for key, value in os.environ.items() if not key.startswith("HF_") and "proxy" not in key.lower()}


def command(home: Path, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command with a home of the Hub's library of its own."""
    kept = _kept()
    settings = kept | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"} | environment
    return subprocess.run(
        [sys.executable, "-m", "nlptasks", *args],
        env=settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def source(make, tmp_path: Path) -> Path:
    return make("BertForQuestionAnswering", where=tmp_path / "source")


# ---------------------------------------------------------------- the cache


def test_a_checkpoint_in_the_cache_is_shown_offline(home: Path, source: Path) -> None:
    cached(home, source, "org/name")
    done = command(home, "backbones", "show", "hf:org/name", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["reference"], shown["layer"]) == ("hf:org/name", "spans")
    assert shown["parameters"] > 0


def test_revisions_in_the_cache(home: Path, source: Path) -> None:
    cached(home, source, "org/name", revision="v2")
    for args in (["hf:org/name@v2"], [f"hf:org/name@{COMMIT}"]):
        done = command(home, "backbones", "show", *args)
        assert done.returncode == 0, done.stderr
        assert "  layer: spans" in done.stdout.splitlines()
    done = command(home, "backbones", "show", "hf:org/name@v3")
    assert done.returncode == 1
    assert "missing: config.json" in done.stderr
    assert "hf download org/name --revision v3" in done.stderr


def test_what_the_cache_lacks_is_named(home: Path, source: Path, tmp_path: Path) -> None:
    done = command(home, "backbones", "show", "hf:org/name")
    assert done.returncode == 1
    assert f"hf:org/name is not complete in the cache {home / 'hub'}, and HF_HUB_OFFLINE is set" in done.stderr
    assert "unset HF_HUB_OFFLINE, or hf download org/name" in done.stderr

    cached(home, source, "org/name", "config.json", "tokenizer.json", "tokenizer_config.json")
    assert "stored as: not downloaded yet" in command(home, "backbones", "show", "hf:org/name").stdout
    code = "import sys; from nlptasks_hub.checkpoints.checkpoint import open_checkpoint; open_checkpoint('org/name')"
    done = opened(home, code)
    assert "has no weights: no model.safetensors in" in done.stderr
    assert "the cache lacks them and HF_HUB_OFFLINE is set" in done.stderr


def opened(home: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = _kept()
    settings = kept | {"HF_HOME": str(home), "HF_HUB_OFFLINE": "1"} | environment
    return subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=False)


def test_the_cache_opens_offline(home: Path, source: Path) -> None:
    snapshot = cached(home, source, "org/name")
    done = opened(
        home,
        "from nlptasks_hub.checkpoints.checkpoint import open_checkpoint as o\n"
        "print(*[o(name).folder for name in ('org/name', 'hf:org/name')], sep='\\n')",
    )
    assert done.stdout.splitlines() == [str(snapshot)] * 2, done.stderr


def test_a_bare_id_on_the_command_line_says_how_it_is_written(home: Path) -> None:
    done = command(home, "backbones", "show", "org/name")
    assert done.returncode == 2
    assert "a checkpoint is named by its scheme, hf:org/name, and a folder as ./org/name" in done.stderr


def test_a_hub_that_cannot_be_reached(home: Path, source: Path) -> None:
    nowhere = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9"}
    done = command(home, "backbones", "show", "hf:org/name", **nowhere)
    assert done.returncode == 1
    assert "http://127.0.0.1:9 cannot be reached; missing: config.json" in done.stderr
    cached(home, source, "org/name")
    assert command(home, "backbones", "show", "hf:org/name", **nowhere).returncode == 0


# ------------------------------------------------------------------ a server


@dataclass
class Hub:
    """A server that answers as the Hub does.

    Args:
        repositories: By id, the folder with its files; or the code of the error that asking for it is answered with.
        asked: The files that were downloaded.
    """

    repositories: dict[str, Path | str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        """Answer one request."""
        repository, rest = self._parts(path)
        found = self.repositories.get(repository, "RepoNotFound")
        if isinstance(found, str):
            status = 403 if found == "GatedRepo" else 404
            return self._send(handler, status, b"{}", {"X-Error-Code": found})
        if "revision/nope" in rest:
            return self._send(handler, 404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        if rest.startswith("resolve/"):
            return self._file(handler, found / rest.split("/", 2)[2])
        if rest.startswith("tree/"):
            files = [
                {"type": "file", "oid": _oid(file), "size": file.stat().st_size, "path": file.name}
                for file in sorted(found.iterdir())
            ]
            return self._send(handler, 200, json.dumps(files).encode(), {})
        siblings = [{"rfilename": file.name} for file in sorted(found.iterdir())]
        info = {"_id": "1", "id": repository, "modelId": repository, "sha": COMMIT, "siblings": siblings}
        return self._send(handler, 200, json.dumps(info).encode(), {})

    def _parts(self, path: str) -> tuple[str, str]:
        parts = unquote(path).strip("/").removeprefix("api/models/").split("/")
        return "/".join(parts[:2]), "/".join(parts[2:])

    def _file(self, handler: BaseHTTPRequestHandler, file: Path) -> None:
        if not file.is_file():
            return self._send(handler, 404, b"{}", {"X-Error-Code": "EntryNotFound"})
        if handler.command == "GET":
            self.asked.append(file.name)
        return self._send(handler, 200, file.read_bytes(), {"ETag": f'"{_oid(file)}"', "X-Repo-Commit": COMMIT})

    def _send(self, handler: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str]) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(content)


def _oid(file: Path) -> str:
    return hashlib.sha1(file.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture
def hub() -> Iterator[Hub]:
    """The server, without repositories."""
    found = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.answer(self, urlsplit(self.path).path)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def online(hub: Hub) -> dict[str, str]:
    return {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": hub.address, "HF_HUB_DISABLE_XET": "1", "NO_PROXY": "127.0.0.1"}


def test_only_small_files_are_downloaded_to_show_a_checkpoint(hub: Hub, home: Path, source: Path) -> None:
    hub.repositories["org/name"] = source
    (source / "pytorch_model.bin").write_bytes(b"pickled")
    done = command(home, "backbones", "show", "hf:org/name", **online(hub))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "  stored as: not downloaded yet" in done.stdout.splitlines()
    assert sorted(hub.asked) == ["config.json", "tokenizer_config.json"]

    code = "from nlptasks_hub.checkpoints.checkpoint import open_checkpoint; print(open_checkpoint('org/name').layer)"
    done = opened(home, code, **online(hub))
    assert (done.stdout, done.stderr) == ("spans\n", "")
    assert sorted(hub.asked) == ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    assert opened(home, code).stdout == "spans\n"


def test_pickled_weights_are_downloaded_only_when_asked(hub: Hub, home: Path, source: Path) -> None:
    hub.repositories["org/name"] = source
    (source / "model.safetensors").rename(source / "pytorch_model.bin")
    code = (
        "from nlptasks_hub.checkpoints.checkpoint import open_checkpoint as o; "
        "print(o('org/name', allow_pickle={}).layer)"
    )
    done = opened(home, code.format(False), **online(hub))
    assert "org/name has no weights: no model.safetensors" in done.stderr
    assert "--allow-pickle" in done.stderr
    assert "pytorch_model.bin" not in hub.asked
    done = opened(home, code.format(True), **online(hub))
    assert done.stdout == "spans\n", done.stderr
    assert "pytorch_model.bin" in hub.asked


@pytest.mark.parametrize(
    ("code", "said", "hint"),
    [
        ("RepoNotFound", "the Hub has no model org/name, or it is private", "hf auth login"),
        ("GatedRepo", "org/name is gated: its owners must let you in", "hf auth login"),
    ],
)
def test_a_model_that_may_not_be_read(hub: Hub, home: Path, code: str, said: str, hint: str) -> None:
    hub.repositories["org/name"] = code
    done = command(home, "backbones", "show", "hf:org/name", **online(hub))
    assert done.returncode == 2
    assert said in done.stderr
    assert hint in done.stderr


def test_a_revision_and_a_configuration_that_are_not_there(hub: Hub, home: Path, source: Path) -> None:
    hub.repositories["org/name"] = source
    done = command(home, "backbones", "show", "hf:org/name@nope", **online(hub))
    assert done.returncode == 2
    assert "org/name has no revision 'nope'" in done.stderr
    (source / "config.json").unlink()
    done = command(home, "backbones", "show", "hf:org/name", **online(hub))
    assert done.returncode == 2
    assert "org/name has no config.json, so it is no checkpoint of a Transformer" in done.stderr


def test_what_is_refused_is_not_downloaded(hub: Hub, home: Path, source: Path, change) -> None:
    hub.repositories["org/name"] = source
    change(source / "config.json", auto_map={"AutoModel": "modeling_x.X"})
    code = "from nlptasks_hub.checkpoints.checkpoint import open_checkpoint as o; o('org/name')"
    done = opened(home, code, **online(hub))
    assert "Python code of its own" in done.stderr
    assert sorted(hub.asked) == ["config.json", "tokenizer_config.json"]
