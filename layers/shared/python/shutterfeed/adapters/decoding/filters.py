"""The seccomp filters of decoders: the system calls that they may make. Any other call fails.

A filter is a program of classic BPF, which the kernel runs at each system call: seccomp(2) and
`linux/filter.h` define its instructions, `linux/seccomp.h` the `seccomp_data` that it looks at. The
numbers of the system calls are those of `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h`
(aarch64).
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

_INSTRUCTION: Final = struct.Struct("<HBBI")
_LOAD, _AND, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_ALLOW, _KILL_PROCESS, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
"""The offsets in `seccomp_data`; each argument has 8 bytes, of which the low ones come first."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A processor architecture: its number in `linux/audit.h`, and its column in the tables."""

    audit: int
    column: int


MACHINES: Final[Mapping[str, Machine]] = {
    "x86_64": Machine(0xC000003E, 0),
    "aarch64": Machine(0xC00000B7, 1),
}

_ALWAYS: Final[Mapping[str, tuple[int | None, int | None]]] = {
    # What is open already is read and written.
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "lseek": (8, 62),
    "fstat": (5, 80),
    "close": (3, 57),
    "poll": (7, None),
    "ppoll": (271, 73),
    # Memory of its own.
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "madvise": (28, 233),
    "brk": (12, 214),
    # Signals that come, and threads. Clone is below.
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "set_tid_address": (218, 96),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "sched_yield": (24, 124),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    # Questions about itself and the machine.
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "getpriority": (140, 141),
    "getrlimit": (97, 163),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getcpu": (309, 168),
    "sched_getaffinity": (204, 123),
    "getrandom": (318, 278),
    "getcwd": (79, 17),
    # Time.
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
}
"""The calls that every decoder may make, whatever their arguments: number on x86_64 and aarch64."""

_WITH_FILES: Final[Mapping[str, tuple[int | None, int | None]]] = {
    "openat": (257, 56),
    "open": (2, None),
    "newfstatat": (262, 79),
    "stat": (4, None),
    "lstat": (6, None),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "ftruncate": (77, 46),
    "fadvise64": (221, 223),
    "fsync": (74, 82),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    # How a program begins.
    "arch_prctl": (158, None),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
}
"""The calls that a program like ffmpeg needs in addition, which opens its own files."""

_CLONE: Final = (56, 220)
_CLONE3: Final = (435, 435)
_EXECVE: Final = (59, 221)
_FCNTL: Final = (72, 25)
_IOCTL: Final = (16, 29)
_MMAP: Final = (9, 222)
_MREMAP: Final = (25, 216)
_PRCTL: Final = (157, 167)
_PRLIMIT: Final = (302, 261)
_TGKILL: Final = (234, 131)

_CLONE_THREAD: Final = 0x00010000
_CLONE_OTHER: Final = 0x7E02_7000
"""New namespaces, and the flags for a traced or borrowed process and for its pidfd."""
_SET_NAME: Final = 15
_GET_FLAGS, _SET_FLAGS, _GET_STATUS, _DUPLICATE = 1, 2, 3, 1030
"""The commands of fcntl that are let through. Others choose a process that gets signals."""

PATH_ADDRESS: Final = 0x10_8000_0000
"""The address at which the path of the program lies that may be executed: see `program`."""


def photo(machine: Machine, process: int) -> bytes:
    """The filter of a process that only computes: it cannot open anything. It may start threads and
    send signals to itself, whose id is `process`."""
    return _photo(machine) + _end(machine, process)


@cache
def _photo(machine: Machine) -> bytes:
    # The same for all processes: each child of the server would else spend its time on it.
    rules = [
        *_plain(_ALWAYS, machine),
        *_shared(machine),
        *_rule(_MMAP, machine, _allow()),
        *_rule(_MREMAP, machine, _allow()),
    ]
    return _beginning(machine) + _packed(rules)


def program(machine: Machine, process: int) -> bytes:
    """The filter of a process that executes one program, which may open files.

    The program cannot execute another one: the path must lie at `PATH_ADDRESS`, where nothing is
    any more when the program begins, and nothing can be brought. Mappings at an address of those
    4 GB are refused, the kernel chooses none there by itself, and one that begins below or above
    would have to be larger than 2 GB to reach the address, which the limit of the address space
    (`ffmpeg.MEMORY_BYTES`) forbids.
    """
    there = PATH_ADDRESS >> 32
    commands = (_GET_FLAGS, _SET_FLAGS, _GET_STATUS, _DUPLICATE)
    rules = [
        *_plain(_ALWAYS, machine),
        *_plain(_WITH_FILES, machine),
        *_shared(machine),
        *_rule(_FCNTL, machine, _allow_if_low_in(1, commands)),
        *_rule(_MMAP, machine, _allow_unless_high(0, there)),
        *_rule(_MREMAP, machine, _allow_unless_high(4, there)),
        *_rule(_EXECVE, machine, _allow_if_equal(0, PATH_ADDRESS)),
    ]
    return _beginning(machine) + _packed(rules) + _end(machine, process)


_Instruction = tuple[int, int, int, int]


def _shared(machine: Machine) -> Iterator[_Instruction]:
    """The calls that depend on their arguments, the same for all decoders."""
    yield from _rule(
        _CLONE, machine, _allow_if_masked(0, _CLONE_THREAD | _CLONE_OTHER, _CLONE_THREAD)
    )
    # Its flags are in memory, where no filter looks. The C library then takes clone.
    yield from _rule(_CLONE3, machine, [_return(_FAIL | errno.ENOSYS)])
    # As of something that is no terminal, which is what programs ask.
    yield from _rule(_IOCTL, machine, [_return(_FAIL | errno.ENOTTY)])
    yield from _rule(_PRCTL, machine, _allow_if_low_in(0, (_SET_NAME,)))
    # Without new limits it only tells the present ones.
    yield from _rule(_PRLIMIT, machine, _allow_if_equal(2, 0))


def _plain(
    calls: Mapping[str, tuple[int | None, int | None]], machine: Machine
) -> Iterator[_Instruction]:
    for numbers in calls.values():
        yield from _rule(numbers, machine, _allow())


def _rule(
    numbers: tuple[int | None, int | None], machine: Machine, body: list[_Instruction]
) -> list[_Instruction]:
    """What is done for one system call; its body always returns."""
    number = numbers[machine.column]
    return [] if number is None else [(_JUMP_IF_EQUAL, 0, len(body), number), *body]


def _return(action: int) -> _Instruction:
    return (_RETURN, 0, 0, action)


def _allow() -> list[_Instruction]:
    return [_return(_ALLOW)]


def _load(argument: int, *, high: bool = False) -> _Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * argument + 4 * high)


_REFUSED: Final = _return(_FAIL | errno.EPERM)


def _allow_if_equal(argument: int, value: int) -> list[_Instruction]:
    return [
        _load(argument),
        (_JUMP_IF_EQUAL, 0, 3, value & 0xFFFFFFFF),
        _load(argument, high=True),
        (_JUMP_IF_EQUAL, 0, 1, value >> 32),
        _return(_ALLOW),
        _REFUSED,
    ]


def _allow_if_masked(argument: int, mask: int, value: int) -> list[_Instruction]:
    return [
        _load(argument),
        (_AND, 0, 0, mask),
        (_JUMP_IF_EQUAL, 0, 1, value),
        _return(_ALLOW),
        _REFUSED,
    ]


def _allow_if_low_in(argument: int, values: Iterable[int]) -> list[_Instruction]:
    """Allow it if the argument, a 32 bit number, is one of `values`."""
    wanted = tuple(values)
    jumps = [(_JUMP_IF_EQUAL, len(wanted) - index, 0, value) for index, value in enumerate(wanted)]
    return [_load(argument), *jumps, _REFUSED, _return(_ALLOW)]


def _allow_unless_high(argument: int, value: int) -> list[_Instruction]:
    return [
        _load(argument, high=True),
        (_JUMP_IF_EQUAL, 1, 0, value),
        _return(_ALLOW),
        _REFUSED,
    ]


def _beginning(machine: Machine) -> bytes:
    return _packed(
        [
            (_LOAD, 0, 0, _ARCHITECTURE),
            (_JUMP_IF_EQUAL, 1, 0, machine.audit),
            # The numbers of another architecture's calls mean other calls.
            _return(_KILL_PROCESS),
            (_LOAD, 0, 0, _NUMBER),
        ]
    )


def _end(machine: Machine, process: int) -> bytes:
    """The rule for signals of a process to itself, and the refusal of all that has no rule."""
    return _packed([*_rule(_TGKILL, machine, _allow_if_equal(0, process)), _REFUSED])


def _packed(instructions: Iterable[_Instruction]) -> bytes:
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)
