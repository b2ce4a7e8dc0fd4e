"""Plays the cast of `tests/visibility/cast.py` on a deployed stack."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from string import ascii_lowercase
from typing import Any, Final

from shutterfeed_cli.client.accounts import Accounts, SignIn
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from tests import pictures
from tests.e2e.conftest import PASSWORD, Deployment, eventually, feed_ids, published
from tests.e2e.expiry import expired_token
from tests.visibility import rules
from tests.visibility.asking import key_of
from tests.visibility.cast import (
    AUTHORS,
    FOLLOWS,
    IDENTITY,
    LISTED,
    OWNERS,
    PERSONS,
    Post,
    Role,
    User,
    Viewer,
    role,
)
from tests.visibility.marks import Marks, PostMarks, UserMarks
from tests.visibility.rules import Outcome
from tools.cloud import LOCAL_CONFIRMATION_CODE

_ARRIVING: Final[tuple[Post, ...]] = tuple(
    post for post in Post if post not in (Post.UNPUBLISHED, Post.AVATAR)
)
_CUT: Final = (Viewer.REMOVED, Viewer.BLOCKER, Viewer.BLOCKED)
"""Those who follow the authors first, one after the other: with more followers at a time than this
stack's threshold the authors would be celebrities."""
_PLACE: Final = {"latitude": 57.6536, "longitude": 10.4067}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everybody and everything as the matrix has it. `began` are the feeds' `latest` from before
    there was anything in them."""

    marks: Marks
    apis: Mapping[Viewer, Api]
    bodies: Mapping[Post, Any]
    links: Mapping[Post, str]
    """A link to one of the files of each post that has been published, from before all that
    happened to it."""
    began: Mapping[Viewer, str]


def played(stack: Deployment) -> Scene:
    """Sign everybody up, publish everything, and let everybody be to each other what they are."""
    words = _Words()
    users = {user: UserMarks("", words.handle(), words.word(), words.word()) for user in User}
    emails = {viewer: f"{words.word()}@example.com" for viewer in PERSONS}
    tokens = {viewer: _signed_up(stack, email) for viewer, email in emails.items()}
    apis = {viewer: stack.api.as_user(token.access) for viewer, token in tokens.items()}
    handles = {viewer: words.word() for viewer in PERSONS}
    for user, named in users.items():
        handles[IDENTITY[user]] = named.handle
        user_id = apis[IDENTITY[user]].edit_me(
            handle=named.handle,
            display_name=f"{words.family} {named.name}",
            bio=f"About {named.bio}",
        )["id"]
        users[user] = UserMarks(user_id, named.handle, named.name, named.bio)
    for viewer in (viewer for viewer in PERSONS if viewer not in IDENTITY.values()):
        apis[viewer].edit_me(handle=handles[viewer])
    began = {viewer: str(apis[viewer].feed()["latest"]) for viewer in PERSONS}
    people = _People(apis, handles)
    for follower, followee in sorted(FOLLOWS):
        people.follow(IDENTITY[follower], followee)
    for viewer in (viewer for viewer in PERSONS if viewer not in IDENTITY.values()):
        people.follow(viewer, User.FRIEND)
    for author in AUTHORS:
        people.follow(Viewer.MUTING, author)
    bodies = {post: _body(post, words, number) for number, post in enumerate(Post)}
    marks = Marks(words.family, stack.outputs["SiteUrl"], users, {})
    posts, links = _published(apis, bodies, words, marks)
    scene = Scene(
        Marks(words.family, marks.site_url, users, posts),
        {**apis, Viewer.SIGNED_OUT: stack.api},
        {post: body.sent for post, body in bodies.items()},
        links,
        began,
    )
    _wait_until_indexed(scene, frozenset(_ARRIVING))
    _happen(scene, people)
    _delete_account(stack, emails[Viewer.DELETED])
    expired = stack.api.as_user(expired_token(stack, emails[Viewer.FRIEND]))
    scene = Scene(scene.marks, {**scene.apis, Viewer.EXPIRED: expired}, scene.bodies, links, began)
    _settle(scene)
    return scene


class _Words:
    """Words that nobody else has, all of one length."""

    def __init__(self) -> None:
        self.family = "v" + self.word()[1:]

    def word(self) -> str:
        return "".join(random.SystemRandom().choices(ascii_lowercase, k=9))

    def handle(self) -> str:
        return self.family + self.word()


@dataclass(frozen=True, slots=True)
class _Body:
    """What is sent to create a post, with its marks."""

    sent: Json
    photo: Photo
    marks: PostMarks


@dataclass(frozen=True, slots=True)
class _People:
    apis: Mapping[Viewer, Api]
    handles: Mapping[Viewer, str]

    def follow(self, follower: Viewer, followee: User) -> None:
        """Follow somebody, who accepts it if they are asked."""
        handle = self.handles[IDENTITY[followee]]
        if self.apis[follower].follow(handle)["requested_by_me"]:
            self.apis[IDENTITY[followee]].accept_request(self.handles[follower])

    def each_author(self, act: Callable[[Api, Viewer], object]) -> None:
        for author in AUTHORS:
            act(self.apis[IDENTITY[author]], IDENTITY[author])


def _signed_up(stack: Deployment, email: str) -> SignIn:
    stack.accounts.sign_up(email, PASSWORD)
    stack.accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
    return stack.accounts.sign_in(email, PASSWORD)


def _body(post: Post, words: _Words, number: int) -> _Body:
    photo = Photo(pictures.jpeg(160, 120, seed=random.SystemRandom().randrange(10**9) + number))
    declared = photo.declaration()
    if post is Post.AVATAR:
        return _Body(declared, photo, PostMarks("", "", declared["sha256"]))
    marks = PostMarks(
        "",
        "",
        declared["sha256"],
        word=words.word(),
        alt=words.word(),
        tag=words.family + words.word(),
        place=words.word(),
        said=words.word(),
    )
    sent = {
        "caption": f"{words.family} {marks.word} #{words.family}all #{marks.tag}",
        "place": {"name": f"{words.family}place {marks.place}", **_PLACE},
        "media": [{**declared, "alt_text": marks.alt}],
        "sensitive": post is Post.SENSITIVE,
    }
    if post is Post.UNPUBLISHED:
        sent["publish_at"] = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    return _Body(sent, photo, marks)


def _published(
    apis: Mapping[Viewer, Api], bodies: Mapping[Post, _Body], words: _Words, marks: Marks
) -> tuple[dict[Post, PostMarks], dict[Post, str]]:
    """The marks of all posts, and a link to a file of each that is published, once they are."""
    created: dict[Post, tuple[str, str]] = {}
    for post, body in bodies.items():
        api, key = apis[IDENTITY[OWNERS[post]]], key_of(post, marks)
        if post is Post.AVATAR:
            media_id = api.set_avatar(body.sent, key)["media_id"]
            created[post] = (api.upload_state(media_id)["upload"]["post_id"], media_id)
            continue
        answer = api.send_draft(body.sent, key)
        created[post] = (answer["post"]["id"], answer["post"]["media"][0]["id"])
        if post in _ARRIVING:
            api.upload(answer["uploads"][0], body.photo)
    links, said = {}, {}
    for post in _ARRIVING:
        shown = published(apis[IDENTITY[OWNERS[post]]], created[post][0])
        said[post] = _commented(apis[IDENTITY[OWNERS[post]]], shown["id"], bodies[post].marks)
        links[post] = shown["media"][0]["renditions"][0]["url"]
    return {
        post: _with_ids(bodies[post].marks, *created[post], links.get(post), said.get(post))
        for post in Post
    }, links


def _commented(api: Api, post_id: str, marks: PostMarks) -> str:
    """The id of a comment that the author makes, and replies to."""
    comment_id: str = api.comment(post_id, marks.said, f"{marks.said}-root")["id"]
    api.comment(post_id, f"{marks.said} again", f"{marks.said}-reply", reply_to=comment_id)
    return comment_id


def _with_ids(
    marks: PostMarks, post_id: str, media_id: str, link: str | None, comment_id: str | None
) -> PostMarks:
    blob_id = link.split("/media/")[1].split("/")[0] if link else ""
    return PostMarks(
        post_id,
        media_id,
        marks.content_hash,
        marks.word,
        marks.alt,
        marks.tag,
        marks.place,
        blob_id,
        "" if comment_id is None else marks.said,
        comment_id or f"{post_id}-{media_id}",
    )


def _happen(scene: Scene, people: _People) -> None:
    """All that makes the accounts, posts and viewers what they are."""
    apis, posts, handles = scene.apis, scene.marks.posts, people.handles
    others = [handles[viewer] for viewer in PERSONS if viewer not in IDENTITY.values()]
    for post in _ARRIVING:
        tags = {posts[post].media_id: [{"handle": other, "x": 0, "y": 0} for other in others]}
        path = f"/posts/{posts[post].id}"
        apis[IDENTITY[OWNERS[post]]].call("PATCH", path, body={"people": tags})
    apis[Viewer.PRIVATE].edit_me(private=True)
    apis[Viewer.UNLISTED].edit_me(public_page=False)
    people_asked = handles[Viewer.PRIVATE]
    assert apis[Viewer.ASKER].follow(people_asked)["requested_by_me"]
    followed = {posts[post].id for post in _ARRIVING}
    for viewer in _CUT:
        for author in AUTHORS:
            people.follow(viewer, author)
        eventually(partial(feed_ids, apis[viewer]), lambda ids: set(ids) == followed)
        for post in _ARRIVING:
            _keep(scene, viewer, post)
        _cut(viewer, people)
    people.each_author(lambda _, author: apis[Viewer.MUTING].mute(handles[author]))
    for user in User:
        if user is not User.FRIEND:
            people.follow(Viewer.DELETED, user)
    for viewer in (viewer for viewer in PERSONS if viewer not in _CUT):
        for post in _ARRIVING:
            if rules.POST.outcome(post, role(viewer, OWNERS[post])) is Outcome.SHOWN:
                _keep(scene, viewer, post)
    for viewer in PERSONS:
        if role(viewer, OWNERS[Post.DELETED]) is Role.FOLLOWER:
            _keep(scene, viewer, Post.DELETED)
    apis[Viewer.CELEBRITY].call("DELETE", f"/posts/{posts[Post.DELETED].id}")
    apis[Viewer.PUBLIC].call("DELETE", f"/posts/{posts[Post.RESTORED].id}")
    apis[Viewer.PUBLIC].call("POST", f"/posts/{posts[Post.RESTORED].id}/restore")


def _keep(scene: Scene, viewer: Viewer, post: Post) -> None:
    """Like a post, and save it."""
    path = f"/posts/{scene.marks.posts[post].id}"
    scene.apis[viewer].call("PUT", f"{path}/like")
    scene.apis[viewer].call("PUT", f"{path}/save")


def _cut(viewer: Viewer, people: _People) -> None:
    """Take from a follower of all authors what they were."""
    handle = people.handles[viewer]
    match viewer:
        case Viewer.REMOVED:
            people.each_author(lambda author, _: author.remove_follower(handle))
        case Viewer.BLOCKED:
            people.each_author(lambda author, _: author.block(handle))
        case Viewer.BLOCKER:
            people.each_author(lambda _, author: people.apis[viewer].block(people.handles[author]))


def _delete_account(stack: Deployment, email: str) -> None:
    """Delete an account from the user pool, as its owner can."""
    accounts = Accounts.once(stack.endpoint, stack.outputs["AccountClientId"])
    accounts.call("DeleteUser", {"AccessToken": accounts.sign_in(email, PASSWORD).access})


def _settle(scene: Scene) -> None:
    """Wait until the index, the feeds and the suggestions are as they stay."""
    posts = scene.marks.posts
    shown = {posts[post].id for post in (*LISTED, Post.PRIVATE)}
    _wait_until_indexed(scene, frozenset(LISTED))
    eventually(partial(feed_ids, scene.apis[Viewer.FRIEND]), lambda ids: set(ids) == shown)
    waiting = {viewer: _suggested_to(viewer, scene) for viewer in PERSONS}
    for viewer in PERSONS:
        _suggestions(scene, viewer)  # The first request has them looked for.
    for viewer, expected in waiting.items():
        eventually(partial(_suggestions, scene, viewer), expected.issubset)


def _suggested_to(viewer: Viewer, scene: Scene) -> set[str]:
    return {
        marks.handle
        for user, marks in scene.marks.users.items()
        if rules.SUGGESTED.outcome(user, role(viewer, user)) is Outcome.SHOWN
    }


def _suggestions(scene: Scene, viewer: Viewer) -> set[str]:
    items = scene.apis[viewer].call("GET", "/suggestions", query={"limit": 20})["items"]
    return {user["handle"] for user in items}


def _wait_until_indexed(scene: Scene, posts: frozenset[Post]) -> None:
    """Wait until the index has exactly these posts, and all users: the stranger sees that."""
    api, family = scene.apis[Viewer.STRANGER], scene.marks.family
    tags = {scene.marks.posts[post].tag for post in posts} | {f"{family}all"}
    places = {f"{family}place {scene.marks.posts[post].place}" for post in posts}
    handles = {marks.handle for marks in scene.marks.users.values()}
    for text, expected in ((f"#{family}", tags), (f"{family}place", places)):
        eventually(partial(_suggested_texts, api, text), partial(operator.eq, expected))
    eventually(partial(_suggested_texts, api, f"@{family}"), partial(operator.eq, handles))


def _suggested_texts(api: Api, text: str) -> set[str]:
    items = api.call("GET", "/search/suggest", query={"q": text})["items"]
    return {item["text"] for item in items}
