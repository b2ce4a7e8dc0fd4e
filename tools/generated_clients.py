"""Clients generated from the OpenAPI document with pinned generators, as others would do it; for
tests."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools import environments, node, paths, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import step

DOCUMENT: Final = paths.OPENAPI
PYTHON_PACKAGE: Final = "shutterfeed_client"
TYPESCRIPT_FOLDER: Final = "client"
_REQUIREMENTS: Final = paths.ROOT / "tools" / "requirements-clients.txt"
_SOURCE: Final = paths.ROOT / "tools" / "client-generators"
_PYTHON_CONFIG: Final = (
    # It would format what nobody reads.
    "post_hooks: []\n"
    # It knows no Atom; the feed is text to it.
    "content_type_overrides:\n  application/atom+xml: text/xml\n"
)
_FILES: Final = ("package.json", "package-lock.json", "generate.mjs")


def python() -> Path:
    """The interpreter that has the validator, the Python generator, and what its clients need."""
    return environments.ensure(paths.CLIENTS_VENV, _REQUIREMENTS, "the client generators")


def validate(document: Path = DOCUMENT) -> None:
    """Raise `ToolError` with what a validator finds wrong with the document."""
    _run([python(), "-m", "openapi_spec_validator", document], "openapi-validator")


def python_client() -> Path:
    """The folder with the package `PYTHON_PACKAGE`, made again if the document or the generator
    changed. Raises `ToolError`."""
    wanted = stamps.digest([DOCUMENT, _REQUIREMENTS], also=[_PYTHON_CONFIG])
    stamp = paths.PYTHON_CLIENT / "generated.sha256"
    with stamps.exclusive(paths.BUILD / "python-client.lock"):
        if not stamps.is_current(stamp, wanted):
            with stamps.fresh_directory(paths.PYTHON_CLIENT) as folder:
                _generate_python(folder)
                stamps.write(folder / stamp.name, wanted)
    return paths.PYTHON_CLIENT


def _generate_python(folder: Path) -> None:
    """Write the package `PYTHON_PACKAGE` into a folder. Raises `ToolError`, also for a warning:
    the generator leaves out what it does not understand."""
    config = folder / "generator.yml"
    config.write_text(_PYTHON_CONFIG)
    command: list[str | Path] = [python(), "-m", "openapi_python_client", "generate"]
    command += ["--path", DOCUMENT, "--config", config, "--meta", "none", "--fail-on-warning"]
    _run([*command, "--output-path", folder / PYTHON_PACKAGE], "python-client")


def generate_typescript(folder: Path) -> None:
    """Write a client into the folder's `TYPESCRIPT_FOLDER`, and make the generator's packages, with
    them the compiler, known there. Raises `ToolError`."""
    installed = node_packages()
    (folder / "package.json").write_text('{"type": "module"}\n')
    (folder / "node_modules").symlink_to(installed / "node_modules")
    output = folder / TYPESCRIPT_FOLDER
    command: list[str | Path] = [node_executable(), installed / "generate.mjs", DOCUMENT, output]
    _run(command, "typescript-client", folder)


def check_types(folder: Path) -> None:
    """Compile the TypeScript in the folder without writing anything. Raises `ToolError` if there is
    an error in it."""
    compiler = folder / "node_modules" / "typescript" / "bin" / "tsc"
    _run([node_executable(), compiler, "--project", folder], "typescript-check", folder)


def node_executable() -> Path:
    """The path of a Node.js that runs TypeScript."""
    return node.folder() / "node"


def node_packages() -> Path:
    """The folder of the installed TypeScript generator."""
    wanted = stamps.digest([_SOURCE / name for name in _FILES])
    stamp = paths.CLIENT_GENERATORS / "installed.sha256"
    if stamps.is_current(stamp, wanted):
        return paths.CLIENT_GENERATORS
    with (
        stamps.exclusive(paths.BUILD / "client-generators.lock"),
        step("Installing the TypeScript client generator"),
        stamps.fresh_directory(paths.CLIENT_GENERATORS) as folder,
    ):
        for name in _FILES:
            shutil.copy(_SOURCE / name, folder)
        install = [*node.npm(), "ci", "--no-audit", "--no-fund"]
        _run(install, "npm-client-generators", folder)
        stamps.write(folder / stamp.name, wanted)
    return paths.CLIENT_GENERATORS


def _run(command: Sequence[str | Path], name: str, directory: Path = paths.ROOT) -> None:
    log = paths.LOGS / f"{name}.log"
    # The machine's settings of Python's path are not the generators'.
    environment = {k: v for k, v in node.environment().items() if k != "PYTHONPATH"}
    try:
        run_logged(command, log=log, environment=environment, directory=directory)
    except CommandError as error:
        raise ToolError(f"{name} failed:\n{error.tail}") from error
