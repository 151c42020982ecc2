"""``nlptasks plugins freeze`` and ``sync``: what is installed again is what was, with the real pip."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest


def wheel(folder: Path, name: str, version: str) -> Path:
    """A distribution with a plugin that would end the process that imports it."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{module}.py", "import os\nos._exit(3)\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", f"[nlptasks]\n{module} = {module}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def pip(site, tmp_path, monkeypatch):
    """Lets pip install from a folder of wheels into the site."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    settings = {"PIP_TARGET": site.folder, "PIP_NO_INDEX": 1, "PIP_FIND_LINKS": wheels, "PATH": tmp_path}
    settings |= {"PIP_DISABLE_PIP_VERSION_CHECK": 1, "XDG_CONFIG_HOME": tmp_path / "home", "PYTHONPATH": site.folder}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    return wheels


def test_what_install_installed_is_there_again_after_sync(nlptasks, site, pip, tmp_path):
    wheel(pip, "zoo-acme", "1.0")
    local = wheel(tmp_path, "zoo-local", "2.0")
    code, _, said = nlptasks("plugins", "install", "zoo-acme==1.0", str(local))
    assert code == 0, said
    assert "running: " in said
    assert "zoo-acme 1.0: plugin zoo_acme; 'nlptasks plugins check zoo-acme' tries it" in said
    frozen = [f"zoo-acme==1.0\nzoo-local @ {local.as_uri()}\n"]
    assert nlptasks("plugins", "freeze")[1].partition("\n")[2] == frozen[0]

    shutil.rmtree(site.folder)  # as an upgrade that makes the environment anew
    site.folder.mkdir()
    code, out, said = nlptasks("plugins", "sync")
    assert code == 0, said
    assert out.endswith("0 met, 2 missing, 0 of another version\n")
    assert nlptasks("plugins", "freeze")[1].partition("\n")[2] == frozen[0]
    code, out, said = nlptasks("plugins", "sync")
    assert (code, said) == (0, "")
    assert out.endswith("2 met, 0 missing, 0 of another version\n")


def test_sync_says_what_differs(nlptasks, site, pip, tmp_path):
    site.add("good")
    site.add("crash")
    site.add("rival")
    file = tmp_path / "plugins.txt"
    file.write_text('zoo-good==2.0\nzoo-crash\nzoo-new; python_version < "3"\nzoo-far @ https://x/far.whl\n')
    code, out, said = nlptasks("plugins", "sync", str(file), "--dry-run")
    assert code == 1
    assert out == f"3 requirements in {file}: 1 met, 1 missing, 1 of another version\n"
    told, others, would, hint = said.splitlines()
    assert told == f"zoo-good: 1.0 is installed, {file} wants zoo-good==2.0"
    assert others == f"not in {file}, and left alone: zoo-rival"
    assert would.endswith("pip install 'zoo-far @ https://x/far.whl'")
    assert hint == "'nlptasks plugins sync --upgrade' installs the versions of the file"
    _, _, said = nlptasks("plugins", "sync", str(file), "--dry-run", "--upgrade")
    assert said.splitlines()[2].endswith("pip install --upgrade 'zoo-far @ https://x/far.whl' zoo-good==2.0")


def test_nothing_was_installed(nlptasks, pip):
    code, out, said = nlptasks("plugins", "sync")
    assert (code, out, said) == (
        0,
        "",
        "'plugins install' has installed nothing into this environment; nothing to do\n",
    )
