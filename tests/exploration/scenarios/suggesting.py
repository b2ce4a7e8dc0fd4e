"""Whom people may like to follow: suggestions, and those who must not be among them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def suggest_while_blocking(play: Play) -> Iterator[None]:
    """A reader asks whom to follow, while one whom they may like blocks them and another
    publishes; nobody is suggested to whom they have blocked."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    play.follow("ben", "eve")
    play.follow("eve", "ada")
    play.authors = ("eve",)
    yield

    def ben() -> None:
        play.suggested("ben")
        play.wait(seconds=2)
        play.suggested("ben")

    def ada() -> None:
        play.block("ada", "ben")
        if "ben" in play.suggested("ada"):
            play.surprises.append("ben is suggested to ada, who has blocked him")

    play.also(ben)
    play.also(ada)
    play.also(lambda: play.post("eve", photo(), key="1"))
    play.also(lambda: play.post("ben", photo(1), key="1"))
