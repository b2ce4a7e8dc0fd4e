"""What a process asks of the Linux kernel to protect itself, or others from itself.

Everything is a call of prctl(2), capset(2), landlock(7) or execve(2), for which Python has no
functions. Each raises `OSError` if the kernel refuses.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import platform
import signal
import struct
from collections.abc import Iterable, Sequence
from typing import Final, NoReturn

from shutterfeed.adapters.decoding import filters

_libc: Final = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mmap.restype = ctypes.c_void_p
_libc.malloc.restype = ctypes.c_void_p

_SET_DEATH_SIGNAL, _SET_DUMPABLE, _SET_SECCOMP, _SET_NO_NEW_PRIVILEGES = 1, 4, 22, 38
_FILTER_MODE: Final = 2
_CAPABILITIES: Final = struct.Struct("<Ii")
_CAPABILITY_VERSION: Final = 0x20080522
_EXECVE: Final = {"x86_64": 59, "aarch64": 221}
_FIXED: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100000
"""MAP_FIXED_NOREPLACE: at this address, and only if nothing is there."""
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULESET_VERSION: Final = 1
_BENEATH: Final = 1
_EXECUTE, _WRITE, _READ, _LIST, _REMOVE, _MAKE, _TRUNCATE = 1, 2, 4, 8, 1 << 5, 1 << 8, 1 << 14
_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
"""All rights of files and folders that a version of Landlock knows; later ones know one more, for
devices."""


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_LARGE: Final = 32 << 20
"""The size in bytes from which a block of memory is a mapping of its own: the largest that the C
library takes."""
_RESERVED: Final = 24 << 20
_LARGE_PAGE: Final = 2 << 20
_SLACK: Final = 512 << 10
_BLOCK_HEAD: Final = 8
"""The bytes that the C library keeps before each block."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def hide_memory() -> None:
    """Make this process undumpable: no process of the same user can then read its memory or its
    environment, nor trace it, unless it has the right to trace any process."""
    _prctl(_SET_DUMPABLE, 0)


def give_up_rights() -> None:
    """Give up the capabilities of a superuser, if there are any, and all ways to new rights."""
    header = ctypes.create_string_buffer(_CAPABILITIES.pack(_CAPABILITY_VERSION, 0))
    none = ctypes.create_string_buffer(24)
    _checked(_libc.capset(header, none))
    _prctl(_SET_NO_NEW_PRIVILEGES, 1)


def prepare_heap() -> None:
    """Let children of this process begin with memory that is cheap to touch for the first time.

    Each page that a child touches first costs it a fault. So the C library keeps what is freed, for
    the next picture of the same decoding, and 24 MB of addresses at the end of its heap, which no
    page belongs to yet, get the kernel's large pages. Nothing depends on that: where the kernel has
    no large pages, or the heap ends elsewhere, children just take longer.
    """
    _libc.mallopt(_MMAP_THRESHOLD, _LARGE)
    _libc.mallopt(_TRIM_THRESHOLD, 2 * _LARGE)
    reserved: int = _libc.malloc(ctypes.c_size_t(_RESERVED))
    if not reserved:
        return
    first = -(-(reserved + _SLACK) // _LARGE_PAGE) * _LARGE_PAGE
    _libc.madvise(
        ctypes.c_void_p(first),
        ctypes.c_size_t((reserved + _RESERVED - first) // _LARGE_PAGE * _LARGE_PAGE),
        mmap.MADV_HUGEPAGE,
    )
    _libc.free(ctypes.c_void_p(reserved))
    # The first large page must be untouched. So what this process still needs itself has a place
    # before it, behind which a block that is never freed ends where the page begins.
    slack = ctypes.c_void_p(_libc.malloc(ctypes.c_size_t(_SLACK // 2)))
    _libc.malloc(ctypes.c_size_t(first - reserved - _SLACK // 2 - 3 * _BLOCK_HEAD))
    _libc.free(slack)


def die_with(parent: int) -> None:
    """Let the kernel kill this process when `parent` ends, which started it."""
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def machine() -> filters.Machine:
    """The architecture of this machine. Raises `OSError` if there is no filter for it."""
    known = filters.MACHINES.get(platform.machine())
    if known is None:
        raise OSError(f"there is no filter for {platform.machine()}")
    return known


def install(instructions: bytes) -> None:
    """Let a filter decide on every further system call of this process; nothing can undo that. The
    process must have given up its rights."""
    kept = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(kept))
    _prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(program))


def files_version() -> int:
    """The version of Landlock that this kernel has; 0 if it has none."""
    version: int = _libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _RULESET_VERSION)
    return max(0, version)


def restrict_files(writable: Iterable[str], readable: Iterable[str]) -> None:
    """Let this process reach nothing but files below these folders, or these files themselves; what
    is readable may also be executed. What does not exist is left out. Does nothing if the kernel
    has no Landlock."""
    version = files_version()
    if not version:
        return
    known = _RIGHTS[min(version, max(_RIGHTS))]
    rules = struct.pack("<Q", known)
    ruleset = _checked(_libc.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0))
    for path in readable:
        _let(ruleset, path, _EXECUTE | _READ | _LIST)
    for path in writable:
        _let(ruleset, path, (_READ | _LIST | _WRITE | _REMOVE | _MAKE | _TRUNCATE) & known)
    _checked(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _let(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - as early and small as can be
        rights &= _EXECUTE | _READ | _WRITE | _TRUNCATE
    rule = struct.pack("<Qi", rights, place)
    _checked(_libc.syscall(_ADD_RULE, ruleset, _BENEATH, rule, 0))
    os.close(place)


def prepare_path(path: str) -> None:
    """Put the path of the program where the filter `filters.program` wants it."""
    content = os.fsencode(path) + b"\0"
    address = _libc.mmap(
        ctypes.c_void_p(filters.PATH_ADDRESS),
        ctypes.c_size_t(mmap.PAGESIZE),
        mmap.PROT_READ | mmap.PROT_WRITE,
        _FIXED,
        -1,
        ctypes.c_long(0),
    )
    if address != filters.PATH_ADDRESS:
        raise OSError(ctypes.get_errno(), "the path of the program has no place")
    ctypes.memmove(address, content, len(content))


def execute(arguments: Sequence[str]) -> NoReturn:
    """Become the program of `prepare_path`, with an empty environment."""
    encoded = [os.fsencode(argument) for argument in arguments]
    listed = (ctypes.c_char_p * (len(encoded) + 1))(*encoded, None)
    nothing = (ctypes.c_char_p * 1)(None)
    path = ctypes.c_void_p(filters.PATH_ADDRESS)
    _checked(_libc.syscall(_EXECVE[platform.machine()], path, listed, nothing))
    raise AssertionError("execve came back without an error")


def _prctl(option: int, *arguments: int) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _checked(_libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
