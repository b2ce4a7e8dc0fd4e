"""`make test`, `unit`, `check`, `e2e` and `bench`: what a change must pass, from a fresh clone; and
`make events`, `rights`, `visibility` and `costs`, which write what the tests compare with the code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, NoReturn

from tools import cloud, generated_clients, layers, node, paths, site
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import step

_IMPORT_ROOTS = (".", "cli", "functions", "layers/shared/python")
_PROCESSES: Final = min(2 + (os.cpu_count() or 1), 8)
"""How many run tests: two more than there are cores, since end-to-end tests often wait."""
SPREAD: Final = (
    *("-p", "tools.pytest_groups"),
    *("-n", str(_PROCESSES), "--dist", "loadscope", "--no-loadscope-reorder"),
)


_CHECKS: Final[Mapping[str, Sequence[str]]] = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "import contracts": ["-m", "tools.imports"],
    "OpenAPI document": ["-m", "tools.openapi", "--check"],
}
_MYPY: Final = ["-m", "mypy"]
_COLLECTION: Final[Mapping[str, Sequence[str]]] = {
    # The first who imports the tests rewrites their assertions and keeps that. The processes of a
    # run begin at the same time, and in a fresh clone each of them would do it.
    "collection": ["-m", "pytest", "--collect-only", "-qq"],
}


def check(
    before: Callable[[], object] = lambda: None, more: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Check style, types, the dependency rule and the OpenAPI document, after `before`, and `more`
    by name. Raises `ToolError` after printing the output of each check that failed."""
    with ThreadPoolExecutor(_PROCESSES) as beside:
        # What takes longest begins first, beside the installing, for most of which a core is free.
        named = {"mypy": _MYPY, **(more or {}), **_CHECKS}
        ours = {name: beside.submit(_run, name, words) for name, words in named.items()}
        before()
        site.install()
        runs: dict[str, Future[None]] = {"web client": beside.submit(site.check), **ours}
        failed = [name for name, run in runs.items() if not _passes(name, run)]
    if failed:
        raise ToolError(f"These checks failed: {', '.join(failed)}.")


def test(arguments: Sequence[str]) -> NoReturn:
    """Check, then run every test. This process becomes pytest's, whose summary is printed
    last."""
    check(prepare, _COLLECTION)
    _become(["-m", "pytest", *SPREAD, *arguments])


def unit(arguments: Sequence[str]) -> NoReturn:
    """The pure tests alone, for which nothing is built; becomes pytest's process."""
    _become(["-m", "pytest", "tests/unit", *arguments])


def e2e(arguments: Sequence[str]) -> NoReturn:
    """Run only the end-to-end tests, on a cloud of their own. This process becomes pytest's."""
    prepare()
    _become(["-m", "pytest", "tests/e2e", *arguments])


def bench(arguments: Sequence[str]) -> NoReturn:
    """Run all benchmarks, or those that are named. This process becomes theirs."""
    prepare()
    _become(["-m", "bench", *arguments])


def events() -> NoReturn:
    """Write the sample batches of the workers. This process becomes the writer's."""
    _become(["-m", "tests.batches"])


def rights() -> NoReturn:
    """Write the rights of every function. This process becomes the writer's."""
    _become(["-m", "tests.infra.rights"])


def visibility() -> NoReturn:
    """Write the page of who sees what. This process becomes the writer's."""
    _become(["-m", "tests.visibility"])


def costs() -> NoReturn:
    """Write the bill of an idle month into README. This process becomes the writer's."""
    _become(["-m", "bench.bill_idle"])


def prepare() -> None:
    """Install and build what tests and benchmarks need. What npm installs and what uv installs come
    at the same time: each waits for the network and the disk half of its time."""
    node.environment()
    with ThreadPoolExecutor(1) as beside:
        of_npm = beside.submit(_prepare_web)
        cloud.prepare()
        layers.link()
        generated_clients.python()
        of_npm.result()


def _prepare_web() -> None:
    site.install()
    site.build()
    generated_clients.node_packages()


def _passes(name: str, run: Future[None]) -> bool:
    """Wait for a check. The output of one that failed is printed."""
    try:
        with step(f"Checking: {name}"):
            run.result()
    except CommandError:
        print(_log(name).read_text(), flush=True)
        return False
    except ToolError as error:
        print(error, flush=True)
        return False
    return True


def _run(name: str, words: Sequence[str]) -> None:
    run_logged([sys.executable, *words], log=_log(name), environment=_environment())


def _log(name: str) -> Path:
    return paths.LOGS / f"{name.replace(' ', '-')}.log"


def _become(arguments: Sequence[str]) -> NoReturn:
    """Put a Python program in the place of this process.

    What ends us then ends the program, which has all the time it needs to clean up. A child would
    be killed a quarter of a second after a Ctrl-C, and outlive a SIGTERM.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(paths.ROOT)
    os.execve(sys.executable, [sys.executable, *arguments], _environment())  # noqa: S606 - no shell


def _environment() -> dict[str, str]:
    path = os.pathsep.join(str(paths.ROOT / root) for root in _IMPORT_ROOTS)
    return {**node.environment(), "PYTHONPATH": path}
