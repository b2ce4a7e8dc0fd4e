"""What a moderator withholds is gone in every copy, and back. Whoever closes an account comes back,
or is erased: then a receipt says that nothing is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from operations import receipts
from operations.deployment import Deployment as Stage
from operations.deployment import queues
from shutterfeed.adapters.buckets import RELEASED
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.queues import SqsQueue
from shutterfeed.domain.closing import Step
from shutterfeed.domain.messages import CollectMessage, EraseAccount, RemovePost
from shutterfeed.domain.posts import ERASED_GRACE
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from tests import pictures
from tests.e2e.conftest import (
    PASSWORD,
    Deployment,
    Person,
    eventually,
    feed_ids,
    published,
    without_tokens,
)
from tools import names, templates
from tools.deploy import LocalAws

_GONE = 404
_DEAD = 403


@dataclass(frozen=True, slots=True)
class Copies:
    """Two people have posted the same photo, and somebody follows both."""

    authors: tuple[Person, Person]
    follower: Person
    posts: tuple[Json, Json]

    @property
    def links(self) -> list[str]:
        return [post["media"][0]["renditions"][0]["url"] for post in self.posts]

    def seen(self) -> list[object]:
        """What the follower, and people who are not signed in, are shown of the two, and what their
        links open."""
        api = self.follower.api
        pages = [api.send("GET", f"/posts/{post['id']}") for post in self.posts]
        public = [api.send("GET", f"/public/posts/{post['id']}") for post in self.posts]
        lists = [list(api.items(f"/users/{author.handle}/posts")) for author in self.authors]
        counts = [author.api.me()["counts"] for author in self.authors]
        return [
            *(without_tokens(answer.json()) for answer in (*pages, *public)),
            *(without_tokens({"items": posts}) for posts in lists),
            without_tokens(api.feed())["items"],
            counts,
            [_status(link) for link in self.links],
        ]

    def statuses(self) -> list[int]:
        api = self.follower.api
        paths = [f"/posts/{post['id']}" for post in self.posts]
        paths += [f"/public{path}" for path in paths]
        return [api.send("GET", path).status_code for path in paths]


def _status(url: str) -> int:
    return request("GET", url).status_code


def _copies(person: Callable[[], Person], seed: int) -> Copies:
    one, other, follower = person(), person(), person()
    posts = []
    for author in (one, other):
        follower.api.follow(author.handle)
        photo = Photo(pictures.jpeg(320, 240, seed=seed))
        posts.append(published(author.api, author.api.publish([photo])))
    ids = [post["id"] for post in reversed(posts)]
    eventually(lambda: feed_ids(follower.api), lambda seen: seen == ids)
    return Copies((one, other), follower, (posts[0], posts[1]))


def test_what_is_withheld_is_gone_in_every_copy_and_back_when_it_is_undone(
    person: Callable[[], Person], moderator: Callable[[], Person]
) -> None:
    copies, reporter, judge = _copies(person, 81), person().api, moderator().api
    reported = copies.posts[0]["id"]
    before = copies.seen()
    report = {"kind": "post", "id": reported, "reason": "violence", "note": "Look."}
    case = reporter.call("POST", "/reports", body=report)["id"]
    path = f"/moderation/cases/{case}"
    action = {"kind": "withhold_content", "rule": "violence", "statement": "No.", "version": 0}
    decided = judge.call("POST", f"{path}/actions", body=action)

    eventually(copies.statuses, lambda statuses: set(statuses) == {_GONE})
    eventually(lambda: feed_ids(copies.follower.api), lambda seen: seen == [])
    eventually(lambda: list(map(_status, copies.links)), lambda seen: set(seen) == {_DEAD})
    for author in copies.authors:
        assert list(copies.follower.api.items(f"/users/{author.handle}/posts")) == []
    (statement,) = copies.authors[0].api.items("/me/statements")
    # Its author is told that it is hidden, and not that every copy of it is.
    assert (statement["action"], statement["can_appeal"]) == ("hide_post", True)

    undo = {"action_id": decided["actions"][-1]["id"], "version": decided["version"]}
    judge.call("POST", f"{path}/undo", body=undo)
    assert eventually(copies.seen, lambda seen: seen == before) == before


def test_a_closed_account_comes_back_or_is_erased_and_gets_its_receipt(
    stack: Deployment, person: Callable[[], Person], tmp_path: Path
) -> None:
    copies = _copies(person, 82)
    (leaver, stayer), links, before = copies.authors, copies.links, copies.seen()
    (path, kept) = [f"/posts/{post['id']}" for post in copies.posts]
    stage = Stage(LocalAws(stack.endpoint).client, templates.LOCAL_STAGE, stack.outputs)

    _signed_in(stack, leaver).call("POST", "/me/closing")
    assert copies.follower.api.send("GET", path).status_code == _GONE
    again = _signed_in(stack, leaver)
    for read in (kept, f"/users/{stayer.handle}", "/search?q=sea", "/suggestions", "/feed"):
        assert again.send("GET", read).json()["error"]["code"] == "account_closed", read
    again.call("DELETE", "/me/closing")
    back = Copies((_with(leaver, again), stayer), copies.follower, copies.posts)
    assert eventually(back.seen, lambda seen: seen == before) == before

    user_id = str(again.me()["id"])
    with _days_to_come_back(stage, 0):
        _signed_in(stack, leaver).call("POST", "/me/closing")
    _let_time_pass(stage, user_id)
    _let_uploads_expire(stage)
    # What is left is told by a run, and looked for again by the next one.
    issued = eventually(
        lambda: receipts.issue(stage, tmp_path), lambda issued: bool(issued.files), longest_pause=5
    )
    assert issued.reports == []
    (mail,) = issued.files
    *_, attached = message_from_bytes(mail.read_bytes()).walk()
    content = attached.get_payload(decode=True)
    assert isinstance(content, bytes)
    receipt = receipts.verify(content, receipts.key_of(stage))
    assert '"found": 0' in receipt, receipt
    assert f'"user_id": "{user_id}"' in receipt

    eventually(lambda: list(map(_status, links)), lambda seen: seen == [_DEAD, 200])
    reader = copies.follower.api
    for address, status in ((path, _GONE), (f"/users/{leaver.handle}", _GONE), (kept, 200)):
        assert reader.send("GET", address).status_code == status, address
    assert reader.me()["counts"]["following"] == 1


def _signed_in(stack: Deployment, somebody: Person) -> Api:
    """The API as somebody sees it who has just signed in. A session counts only from the second
    after the one in which others were ended."""

    def sign_in() -> Api:
        return stack.api.as_user(stack.accounts.sign_in(somebody.email, PASSWORD).access)

    def is_good(api: Api) -> bool:
        return api.send("GET", "/me").status_code == 200

    return eventually(sign_in, is_good)


def _with(somebody: Person, api: Api) -> Person:
    return Person(somebody.email, somebody.handle, somebody.tokens, api)


@contextmanager
def _days_to_come_back(stage: Stage, days: int) -> Iterator[None]:
    """As if the stage had been deployed with these `closing_days`."""
    client, function = stage.client_for("lambda"), names.function(stage.stage, "api")
    settings = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    changed = {"Variables": {**settings, "CLOSING_DAYS": str(days)}}
    client.update_function_configuration(FunctionName=function, Environment=changed)
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": settings}
        )


def _let_uploads_expire(stage: Stage) -> None:
    """Set the rule of the template by which what is tagged as stored goes: the local cloud takes no
    rules from a template."""
    rule = {
        "ID": "released",
        "Status": "Enabled",
        "Filter": {"Tag": {"Key": RELEASED, "Value": "true"}},
        "Expiration": {"Days": 1},
    }
    stage.client_for("s3").put_bucket_lifecycle_configuration(
        Bucket=stage.outputs["UploadsBucketName"], LifecycleConfiguration={"Rules": [rule]}
    )


def _let_time_pass(stage: Stage, user_id: str) -> None:
    """The minutes that erasing waits for go by at once: messages come sooner than they were sent,
    which they may. Returns when the account is gone."""
    profiles, posts = DynamoProfiles(stage.metadata), DynamoPosts(stage.metadata)
    profile = profiles.item(user_id)
    assert profile is not None
    assert profile.closed_at is not None
    assert profile.erase_at is not None
    assert (profile.erase_at - profile.closed_at).total_seconds() <= 60
    assert DynamoClosings(stage.metadata).hasten(user_id, profile.closed_at, profile.closed_at)
    sqs, urls = stage.client_for("sqs"), queues(stage)
    erasing = SqsQueue(sqs, urls["erase"], Codec[EraseAccount]("erase"))
    collected = SqsQueue(sqs, urls["collect"], Codec[CollectMessage]("collect"))
    erasing.send([EraseAccount(user_id)])

    def hasten() -> bool:
        for post in posts.made_by(user_id, None, 10).items:
            if post.erased_at is not None:
                collected.send([RemovePost(post.id, post.erased_at - ERASED_GRACE)])
        now = profiles.item(user_id)
        if now is not None and now.erasing:
            erasing.send([EraseAccount(user_id, Step.POSTS)])
        time.sleep(1)
        return now is None

    eventually(hasten, bool)
