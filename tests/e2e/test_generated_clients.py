"""Clients generated from the OpenAPI document drive every operation of the deployed API."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests import pictures
from tests.e2e import door
from tests.e2e.conftest import Deployment, Person
from tests.integration import contract
from tools import generated_clients

DRIVERS: Final = Path(__file__).with_name("clients")
LARGE: Final = 17 * 1024 * 1024
OPERATIONS: Final = {operation["operationId"] for _, _, operation in contract.operations()}


@pytest.fixture
def way_in(stack: Deployment) -> Iterator[door.Door]:
    with door.opened(stack.outputs["ApiUrl"]) as opened:
        yield opened


@pytest.fixture
def task(
    tmp_path: Path,
    way_in: door.Door,
    person: Callable[[], Person],
    moderator: Callable[[], Person],
) -> Path:
    """The file that tells a driver where the API is, who it is, and what to upload."""
    me, other = person(), person()
    small = pictures.jpeg(160, 120, seed=70)
    # Decoders read nothing behind a JPEG's end.
    large = pictures.jpeg(1600, 1200, seed=71)
    contents = {"small": small, "large": large + bytes(LARGE - len(large))}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    file = tmp_path / "task.json"
    file.write_text(
        json.dumps(
            {
                "url": way_in.url,
                "token": me.tokens.access,
                "handle": me.handle,
                "other": other.handle,
                "other_token": other.tokens.access,
                "moderator_tokens": [moderator().tokens.access for _ in range(2)],
                **{name: str(tmp_path / name) for name in contents},
            }
        )
    )
    return file


def test_a_generated_python_client_drives_every_operation(
    tmp_path: Path, task: Path, way_in: door.Door
) -> None:
    package = generated_clients.python_client() / generated_clients.PYTHON_PACKAGE
    (tmp_path / package.name).symlink_to(package)
    shutil.copy(DRIVERS / "drive.py", tmp_path)
    python = generated_clients.python()
    _run([python, "drive.py", task], tmp_path)
    assert _driven(way_in) == OPERATIONS


def test_a_generated_typescript_client_compiles_and_drives_every_operation(
    tmp_path: Path, task: Path, way_in: door.Door
) -> None:
    generated_clients.generate_typescript(tmp_path)
    for name in ("drive.ts", "tsconfig.json"):
        shutil.copy(DRIVERS / name, tmp_path)
    generated_clients.check_types(tmp_path)
    _run([generated_clients.node_executable(), "drive.ts", task], tmp_path)
    assert _driven(way_in) == OPERATIONS


def _run(command: list[str | Path], folder: Path) -> None:
    """What a driver says becomes the failure's explanation."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _driven(way_in: door.Door) -> set[str]:
    """The operations that were answered with success."""
    operations = (
        contract.operation_for(passed.method, passed.path)
        for passed in way_in.passed
        if passed.status < 300
    )
    return {operation["operationId"] for operation in operations if operation is not None}
