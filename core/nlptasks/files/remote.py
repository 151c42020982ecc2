"""Files that lie elsewhere, read through fsspec: ``https://...``, ``s3://...``, ``gs://...``, ``hf://...``."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nlptasks.errors import DataError, UsageError
from nlptasks.files.walking import is_of_tools

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")

#: What reads the addresses of a kind, and how it is installed. Others are asked of fsspec.
_PACKAGES = {"http": "aiohttp", "https": "aiohttp", "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}
_EXTRA = "pip install 'nlptasks-toolkit[remote]'"

#: Bytes that are fetched at a time.
_BLOCK = 1 << 20


def is_remote(name: object) -> bool:
    """Whether a name is the address of a file that lies elsewhere."""
    return isinstance(name, str) and bool(_URL.match(name))


def file_name(address: str) -> str:
    """The name at the end of an address, without a query."""
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])


def remote_files(address: str) -> list[str]:
    """The addresses that one with ``*`` stands for, or those of the files in a folder, sorted.

    Raises:
        UsageError: There is none, or they may not be listed.
    """
    with _explained(address):
        system, path = _system(address)
        if "*" in path:
            found = [each for each in system.glob(path) if not system.isdir(each)]
        elif system.isdir(path):
            found = [each for each in system.find(path) if not is_of_tools(each.rpartition("/")[2])]
        else:
            return [address]
    if not found:
        raise UsageError(f"there is no file at {address}", hint="is the address right?")
    return sorted(map(str, map(system.unstrip_protocol, found)))


@contextmanager
def open_remote(address: str) -> Iterator[tuple[io.BufferedReader, int | None]]:
    """The bytes of a remote file, and how many there are where that is known.

    Raises:
        UsageError: There is none, it may not be read, or what reads such addresses is not installed.
        DataError: Reading the stream fails.
    """
    with _explained(address):
        system, path = _system(address)
        file = system.open(path, "rb", block_size=_BLOCK)
    with file:
        size = getattr(file, "size", None)
        yield io.BufferedReader(_RemoteBytes(file, address), _BLOCK), size if isinstance(size, int) else None


def _system(address: str) -> tuple[Any, str]:
    import fsspec

    system, path = fsspec.core.url_to_fs(address)
    return system, str(path)


@contextmanager
def _explained(address: str) -> Iterator[None]:
    scheme = address.partition("://")[0].lower()
    try:
        yield
    except (ImportError, ModuleNotFoundError) as error:
        needed = _PACKAGES.get(scheme) or getattr(error, "name", "") or "a package"
        raise UsageError(f"{address}: {needed} is needed to read it and is not installed", hint=_EXTRA) from error
    except FileNotFoundError as error:
        # fsspec takes whatever a server says for this.
        _explain(address, error.__cause__ or error.__context__, scheme)
        raise UsageError(f"there is no file {address}", hint="is the address right?") from None
    except ValueError as error:
        message = f"{address}: {_said(error)}"
        raise UsageError(message, hint="known: http, https, s3, gs, hf, and what else fsspec has") from error
    except Exception as error:
        _explain(address, error, scheme)
        raise


def _explain(address: str, error: BaseException | None, scheme: str) -> None:
    """Raise what explains the error of a library, which says in its own way what went wrong."""
    status = getattr(error, "status", None) or getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, PermissionError) or status in (401, 403) or "Credentials" in type(error).__name__:
        assert error is not None
        raise UsageError(f"{address} may not be read: {_said(error)}", hint=_rights(scheme)) from error
    if error is not None and status not in (404, 410) and not isinstance(error, FileNotFoundError):
        raise UsageError(f"{address} cannot be read: {_said(error)}", hint="is the network there?") from error


def _rights(scheme: str) -> str:
    if scheme.startswith("s3"):
        return "credentials are those of the AWS command line; for a public bucket: export AWS_NO_SIGN_REQUEST=YES"
    if scheme in ("gs", "gcs"):
        return "credentials: gcloud auth application-default login"
    return "credentials: hf auth login" if scheme == "hf" else "is the address right?"


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:300]


class _RemoteBytes(io.RawIOBase):
    """Reads a remote file, and explains what goes wrong meanwhile."""

    def __init__(self, file: Any, address: str) -> None:
        self._file = file
        self._address = address

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._file.read(len(buffer))
        except Exception as error:
            raise DataError(self._address, f"reading it failed: {_said(error)}", hint="try again") from error
        buffer[: len(data)] = data
        return len(data)
