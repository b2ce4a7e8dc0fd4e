"""Every route that answers with posts or users shows only what `visibility.decide` lets it show.

The routes come from their declarations, and which of them show somebody something from the models
that they return: a new one needs a request here.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints
from uuid import UUID

import msgspec
import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

import api
import shutterfeed
from api.handler import handler
from api.http import ROUTES, Call, Route
from api.models import Author, Comment, PostBody, User
from reconcile.handler import handler as reconcile
from shutterfeed.domain import comments, visibility
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import (
    NOBODY,
    CommentSubject,
    PostSubject,
    Reason,
    Relation,
    Subject,
    Surface,
    UserSubject,
    Viewer,
)
from tests.integration import payloads
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import fail_at_once, publish_unrendered
from tests.integration.world import SITE_URL, Person, World
from tests.pictures import jpeg

SHOWN: Final = (PostBody, Comment, User, Author)
VIEWS: Final = frozenset(("PostView", "CommentView", "ProfileView", "AuthorView"))
ONE_PLACE: Final = "services/viewing.py"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends; `path` fills the braces of the route's path."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


def _models(model: Any) -> Iterator[type]:
    """A type and all that its values may hold."""
    if isinstance(model, type) and issubclass(model, msgspec.Struct):
        yield model
        for member in get_type_hints(model).values():
            yield from _models(member)
    for argument in get_args(model):
        yield from _models(argument)


SHOWING: Final = {
    route.name: route
    for route in ROUTES
    if any(issubclass(model, SHOWN) for model in _models(route.returns))
}
TELLING: Final = {
    route.name: route for route in ROUTES if route.public and route.name not in SHOWING
}
"""The routes for everybody that tell of posts or users in another form than those models: pages,
feeds, and what other sites embed."""

(OF_A_POST,) = (route for route in ROUTES if route.name == "get_post")


@dataclass(frozen=True, slots=True)
class Scene:
    """Ada asks. Ben and she follow each other; both have posts, and Ada a deleted one. Eve has
    none, is found by the same words as Ben's, and asks to follow Ada, whose account is private. Ben
    follows Eve, so that Ada may like to."""

    ada: Person
    requests: Mapping[str, Request]
    """The requests by the name of the route, in an order in which each finds something to show."""

    def play(self, route: Route) -> dict[str, Any]:
        """The answer, held against no contract: what is hidden may be missing where nothing can
        be."""
        request = self.requests[route.name]
        event = payloads.http_event(
            route.method,
            route.path.format_map(request.path),
            claims=payloads.access_claims(self.ada.subject),
            body=None if request.body is None else json.dumps(request.body),
            query=request.query,
            headers={"Idempotency-Key": "key", "Accept-Encoding": "identity"},
        )
        return handler(event, payloads.context())


@pytest.fixture
def scene(client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person) -> Scene:
    client.patch("/me", ada, {"handle": "ada"})
    client.patch("/me", ben, {"handle": "heron"})
    client.patch("/me", eve, {"handle": "heron.fan"})
    client.put("/me/following/heron", ada)
    client.put("/me/following/ada", ben)
    client.patch("/me", ada, {"private": True})
    client.put("/me/following/ada", eve)
    client.put("/me/following/heron.fan", ben)
    photos = [jpeg(16, 16)]
    shown: dict[str, Any] = {
        "caption": "A heron #birds of @heron.fan",
        "place": {"name": "Wetland"},
    }
    bens = publish_unrendered(client, pipeline, ben, photos, **shown)
    (medium,) = client.get(f"/posts/{bens}", ben).json["media"]
    people = [{"handle": "heron.fan", "x": 0.5, "y": 0.5}, {"handle": "ada", "x": 1, "y": 0}]
    client.patch(f"/posts/{bens}", ben, {"people": {medium["id"]: people}})
    adas = publish_unrendered(client, pipeline, ada, photos, "kept", caption="A stork")
    stork = client.get(f"/posts/{adas}", ada).json["media"][0]["id"]
    deleted = publish_unrendered(client, pipeline, ada, photos, "deleted", caption="A crow")
    client.delete(f"/posts/{deleted}", ada)
    failed, medium_id = fail_at_once(client, ada, draft([b"one", b"two"], caption="Bad"), "failed")
    mended = {"id": failed, "media_id": medium_id}
    publish_at = f"{pipeline.world.clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    body = {**draft([b"later"], caption="Later"), "publish_at": publish_at}
    later = client.create_post(ada, body, "scheduled").json["post"]
    scheduled = {"id": later["id"]}
    cropped = {**scheduled, "media_id": later["media"][0]["id"]}
    body = {**draft([b"begun"], caption="Begun"), "draft": True}
    begun = client.create_post(ada, body, "begun").json["post"]
    kept = {"media": [{"id": begun["media"][0]["id"]}], "caption": "Written"}
    client.put(f"/posts/{bens}/like", ada)
    client.put(f"/posts/{bens}/like", eve)
    named = client.request("POST", "/me/collections", ada, body={"name": "Herons"})
    collection = named.json["id"]
    client.put(f"/me/collections/{collection}/posts/{bens}", ada)
    pipeline.run()
    # Until what the workers have told of appears.
    pipeline.world.clock.advance(timedelta(minutes=1))
    reconcile({}, payloads.context())
    of_ben = {"handle": "heron"}
    client.patch("/me", ada, {"held_words": ["held"]})
    said = _said(client, ben, bens, "Mine")
    _said(client, eve, bens, "Nice", reply_to=said)
    own = {"comment_id": _said(client, ada, bens, "Hello @heron")}
    theirs = {"comment_id": _said(client, ben, adas, "Held")}
    requests = {
        "get_me": Request(),
        "edit_me": Request(body={"bio": "x"}),
        "list_deleted": Request(),
        "list_scheduled": Request(),
        "list_drafts": Request(),
        "change_draft": Request({"id": begun["id"]}, body=kept),
        "get_album": Request({"id": adas}),
        "change_album": Request({"id": adas}, body={"media": [{"id": stork}], "seen": [stork]}),
        "schedule_post": Request(scheduled, body={"publish_at": publish_at}),
        "get_user": Request(of_ben),
        "list_user_posts": Request(of_ben),
        "list_followers": Request(of_ben),
        "list_following": Request(of_ben),
        "get_post": Request({"id": bens}),
        "edit_post": Request({"id": adas}, body={"caption": "A white stork"}),
        "restore_post": Request({"id": deleted}),
        "publish_post": Request(scheduled),
        "crop_medium": Request(cropped, body={"crop": None}),
        "replace_medium": Request(mended, body=declared(b"new")),
        "remove_medium": Request(mended),
        "create_post": Request(body=draft([b"new"])),
        "create_comment": Request({"id": bens}, {"text": "new"}),
        "list_comments": Request({"id": bens}),
        "get_comment": Request(own),
        "list_replies": Request({"comment_id": said}),
        "edit_comment": Request(own, {"text": "Good day @heron"}),
        "list_own_comments": Request(),
        "list_held_comments": Request(),
        "approve_comment": Request(theirs),
        "hide_comment": Request(theirs),
        "show_comment": Request(theirs),
        "pin_comment": Request(theirs),
        "unpin_comment": Request(theirs),
        "list_likers": Request({"id": bens}),
        "name_likers": Request(query={"ids": bens}),
        "list_likes": Request(),
        "list_saved": Request(),
        "list_appearances": Request(),
        "list_collected": Request({"collection_id": collection}),
        "get_feed": Request(),
        "search": Request(query={"q": "heron"}),
        "suggest": Request(query={"q": "her"}),
        "list_suggestions": Request(),
        "list_tagged": Request({"tag": "birds"}),
        "list_at_place": Request({"place": "wetland"}),
        "list_explored": Request(),
        "list_activity": Request(),
        "list_requests": Request(),
        "accept_request": Request({"handle": "heron.fan"}),
        "decline_request": Request({"handle": "heron.fan"}),
        "remove_follower": Request(of_ben),
        "get_public_post": Request({"id": bens}),
        "get_public_user": Request(of_ben),
        "list_public_user_posts": Request(of_ben),
        "list_public_explored": Request(),
        "list_public_tagged": Request({"tag": "birds"}),
        "list_public_at_place": Request({"place": "wetland"}),
        "follow": Request(of_ben),
        "unfollow": Request(of_ben),
        "mute": Request(of_ben),
        "list_mutes": Request(),
        "block": Request(of_ben),
        "list_blocks": Request(),
    }
    return Scene(ada, requests)


@pytest.mark.parametrize("hidden", [False, True])
def test_pages_feeds_and_what_others_embed_tell_only_of_what_the_decision_shows(
    scene: Scene, tables: World, monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    tables.create_site()
    bens = scene.requests["get_post"].path["id"]
    medium = json.loads(scene.play(OF_A_POST)["body"])["media"][0]["id"]
    requests = {
        "get_page": [Request(query={"post": bens}), Request(query={"user": "heron"})],
        "get_public_user_feed": [Request({"handle": "heron"})],
        "get_oembed": [
            Request(query={"url": f"{SITE_URL}/p/{bens}"}),
            Request(query={"url": f"{SITE_URL}/u/heron"}),
        ],
        "find_zoom": [Request({"id": bens, "media_id": medium})],
        "get_health": [],
    }
    assert requests.keys() == TELLING.keys()
    if hidden:
        monkeypatch.setattr(visibility, "decide", lambda *_: Reason.NOT_PUBLIC)
    for name, asked in requests.items():
        for request in asked:
            told = Scene(scene.ada, {name: request}).play(TELLING[name])
            assert told["statusCode"] == (404 if hidden else 200), name
            # An error repeats the handle that was asked for.
            body = told["body"].lower().replace("'heron'", "")
            # And a file has no words.
            assert ("heron" in body) is not hidden or name == "find_zoom", name


def _said(client: Client, person: Person, post: str, text: str, **more: str) -> str:
    """The id of somebody's comment."""
    headers = {"Idempotency-Key": f"{person.subject}-{text[:4]}"}
    body = {"text": text, **more}
    made = client.request("POST", f"/posts/{post}/comments", person, body=body, headers=headers)
    found: str = made.json["id"]
    return found


def _shown(answer: Any) -> set[str]:
    """The ids of all posts and users in an answer."""
    found: set[str] = set()
    match answer:
        case {"id": str(subject), "author": _} | {"id": str(subject), "handle": _}:
            found.add(subject)
    for member in answer.values() if isinstance(answer, dict) else answer:
        if isinstance(member, dict | list):
            found |= _shown(member)
    return found


def _ids(subject: Subject) -> set[str]:
    """The ids of what a decision is about."""
    match subject:
        case PostSubject(Post() as post, Profile() as author):
            return {str(post.id), author.user_id}
        case CommentSubject(comments.Comment() as comment, Profile() as author):
            return {str(comment.id), author.user_id}
        case UserSubject(Profile() as profile):
            return {profile.user_id}
    return set()


def test_every_route_that_shows_posts_or_users_has_a_request(scene: Scene) -> None:
    assert set(scene.requests) == set(SHOWING)


def test_every_post_and_user_in_an_answer_was_decided_on_for_the_one_who_asked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_be_seen: set[str] = set()
    decide = visibility.decide

    def record(
        viewer: Viewer, subject: Subject, relation: Relation, surface: Surface
    ) -> Reason | None:
        reason = decide(viewer, subject, relation, surface)
        asks = NOBODY if SHOWING[name].public else Viewer(scene.ada.user_id)
        if reason is None and viewer == asks:
            let_be_seen.update(_ids(subject))
        return reason

    monkeypatch.setattr(visibility, "decide", record)
    beside = {}
    for name in scene.requests:
        let_be_seen.clear()
        response = scene.play(SHOWING[name])
        assert response["statusCode"] == SHOWING[name].status, (name, response["body"])
        shown = _shown(json.loads(response["body"]))
        assert shown, f"{name} shows nothing"
        if shown - let_be_seen:
            beside[name] = shown - let_be_seen
    assert beside == {}


def test_nothing_is_shown_that_the_decision_hides(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "decide", lambda *_: Reason.MISSING)
    shown = {}
    for name in scene.requests:
        response = scene.play(SHOWING[name])
        assert response["statusCode"] in (SHOWING[name].status, 404), (name, response["body"])
        if found := _shown(json.loads(response["body"])):
            shown[name] = found
    assert shown == {}


def test_no_answer_names_an_account_at_the_identity_provider(
    scene: Scene, ben: Person, eve: Person
) -> None:
    """Whoever knows an account can try passwords, lock it, and have its owner mailed a code."""
    everything = "".join(scene.play(SHOWING[name])["body"] for name in scene.requests)
    for person in (scene.ada, ben, eve):
        account = UUID(person.subject)
        assert person.user_id in everything
        for spelling in (str(account), account.hex, random_id(account.int)):
            assert spelling.lower() not in everything.lower()


def test_a_public_route_shows_what_nobody_in_particular_may_see(client: Client) -> None:
    claims = payloads.access_claims(Person.number(0xADA).subject)
    event = APIGatewayProxyEventV2(payloads.http_event("GET", "/feed", claims=claims))
    feed = SHOWING["get_feed"]
    assert Call(feed, event, {}).viewer == Viewer(Person.number(0xADA).user_id)
    assert Call(replace(feed, public=True), event, {}).viewer == NOBODY


def test_views_are_made_in_one_place_alone() -> None:
    made = {
        path.relative_to(root).as_posix()
        for root in (Path(shutterfeed.__path__[0]), Path(api.__path__[0]))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name | ast.Attribute)
        and (node.func.id if isinstance(node.func, ast.Name) else node.func.attr) in VIEWS
    }
    assert made == {ONE_PLACE}
