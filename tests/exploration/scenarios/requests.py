"""Private accounts: those who ask to follow, and the switch between private and public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


def _people(play: Play) -> None:
    """Ada, whose account is private, has a post; Eve comes often."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    play.switch("ada", private=True)
    play.post("ada", photo(1), key="0")
    for _ in range(2):
        play.visit("eve")
        play.world.pass_time(timedelta(days=1))
    play.authors = ("ada",)


@scenario
def accept_while_withdrawing(play: Play) -> Iterator[None]:
    """One who has asked is accepted and changes their mind, while a post is published."""
    _people(play)
    play.follow("eve", "ada")
    yield
    play.also(lambda: play.post("ada", photo(), key="1"))

    def ada() -> None:
        play.accept("ada", "eve")
        play.wait(seconds=1)
        play.accept("ada", "eve")

    def eve() -> None:
        play.unfollow("eve", "ada")
        play.follow("eve", "ada")

    play.also(ada)
    play.also(eve)


@scenario
def become_public_while_asked(play: Play) -> Iterator[None]:
    """An account becomes public while one waits, another asks, and a third follower is removed."""
    _people(play)
    play.follow("ben", "ada")
    play.accept("ada", "ben")
    play.person("cy")
    play.follow("cy", "ada")
    yield
    play.also(lambda: play.follow("eve", "ada"))

    def ada() -> None:
        play.switch("ada", private=False)
        play.remove_follower("ada", "ben")

    play.also(ada)


@scenario
def remove_while_publishing(play: Play) -> Iterator[None]:
    """A follower of a private account is removed while a post is published, and asks again."""
    _people(play)
    play.follow("eve", "ada")
    play.accept("ada", "eve")
    yield
    play.also(lambda: play.post("ada", photo(), key="1"))

    def ada() -> None:
        play.wait(seconds=1)
        play.remove_follower("ada", "eve")

    def eve() -> None:
        play.wait(seconds=2)
        play.follow("eve", "ada")

    play.also(ada)
    play.also(eve)


@scenario
def become_private_while_followed(play: Play) -> Iterator[None]:
    """An account becomes private, for a moment or for longer, while one follows it and a post is
    published."""
    _people(play)
    play.switch("ada", private=False)
    yield
    play.also(lambda: play.follow("eve", "ada"))
    play.also(lambda: play.post("ada", photo(), key="1"))

    def ada() -> None:
        play.switch("ada", private=True)
        play.wait(seconds=1)
        play.switch("ada", private=False)
        play.switch("ada", private=True)

    play.also(ada)
