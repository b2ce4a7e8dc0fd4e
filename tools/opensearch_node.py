"""A real OpenSearch node without Docker: its archive from Maven Central, one process on loopback.

It needs Java and, the first time, Maven. Its data live in memory, or in a temporary folder if this
system has no room there, and go with it.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from tools import cloud, paths, stamps
from tools.commands import CommandError, run_logged
from tools.dynamodb_local import java_of
from tools.errors import ToolError, Unavailable
from tools.progress import step

VERSION: Final = "2.19.1"
"""The version of OpenSearch: the newest that runs on Java 17 and that AWS offers too."""
FOLDER: Final = paths.BUILD / "opensearch"
HTTP_PORT: Final = 9200

_ARTIFACT: Final = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
_SHA256: Final = "af7152d8b7f6f1cee09d47276b32b70479fe6dd8cdbb61213f84eb7f8098b261"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_HOST: Final = "127.0.0.1"
_HEAP: Final = "512m"
_START_SECONDS: Final = 240.0
_UNPRIVILEGED: Final = "nobody"
_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the node's data are in a folder of a random name
_ROOM: Final = 1 << 30
"""The free bytes of memory that a node may be given for its data. A container often has less."""


@contextmanager
def running(port: int | None = None) -> Iterator[str]:
    """Run a fresh, empty node during the block, and give its address.

    Raises `Unavailable` if there is no Java, no Maven or no network.
    """
    java, home = java_of("An OpenSearch node"), _distribution()
    port = cloud.free_port() if port is None else port
    if not cloud.is_free(port):
        raise ToolError(f"Port {port} is taken by another program.")
    log = paths.LOGS / "opensearch.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with _folder() as folder, _folder(_roomy_memory()) as data:
        _configure(folder, data, home, port)
        with log.open("wb") as output:
            process = _start(java, home, folder, output.fileno())
            try:
                _await_answer(process, port, log)
                yield f"http://{_HOST}:{port}"
            finally:
                _stop(process)


@contextmanager
def _folder(parent: Path | None = None) -> Iterator[Path]:
    """A new folder in `parent` or where the system has its temporary ones, gone with the block."""
    folder = Path(tempfile.mkdtemp(prefix="opensearch-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy_memory() -> Path | None:
    """Where files are kept in memory. None if there is no such place, or little room in it.

    A node writes dozens of small files for each index that is made, and waits for the disk after
    each: in memory it takes two thirds of the processor's time.
    """
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        return None
    return _MEMORY


def empty(address: str) -> None:
    """Remove all indexes of the node at `address`. Raises `httpx.HTTPError` if it cannot."""
    httpx.delete(f"{address}/_all").raise_for_status()


def _distribution() -> Path:
    """The unpacked archive, downloaded if it is not there."""
    stamp = FOLDER / "downloaded.sha256"
    with stamps.exclusive(paths.BUILD / "opensearch.lock"):
        if not stamps.is_current(stamp, _SHA256):
            with step(f"Downloading OpenSearch {VERSION}"), stamps.fresh_directory(FOLDER) as new:
                _download(new)
            stamps.write(stamp, _SHA256)
    return FOLDER / f"opensearch-{VERSION}"


def _download(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("An OpenSearch node is downloaded with Maven: install `mvn`.")
    log = paths.LOGS / "opensearch-download.log"
    try:
        run_logged(
            [maven, "-B", "-q", _COPY, f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"],
            log=log,
        )
    except CommandError as error:
        raise Unavailable(
            f"Maven could not download OpenSearch: see {paths.relative(log)}, and try again."
        ) from error
    archive = folder / f"opensearch-{VERSION}.zip"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != _SHA256:
        raise ToolError(f"The downloaded {archive.name} does not have the expected SHA-256.")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    archive.unlink()
    # Another user than the one who unpacked it may run it.
    folder.chmod(0o755)


def _configure(folder: Path, data: Path, home: Path, port: int) -> None:
    for name in ("config", "logs", "tmp"):
        (folder / name).mkdir()
    shutil.copy(home / "config" / "log4j2.properties", folder / "config")
    (folder / "config" / "jvm.options").touch()
    settings = {
        "cluster.name": "shutterfeed",
        "node.name": "one",
        "discovery.type": "single-node",
        "network.host": _HOST,
        "http.port": port,
        "transport.port": cloud.free_port(),
        "path.data": data,
        "path.logs": folder / "logs",
        # A developer's disk is fuller than a server's may be.
        "cluster.routing.allocation.disk.threshold_enabled": "false",
        # Nothing may come into being under a name that somebody mistyped.
        "action.auto_create_index": "false",
    }
    lines = "".join(f"{name}: {value}\n" for name, value in settings.items())
    (folder / "config" / "opensearch.yml").write_text(lines)
    if _as_root():
        owner = pwd.getpwnam(_UNPRIVILEGED)
        for path in (data, folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _start(java: str, home: Path, folder: Path, output: int) -> subprocess.Popen[bytes]:
    command = [
        java,
        f"-Xms{_HEAP}",
        f"-Xmx{_HEAP}",
        # The node is small and short-lived: what starts quickly serves it best.
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Djava.security.manager=allow",
        "-Dlog4j2.disable.jmx=true",
        f"-Djava.io.tmpdir={folder / 'tmp'}",
        f"-Dopensearch.path.home={home}",
        f"-Dopensearch.path.conf={folder / 'config'}",
        "-Dopensearch.distribution.type=zip",
        "-Dopensearch.bundled_jdk=false",
        *("-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch"),
    ]
    # OpenSearch refuses to run as root.
    user = _UNPRIVILEGED if _as_root() else None
    group = pwd.getpwnam(_UNPRIVILEGED).pw_gid if user else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"},
        user=user,
        group=group,
        extra_groups=[] if user else None,
        start_new_session=True,
    )


def _as_root() -> bool:
    return os.geteuid() == 0


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with step("Starting OpenSearch"):
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(port):
                return
            time.sleep(0.2)
    raise ToolError(f"OpenSearch did not start: see {paths.relative(log)}.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=5)
    try:
        connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    # A node that is asked to end waits 20 seconds for connections that are kept open. It has
    # nothing to lose: its folder goes with it.
    process.kill()
    process.wait()
