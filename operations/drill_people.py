"""The people of `make restore-drill`: what they do before their region is lost, and how they come
back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shutterfeed_cli.client.accounts import Accounts
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from shutterfeed_cli.client.http import Patience, new_client
from tools import pictures
from tools.cloud import LOCAL_CONFIRMATION_CODE, LOCAL_RESET_CODE
from tools.errors import ToolError
from tools.progress import step

FOLLOWS: Final[Mapping[str, Sequence[str]]] = {
    "maya": ("tomas", "aiko"),
    "tomas": ("maya",),
    "aiko": ("maya", "tomas"),
    "kofi": ("maya", "tomas"),
}
"""Who follows whom. Kofi then unfollows Tomás."""
_BEFORE: Final = (("maya", "First light. #sunrise", 1), ("tomas", "Five ridges. #mountains", 2))
"""Posted before anybody has looked at their feed: author, caption, number of photos."""
_AFTER: Final = (
    ("maya", "No wind at all today. #sea", 3),
    ("aiko", "The evening bus was late.", 4),
    # The same photo as another's: one content, two owners.
    ("tomas", "Borrowed from Aiko.", 4),
    ("kofi", "Erased after the backup.", 6),
    ("maya", "A mistake.", 5),
)
"""Posted to feeds that are pushed to. The last one is deleted, and the one before it is erased once
the table was backed up."""
ERASER: Final = "kofi"
"""Who erases a post after the backup."""
_AVATAR: Final = 9
_LARGE: Final = 17 << 20
SENDER: Final = "aiko"
"""Whose upload is on its way when the region is lost."""
FOLLOWER: Final = "maya"
"""Somebody who follows the sender."""
_PATIENCE: Final = Patience(attempts=5)
_FINAL_SECONDS: Final = 240.0


@dataclass(frozen=True, slots=True)
class Door:
    """The addresses of a cloud that people use."""

    endpoint: str
    outputs: Mapping[str, str]

    @property
    def accounts(self) -> Accounts:
        client = self.outputs["UserPoolClientId"]
        return Accounts(new_client(1), self.endpoint, client, _PATIENCE)

    def as_user(self, token: str) -> Api:
        return Api(new_client(1), self.outputs["ApiUrl"], None, _PATIENCE).as_user(token)


def address(handle: str) -> str:
    return f"{handle}@example.com"


def live(door: Door, settle: Callable[[], None]) -> dict[str, Api]:
    """Let everybody sign up, follow and post; returns the API as each of them sees it. `settle`
    waits until all that follows from a change has been done."""
    with step("People sign up") as progress:
        people = {}
        for handle in FOLLOWS:
            progress.detail = handle
            people[handle] = _sign_up(door, handle)
    for handle, followed in FOLLOWS.items():
        for other in followed:
            people[handle].follow(other)
    _post(people, _BEFORE)
    settle()
    for api in people.values():
        api.feed()
    settle()  # from now on, posts are pushed into their feeds
    posts = _post(people, _AFTER)
    people["maya"].call("DELETE", f"/posts/{posts[-1]}")
    people["kofi"].unfollow("tomas")
    _set_avatar(people["tomas"])
    # Begun and not sent: what is on its way when a region is lost.
    people[SENDER].create_post([_large_photo()], caption="On its way.")
    settle()
    return people


def erase_one(people: Mapping[str, Api]) -> None:
    """Erase the post that the backup has, and which nobody may see after the restore."""
    (post,) = people[ERASER].items(f"/users/{ERASER}/posts")
    people[ERASER].call("POST", f"/posts/{post['id']}/erasure")


def come_back(door: Door) -> dict[str, Api]:
    """Let everybody set a new password, as one does who has forgotten it, and sign in."""
    with step("People set new passwords and sign in") as progress:
        people = {}
        for handle in FOLLOWS:
            progress.detail = handle
            password, name = _password(), {"Username": address(handle)}
            door.accounts.call("ForgotPassword", name)
            code = {"ConfirmationCode": LOCAL_RESET_CODE, "Password": password}
            door.accounts.call("ConfirmForgotPassword", {**name, **code})
            people[handle] = _signed_in(door, handle, password)
    return people


def send_again(people: Mapping[str, Api]) -> str:
    """Send the upload that was on its way, as a client does that knows its ledger. Returns the id
    of the post, which is published."""
    api = people[SENDER]
    (upload,) = [entry for entry in api.items("/me/uploads") if entry["state"] == "awaiting"]
    link = api.upload_state(upload["media_id"])["link"]
    with step("Sending an upload again"):
        api.upload(link, _large_photo())
        _require_published(api, upload["post_id"])
    post_id: str = upload["post_id"]
    return post_id


def _sign_up(door: Door, handle: str) -> Api:
    password = _password()
    door.accounts.sign_up(address(handle), password)
    door.accounts.confirm(address(handle), LOCAL_CONFIRMATION_CODE)
    api = _signed_in(door, handle, password)
    api.edit_me(handle=handle, display_name=handle.capitalize(), bio=f"I am {handle}.")
    return api


def _signed_in(door: Door, handle: str, password: str) -> Api:
    return door.as_user(door.accounts.sign_in(address(handle), password).access)


def _post(people: Mapping[str, Api], posts: Sequence[tuple[str, str, int]]) -> list[str]:
    """Publish them one after the other, so that their order is known. Returns their ids."""
    made = []
    with step("Posting") as progress:
        for number, (author, caption, picture) in enumerate(posts, start=1):
            progress.detail = f"{number} of {len(posts)}"
            api = people[author]
            post_id = api.publish([_photo(picture)], caption=caption)
            _require_published(api, post_id)
            made.append(post_id)
    return made


def _require_published(api: Api, post_id: str) -> None:
    post = api.wait_until_final(post_id, within=_FINAL_SECONDS)
    if post["state"] != "published":
        raise ToolError(f"A post of the drill is {post['state']}: {post['media']}.")


def _set_avatar(api: Api) -> None:
    photo = _photo(_AVATAR)
    asked = api.set_avatar(photo.declaration(), secrets.token_hex(16))
    api.upload(asked["upload"], photo)


def _large_photo() -> Photo:
    """One that is uploaded in parts. Decoders read nothing behind its end."""
    return Photo(pictures.landscape(8) + bytes(_LARGE))


def _photo(number: int) -> Photo:
    return Photo(pictures.landscape(number))


def _password() -> str:
    return f"{secrets.token_urlsafe(12)}-aA1"
