"""`make test`, `lint`, `e2e` and `bench`: everything a change must pass, from a fresh clone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from tools import cloud, generated_clients, layers, node, paths, site
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import step

_IMPORT_ROOTS = (".", "cli", "functions", "layers/shared/python")
_SPREAD = ("-p", "tools.pytest_groups", "-n", "2", "--dist", "loadgroup")


def lint() -> None:
    """Style, types, the dependency rule, the OpenAPI document. Raises `ToolError` after showing
    what each check that fails has to say."""
    checks: dict[str, list[str]] = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "import contracts": ["-c", "from importlinter.cli import lint_imports_command as c; c()"],
        "OpenAPI document": ["-m", "tools.openapi", "--check"],
        "mypy": ["-m", "mypy"],
    }
    failed = [name for name, command in checks.items() if not _passes(name, command)]
    try:
        site.check()
    except ToolError:
        failed.append("web client")
    if failed:
        raise ToolError(f"Not clean: {', '.join(failed)}.")


def test(arguments: Sequence[str]) -> int:
    """Lint, then every test. Returns pytest's exit status, its summary printed last."""
    prepare()
    lint()
    return _pytest([*_SPREAD, *arguments])


def e2e(arguments: Sequence[str]) -> int:
    """The end-to-end tests alone, on a cloud of their own."""
    prepare()
    return _pytest(["tests/e2e", *arguments])


def bench(names: Sequence[str]) -> int:
    """All benchmarks or those named. Returns their exit status."""
    prepare()
    return _run(["-m", "bench", *names])


def prepare() -> None:
    """Install and build what tests and benchmarks need."""
    work: list[Callable[[], object]] = [
        cloud.prepare,
        lambda: layers.build(layers.Target.host()),
        node.environment,
        site.install,
        site.build,
        generated_clients.prepare,
    ]
    for part in work:
        part()


def _passes(name: str, command: list[str]) -> bool:
    log = paths.LOGS / f"{name.replace(' ', '-')}.log"
    try:
        with step(f"Checking: {name}"):
            run_logged([sys.executable, *command], log=log, environment=_environment())
    except CommandError:
        print(log.read_text(), flush=True)
        return False
    return True


def _pytest(arguments: Sequence[str]) -> int:
    return _run(["-m", "pytest", *arguments])


def _run(arguments: Sequence[str]) -> int:
    return subprocess.run(
        [sys.executable, *arguments], cwd=paths.ROOT, env=_environment(), check=False
    ).returncode


def _environment() -> dict[str, str]:
    path = os.pathsep.join(str(paths.ROOT / root) for root in _IMPORT_ROOTS)
    return {**node.environment(), "PYTHONPATH": path}
