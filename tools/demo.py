"""The demo data: a handful of people, whom they follow, and what they posted.

Everything goes through the public API. Running it again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from shutterfeed_cli.client.http import Patience, new_client
from shutterfeed_cli.errors import CliError, NotSignedIn, Refused
from tools.cloud import LOCAL_CONFIRMATION_CODE
from tools.errors import ToolError
from tools.pictures import landscape
from tools.progress import Step, step

Input = TypeVar("Input")
Output = TypeVar("Output")

PASSWORD: Final = "Sunflower-2026"  # noqa: S105  of people who do not exist, printed on purpose
_PARALLEL: Final = 2
_ATTEMPTS: Final = 3
_FINAL_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Person:
    handle: str
    display_name: str
    bio: str
    follows: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"


@dataclass(frozen=True, slots=True)
class Post:
    author: str
    caption: str
    place: tuple[str, float, float] | None = None
    photos: int = 1


PEOPLE: Final = (
    Person("maya", "Maya Lindqvist", "Light, water, early mornings.", ("tomas", "aiko", "ines")),
    Person("tomas", "Tomás Rivera", "Mountains first, questions later.", ("maya", "kofi")),
    Person("aiko", "Aiko Tanaka", "Small places, big skies.", ("maya", "tomas", "ines", "kofi")),
    Person("kofi", "Kofi Mensah", "The coast, mostly at dusk.", ("maya", "aiko")),
    Person("ines", "Inês Carvalho", "Paints what the camera misses.", ("maya", "kofi", "noor")),
    Person("noor", "Noor Haddad", "Deserts and their colours.", ("aiko", "ines")),
)

POSTS: Final = (
    Post("maya", "First light over the archipelago. #sunrise", ("Sandhamn", 59.288, 18.917)),
    Post("tomas", "Five ridges before breakfast. #mountains", ("El Chaltén", -49.331, -72.886), 3),
    Post("aiko", "The evening bus was late, luckily.", ("Biei", 43.588, 142.467)),
    Post("kofi", "Low tide. #sea", ("Busua", 4.806, -1.937)),
    Post("ines", "Studies in green", None, 2),
    Post("noor", "It is never only sand. #desert", ("Wadi Rum", 29.576, 35.420)),
    Post("maya", "No wind at all today.", ("Möja", 59.417, 18.883)),
    Post("tomas", "We turned back here. It was the right call.", ("Fitz Roy", -49.271, -73.043)),
    Post("aiko", "Moonrise, one hand in the pocket. #winter", ("Asahikawa", 43.771, 142.365)),
    Post("kofi", "Same spot, a week later. #sea", ("Busua", 4.806, -1.937)),
    Post("ines", "Before the rain", ("Serra da Estrela", 40.322, -7.613)),
    Post("noor", "Blue hour, and the tea is ready.", ("Siwa", 29.203, 25.519)),
    Post("maya", "The same rock since I was six. #home", ("Sandhamn", 59.288, 18.917)),
    Post("tomas", "Above the weather.", ("Cerro Castillo", -46.083, -72.200)),
    Post("aiko", "Four seasons in one walk. #hokkaido", ("Furano", 43.342, 142.383), 2),
    Post("kofi", "Somebody paint this.", ("Cape Three Points", 4.741, -2.091)),
    Post("ines", "@kofi, I did.", ("Porto", 41.150, -8.611)),
    Post("noor", "Shadows at noon. #desert", ("Liwa", 23.133, 53.783)),
    Post("maya", "Until next summer. #sunset", ("Sandhamn", 59.288, 18.917)),
    Post("tomas", "Going down is a skill too. #mountains", ("El Chaltén", -49.331, -72.886)),
)


def seed(outputs: Mapping[str, str], cognito: str) -> None:
    """Make sure that every person, follow and post of the demo exists. Returns when all posts are
    published.

    `outputs` are the stack's, `cognito` is where the user pool is served. Raises `ToolError` if
    something does not get through.
    """
    patience = Patience(attempts=_ATTEMPTS)
    try:
        with new_client(_PARALLEL) as client, step("Seeding demo data") as progress:
            accounts = Accounts(client, cognito, outputs["UserPoolClientId"], patience)
            base = Api(client, outputs["ApiUrl"], None, patience)
            apis = dict(_each(lambda person: _sign_in(person, accounts, base), PEOPLE))
            progress.detail = "follows"
            _each(lambda person: _follow(person, apis[person.handle]), PEOPLE)
            _publish_missing(apis, progress)
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
        api.edit_me(handle=person.handle, display_name=person.display_name, bio=person.bio)
    return person.handle, api


def _follow(person: Person, api: Api) -> None:
    for handle in person.follows:
        api.follow(handle)


def _publish_missing(apis: Mapping[str, Api], progress: Step) -> None:
    known = dict(_each(lambda item: (item[0], _captions(*item)), apis.items()))
    missing = [
        (number, post)
        for number, post in enumerate(POSTS)
        if post.caption not in known[post.author]
    ]
    sent = 0

    def send(item: tuple[int, Post]) -> tuple[Api, str]:
        nonlocal sent
        number, post = item
        post_id = _publish(number, post, apis[post.author])
        sent += 1
        progress.detail = f"{sent} of {len(missing)} posts sent"
        return apis[post.author], post_id

    # One asks whether they are published when all are sent: asking costs as much as working.
    for done, (api, post_id) in enumerate(_each(send, missing), start=1):
        _require_published(api, post_id)
        progress.detail = f"{done} of {len(missing)} posts published"


def _captions(handle: str, api: Api) -> set[str]:
    return {post["caption"] for post in api.items(f"/users/{handle}/posts", limit=100)}


def _publish(number: int, post: Post, api: Api) -> str:
    photos = [Photo(landscape(number * 10 + index)) for index in range(post.photos)]
    place = None
    if post.place:
        name, latitude, longitude = post.place
        place = {"name": name, "latitude": latitude, "longitude": longitude}
    return api.publish(photos, caption=post.caption, place=place, idempotency_key=f"demo-{number}")


def _require_published(api: Api, post_id: str) -> None:
    post = api.wait_until_final(post_id, within=_FINAL_SECONDS)
    if post["state"] != "published":
        reasons = [medium["failure"] for medium in post["media"] if medium["failure"]]
        raise ToolError(f"A demo post failed, see `make logs`: {reasons}.")


def _each(work: Callable[[Input], Output], items: Iterable[Input]) -> list[Output]:
    """Do it for all at once, a few at a time."""
    with ThreadPoolExecutor(_PARALLEL) as pool:
        return list(pool.map(work, items))
