"""Who does not want to meet somebody, or to come across them: blocks and mutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


def _regular(play: Play, *names: str) -> None:
    """Readers who come on two days are pushed to."""
    for _ in range(2):
        for name in names:
            play.visit(name)
        play.world.pass_time(timedelta(days=1))


@scenario
def block_while_following(play: Play) -> Iterator[None]:
    """One blocks the other while each of them follows the other again, and one publishes."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    for name, other in (("ada", "ben"), ("eve", "ada"), ("eve", "ben")):
        play.follow(name, other)
    _regular(play, "ada", "ben", "eve")
    play.authors = ("ada", "ben")
    yield

    def ada() -> None:
        play.try_to_unfollow("ada", "ben")
        play.try_to_follow("ada", "ben")

    def ben() -> None:
        play.wait(seconds=1)
        play.block("ben", "ada")

    play.also(ada)
    play.also(lambda: play.try_to_follow("ben", "ada"))
    play.also(ben)
    play.also(lambda: play.post("ben", photo(), key="1"))


@scenario
def block_each_other(play: Play) -> Iterator[None]:
    """Two who follow each other block each other at once; one takes it back, and follows."""
    for name in ("ada", "ben"):
        play.person(name)
    play.follow("ada", "ben")
    play.follow("ben", "ada")
    _regular(play, "ada", "ben")
    play.post("ada", photo(), key="1")
    play.authors = ("ada", "ben")
    yield

    def ada() -> None:
        play.block("ada", "ben")
        play.wait(seconds=2)
        play.unblock("ada", "ben")
        play.try_to_follow("ada", "ben")

    play.also(ada)
    play.also(lambda: play.block("ben", "ada"))


@scenario
def block_while_accepting(play: Play) -> Iterator[None]:
    """One asks to follow, and the other accepts and blocks; a third asks meanwhile."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    _regular(play, "ben", "eve")
    play.switch("ada", private=True)
    play.follow("ben", "ada")
    play.authors = ("ada",)
    yield
    play.also(lambda: play.accept("ada", "ben"))

    def ada() -> None:
        play.block("ada", "ben")
        play.wait(seconds=1)
        play.unblock("ada", "ben")

    play.also(ada)
    play.also(lambda: play.try_to_follow("ben", "ada"))
    play.also(lambda: play.follow("eve", "ada"))
    play.also(lambda: play.post("ada", photo(), key="1"))


@scenario
def mute_for_a_time(play: Play) -> Iterator[None]:
    """A reader mutes one author for a day and another until they change their mind, while both
    publish."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    for other in ("ada", "ben"):
        play.follow("eve", other)
    _regular(play, "eve")
    play.authors = ("ada", "ben")
    yield

    def eve() -> None:
        play.mute("eve", "ada", days=1)
        play.mute("eve", "ben")
        play.visit("eve")
        play.wait(seconds=2)
        play.unmute("eve", "ben")
        play.visit("eve")

    play.also(eve)
    play.also(lambda: play.mute("eve", "ben", days=2))
    play.also(lambda: play.post("ada", photo(), key="1"))
    play.also(lambda: play.post("ben", photo(1), key="1"))
