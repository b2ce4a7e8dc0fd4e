"""AWS's own DynamoDB Local, for the contract tests: its jars from Maven Central, one process.

It needs a JDK, which runs the small program that keeps it to loopback, and Maven the first time.
It keeps everything in memory.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools import cloud, paths, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError, Unavailable
from tools.progress import step

OLDEST_JAVA: Final = 17
FOLDER: Final = paths.BUILD / "dynamodb-local"

_POM: Final = paths.ROOT / "tools" / "dynamodb-local.pom.xml"
_COPY: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_MAIN: Final = paths.ROOT / "tools" / "LoopbackDynamoDb.java"
_SHORT_LIVED: Final = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""Makes the JVM collect with one thread and compile quickly rather than well: the tests take less
than half of the CPU time. No node of theirs lives long enough to earn it back."""
_START_SECONDS: Final = 180.0
_GRACE_SECONDS: Final = 5.0


@contextmanager
def running() -> Iterator[str]:
    """Run a fresh, empty DynamoDB Local during the block, and give its address, for `endpoint_url`.

    Raises `Unavailable` if there is no Java, no Maven or no network.
    """
    java, jars = java_of("DynamoDB Local", with_compiler=True), _jars()
    port = cloud.free_port()
    log = paths.LOGS / "dynamodb-local.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                java,
                *("-Xmx512m", *_SHORT_LIVED),
                f"-Djava.library.path={jars}",
                *("-cp", f"{jars}/*", str(_MAIN)),
                *("-inMemory", "-disableTelemetry", "-port", str(port)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_answer(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(process)


def java_of(program: str, *, with_compiler: bool = False) -> str:
    """The path of this machine's Java. `program` is what needs it, for the error: raises
    `Unavailable` if Java is missing or too old."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None) or shutil.which("java")
    incomplete = found is None or (with_compiler and not _is_jdk(found))
    if found is None or incomplete or _major_version(found) < OLDEST_JAVA:
        raise Unavailable(f"{program} needs Java {OLDEST_JAVA} or newer: install a JDK.")
    return found


def _is_jdk(java: str) -> bool:
    """Whether its compiler is there too, without which a program does not run from its source."""
    return Path(java).resolve().with_name("javac").exists()


def _major_version(java: str) -> int:
    """0 where it does not say: macOS has a `java` that only tells where to get one."""
    answer = subprocess.run(
        [java, "-version"], capture_output=True, text=True, timeout=120, check=False
    )
    version = re.search(r'version "(\d+)', answer.stderr)
    return int(version[1]) if version else 0


def _jars() -> Path:
    """The folder of the jars and native libraries, downloaded if it is not there."""
    wanted, stamp = stamps.digest([_POM]), FOLDER / "downloaded.sha256"
    with stamps.exclusive(paths.BUILD / "dynamodb-local.lock"):
        if not stamps.is_current(stamp, wanted):
            with step("Downloading DynamoDB Local"), stamps.fresh_directory(FOLDER) as folder:
                _download(folder)
            stamps.write(stamp, wanted)
    return FOLDER


def _download(folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("DynamoDB Local is downloaded with Maven: install `mvn`.")
    log = paths.LOGS / "dynamodb-local-download.log"
    try:
        run_logged(
            [maven, "-B", "-q", "-f", _POM, _COPY, f"-DoutputDirectory={folder}"],
            log=log,
        )
    except CommandError as error:
        raise Unavailable(
            f"Maven could not download DynamoDB Local: see {paths.relative(log)}, and try again."
        ) from error


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(port):
            return
        time.sleep(0.05)
    raise ToolError(f"DynamoDB Local did not start: see {paths.relative(log)}.")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
