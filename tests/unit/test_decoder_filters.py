"""The filters of system calls, run by a small interpreter of what the kernel runs, for the
processors of both kinds."""

from __future__ import annotations

import errno
import struct
from typing import Any, Final

import pytest

from shutterfeed.adapters.decoding import filters
from tests.taken_over import NEVER, OPENING

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
NOBODY: Final = 4711
"""The id of the process that is filtered."""


def verdict(program: bytes, audit: int, number: int | None, *arguments: int) -> int:
    """The filter's answer to a system call: one of the two above, or the number of an error."""
    if number is None:
        return errno.EPERM
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number, audit, 0, *(value & (1 << 64) - 1 for value in padded))
    at = accumulator = 0
    code: int
    operand: int
    while True:
        code, if_true, if_false, operand = struct.unpack_from("<HBBI", program, at * 8)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x54:
            accumulator &= operand
        elif code == 0x15:
            at += if_true if accumulator == operand else if_false
        else:
            assert code == 0x06
            return operand & 0xFFFF if operand & 0xFFFF0000 == 0x50000 else operand


@pytest.fixture(params=sorted(filters.MACHINES))
def machine(request: pytest.FixtureRequest) -> filters.Machine:
    return filters.MACHINES[request.param]


@pytest.fixture(params=["photo", "program"])
def program(request: pytest.FixtureRequest, machine: filters.Machine) -> bytes:
    make: Any = getattr(filters, request.param)
    made: bytes = make(machine, NOBODY)
    # The kernel takes at most 4,096 instructions.
    assert len(made) < 8 * 4_096
    return made


def test_what_nobody_may_is_refused_whatever_its_arguments(
    program: bytes, machine: filters.Machine
) -> None:
    for name, numbers in NEVER.items():
        answer = verdict(program, machine.audit, numbers[machine.column], 1, 2, 3)
        assert answer in {errno.EPERM, errno.ENOTTY}, name


def test_a_photo_opens_nothing_and_a_program_does(machine: filters.Machine) -> None:
    photo, program = filters.photo(machine, NOBODY), filters.program(machine, NOBODY)
    for name, numbers in OPENING.items():
        number = numbers[machine.column]
        assert verdict(photo, machine.audit, number) == errno.EPERM, name
        if number is not None and name != "execve":
            assert verdict(program, machine.audit, number) == ALLOWED, name


def test_calls_of_another_processor_kill(program: bytes) -> None:
    assert verdict(program, 0x40000003, 1) == KILLED


def test_the_other_numbers_of_x86_are_refused() -> None:
    machine = filters.MACHINES["x86_64"]
    for make in (filters.photo, filters.program):
        assert verdict(make(machine, NOBODY), machine.audit, 0x40000000) == errno.EPERM


def test_threads_begin_and_processes_do_not(program: bytes, machine: filters.Machine) -> None:
    clone = (56, 220)[machine.column]
    assert verdict(program, machine.audit, clone, 0x3D0F00) == ALLOWED
    for flags in (17, 0x1200011, 0x4111, 0x10000000, 0x3D0F00 | 0x20000, 0x3D0F00 | 0x2000):
        assert verdict(program, machine.audit, clone, flags) == errno.EPERM
    assert verdict(program, machine.audit, 435, 0, 88) == errno.ENOSYS


def test_signals_go_to_itself_alone(program: bytes, machine: filters.Machine) -> None:
    tgkill = (234, 131)[machine.column]
    assert verdict(program, machine.audit, tgkill, NOBODY, NOBODY, 6) == ALLOWED
    for other in (1, NOBODY + 1, NOBODY + (1 << 32), -1):
        assert verdict(program, machine.audit, tgkill, other, other, 9) == errno.EPERM


def test_limits_are_only_read(program: bytes, machine: filters.Machine) -> None:
    prlimit = (302, 261)[machine.column]
    assert verdict(program, machine.audit, prlimit, 0, 7, 0, 4096) == ALLOWED
    assert verdict(program, machine.audit, prlimit, 0, 7, 4096, 0) == errno.EPERM
    assert verdict(program, machine.audit, prlimit, 0, 7, 1 << 32, 0) == errno.EPERM


def test_a_program_is_executed_once(machine: filters.Machine) -> None:
    program = filters.program(machine, NOBODY)
    execve = (59, 221)[machine.column]
    assert verdict(program, machine.audit, execve, filters.PATH_ADDRESS) == ALLOWED
    assert verdict(program, machine.audit, execve, filters.PATH_ADDRESS + 1) == errno.EPERM
    # Nothing can be mapped where the path would have to be.
    mmap, mremap = (9, 222)[machine.column], (25, 216)[machine.column]
    for there in (filters.PATH_ADDRESS, filters.PATH_ADDRESS & ~0xFFFFFFFF):
        assert verdict(program, machine.audit, mmap, there) == errno.EPERM
        assert verdict(program, machine.audit, mremap, 1, 2, 3, 4, there) == errno.EPERM
    for elsewhere in (0, 0x7F00_0000_0000):
        assert verdict(program, machine.audit, mmap, elsewhere) == ALLOWED
        assert verdict(program, machine.audit, mremap, 1, 2, 3, 4, elsewhere) == ALLOWED


def test_a_file_cannot_choose_who_gets_its_signals(machine: filters.Machine) -> None:
    fcntl, program = (72, 25)[machine.column], filters.program(machine, NOBODY)
    for command in (1, 2, 3, 1030):
        assert verdict(program, machine.audit, fcntl, 0, command) == ALLOWED
    for command in (4, 8, 10, 15):
        assert verdict(program, machine.audit, fcntl, 0, command) == errno.EPERM
