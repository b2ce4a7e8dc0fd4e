"""The life of the local cloud's process, on a stand-in that starts in no time."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import cloud, environments
from tools.client import request
from tools.cloud import LocalCloud
from tools.errors import ToolError

# Answers its health check, writes down its environment, and has a child, like the real one.
STAND_IN = f"""#!{sys.executable}
import json, os, signal, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

signal.signal(signal.SIGTERM, {{signal_action}})
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
seen = {{{{"pid": child.pid, "environment": dict(os.environ), "directory": os.getcwd()}}}}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

HTTPServer(("127.0.0.1", int(os.environ["GATEWAY_PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    install(tmp_path, monkeypatch, "signal.SIG_DFL")
    local = LocalCloud(tmp_path / "state")
    yield local
    local.stop()


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signal_action: str) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir(exist_ok=True)
    script = bin_folder / "ministack"
    script.write_text(STAND_IN.format(signal_action=signal_action))
    script.chmod(0o755)
    monkeypatch.setattr(environments, "ensure", lambda *_: bin_folder / "python")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return cloud._start_time(pid) is not None


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 100
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(pid)


def test_what_started_stops_with_its_children_and_leaves_nothing(server: LocalCloud) -> None:
    server.start()
    seen = request("GET", f"{server.endpoint}/").json()
    assert server.is_running()

    assert server.stop()

    assert not server.is_running()
    assert gone(seen["pid"])
    assert not server.folder.exists()
    assert cloud.is_free(int(seen["environment"]["GATEWAY_PORT"]))


def test_one_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "signal.SIG_IGN")
    monkeypatch.setattr(cloud, "_GRACE_SECONDS", 0.2)
    server = LocalCloud(tmp_path / "state")
    server.start()
    child = request("GET", f"{server.endpoint}/").json()["pid"]

    server.stop()

    assert not server.is_running()
    assert gone(child)


def test_another_process_of_ours_finds_and_stops_it(server: LocalCloud) -> None:
    server.start()
    other = LocalCloud(server.folder)

    assert other.port == server.port
    assert other.identity == server.identity
    assert other.stop()
    assert not server.is_running()


def test_starting_what_runs_changes_nothing(server: LocalCloud) -> None:
    server.start()
    identity = server.identity

    server.start()
    server.start(server.port)

    assert server.identity == identity


def test_on_another_port_it_starts_anew(server: LocalCloud) -> None:
    server.start()
    first, wanted = server.identity, cloud.free_port()

    server.start(wanted)

    assert server.port == wanted
    assert server.identity != first


def test_nothing_of_this_machines_settings_gets_in(
    server: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "PYTHONPATH", "DOCKER_HOST", "HTTP_PROXY"):
        monkeypatch.setenv(name, "ours")

    server.start()

    environment = request("GET", f"{server.endpoint}/").json()["environment"]
    assert "ours" not in environment.values()
    assert environment["AUTH"] == "true"
    assert environment["BIND_HOST"] == "127.0.0.1"
    for folder in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
        assert environment[folder].startswith(str(server.folder))


def test_a_taken_port_is_one_sentence(server: LocalCloud) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(ToolError) as raised:
            server.start(port)

    assert str(raised.value) == (
        f"Port {port} is taken by another program: stop that, or choose another port as in "
        f"`make up PORT={port + 1}`."
    )


def test_a_failed_start_says_where_to_look_and_leaves_no_process(
    server: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin" / "ministack").write_text(f"#!{sys.executable}\nraise SystemExit('no')\n")

    with pytest.raises(ToolError, match=r"did not start on port \d+: see .*cloud.log"):
        server.start()

    assert not server.is_running()
    assert server.log.read_text() == "no\n"


def test_the_state_of_a_process_that_died_is_stale(server: LocalCloud) -> None:
    server.start()
    assert server._process is not None
    server._process.kill()
    server._process.wait()

    assert not LocalCloud(server.folder).is_running()
    server.start()
    assert server.is_running()


def test_a_later_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "state" / "server.json"
    state.parent.mkdir()
    state.write_text(json.dumps({"pid": os.getpid(), "started": "another time", "port": 4566}))

    assert not LocalCloud(state.parent).is_running()
    assert not LocalCloud(state.parent).stop()


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1}'])
def test_an_unreadable_state_counts_as_none(tmp_path: Path, content: str) -> None:
    state = tmp_path / "state" / "server.json"
    state.parent.mkdir()
    state.write_text(content)

    assert not LocalCloud(state.parent).is_running()


def test_without_a_running_cloud_there_is_no_endpoint(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="start it with `make up`"):
        _ = LocalCloud(tmp_path / "state").endpoint


def test_a_free_port_is_none_that_the_system_gives_to_connections_meanwhile() -> None:
    port = cloud.free_port()
    assert cloud.is_free(port)
    ranges = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(ranges.read_text().split()[0]) if ranges.exists() else 49_152
    assert port < lowest


def test_a_busy_cloud_is_waited_for_and_not_started_anew(
    server: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    identity = server.identity
    asked: list[float] = []

    def answers(port: int, seconds: float) -> bool:
        asked.append(seconds)
        return seconds > 10 and port == server.port

    monkeypatch.setattr(cloud, "_is_healthy", answers)
    server.start(server.port)

    assert server.identity == identity
    assert asked == [30]
