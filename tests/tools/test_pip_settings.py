from __future__ import annotations

from pathlib import Path

import pytest

from tools import pip_settings
from tools.errors import ToolError
from tools.pip_settings import translated


def test_a_machines_index_and_certificates_reach_uv() -> None:
    listed = (
        "global.cert='/etc/ca.pem'\n"
        "global.extra-index-url='https://one.test/simple\\nhttps://two.test/simple'\n"
        "global.index-url='https://index.test/simple'\n"
        "global.proxy='http://proxy.test:3128'\n"
        "global.timeout='180'\n"
        "global.trusted-host='index.test'\n"
    )

    variables = translated(listed)

    assert (
        variables.items()
        >= {
            "SSL_CERT_FILE": "/etc/ca.pem",
            "UV_DEFAULT_INDEX": "https://index.test/simple",
            "UV_INDEX": "https://one.test/simple https://two.test/simple",
            "HTTP_PROXY": "http://proxy.test:3128",
            "HTTPS_PROXY": "http://proxy.test:3128",
            "UV_HTTP_TIMEOUT": "180",
            "UV_INSECURE_HOST": "index.test",
        }.items()
    )


def test_what_is_not_set_is_left_to_uv() -> None:
    assert translated("") == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "true",
    }


def test_the_environment_comes_before_the_command_and_that_before_the_rest() -> None:
    listed = "global.index-url='a'\ninstall.index-url='b'\n"

    assert translated(listed)["UV_DEFAULT_INDEX"] == "b"
    assert translated(listed + ":env:.index-url='c'\n")["UV_DEFAULT_INDEX"] == "c"


def test_folders_of_wheels_are_named_if_they_are_there(tmp_path: Path) -> None:
    places = [str(tmp_path), str(tmp_path / "absent"), "https://wheels.test/"]

    variables = translated(f":env:.find-links={' '.join(places)!r}\n:env:.no-index='1'\n")

    assert variables["UV_FIND_LINKS"] == f"{tmp_path},https://wheels.test/"
    assert variables["UV_OFFLINE"] == "1"


def a_python_whose_pip(folder: Path, script: str) -> Path:
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return python


def test_settings_are_what_pip_lists(tmp_path: Path) -> None:
    python = a_python_whose_pip(tmp_path, """echo "global.index-url='$3 $4'" """)

    assert pip_settings.read(python)["UV_DEFAULT_INDEX"] == "config list"


def test_settings_that_pip_cannot_read_are_told(tmp_path: Path) -> None:
    python = a_python_whose_pip(tmp_path, "echo 'ERROR: bad file' >&2; exit 1")

    with pytest.raises(ToolError, match=r"can't be read \(ERROR: bad file\): correct them"):
        pip_settings.read(python)
