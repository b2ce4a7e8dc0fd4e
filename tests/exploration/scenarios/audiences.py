"""Who gets to see a post: follows and unfollows, celebrities, readers who come back."""

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
def follow_while_publishing(play: Play) -> Iterator[None]:
    """One reader begins to follow, another ceases to, while a post is published."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    play.follow("eve", "ada")
    _regular(play, "ben", "eve")
    play.authors = ("ada",)
    yield
    play.also(lambda: play.post("ada", photo(), key="1"))

    def ben() -> None:
        play.wait(seconds=1)
        play.follow("ben", "ada")

    def eve() -> None:
        play.wait(seconds=1)
        play.unfollow("eve", "ada")

    play.also(ben)
    play.also(eve)


@scenario
def follow_and_unfollow(play: Play) -> Iterator[None]:
    """One reader in two minds, of two authors."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    play.post("ada", photo(), key="1")
    play.follow("eve", "ben")
    _regular(play, "eve")
    play.authors = ("ada", "ben")
    yield

    def eve() -> None:
        play.follow("eve", "ada")
        play.wait(seconds=1)
        play.unfollow("eve", "ada")
        play.unfollow("eve", "ben")
        play.wait(seconds=1)
        play.follow("eve", "ben")

    play.also(eve)
    play.also(lambda: play.post("ben", photo(1), key="1"))


@scenario
def prepare_while_unfollowing(play: Play) -> Iterator[None]:
    """A reader becomes a regular one, while following one author and leaving another."""
    for name in ("ada", "ben", "cy", "eve"):
        play.person(name)
    play.follow("eve", "ada")
    play.follow("eve", "ben")
    play.post("ada", photo(), key="1")
    play.visit("eve")
    play.world.pass_time(timedelta(days=1))
    play.authors = ("ada", "ben", "cy")
    yield

    def eve() -> None:
        play.visit("eve")
        play.unfollow("eve", "ada")
        play.follow("eve", "cy")

    play.also(eve)
    play.also(lambda: play.post("cy", photo(2), key="1"))


@scenario
def become_a_celebrity(play: Play) -> Iterator[None]:
    """The third follower makes one, while a post is published and a follower leaves and returns."""
    for name in ("ada", "ben", "cy", "eve"):
        play.person(name)
    for name in ("ben", "cy"):
        play.follow(name, "ada")
    _regular(play, "ben", "cy", "eve")
    play.authors = ("ada",)
    yield
    play.also(lambda: play.follow("eve", "ada"))
    play.also(lambda: play.post("ada", photo(), key="1"))

    def cy() -> None:
        play.wait(seconds=1)
        play.unfollow("cy", "ada")
        play.follow("cy", "ada")

    play.also(cy)


@scenario
def cease_to_be_a_celebrity(play: Play) -> Iterator[None]:
    for name in ("ada", "ben", "cy", "eve"):
        play.person(name)
    for name in ("ben", "cy", "eve"):
        play.follow(name, "ada")
    _regular(play, "ben", "cy", "eve")
    play.post("ada", photo(1), key="0")
    play.authors = ("ada",)
    yield
    play.also(lambda: play.unfollow("eve", "ada"))
    play.also(lambda: play.post("ada", photo(), key="1"))

    def cy() -> None:
        play.wait(seconds=1)
        play.unfollow("cy", "ada")

    play.also(cy)


@scenario
def return_of_a_dormant_reader(play: Play) -> Iterator[None]:
    """A reader returns after forty days, in which subscriptions ran out, while the followed
    publish."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    for name in ("ada", "ben"):
        play.follow("eve", name)
    _regular(play, "eve")
    play.post("ada", photo(1), key="1")
    play.world.pass_time(timedelta(days=40))
    play.authors = ("ada", "ben")
    yield

    def eve() -> None:
        play.visit("eve")
        play.wait(days=1)
        play.visit("eve")
        play.wait(seconds=1)
        play.visit("eve")

    def ben() -> None:
        play.post("ben", photo(2), key="1")
        play.wait(days=1)
        play.post("ben", photo(3), key="2")

    play.also(eve)
    play.also(ben)
