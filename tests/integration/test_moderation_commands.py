"""The operator's commands about moderation: who moderates, whether the log is whole, and why
somebody sees a post or does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from operations import deployment
from operations.__main__ import main
from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import post_item
from shutterfeed.adapters.dynamodb.table import Put, Table, Update
from shutterfeed.domain.moderation import ActionKind, ReportReason
from shutterfeed.domain.moderation_log import Event, LoggedKind, next_entry
from shutterfeed.domain.posts import PostState
from shutterfeed.schema import MODERATORS
from tests import samples
from tests.fakes.system import START
from tests.integration.world import METADATA, ORIGINALS, Person, World, aws

ADA = Person.number(0xADA)


@pytest.fixture
def table(tables: World, monkeypatch: pytest.MonkeyPatch) -> Table:
    """The table of a stage in which Ada has an account, and the handle `ada`."""
    tables.create_accounts(ADA)
    pool = tables.user_pool_id
    aws("cognito-idp").create_group(UserPoolId=pool, GroupName=MODERATORS)
    tables.create_storage()
    outputs = {"MetadataTableName": METADATA, "UserPoolId": pool, "OriginalsBucketName": ORIGINALS}
    found = Deployment(aws, "local", outputs)
    monkeypatch.setattr(deployment, "find", lambda _: found)
    profile = replace(samples.profile(1), user_id=ADA.user_id, handle="ada")
    DynamoProfiles(tables.metadata).create(profile)
    return tables.metadata


def _members(tables: World) -> list[str]:
    answer = aws("cognito-idp").list_users_in_group(
        UserPoolId=tables.user_pool_id, GroupName=MODERATORS
    )
    return [user["Username"] for user in answer["Users"]]


def test_a_user_moderates_until_an_operator_says_otherwise(
    table: Table, tables: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["moderator", "@ada"]) == 0
    assert _members(tables) == [ADA.subject]
    assert main(["moderator", "ada", "--out"]) == 0
    assert _members(tables) == []
    profile = DynamoProfiles(table).item(ADA.user_id)
    assert profile is not None
    assert profile.sessions_ended_at is not None
    assert main(["moderator", "nobody.has.it"]) == 1
    assert "Nobody has the handle" in capsys.readouterr().err


def _log(table: Table, number: int) -> None:
    log = DynamoModerationLog(table)
    for index in range(number):
        at = START + timedelta(minutes=index)
        event = Event(
            at, "M", "user-1", LoggedKind.ACTED, ActionKind.LIMIT, ReportReason.SPAM, "No."
        )
        table.write(log.appending(next_entry(log.last(), event)))


def test_the_log_is_printed_and_held_against_its_chain(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    _log(table, 3)
    assert main(["moderation-log"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0].endswith("acted limit spam in user-1 by M")
    assert main(["moderation-log", "--verify"]) == 0
    assert "The chain of 3 entries is whole." in capsys.readouterr().out
    table.write(Update(keys.log_entry(2), set={"previous": "0" * 64}))
    assert main(["moderation-log", "--verify"]) == 1
    assert "broken at entry 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ({}, None),
        ({"taken_down": "post-1"}, "taken_down"),
        ({"withheld": frozenset({"0a1b#post-1"})}, "withheld"),
    ],
)
def test_the_decision_is_explained_with_all_that_it_is_made_of(
    table: Table, capsys: pytest.CaptureFixture[str], marks: dict[str, Any], reason: str | None
) -> None:
    author = samples.user_id(2)
    DynamoProfiles(table).create(samples.profile(2, "ben"))
    post = replace(samples.post(2, state=PostState.PUBLISHED), **marks)
    table.write(Put(post_item(post)))
    for viewer in ("ada", "nobody"):
        assert main(["explain", viewer, str(post.id)]) == 0
        first, *lines = capsys.readouterr().out.splitlines()
        assert first.split(None, 3)[3] == ("shown" if reason is None else f"hidden: {reason}")
        told = "\n".join(lines)
        assert "@ben" in told
        for what in marks:
            assert "post-1" in told, what
    assert main(["explain", "ada", author]) == 1
    assert "POST must be the id of a post" in capsys.readouterr().err
