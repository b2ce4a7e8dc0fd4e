"""The story that a stage has to get right: somebody posts a photo, somebody else sees and finds it,
and then it is deleted."""

from __future__ import annotations

import io
import secrets
import string
from collections.abc import Sequence
from typing import Final

from PIL import Image

from operations.smoke.accounts import Account, Doors, Pool
from operations.smoke.cleaning import Cleaning
from operations.smoke.report import Missing, Question, Report, Waiting
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.errors import Refused
from tools.errors import ToolError
from tools.pictures import landscape

Step = tuple[str, Question]

_WORD_LETTERS: Final = 16
_NOT_ASKED: Final = "it needs what is wrong above."


class Story:
    """What two accounts do, step by step. What a step makes is owed to `cleaning` before it."""

    def __init__(
        self, pool: Pool, doors: Doors, report: Report, cleaning: Cleaning, waiting: Waiting
    ) -> None:
        self._pool = pool
        self._client = doors.client
        self._report = report
        self._cleaning = cleaning
        self._waiting = waiting
        self._author = Account.new("the author")
        self._follower = Account.new("the follower")
        self._apis = {
            account.email: doors.api(account) for account in (self._author, self._follower)
        }
        # A word that nobody else has ever written, and whose hashtag nobody else uses.
        self._word = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_WORD_LETTERS))
        self._post_id = ""

    def tell(self) -> None:
        """Ask everything. What needs a step that went wrong is not asked."""
        seen, deleted = self._when_published(), self._when_deleted()
        if not self._in_order(self._until_published()):
            self._skip([*seen, ("its author deletes it", self._delete), *deleted])
            return
        for what, question in seen:
            self._report.ask(what, question)
        if not self._report.ask("its author deletes it", self._delete):
            self._skip(deleted)
            return
        for what, question in deleted:
            self._report.ask(what, question)

    def _until_published(self) -> Sequence[Step]:
        return (
            ("two accounts are made by the admin API", self._make_accounts),
            ("both sign in, and the API knows them", self._sign_in),
            ("one follows the other", self._follow),
            ("the other uploads a photo", self._upload),
            ("it is processed and published", self._await_publication),
        )

    def _when_published(self) -> Sequence[Step]:
        return (
            ("it is in the follower's feed", lambda: self._await(self._not_in_feed)),
            ("its picture comes from the site", self._open_picture),
            ("its picture needs a link with a good token", self._open_without_token),
            ("the search finds it by a word", lambda: self._await(self._not_found)),
            ("its hashtag lists it", lambda: self._await(self._not_listed)),
        )

    def _when_deleted(self) -> Sequence[Step]:
        return (
            ("it is gone from the follower's feed", lambda: self._await(self._still_in_feed)),
            ("it is gone from the search", lambda: self._await(self._still_found)),
            ("it is gone from its hashtag", lambda: self._await(self._still_listed)),
            ("nobody can open it any more", lambda: self._await(self._still_open)),
        )

    def _in_order(self, steps: Sequence[Step]) -> bool:
        """Take the steps until one is wrong. Returns whether all are right."""
        for index, (what, question) in enumerate(steps):
            if not self._report.ask(what, question):
                self._skip(steps[index + 1 :])
                return False
        return True

    def _skip(self, steps: Sequence[Step]) -> None:
        for what, _ in steps:
            self._report.skip(what, _NOT_ASKED)

    # --- What the two do

    def _make_accounts(self) -> None:
        for account in (self._author, self._follower):
            self._cleaning.owe(account, self._apis[account.email])
            self._pool.create(account)

    def _sign_in(self) -> None:
        for account in (self._author, self._follower):
            account.handle = self._apis[account.email].me()["handle"]

    def _follow(self) -> None:
        self._reading.follow(self._author.handle)
        self._await(self._not_following)

    def _upload(self) -> None:
        # A picture that nobody has posted yet: one that is known needs no worker.
        photo = Photo(landscape(secrets.randbits(64)))
        caption = f"A trial of this service, deleted again in a moment: {self._word} #{self._word}"
        self._post_id = self._writing.publish([photo], caption=caption)

    def _await_publication(self) -> None:
        self._await(self._unpublished)

    def _delete(self) -> None:
        self._writing.call("DELETE", f"/posts/{self._post_id}")

    @property
    def _writing(self) -> Api:
        return self._apis[self._author.email]

    @property
    def _reading(self) -> Api:
        return self._apis[self._follower.email]

    # --- What there is to see

    def _await(self, missing: Missing) -> None:
        self._waiting.until_nothing_is(missing)

    def _not_following(self) -> str | None:
        shown = self._reading.user(self._author.handle)
        return None if shown["followed_by_me"] else "the profile does not say so."

    def _unpublished(self) -> str | None:
        post = self._writing.post(self._post_id)
        if post["state"] == "failed":
            reasons = [medium["failure"] for medium in post["media"]]
            raise ToolError(f"the post failed: {reasons}.")
        return None if post["state"] == "published" else f"the post is {post['state']}."

    def _not_in_feed(self) -> str | None:
        return None if self._post_id in _ids(self._reading.feed()["items"]) else "it is not there."

    def _still_in_feed(self) -> str | None:
        return None if self._not_in_feed() else "it is still there."

    def _not_found(self) -> str | None:
        found = self._reading.call("GET", "/search", query={"q": self._word, "type": "posts"})
        return None if self._post_id in _ids(found["posts"]) else "it is not found."

    def _still_found(self) -> str | None:
        return None if self._not_found() else "it is still found."

    def _not_listed(self) -> str | None:
        listed = self._reading.call("GET", f"/hashtags/{self._word}/posts")
        return None if self._post_id in _ids(listed["items"]) else "it is not listed."

    def _still_listed(self) -> str | None:
        return None if self._not_listed() else "it is still listed."

    def _still_open(self) -> str | None:
        try:
            self._reading.post(self._post_id)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        return "it is still there."

    def _open_picture(self) -> None:
        rendition = self._largest()
        answer = self._client.get(rendition["url"])
        if answer.status_code != 200:
            raise ToolError(f"{_address(rendition)} answered {answer.status_code}.")
        _check_picture(answer.content, rendition)

    def _open_without_token(self) -> None:
        rendition = self._largest()
        url = rendition["url"]
        for wrong in (_address(rendition), f"{url[:-1]}{'B' if url.endswith('A') else 'A'}"):
            status = self._client.get(wrong).status_code
            if status != 403:
                raise ToolError(f"{_address(rendition)} answered {status} to a wrong link.")

    def _largest(self) -> Json:
        [medium] = self._reading.post(self._post_id)["media"]
        return max(medium["renditions"], key=lambda one: int(one["width"]))


def _ids(posts: Sequence[Json]) -> list[str]:
    return [post["id"] for post in posts]


def _address(rendition: Json) -> str:
    """Where the file is, without the token that opens it: for what is printed."""
    return str(rendition["url"]).partition("?")[0]


def _check_picture(content: bytes, rendition: Json) -> None:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()
            size = picture.size
    except OSError as error:
        raise ToolError(f"{_address(rendition)} is no picture: {error}.") from error
    if size != (rendition["width"], rendition["height"]):
        raise ToolError(f"{_address(rendition)} has {size[0]} x {size[1]} pixels instead.")
