from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import cloud, demo, demo_data, layers, local, paths, site
from tools.errors import ToolError
from tools.local import LOCALSTACK, MINISTACK

OUTPUTS = {
    "SiteUrl": "http://m.cloudfront.localhost:4566",
    "ApiUrl": "http://localhost:4566/_aws/execute-api/x/api",
    "MediaUrl": "http://m.cloudfront.localhost:4566/media",
    "UserPoolClientId": "client",
}


class FakeCloud:
    """A local cloud that is running or not, and nothing else."""

    running = False
    starts = 0
    port = 4566
    endpoint = "http://127.0.0.1:4566"

    @property
    def identity(self) -> str:
        return f"start {self.starts}"

    def is_running(self) -> bool:
        return self.running

    def start(self, port: int) -> None:
        if not self.running or port != self.port:
            self.running, self.port, self.starts = True, port, self.starts + 1

    def stop(self, tell: cloud.Tell = lambda _: None) -> bool:
        tell("nothing")
        was, self.running = self.running, False
        return was


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeCloud:
    fake = FakeCloud()
    monkeypatch.setattr(paths, "BUILD", tmp_path)
    monkeypatch.setattr(paths, "LOCAL", tmp_path / "local")
    monkeypatch.setattr(cloud, "LocalCloud", lambda: fake)
    monkeypatch.setattr(cloud, "prepare", lambda: None)
    monkeypatch.setattr(layers, "link", lambda: None)
    monkeypatch.setattr(layers, "build", lambda _: tmp_path)
    monkeypatch.setattr(site, "build", lambda: None)
    monkeypatch.setattr(local, "deploy", lambda *_, **__: OUTPUTS)
    return fake


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The endpoints that demo data went to."""
    endpoints: list[str] = []

    def seed(_: Mapping[str, str], endpoint: str) -> None:
        endpoints.append(endpoint)

    monkeypatch.setattr(demo, "seed", seed)
    return endpoints


def test_up_is_seeded_once(server: FakeCloud, seeded: list[str]) -> None:
    first = local.up(MINISTACK, None)
    second = local.up(MINISTACK, None)

    assert first == second
    assert server.starts == 1
    assert seeded == [server.endpoint]


def test_what_forgot_everything_is_seeded_again(server: FakeCloud, seeded: list[str]) -> None:
    local.up(MINISTACK, None)
    local.down()

    local.up(MINISTACK, None)

    assert len(seeded) == 2


def test_a_seeding_that_was_interrupted_goes_on(
    server: FakeCloud, seeded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    working = demo.seed

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "seed", interrupt)
    with pytest.raises(KeyboardInterrupt):
        local.up(MINISTACK, None)
    monkeypatch.setattr(demo, "seed", working)

    local.up(MINISTACK, None)

    assert seeded == [server.endpoint]
    assert server.starts == 1


def test_without_a_port_what_runs_keeps_its_own(server: FakeCloud, seeded: list[str]) -> None:
    local.up(MINISTACK, 4999)
    local.up(MINISTACK, None)

    assert (server.port, server.starts) == (4999, 1)


def test_what_is_up_is_found_by_other_commands(server: FakeCloud, seeded: list[str]) -> None:
    running = local.up(MINISTACK, None)

    assert local.current() == running
    assert json.loads((paths.LOCAL / "outputs.json").read_text())["outputs"] == OUTPUTS


def test_what_is_not_up_is_one_sentence(server: FakeCloud, seeded: list[str]) -> None:
    with pytest.raises(ToolError, match="start it with `make up`"):
        local.current()
    local.up(MINISTACK, None)
    server.stop()

    with pytest.raises(ToolError, match="start it with `make up`"):
        local.current()


def test_down_says_whether_there_was_anything(server: FakeCloud, seeded: list[str]) -> None:
    assert not local.down()
    local.up(MINISTACK, None)
    assert local.down()


def test_the_summary_has_every_door_and_every_account(server: FakeCloud, seeded: list[str]) -> None:
    summary = local.describe(local.up(MINISTACK, None))

    site_url = OUTPUTS["SiteUrl"]
    lines = [line.split()[-1] for line in summary.splitlines() if site_url in line]
    assert lines == [site_url, f"{site_url}/api", f"{site_url}/docs"]
    assert f"client {OUTPUTS['UserPoolClientId']}" in summary
    for person in demo_data.PEOPLE:
        assert person.email in summary
    assert demo_data.PASSWORD in summary


def test_a_cloud_without_sign_in_is_not_seeded_and_says_so(
    server: FakeCloud, seeded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = {"FeedTableName": "feed", "UserPoolClientId": "unknown"}
    monkeypatch.setattr(local, "deploy", lambda *_, **__: bare)
    monkeypatch.setattr(local, "_answers", lambda _: True)

    running = local.up(LOCALSTACK, None)

    assert seeded == []
    assert "nobody can sign in" in local.describe(running)
    with pytest.raises(ToolError, match="nobody can sign in"):
        local.seed(running)


def test_localstack_has_a_port_of_its_own(server: FakeCloud) -> None:
    with pytest.raises(ToolError, match="always has port 4566"):
        local.up(LOCALSTACK, 4999)


def test_localstack_does_not_start_beside_ministack(server: FakeCloud) -> None:
    server.running = True

    with pytest.raises(ToolError, match="run `make down` first"):
        local.up(LOCALSTACK, None)


def test_localstack_without_docker_is_one_sentence(
    server: FakeCloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local, "_answers", lambda _: False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolError, match=r"^LocalStack needs Docker, which is not installed"):
        local.up(LOCALSTACK, None)
