"""The OpenSearch node for tests: what stops it is told in one sentence."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tools import cloud, opensearch_node, paths
from tools.errors import ToolError


def _program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; nothing was downloaded yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    _program(folder, "java", "echo 'openjdk version \"21.0.1\"' >&2")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(opensearch_node, "FOLDER", tmp_path / "opensearch")
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    return folder


def _run() -> None:
    with opensearch_node.running():
        pytest.fail("there is nothing that could run")


def test_without_a_recent_java_one_is_told_to_install_it(bin_folder: Path) -> None:
    _program(bin_folder, "java", "echo 'openjdk version \"11.0.2\"' >&2")
    with pytest.raises(ToolError, match="An OpenSearch node needs Java 17 or newer"):
        _run()


@pytest.mark.usefixtures("bin_folder")
def test_without_maven_one_is_told_to_install_it() -> None:
    with pytest.raises(ToolError, match="install `mvn`"):
        _run()


def test_a_failed_download_leaves_nothing_and_names_its_log(bin_folder: Path) -> None:
    _program(bin_folder, "mvn", "echo no network; exit 1")
    with pytest.raises(ToolError, match=r"see .*opensearch-download\.log"):
        _run()
    assert not opensearch_node.FOLDER.exists()


def test_another_archive_than_the_expected_one_is_not_unpacked(bin_folder: Path) -> None:
    name = f"opensearch-{opensearch_node.VERSION}.zip"
    _program(
        bin_folder,
        "mvn",
        f'for last in "$@"; do :; done; echo other > "${{last#-DoutputDirectory=}}/{name}"',
    )
    with pytest.raises(ToolError, match="does not have the expected SHA-256"):
        _run()
    assert not opensearch_node.FOLDER.exists()


@pytest.mark.usefixtures("bin_folder")
def test_a_taken_port_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opensearch_node, "_distribution", lambda: Path("/nowhere"))
    monkeypatch.setattr(cloud, "is_free", lambda _: False)
    with pytest.raises(ToolError, match="Port 9200 is taken"), opensearch_node.running(9200):
        pytest.fail("it cannot run")


@pytest.mark.parametrize(("free_bytes", "in_memory"), [(1 << 31, True), (1 << 26, False)])
def test_data_are_in_memory_where_there_is_room_and_gone_afterwards(
    bin_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    free_bytes: int,
    in_memory: bool,
) -> None:
    memory, home = tmp_path / "memory", tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "log4j2.properties").touch()
    memory.mkdir()
    # It tells its settings, and ends.
    tell = 'for a in "$@"; do case "$a" in *path.conf=*) cat "${a#*=}"/*.yml;; esac; done; exit 1'
    version = "echo 'openjdk version \"21.0.1\"' >&2"
    _program(bin_folder, "java", f'case "$1" in -version) {version};; *) {tell};; esac')
    (bin_folder / "cat").symlink_to(str(shutil.which("cat", path=os.defpath)))
    monkeypatch.setattr(opensearch_node, "_distribution", lambda: home)
    monkeypatch.setattr(opensearch_node, "_as_root", lambda: False)
    monkeypatch.setattr(opensearch_node, "_MEMORY", memory)
    usage = type(shutil.disk_usage(memory))(1 << 32, 0, free_bytes)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(ToolError, match="did not start"):
        _run()

    [data] = re.findall("path.data: (.*)", (paths.LOGS / "opensearch.log").read_text())
    assert (Path(data).parent == memory) == in_memory
    assert not Path(data).exists()
