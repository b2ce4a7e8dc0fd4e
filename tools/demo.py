"""The demo data: a handful of people, whom they follow, what they posted, and how they answer.

Everything goes through the public API. Running it again adds only what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain
from typing import Final, TypeAlias

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from shutterfeed_cli.client.http import Patience, new_client
from shutterfeed_cli.errors import CliError, NotSignedIn, Refused
from tools.cloud import LOCAL_CONFIRMATION_CODE
from tools.demo_answers import answer_posts
from tools.demo_data import PASSWORD, PEOPLE, POSTS, Person, Post
from tools.errors import ToolError
from tools.painting.scenes import photo
from tools.parallel import PARALLEL, each
from tools.pictures import clip
from tools.progress import Step, step

_ATTEMPTS: Final = 3
_FINAL_SECONDS: Final = 120.0
_FIRST_FACE: Final = 1_000
"""The seed of the first avatar: no post has the same picture."""

Paint: TypeAlias = Callable[[str, int], bytes]
"""A function that makes the photo of a scene and a seed."""


def seed(outputs: Mapping[str, str], cognito: str, shrunk: int = 1) -> None:
    """Make sure that every person, follow and post of the demo exists. Returns when all posts are
    published.

    `outputs` are the stack's, `cognito` is where the user pool is served. The sides of all pictures
    are `shrunk` times as short as usual, for those who need them soon and do not look at them.
    Raises `ToolError` if something does not get through.
    """
    paint = partial(photo, shrunk=shrunk)
    patience = Patience(attempts=_ATTEMPTS)
    try:
        with new_client(PARALLEL) as client, step("Seeding demo data") as progress:
            accounts = Accounts(client, cognito, outputs["UserPoolClientId"], patience)
            base = Api(client, outputs["ApiUrl"], None, patience)
            progress.detail = "people"
            apis = dict(each(lambda person: _sign_in(person, accounts, base), PEOPLE))
            progress.detail = "follows"
            each(lambda person: _follow(person, apis[person.handle]), PEOPLE)
            each(lambda person: _accept(person, apis[person.handle]), PEOPLE)
            each(lambda item: _show_face(*item, apis[item[1].handle], paint), enumerate(PEOPLE))
            post_ids = _publish_missing(apis, paint, progress)
            progress.detail = "likes and comments"
            answer_posts(apis, post_ids)
    except (CliError, TimeoutError) as error:
        raise ToolError(f"The demo data could not be seeded, see `make logs`: {error}") from error


def _sign_in(person: Person, accounts: Accounts, base: Api) -> tuple[str, Api]:
    """Sign up whoever is not yet, sign in, give the profile its name."""
    try:
        accounts.sign_up(person.email, PASSWORD)
        accounts.confirm(person.email, LOCAL_CONFIRMATION_CODE)
    except Refused as error:
        if error.code != "UsernameExistsException":
            raise
    try:
        tokens = accounts.sign_in(person.email, PASSWORD)
    except NotSignedIn as error:
        if error.code != "UserNotConfirmedException":
            raise
        accounts.confirm(person.email, LOCAL_CONFIRMATION_CODE)
        tokens = accounts.sign_in(person.email, PASSWORD)
    api = base.as_user(tokens.access)
    if api.me()["handle"] != person.handle:
        api.edit_me(
            handle=person.handle,
            display_name=person.display_name,
            bio=person.bio,
            private=person.private,
        )
    return person.handle, api


def _follow(person: Person, api: Api) -> None:
    for handle in person.follows:
        api.follow(handle)


def _accept(person: Person, api: Api) -> None:
    """Let those follow whom a person with a private account accepts; the others go on waiting."""
    if person.private:
        for asking in list(api.items("/me/requests")):
            if asking["handle"] in person.accepts:
                api.accept_request(asking["handle"])


def _show_face(number: int, person: Person, api: Api, paint: Paint) -> None:
    """Give somebody a picture who has none; it is processed while the posts are."""
    if api.me()["avatar"] is None:
        face = Photo(paint("portrait", _FIRST_FACE + number))
        asked = api.set_avatar(face.declaration(), f"demo-{person.handle}")
        if asked["upload"] is not None:
            api.upload(asked["upload"], face)


def _publish_missing(apis: Mapping[str, Api], paint: Paint, progress: Step) -> dict[str, str]:
    """Publish the posts that are not there yet. Returns the ids of all, by their captions."""
    known = dict(chain.from_iterable(each(lambda item: _published(*item), apis.items())))
    missing = [(number, post) for number, post in enumerate(POSTS) if post.caption not in known]
    sent = 0

    def send(item: tuple[int, Post]) -> tuple[Post, str]:
        nonlocal sent
        number, post = item
        post_id = _publish(number, post, apis[post.author], paint)
        sent += 1
        progress.detail = f"{sent} of {len(missing)} posts sent"
        return post, post_id

    # One asks whether they are published when all are sent: asking costs as much as working.
    for done, (post, post_id) in enumerate(each(send, missing), start=1):
        _require_published(apis[post.author], post_id)
        known[post.caption] = post_id
        progress.detail = f"{done} of {len(missing)} posts published"
    return known


def _published(handle: str, api: Api) -> list[tuple[str, str]]:
    """The captions and ids of somebody's posts."""
    return [(post["caption"], post["id"]) for post in api.items(f"/users/{handle}/posts")]


def _publish(number: int, post: Post, api: Api, paint: Paint) -> str:
    pictures = [paint(scene, 10 * number + index) for index, scene in enumerate(post.scenes)]
    media = [clip(picture) if post.is_video else Photo(picture) for picture in pictures]
    place = None
    if post.place:
        name, latitude, longitude = post.place
        place = {"name": name, "latitude": latitude, "longitude": longitude}
    return api.publish(media, caption=post.caption, place=place, idempotency_key=_key(post.caption))


def _key(text: str) -> str:
    """An idempotency key: running the demo again while a request is under way changes nothing."""
    return f"demo-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _require_published(api: Api, post_id: str) -> None:
    post = api.wait_until_final(post_id, within=_FINAL_SECONDS)
    if post["state"] != "published":
        reasons = [medium["failure"] for medium in post["media"] if medium["failure"]]
        raise ToolError(f"A demo post failed, see `make logs`: {reasons}.")
