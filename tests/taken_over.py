"""What somebody tries who has taken a decoder over. It needs nothing but Python's own modules, so
that a stand-in for ffmpeg can run it as a program."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import platform
import re
import select
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_COLUMN: Final = {"x86_64": 0, "aarch64": 1}[platform.machine()]
_CANARY: Final = re.compile(rb"canary[-][0-9a-f]{32}")
"""The pattern does not fit itself."""

NEVER: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendmsg": (46, 211),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440),
    "memfd_create": (319, 279),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "mkdirat": (258, 34),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "renameat2": (316, 276),
    "fchmodat": (268, 53),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "mount": (165, 40),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "shmget": (29, 194),
    "mq_open": (240, 180),
    "inotify_init1": (294, 26),
    "ioctl": (16, 29),
    "setpriority": (141, 140),
    "seccomp": (317, 277),
    "setuid": (105, 146),
}
"""System calls that no decoder may make, whatever their arguments: x86_64 and aarch64."""
OPENING: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "open": (2, None),
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "unlinkat": (263, 35),
    "execve": (59, 221),
}
"""Those that a decoder of photos may not make either, which opens nothing."""
_CLONE, _PRCTL, _PRLIMIT, _TGKILL = (56, 220), (157, 167), (302, 261), (234, 131)
_SET_DUMPABLE, _OPEN_FILES, _NEW_USERS = 4, 7, 0x10000000


def writable_memory() -> list[tuple[int, int]]:
    """The ranges of this process's own memory that may hold data. They are read before the seal,
    for those who cannot later: a real attacker would follow pointers."""
    with suppress(PermissionError), Path("/proc/self/maps").open() as maps:
        return [
            (int(start, 16), int(end, 16))
            for start, end in (
                line.split(maxsplit=1)[0].split("-") for line in maps if " rw" in line
            )
        ]
    return []


_MEMORY: Final = writable_memory()


def attempts(aims: str) -> Iterator[str]:
    """Try everything, and name what succeeded. `aims` is JSON: the ids of processes to attack
    (`processes`), files to read (`files`), folders to write into (`folders`), and whether this
    decoder may make the system calls that open files (`opens`)."""
    given = json.loads(aims)
    # Python itself puts its locale there.
    if os.environ.keys() - {"LC_CTYPE"}:
        yield f"the environment {dict(os.environ)}"
    yield from (f"{canary} in its memory" for canary in canaries(_MEMORY))
    yield from _let_through(NEVER)
    if not given["opens"]:
        yield from _let_through(OPENING)
    yield from _let_through_with_arguments(given["processes"])
    paths = [f"/proc/{p}/{f}" for p in given["processes"] for f in ("environ", "mem", "maps")]
    yield from _opened([*paths, *given["files"]], os.O_RDONLY)
    yield from _opened([f"{folder}/taken" for folder in given["folders"]], os.O_WRONLY | os.O_CREAT)
    yield from _started()


def canaries(memory: list[tuple[int, int]]) -> Iterator[str]:
    """The secrets of the test that are in these ranges of this process's memory."""
    for start, end in memory:
        size = end - start
        # The kernel answers with an error if the range is not mapped any more.
        if _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), 0) == 0:
            yield from (found.decode() for found in _CANARY.findall(ctypes.string_at(start, size)))


def is_open(number: int) -> bool:
    """Whether there is such a file descriptor, by a call that a sealed process may make."""
    watching = select.poll()
    watching.register(number)
    return all(not event & select.POLLNVAL for _, event in watching.poll(0))


def _error(number: int | None, *arguments: int) -> int:
    """The error of a system call; 0 if it succeeds. One that this processor does not have is like
    one that is refused."""
    if number is None:
        return errno.EPERM
    given = [ctypes.c_long(argument) for argument in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    return 0 if _libc.syscall(ctypes.c_long(number), *given) >= 0 else ctypes.get_errno()


def _let_through(calls: Mapping[str, tuple[int | None, int | None]]) -> Iterator[str]:
    """The calls that did not fail for want of a right. Their arguments mean nothing, so that one
    which is let through does no harm."""
    for name, numbers in calls.items():
        error = _error(numbers[_COLUMN], *[-1] * 6)
        if error not in {errno.EPERM, errno.ENOTTY}:
            yield f"{name} ({errno.errorcode.get(error, 'done')})"


def _let_through_with_arguments(processes: list[int]) -> Iterator[str]:
    limits = ctypes.create_string_buffer(16)
    tried = {f"a signal to {each}": (_TGKILL, (each, each, 0)) for each in processes} | {
        "a namespace": (_CLONE, (_NEW_USERS,)),
        "being dumpable": (_PRCTL, (_SET_DUMPABLE, 1)),
        "other limits": (_PRLIMIT, (0, _OPEN_FILES, ctypes.addressof(limits))),
    }
    for name, (numbers, arguments) in tried.items():
        if _error(numbers[_COLUMN], *arguments) != errno.EPERM:
            yield name


def _opened(paths: list[str], flags: int) -> Iterator[str]:
    for path in paths:
        with suppress(OSError):
            os.close(os.open(path, flags))
            yield path


def _started() -> Iterator[str]:
    with suppress(OSError):
        if os.fork() == 0:
            os._exit(0)
        yield "a fork"
    with suppress(OSError):
        # Should it succeed, nothing is answered.
        os.execve("/bin/sh", ["sh", "-c", "exit 0"], {})


if __name__ == "__main__":
    sys.stdout.write("".join(f"{found}\n" for found in attempts(sys.argv[-1])) + "done\n")
