"""The local cloud: MiniStack as a process of ours, on loopback, with nothing left when it stops."""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tools import environments, node, paths, stamps
from tools.errors import ToolError

DEFAULT_PORT: Final = 4566
LOCAL_CONFIRMATION_CODE: Final = "123456"
"""The code that confirms a new account. The cloud sends no e-mail, and the code never changes."""
LOCAL_RESET_CODE: Final = "654321"
"""The code to set a new password, after the old one was forgotten."""
_REQUIREMENTS: Final = paths.ROOT / "tools" / "requirements-cloud.txt"
_HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 180.0
_GRACE_SECONDS: Final = 5.0
_KILLED_SECONDS: Final = 30.0
"""Usually an instant."""
_REMOVAL_SECONDS: Final = 2.0
"""How long the removal of the folder is waited for: usually an instant, but its 24,000 files took a
minute and a half on a busy disk."""
_REMOVE: Final = 'rm -rf -- "$@" &'
_ANSWER_SECONDS: Final = 2.0
_BUSY_SECONDS: Final = 30.0
"""How long a running one may take to answer: to start another would lose what is in it."""
_WITH_MANY_FILES: Final = (
    *("/bin/sh", "-c", 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"', "sh"),
)
"""A program with as many open files as the system allows it: each connection is one."""
_SERVE: Final = (
    *("-m", "uvicorn", "--host", _HOST, "--loop", "uvloop", "--http", "httptools", "--ws", "none"),
    *("--timeout-keep-alive", "75", "--timeout-graceful-shutdown", "1", "--no-access-log"),
    # Answers name the server and the time as AWS does, by the cloud itself.
    *("--no-server-header", "--no-date-header"),
    # Who asks is whoever has connected.
    "--no-proxy-headers",
    *("--app-dir", str(paths.ROOT), "tools.cloud_shortcuts:app"),
)
"""How uvicorn serves the cloud. The one that comes with it, hypercorn, reads every request in
Python: of a small request to DynamoDB that was 0.5 of 1.2 ms of the processor's time."""
_PORTS: Final = range(20_000, 32_000)
"""Outside those that systems give to outgoing connections: one of these stays free until whoever
asked for it listens there."""


@dataclass(frozen=True, slots=True)
class _Server:
    """What is remembered of a started process. Its start time tells it from a later process that
    got the same number."""

    pid: int
    started: str
    port: int


Tell = Callable[[str], None]
"""A function that is called with what the cloud is waiting for, to show it to a person."""


class LocalCloud:
    """One running MiniStack. All processes that name the same folder use the same one."""

    def __init__(self, folder: Path = paths.LOCAL) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file with the output of the cloud's process."""
        return self.folder / "cloud.log"

    @property
    def port(self) -> int:
        """Raises `ToolError` if it is not running."""
        return self._required().port

    @property
    def endpoint(self) -> str:
        """The address of the AWS API, for `endpoint_url`. Raises `ToolError` if the cloud is not
        running."""
        return f"http://{_HOST}:{self.port}"

    @property
    def identity(self) -> str:
        """An id that differs after every start: the cloud forgets everything when it stops."""
        server = self._required()
        return f"{server.pid}/{server.started}/{server.port}"

    def is_running(self) -> bool:
        """Whether the process started for this folder, by anyone, is alive."""
        return self._server() is not None

    def start(self, port: int | None = None) -> None:
        """Start on `port`, a free one if None; does nothing if it runs there already.

        Raises `ToolError` if the port is taken or the cloud does not come up.
        """
        running = self._server()
        if running is not None:
            if port in (None, running.port) and _is_healthy(running.port, _BUSY_SECONDS):
                return
            self.stop()
        port = free_port() if port is None else port
        if not is_free(port):
            raise ToolError(
                f"Port {port} is taken by another program: stop that, or choose another port as "
                f"in `make up PORT={port + 1}`."
            )
        self._clear()
        self._launch(port, environments.ensure(paths.CLOUD_VENV, _REQUIREMENTS, "the local cloud"))

    def stop(self, tell: Tell = lambda _: None) -> bool:
        """End the process and everything that it started, and delete its folder. Returns False if
        none was running.

        It takes only seconds: a process that does not end is killed, and on a slow disk the folder
        is renamed at once and deleted in the background. Raises `ToolError` if a
        process cannot even be killed.
        """
        server = self._server()
        if server is not None:
            self._terminate(server, tell)
        self._process = None
        self._clear(tell)
        return server is not None

    def _launch(self, port: int, python: Path) -> None:
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [*_WITH_MANY_FILES, python, *_SERVE, "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(port, temporary),
                cwd=self.folder,
                # A group of its own: a Ctrl-C meant for us leaves it alone, and one signal ends it
                # together with the functions it runs.
                start_new_session=True,
            )
        pid = self._process.pid
        server = _Server(pid, _start_time(pid) or "", port)
        stamps.replace_text(self._state, json.dumps(asdict(server)))
        try:
            self._await_health(self._process, port)
        except BaseException:
            self._terminate(server, lambda _: None)
            self._process = None
            self._state.unlink(missing_ok=True)
            raise

    def _await_health(self, process: subprocess.Popen[bytes], port: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if _is_healthy(port, _ANSWER_SECONDS):
                return
            time.sleep(0.05)
        raise ToolError(
            f"The local cloud did not start on port {port}: see {paths.relative(self.log)}, then "
            "run the same command again."
        )

    def _terminate(self, server: _Server, tell: Tell) -> None:
        family = _family(server.pid)
        left: list[_Process] = []
        for number, seconds in (
            (signal.SIGTERM, _GRACE_SECONDS),
            (signal.SIGKILL, _KILLED_SECONDS),
        ):
            # macOS refuses permission to signal a group of which only dead processes are left.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(server.pid, number)
            for member in _alive(family, server.pid):
                if member.group != server.pid:
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(member.pid, number)
            left = _left_after(family, server.pid, seconds, tell)
            if not left:
                break
        else:
            raise ToolError(
                f"The local cloud does not end: {_counted(left)} of it cannot be killed. The usual"
                " reason is a disk that does not answer."
            )
        if self._process is not None:
            self._process.wait()

    def _server(self) -> _Server | None:
        if self._process is not None:
            self._process.poll()
        try:
            server = _Server(**json.loads(self._state.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None  # never started, or by another version of this tool
        return server if _start_time(server.pid) == server.started else None

    def _required(self) -> _Server:
        server = self._server()
        if server is None:
            raise ToolError("The local cloud is not running: start it with `make up`.")
        return server

    @property
    def _state(self) -> Path:
        return self.folder / "server.json"

    def _clear(self, tell: Tell = lambda _: None) -> None:
        """Remove the folder, and what removals that were broken off have left."""
        if self.folder.exists():
            target = tempfile.mkdtemp(prefix=f".{self.folder.name}.", dir=self.folder.parent)
            self.folder.replace(target)
        removed = list(self.folder.parent.glob(f".{self.folder.name}.*"))
        if not removed:
            return
        subprocess.run(
            ["/bin/sh", "-c", _REMOVE, "sh", *removed],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        tell("its files are being deleted")
        deadline = time.monotonic() + _REMOVAL_SECONDS
        while any(path.exists() for path in removed):
            if time.monotonic() > deadline:
                tell("its files are still being deleted, in the background")
                return
            time.sleep(0.02)


def prepare() -> None:
    """Install the cloud if it is not installed yet, without starting it."""
    environments.ensure(paths.CLOUD_VENV, _REQUIREMENTS, "the local cloud")
    node.folder()


def is_free(port: int) -> bool:
    """Whether nobody listens on this loopback port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on. Raises `ToolError` if there is none."""
    for port in random.sample(_PORTS, len(_PORTS)):
        if is_free(port):
            return port
    raise ToolError(f"No port from {_PORTS.start} to {_PORTS.stop - 1} is free on this machine.")


def _environment(port: int, temporary: Path) -> dict[str, str]:
    """Everything the cloud sees, and with it every function: nothing of ours gets in."""
    return {
        # Its CloudFront runs functions on Node.js.
        "PATH": f"{node.folder()}{os.pathsep}{os.defpath}",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "STATE_DIR": str(temporary / "state"),
        "S3_DATA_DIR": str(temporary / "s3"),
        "LANG": "C.UTF-8",
        "AUTH": "true",
        # Without it, a failing trigger would be passed over: AWS then makes no token.
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # A Docker daemon, if there is one, is none of its business.
        "DOCKER_HOST": f"unix://{temporary}/no-docker.sock",
    }


def _is_healthy(port: int, seconds: float) -> bool:
    connection = http.client.HTTPConnection(_HOST, port, timeout=seconds)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _left_after(family: set[_Id], group: int, seconds: float, tell: Tell) -> list[_Process]:
    """Those that are still alive when the time is up; none as soon as all have ended."""
    deadline = time.monotonic() + seconds
    while left := _alive(family, group):
        tell(f"{_counted(left)} {'has' if len(left) == 1 else 'have'} not ended yet")
        if time.monotonic() > deadline:
            return left
        time.sleep(0.02)
    return []


def _counted(processes: Sequence[object]) -> str:
    return "1 process" if len(processes) == 1 else f"{len(processes)} processes"


def _family(leader: int) -> set[_Id]:
    """The leader and all that descend from it, also those that lead groups of their own."""
    everybody = list(_processes())
    family, found = set(), {leader}
    while found:
        family |= {(one.pid, one.started) for one in everybody if one.pid in found}
        found = {one.pid for one in everybody if one.parent in found and one.pid not in found}
    return family


def _alive(family: set[_Id], group: int) -> list[_Process]:
    """Those of the family and of the group that are alive. A dead one whose parent has not yet
    asked for it, be it the system's first process, still has an entry, but no longer counts."""
    with suppress(ChildProcessError):
        os.waitpid(group, os.WNOHANG)
    return [
        one
        for one in _processes()
        if one.state != "Z" and (one.group == group or (one.pid, one.started) in family)
    ]


def _start_time(pid: int) -> str | None:
    """When this process began, in whatever unit the system counts; None if it is not alive."""
    found = [entry for entry in _processes(pid) if entry.state != "Z"]
    return found[0].started if found else None


_Id = tuple[int, str]
"""A process's number and when it began: numbers alone are given again."""


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    group: int
    state: str
    """`Z` if it is dead already."""
    started: str


def _processes(pid: int | None = None) -> Iterator[_Process]:
    """This machine's processes, or only the one of this number if there is one."""
    if platform.system() == "Linux":
        for file in Path("/proc").glob(f"{pid or '[0-9]*'}/stat"):
            with suppress(OSError):  # it ended while we looked
                name, _, rest = file.read_text().rpartition(")")
                fields = rest.split()
                number, parent, group = int(name.split()[0]), int(fields[1]), int(fields[2])
                yield _Process(number, parent, group, fields[0], fields[19])
        return
    which = ["-A"] if pid is None else ["-p", str(pid)]
    answer = subprocess.run(
        ["ps", *which, "-o", "pid=,ppid=,pgid=,stat=,lstart="],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in answer.stdout.splitlines():
        found = line.split(maxsplit=4)
        yield _Process(int(found[0]), int(found[1]), int(found[2]), found[3][0], found[4])
