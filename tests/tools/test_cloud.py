"""The life of the local cloud's process, on a stand-in that starts in no time."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shutterfeed_cli.client.http import request
from tools import cloud, environments
from tools.cloud import LocalCloud
from tools.errors import ToolError

# Answers its health check, writes down its environment, and has a child, like the real one.
STAND_IN = f"""#!{sys.executable}
import json, os, signal, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

signal.signal(signal.SIGTERM, {{signal_action}})
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(sleep)
# As the transcoder runs ffmpeg: in a session of its own.
apart = subprocess.Popen(sleep, start_new_session=True)
seen = {{{{"pid": child.pid, "apart": apart.pid, "environment": dict(os.environ)}}}}

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
    script = bin_folder / "python"
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


def removed(server: LocalCloud) -> bool:
    """Whether nothing of its folder is left, at the latest after a while."""
    deadline = time.monotonic() + 100
    while left := list(server.folder.parent.glob(f".{server.folder.name}.*")):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return not left


def test_what_started_stops_with_its_children_and_leaves_nothing(server: LocalCloud) -> None:
    server.start()
    seen = request("GET", f"{server.endpoint}/").json()
    assert server.is_running()

    assert server.stop()

    assert not server.is_running()
    assert gone(seen["pid"])
    assert gone(seen["apart"])
    assert not server.folder.exists()
    assert removed(server)
    assert cloud.is_free(int(seen["environment"]["GATEWAY_PORT"]))


def test_one_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "signal.SIG_IGN")
    monkeypatch.setattr(cloud, "_GRACE_SECONDS", 0.2)
    server = LocalCloud(tmp_path / "state")
    server.start()
    child = request("GET", f"{server.endpoint}/").json()["pid"]
    told: list[str] = []

    server.stop(told.append)

    assert not server.is_running()
    assert gone(child)
    assert "3 processes have not ended yet" in told


def test_what_cannot_be_deleted_at_once_is_deleted_in_the_background(
    server: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    (tmp_path / "go").mkdir()
    slowly = f'(while [ -e {tmp_path}/go ]; do sleep 0.05; done; rm -rf -- "$@") &'
    monkeypatch.setattr(cloud, "_REMOVE", slowly)
    monkeypatch.setattr(cloud, "_REMOVAL_SECONDS", 0.1)
    told: list[str] = []

    server.stop(told.append)

    assert not server.folder.exists()
    assert list(tmp_path.glob(".state.*")), "it is still there, under another name"
    assert told[-1] == "its files are still being deleted, in the background"
    (tmp_path / "go").rmdir()
    assert removed(server)


def test_what_a_broken_removal_left_goes_with_the_next(server: LocalCloud, tmp_path: Path) -> None:
    (tmp_path / ".state.left" / "deep").mkdir(parents=True)
    (tmp_path / ".stately.other").mkdir()

    server.stop()

    assert removed(server)
    assert (tmp_path / ".stately.other").exists()


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
    (tmp_path / "bin" / "python").write_text(f"#!{sys.executable}\nraise SystemExit('no')\n")

    with pytest.raises(ToolError, match=r"did not start on port \d+: see .*cloud.log"):
        server.start()

    assert not server.is_running()
    assert server.log.read_text() == "no\n"


def test_the_state_of_a_process_that_died_is_stale(server: LocalCloud) -> None:
    server.start()
    seen = request("GET", f"{server.endpoint}/").json()
    assert server._process is not None
    server._process.kill()
    server._process.wait()
    for child in (seen["pid"], seen["apart"]):
        os.kill(child, signal.SIGKILL)

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
