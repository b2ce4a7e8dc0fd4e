"""The files of an export from elsewhere, in a folder or in zips.

An archive may be hostile. Names that lead out of it are refused, nothing is written to disk under a
name from it, and only the files that are needed are unpacked, each up to a limit.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from shutterfeed_cli.errors import CliError, UsageError
from shutterfeed_cli.sources import UNPACKING_ERRORS, FileSource, Source, ZippedSource

_MAX_JSON_BYTES: Final = 64 * 1024 * 1024
"""The largest size of one list. A hundred thousand posts have fewer bytes, but a zip may declare
any size, and a list takes ten times as much memory as it has bytes."""
_MAX_FILES: Final = 1_000_000
_ENCRYPTED: Final = 0x1
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def plain_name(name: str) -> str | None:
    """The name of a file in an archive, relative to its root and with slashes: programs on Windows
    write backslashes. None if it leads out of the archive."""
    slashed = name.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in {"", "."}]
    leads_out = slashed.startswith("/") or ".." in parts or "\0" in slashed
    if not parts or leads_out or _DRIVE.match(parts[0]):
        return None
    return "/".join(parts)


class Archive(ABC):
    """The files of an export. `refused` are the names in it that lead out of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.refused: list[str] = []

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """The names of all files, with slashes, relative to the archive's root."""

    @abstractmethod
    def source(self, name: str) -> Source | None:
        """A file to upload; None if there is no such file."""

    @abstractmethod
    def _read(self, name: str) -> bytes: ...

    def find(self, name: str) -> Source | None:
        """The file with this name in whatever folder of the archive the export is; None if there is
        none."""
        for known in self._by_last_part.get(name.rpartition("/")[2], ()):
            if known == name or known.endswith(f"/{name}"):
                return self.source(known)
        return None

    def read_json(self, name: str) -> Any:
        """The content of a JSON file. Raises `CliError`."""
        try:
            return json.loads(self._read(name))
        except (ValueError, RecursionError) as error:
            raise CliError(f"{name} in {self.path} is damaged: {error}") from error
        except OSError as error:
            raise CliError(f"{name} in {self.path} cannot be read: {error}") from error

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self.names, key=len):
            found.setdefault(name.rpartition("/")[2], []).append(name)
        return found


class FolderArchive(Archive):
    """An export that was unpacked into a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._root = path.resolve()
        self._files = {
            plain: file
            for file in self._walk()
            # A program that does not know backslashes unpacks them into names of files.
            if (plain := plain_name(file.relative_to(self._root).as_posix()))
        }

    @property
    def names(self) -> Sequence[str]:
        return list(self._files)

    def source(self, name: str) -> Source | None:
        path = self._path(name)
        return None if path is None else FileSource(path)

    def _walk(self) -> Sequence[Path]:
        def fail(error: OSError) -> None:
            raise CliError(f"{error.filename} cannot be read: {error.strerror}.") from error

        files: list[Path] = []
        for folder, _, names in os.walk(self._root, onerror=fail):
            files += (Path(folder, name) for name in names)
            _check_number(len(files), self.path)
        return files

    def _path(self, name: str) -> Path | None:
        """The file with this name; None if there is none, or a link leads out of the folder."""
        try:
            path = self._files[name].resolve()
            return path if path.is_relative_to(self._root) and path.is_file() else None
        except (KeyError, OSError, ValueError, RuntimeError):
            return None  # No file can have this name, or its links form a circle.

    def _read(self, name: str) -> bytes:
        path = self._path(name)
        if path is None:
            raise CliError(f"{name} is no file inside {self.path}.")
        with path.open("rb") as file:
            return _bounded(file.read(_MAX_JSON_BYTES + 1), name)


class ZipArchive(Archive):
    """An export as it was downloaded: a zip."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._zip = zipfile.ZipFile(path)
            members = self._zip.infolist()
        except (OSError, *UNPACKING_ERRORS) as error:
            raise CliError(f"{path} cannot be read as a zip: {error}") from error
        _check_number(len(members), path)
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if member.flag_bits & _ENCRYPTED:
                raise CliError(
                    f"{path} is encrypted: unpack it with its password, and import the folder."
                )
            if member.filename.endswith(("/", "\\")):
                continue
            name = plain_name(member.filename)
            if name is None:
                self.refused.append(member.filename)
            else:
                self._members[name] = member

    @property
    def names(self) -> Sequence[str]:
        return list(self._members)

    def source(self, name: str) -> Source | None:
        member = self._members.get(name)
        return None if member is None else ZippedSource(self._zip, member)

    def _read(self, name: str) -> bytes:
        try:
            with self._zip.open(self._members[name]) as file:
                content = file.read(_MAX_JSON_BYTES + 1)
        except UNPACKING_ERRORS as error:
            raise CliError(f"{name} in {self.path} cannot be unpacked: {error}") from error
        return _bounded(content, name)


def _check_number(files: int, path: Path) -> None:
    if files > _MAX_FILES:
        raise CliError(f"{path} has more than {_MAX_FILES:,} files in it.")


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > _MAX_JSON_BYTES:
        raise CliError(f"{name} in the archive is too large.")
    return content


def open_archive(path: Path) -> Archive:
    """Open a folder or zip. Raises `UsageError` if it does not exist, and `CliError` if it cannot
    be read."""
    if path.is_dir():
        return FolderArchive(path)
    if not path.exists():
        raise UsageError(f"There is no {path}.")
    if not path.is_file():
        raise CliError(f"{path} is neither a folder nor a zip.")
    return ZipArchive(path)


class Parts:
    """Archives that are parts of one export. What the given ones do not have is looked for in
    `earlier` ones, which are opened only then."""

    def __init__(
        self, given: Sequence[Archive], earlier: Callable[[], Sequence[Archive]] = tuple
    ) -> None:
        self.given = given
        self._earlier = earlier

    def source(self, root: str, name: str) -> Source | None:
        """The file that a list names, which is in the folder `root` of its archive. None if no part
        has it, or its name leads out of the archive."""
        plain = plain_name(name)
        if plain is None:
            return None
        full = f"{root}/{plain}" if root else plain
        for archive in self.given:
            if found := archive.source(full):
                return found
        for archive in [*self.given, *self._opened]:
            if found := archive.find(plain):
                return found
        return None

    @cached_property
    def _opened(self) -> Sequence[Archive]:
        return self._earlier()
