"""Means to know that nothing has changed: digests of content, and directories that appear whole or
not at all.

A build is trusted only if its stamp, written last, names the digest of its inputs. So a build
that was interrupted at any point is simply made again.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_IGNORED_DIRECTORIES = {"__pycache__"}
_IGNORED_SUFFIXES = {".pyc"}
_KEPT = 4
_IN_USE_SECONDS = 3600.0


def digest(paths: Iterable[Path], *, also: Iterable[str] = ()) -> str:
    """A hex digest of the names and contents of the files (of a folder: of all files in it) and of
    the texts in `also`. A path that does not exist changes the digest too."""
    total = hashlib.sha256()
    for text in also:
        total.update(b"text\0" + text.encode() + b"\0")
    for path in paths:
        for file in _files(path):
            total.update(b"file\0" + str(file.relative_to(path.parent)).encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
        total.update(b"end\0" if path.exists() else b"missing\0" + path.name.encode() + b"\0")
    return total.hexdigest()


def is_current(stamp: Path, expected: str) -> bool:
    """Whether the build that wrote `stamp` had inputs of this digest."""
    try:
        return stamp.read_text().strip() == expected
    except FileNotFoundError:
        return False


def write(stamp: Path, value: str) -> None:
    """Record the digest of a finished build."""
    replace_text(stamp, value + "\n")


def replace_text(path: Path, text: str) -> None:
    """Write a file so that readers see either the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)


@contextmanager
def fresh_directory(target: Path) -> Iterator[Path]:
    """A temporary folder beside `target` that takes its place if the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield temporary
        temporary.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        temporary.replace(target)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)


@contextmanager
def exclusive(lock: Path, *, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let one process at a time into the block. If it dies, the system releases its lock. `on_wait`
    is called if another process is in the block.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary folders in `folder` of builds that were killed. The caller must hold the
    builds' lock."""
    for leftover in folder.glob(".*.*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)


def prune(folder: Path) -> None:
    """Delete what was made of inputs that no longer exist: each folder in `folder` that nothing has
    used for an hour, by its time, except for the few that were used last."""
    made = [path for path in folder.iterdir() if path.is_dir()]
    for old in sorted(made, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        if time.time() - old.stat().st_mtime > _IN_USE_SECONDS:
            shutil.rmtree(old)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file()
        and file.suffix not in _IGNORED_SUFFIXES
        and not _IGNORED_DIRECTORIES.intersection(file.relative_to(path).parts)
    )
