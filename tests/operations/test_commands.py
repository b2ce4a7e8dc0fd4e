"""The operator's command line: what it asks for, what it prints, and how it ends."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from operations import (
    accounts,
    audit,
    collect,
    deployment,
    redrive,
    restore,
    restore_drill,
    search_index,
    sign_out,
    waiting,
)
from operations.__main__ import main
from operations.deployment import Deployment
from operations.waiting import Waiting
from tools import aws, local
from tools.errors import ToolError

FOUND = Deployment(lambda service: service, "prod", {})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The stages that were looked for."""
    stages: list[str | None] = []

    def find(stage: str | None) -> Deployment:
        stages.append(stage)
        return FOUND

    monkeypatch.setattr(deployment, "find", find)
    return stages


def test_waiting_is_a_table(
    asked: list[str | None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [Waiting("uploads", 1200, 3, 4, 61.5), Waiting("open posts", 2)]
    monkeypatch.setattr(waiting, "waiting", lambda _: rows)

    assert main(["waiting"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "                      waiting  in flight  delayed      oldest",
        "uploads                 1,200          3        4     0:01:01",
        "open posts                  2          0        0           -",
    ]
    assert asked == [None]


@pytest.mark.parametrize(("arguments", "queue"), [([], None), (["uploads"], "uploads")])
def test_redrive_takes_one_queue_or_all(
    asked: list[str | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    queue: str | None,
) -> None:
    seen: list[str | None] = []

    def act(where: Deployment, name: str | None) -> dict[str, int]:
        assert where is FOUND
        seen.append(name)
        return {"ingest-dlq": 3}

    monkeypatch.setattr(redrive, "redrive", act)

    assert main(["redrive", "--stage", "prod", *arguments]) == 0

    assert seen == [queue]
    assert asked == ["prod"]
    assert capsys.readouterr().out == f"{'ingest-dlq':<20}     3 moved\n"


def test_sign_out_says_whose_account_it_was(
    asked: list[str | None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sign_out, "sign_out", lambda _, handle: f"account of {handle}")

    assert main(["sign-out", "--stage", "prod", "@maya"]) == 0

    assert asked == ["prod"]
    assert capsys.readouterr().out.splitlines() == [
        "All sessions of @maya have ended.",
        "Cognito knows the account as account of @maya.",
    ]


def test_collect_says_what_is_due_when(
    asked: list[str | None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    due = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    monkeypatch.setattr(collect, "candidates", lambda _: [(due, "BLOB")])

    assert main(["collect"]) == 0

    out = capsys.readouterr().out
    assert out.splitlines() == [
        "BLOB  from 2026-03-01 12:30 on",
        "1 contents would be removed, unless somebody posts them again.",
    ]


@pytest.mark.parametrize("repair", [False, True])
def test_what_mends_does_so_only_when_asked(
    asked: list[str | None], monkeypatch: pytest.MonkeyPatch, repair: bool
) -> None:
    done: list[tuple[str, bool]] = []

    def audited(_: Deployment, *, repair: bool) -> None:
        done.append(("audit", repair))

    def checked(_: Deployment, *, repair: bool) -> Mapping[str, int]:
        done.append(("search-check", repair))
        return dict.fromkeys(
            (
                "looked at",
                "entries",
                "missing",
                "outdated",
                "unfinished",
                "left over",
                "astray",
                "mended",
            ),
            0,
        )

    monkeypatch.setattr(audit, "run", audited)
    monkeypatch.setattr(search_index, "check", checked)
    flags = ["--repair"] if repair else []

    assert main(["audit", *flags]) == main(["search-check", *flags]) == 0

    assert done == [("audit", repair), ("search-check", repair)]


def test_accounts_are_written_into_the_file_that_is_named(
    asked: list[str | None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written: list[Path] = []

    def export(where: Deployment, file: Path) -> int:
        assert where is FOUND
        written.append(file)
        return 1234

    monkeypatch.setattr(accounts, "export", export)
    assert main(["export-accounts", "--stage", "prod", "a/accounts.jsonl"]) == 0
    assert (asked, written) == (["prod"], [Path("a/accounts.jsonl")])
    assert capsys.readouterr().out.startswith("1,234 accounts are in a/accounts.jsonl")


def test_restored_data_is_taken_over_in_the_region_of_the_credentials(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken: list[tuple[object, ...]] = []

    def take_over(*what: object) -> Counter[str]:
        taken.append(what)
        return Counter(readers=5)

    monkeypatch.setattr(aws, "connect", lambda: (aws.Account("1" * 12, "eu-west-1"), str))
    monkeypatch.setattr(aws, "template", lambda context: {"of": context})
    monkeypatch.setattr(restore, "take_over", take_over)
    assert main(["restore-data", "--table", "restored", "stage=prod", "protected=false"]) == 0
    [(client_for, stage, template, table, bucket)] = taken
    assert (client_for, stage, table) == (str, "prod", "restored")
    assert template == {"of": ["stage=prod", "protected=false"]}
    assert bucket == "shutterfeed-prod-originals-111111111111-eu-west-1"
    assert "5 readers" in capsys.readouterr().out


def test_what_came_back_is_told(
    asked: list[str | None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    account = accounts.Account("a", "ada@example.com", email_verified=True, enabled=True)
    file = tmp_path / "accounts.jsonl"
    file.write_text(json.dumps(asdict(account)) + "\n")

    def complete(where: Deployment, brought: Iterable[accounts.Account]) -> restore.Restored:
        assert where is FOUND
        assert list(brought) == [account]
        return restore.Restored(Counter(made=2, taken=1), 4, 12, 11)

    monkeypatch.setattr(restore, "complete", complete)
    assert main(["restore-service", "--stage", "prod", str(file)]) == 0
    assert asked == ["prod"]
    assert capsys.readouterr().out.splitlines() == [
        "2 accounts made",
        "1 accounts taken",
        "4 originals are lost: their uploaders can send them again",
        "12 posts and users are in the search index; 11 alarms.",
    ]


def test_a_drill_that_shows_a_difference_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ToolError, match="1 of 2 answers are not"):
        restore_drill.compare({"maya: /feed": [1], "maya: /me": 1}, {"maya: /me": 1})
    assert capsys.readouterr().out.splitlines()[:2] == ["maya: /feed", "    before: [1]"]
    restore_drill.compare({"maya: /feed": [1]}, {"maya: /feed": [1]})
    monkeypatch.setattr(restore_drill, "drill", lambda: "Identical.")
    assert main(["restore-drill"]) == 0
    assert capsys.readouterr().out == "Identical.\n"


def test_without_a_cloud_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> Any:
        raise ToolError("Shutterfeed is not running: start it with `make up`.")

    monkeypatch.setattr(local, "current", none)

    assert main(["waiting"]) == 1
    assert capsys.readouterr() == ("", "Shutterfeed is not running: start it with `make up`.\n")


def test_a_stage_in_aws_is_found_by_its_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = {"MetadataTableName": "metadata"}
    monkeypatch.setattr(aws, "deployed", lambda stage: (FOUND.client_for, {**outputs, "at": stage}))

    found = deployment.find("prod")

    assert found.outputs == {**outputs, "at": "prod"}
    assert found.prefix == "shutterfeed-prod-"
