"""Plays the cast of `tests/visibility/cast.py` on a deployed stack."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from string import ascii_lowercase
from typing import Any, Final, TypeVar

from PIL import Image

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from tests import pictures
from tests.e2e.conftest import PASSWORD, Deployment, Person, eventually, feed_ids, published
from tests.e2e.expiry import expired_token
from tests.visibility import rules
from tests.visibility.asking import key_of
from tests.visibility.cast import (
    AUTHORS,
    BARRED,
    COLLECTED,
    COMMENTED,
    ENLARGED,
    FOLLOWS,
    GONE,
    IDENTITY,
    LISTED,
    OWNERS,
    PERSONS,
    Post,
    Role,
    Subject,
    User,
    Viewer,
    owner_of,
    role,
)
from tests.visibility.marks import Marks, PostMarks, UserMarks
from tests.visibility.matrix import COLLECTION
from tests.visibility.rules import Outcome, Surface
from tools.cloud import LOCAL_CONFIRMATION_CODE

T = TypeVar("T", bound=Subject)

_ARRIVING: Final[tuple[Post, ...]] = tuple(
    post for post in Post if post not in (Post.UNPUBLISHED, Post.AVATAR)
)
_CUT: Final = (Viewer.REMOVED, Viewer.BLOCKER, Viewer.BLOCKED)
"""Those who follow the authors first, one after the other: with more followers at a time than this
stack's threshold the authors would be celebrities."""
_BARRED: Final = tuple(v for v in PERSONS if role(v, User.PUBLIC) in BARRED)
_NEW: Final[tuple[Viewer, ...]] = tuple(v for v in PERSONS if v is not Viewer.MODERATOR)
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


def played(stack: Deployment, person: Callable[[], Person], moderator: Person) -> Scene:
    """Sign everybody up, publish everything, and let everybody be to each other what they are."""
    words = _Words()
    users = {user: UserMarks("", words.handle(), words.word(), words.word()) for user in User}
    emails = {viewer: f"{words.word()}@example.com" for viewer in _NEW}
    apis = {viewer: _signed_up(stack, email) for viewer, email in emails.items()}
    apis[Viewer.MODERATOR] = moderator.api
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
    reporter, poster = person(), person()
    for follower, followee in sorted(FOLLOWS):
        people.follow(IDENTITY[follower], followee)
    for viewer in (viewer for viewer in PERSONS if viewer not in IDENTITY.values()):
        people.follow(viewer, User.FRIEND)
    for author in AUTHORS:
        people.follow(Viewer.MUTING, author)
    bodies = {post: _body(post, words, number) for number, post in enumerate(Post)}
    marks = Marks(words.family, stack.outputs["SiteUrl"], users, {})
    posts, links = _published(apis, bodies, words, marks)
    _enlarged(apis, posts)
    collections = {viewer: _collection_of(apis[viewer]) for viewer in PERSONS}
    scene = Scene(
        replace(marks, posts=posts, collections=collections),
        {**apis, Viewer.SIGNED_OUT: stack.api},
        {post: body.sent for post, body in bodies.items()},
        links,
        began,
    )
    _wait_until_all_are_indexed(scene)
    _report_what_is_private(scene, reporter)
    _happen(scene, people)
    scene = replace(scene, marks=_with_comments(scene, words))
    _moderate(scene, reporter, _copied(scene, poster, bodies[Post.WITHHELD]))
    _close(stack, emails[Viewer.CLOSED])
    _delete_account(stack, emails[Viewer.DELETED])
    later = {viewer: _signed_in_again(stack, emails[viewer]) for viewer in _BARRED}
    later[Viewer.EXPIRED] = stack.api.as_user(expired_token(stack, emails[Viewer.FRIEND]))
    scene = replace(scene, apis={**scene.apis, **later})
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


def _signed_up(stack: Deployment, email: str) -> Api:
    stack.accounts.sign_up(email, PASSWORD)
    stack.accounts.confirm(email, LOCAL_CONFIRMATION_CODE)
    return _signed_in(stack, email)


def _signed_in(stack: Deployment, email: str) -> Api:
    return stack.api.as_user(stack.accounts.sign_in(email, PASSWORD).access)


def _signed_in_again(stack: Deployment, email: str) -> Api:
    """Signed in since all sessions were ended, which holds for the whole second."""
    return eventually(
        partial(_signed_in, stack, email), lambda api: api.send("GET", "/me").status_code != 401
    )


def _body(post: Post, words: _Words, number: int) -> _Body:
    photo = _photo(post, random.SystemRandom().randrange(10**9) + number)
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


def _enlarged(apis: Mapping[Viewer, Api], posts: Mapping[Post, PostMarks]) -> None:
    """Have the zoom size of every photo made of which somebody asks for it."""
    paths = {
        post: f"/posts/{posts[post].id}/media/{posts[post].media_id}/zoom" for post in ENLARGED
    }
    asked = [partial(apis[IDENTITY[OWNERS[post]]].call, "POST", paths[post]) for post in ENLARGED]
    for order in asked:
        order()
    for ask in asked:
        eventually(ask, operator.itemgetter("rendition"))


def _photo(post: Post, number: int) -> Photo:
    """A photo that nobody else has. A wide one has a single colour: it takes little to render."""
    if post not in ENLARGED:
        return Photo(pictures.jpeg(160, 120, seed=number))
    plain = Image.new("RGB", (1300, 400), "teal")
    return Photo(pictures.encoded(plain, "JPEG", comment=str(number)))


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
        said[post] = _commented(
            apis[IDENTITY[OWNERS[post]]],
            shown["id"],
            bodies[post].marks,
            # A root that is gone stands there as deleted as long as it has replies.
            has_reply=post is not Post.SILENCED,
        )
        links[post] = shown["media"][0]["renditions"][0]["url"]
    draft = {"caption": bodies[Post.UNPUBLISHED].marks.word, "draft": True}
    media = bodies[Post.UNPUBLISHED].sent["media"]
    apis[Viewer.PUBLIC].send_draft({**draft, "media": media}, f"{words.family}-draft")
    return {
        post: _with_ids(bodies[post].marks, *created[post], links.get(post), said.get(post))
        for post in Post
    }, links


def _commented(api: Api, post_id: str, marks: PostMarks, *, has_reply: bool) -> str:
    """The id of a comment that the author makes, and may reply to."""
    comment_id: str = api.comment(post_id, marks.said, f"{marks.said}-root")["id"]
    if has_reply:
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
    for asking in (Viewer.ASKER, *_BARRED):
        assert apis[asking].follow(people_asked)["requested_by_me"]
    followed = {posts[post].id for post in _ARRIVING if OWNERS[post] in AUTHORS}
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
        for post in filter(partial(_sees_now, viewer), _ARRIVING):
            _keep(scene, viewer, post)
    for viewer in PERSONS:
        if role(viewer, OWNERS[Post.DELETED]) is Role.FOLLOWER:
            _keep(scene, viewer, Post.DELETED)
    apis[Viewer.CELEBRITY].call("DELETE", f"/posts/{posts[Post.DELETED].id}")
    apis[Viewer.PUBLIC].call("DELETE", f"/posts/{posts[Post.RESTORED].id}")
    apis[Viewer.PUBLIC].call("POST", f"/posts/{posts[Post.RESTORED].id}/restore")


def _sees_now(viewer: Viewer, post: Post) -> bool:
    """Whether a viewer sees a post as long as no moderator has done anything."""
    if post in GONE or (viewer in _BARRED and post in LISTED):
        return True
    return rules.POST.outcome(post, role(viewer, OWNERS[post])) is Outcome.SHOWN


def _report_what_is_private(scene: Scene, reporter: Person) -> None:
    """Open a case about a post that is private later."""
    _report(reporter, "post", scene.marks.posts[Post.PRIVATE].id)


def _with_comments(scene: Scene, words: _Words) -> Marks:
    """The marks after users have commented on what others have posted."""
    users = dict(scene.marks.users)
    for user, post in sorted(COMMENTED):
        users[user] = replace(users[user], said=words.word())
        said, post_id = users[user].said, scene.marks.posts[post].id
        scene.apis[IDENTITY[user]].comment(post_id, said, f"{said}-comment")
    return replace(scene.marks, users=users)


def _copied(scene: Scene, poster: Person, body: _Body) -> str:
    """The id of a post with the same photo as another's."""
    answer = poster.api.send_draft({"media": [body.photo.declaration()]}, scene.marks.family)
    for upload in answer["uploads"]:
        poster.api.upload(upload, body.photo)
    post_id: str = published(poster.api, answer["post"]["id"])["id"]
    return post_id


def _moderate(scene: Scene, reporter: Person, copy_id: str) -> None:
    """Let a moderator do what they can, each because of a report of somebody who asks nothing
    else."""
    posts, users = scene.marks.posts, scene.marks.users
    for kind, subject, action in (
        ("post", copy_id, "withhold_content"),
        ("post", posts[Post.TAKEN_DOWN].id, "hide_post"),
        ("comment", posts[Post.SILENCED].comment_id, "remove_comment"),
        ("user", users[User.LIMITED].id, "limit"),
        ("user", users[User.SUSPENDED].id, "suspend"),
    ):
        case = f"/moderation/cases/{_report(reporter, kind, subject)}"
        api = scene.apis[Viewer.MODERATOR]
        version = api.call("GET", case)["version"]
        decision = {"kind": action, "rule": "spam", "statement": "No.", "version": version}
        api.call("POST", f"{case}/actions", body=decision)


def _report(reporter: Person, kind: str, subject: str) -> str:
    """The id of the case that a report has opened."""
    body = {"kind": kind, "id": subject, "reason": "spam"}
    case_id: str = reporter.api.call("POST", "/reports", body=body)["id"]
    return case_id


def _close(stack: Deployment, email: str) -> None:
    _signed_in(stack, email).call("POST", "/me/closing")


def _collection_of(api: Api) -> str:
    """The id of somebody's collection, which is made if there is none."""
    collection_id: str = api.call("POST", "/me/collections", body={"name": COLLECTION})["id"]
    return collection_id


def _keep(scene: Scene, viewer: Viewer, post: Post) -> None:
    """Like a post, and save it, some of them in a collection."""
    path = f"/posts/{scene.marks.posts[post].id}"
    scene.apis[viewer].call("PUT", f"{path}/like")
    if post in COLLECTED:
        collection = f"/me/collections/{scene.marks.collections[viewer]}"
        scene.apis[viewer].call("PUT", f"{collection}{path}")
    else:
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
    _wait_until_indexed(scene, _shown(rules.WORDS, _ARRIVING), _shown(rules.FOUND, User))
    followed = _shown(rules.FEED, _ARRIVING, Viewer.FRIEND)
    shown = {posts[post].id for post in followed}
    eventually(partial(feed_ids, scene.apis[Viewer.FRIEND]), lambda ids: set(ids) == shown)
    active = [viewer for viewer in PERSONS if viewer not in _BARRED]
    waiting = {viewer: _suggested_to(viewer, scene) for viewer in active}
    for viewer in active:
        _suggestions(scene, viewer)  # The first request has them looked for.
    for viewer, expected in waiting.items():
        eventually(partial(_suggestions, scene, viewer), expected.issubset)


def _shown(
    surface: Surface, subjects: Iterable[T], viewer: Viewer = Viewer.STRANGER
) -> frozenset[T]:
    """Those of some subjects that a surface shows to a viewer."""
    return frozenset(
        s for s in subjects if surface.outcome(s, role(viewer, owner_of(s))) is Outcome.SHOWN
    )


def _suggested_to(viewer: Viewer, scene: Scene) -> set[str]:
    return {scene.marks.users[user].handle for user in _shown(rules.SUGGESTED, User, viewer)}


def _suggestions(scene: Scene, viewer: Viewer) -> set[str]:
    items = scene.apis[viewer].call("GET", "/suggestions", query={"limit": 20})["items"]
    return {user["handle"] for user in items}


def _wait_until_all_are_indexed(scene: Scene) -> None:
    """Wait until the index has every post and user. They are more than type-ahead gives at once."""
    api = scene.apis[Viewer.STRANGER]
    texts = [f"#{scene.marks.posts[post].tag}" for post in _ARRIVING]
    texts += [f"@{marks.handle}" for marks in scene.marks.users.values()]
    for text in texts:
        eventually(partial(_suggested_texts, api, text), bool)


def _wait_until_indexed(scene: Scene, posts: Iterable[Post], users: Iterable[User]) -> None:
    """Wait until the index has exactly these posts and users: the stranger sees that."""
    api, family = scene.apis[Viewer.STRANGER], scene.marks.family
    tags = {scene.marks.posts[post].tag for post in posts} | {f"{family}all"}
    places = {f"{family}place {scene.marks.posts[post].place}" for post in posts}
    handles = {scene.marks.users[user].handle for user in users}
    for text, expected in ((f"#{family}", tags), (f"{family}place", places)):
        eventually(partial(_suggested_texts, api, text), partial(operator.eq, expected))
    eventually(partial(_suggested_texts, api, f"@{family}"), partial(operator.eq, handles))


def _suggested_texts(api: Api, text: str) -> set[str]:
    items = api.call("GET", "/search/suggest", query={"q": text})["items"]
    return {item["text"] for item in items}
