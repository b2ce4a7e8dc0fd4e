"""Accounts that are closed: their users come back, or they are erased."""

from __future__ import annotations

from collections.abc import Iterator

from tests.exploration import accounts, gone
from tests.exploration.before import Before
from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def close_and_come_back(play: Play) -> Iterator[None]:
    """Everything is as it was."""
    _acquainted(play)
    play.world.rest()
    play.before = Before.read()
    yield

    def ada() -> None:
        _close(play)
        play.wait(seconds=5)
        _come_back(play)

    play.also(ada)


@scenario
def close_for_good(play: Play) -> Iterator[None]:
    """The account is erased when its days are over. Others go on with theirs."""
    _acquainted(play)
    _about_to_close(play)
    play.authors = ("ben",)
    yield

    play.also(lambda: _close(play))


@scenario
def close_and_be_erased_at_once(play: Play) -> Iterator[None]:
    """The account is erased a minute later, while others have to do with it."""
    play.world.machinery.set(CLOSING_DAYS="0")
    bens = _acquainted(play)
    _about_to_close(play)
    play.authors = ("ben",)
    yield

    def ada() -> None:
        play.ask("ada", "DELETE", f"/posts/{bens}/like")
        play.ask("ada", "PUT", f"/posts/{bens}/like")
        _close(play)

    def ben() -> None:
        play.try_to_unfollow("ben", "ada")
        play.post("ben", photo(1), key="copy")
        play.wait(minutes=1)
        play.try_to_follow("ben", "ada")
        play.ask("ben", "PUT", f"/posts/{bens}/like")

    play.also(ada)
    play.also(ben)


@scenario
def come_back_at_the_last_moment(play: Play) -> Iterator[None]:
    """Whoever is late is told so, and is erased; whoever is not has everything."""
    play.world.machinery.set(CLOSING_DAYS="0")
    _acquainted(play)
    play.erasable["ada"] = gone.person(play, "ada")
    yield

    def ada() -> None:
        _close(play)
        play.wait(seconds=55)
        _come_back(play, expected=(204, 401, 409))

    play.also(ada)


def _acquainted(play: Play) -> str:
    """People who have to do with Ada: they follow, like, comment, save, ask and block. Returns the
    id of a post of Ben's."""
    for name in ("ada", "ben", "cy"):
        play.person(name)
    accounts.create(play.world.machinery.clients[accounts.SERVICE], play.people["ada"].subject)
    play.switch("cy", private=True)
    for one, other in (("ben", "ada"), ("ada", "ben"), ("ada", "cy")):
        play.follow(one, other)
    adas = play.post("ada", photo(1), photo(2), key="1", caption="hers #sea").id
    bens = play.post("ben", photo(2), key="2", caption="his #sea").id
    play.world.rest()
    for name, post in (("ada", bens), ("ben", adas), ("ben", bens)):
        play.ask(name, "PUT", f"/posts/{post}/like")
    hers = _say(play, "ada", bens, "Hers, answered")
    _say(play, "ben", bens, "An answer", reply_to=hers)
    his = _say(play, "ben", bens, "His")
    play.ask("ada", "PUT", f"/comments/{his}/like")
    play.ask("ada", "PUT", f"/posts/{bens}/save")
    play.ask("ben", "PUT", f"/posts/{adas}/save")
    play.block("ada", "cy")
    play.world.rest()
    return bens


def _say(play: Play, name: str, post_id: str, text: str, **more: str) -> str:
    """The id of a comment."""
    body = {"text": text, **more}
    made = play.ask(name, "POST", f"/posts/{post_id}/comments", body, key=text.replace(" ", "-"))
    comment_id: str = made["id"]
    return comment_id


def _about_to_close(play: Play) -> None:
    """Note by what Ada is found, and what others have who do not name her."""
    play.erased["ada"] = gone.person(play, "ada")
    play.others = Before.read().without(play.people["ada"].user_id)


def _close(play: Play) -> None:
    play.sign_in("ada")
    play.ask("ada", "POST", "/me/closing")


def _come_back(play: Play, expected: tuple[int, ...] = (204,)) -> None:
    play.sign_in("ada")
    play.ask("ada", "DELETE", "/me/closing", expected=expected)
