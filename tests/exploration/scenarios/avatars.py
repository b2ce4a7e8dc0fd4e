"""Avatars that replace each other."""

from __future__ import annotations

from collections.abc import Iterator

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def avatar_replaced_twice(play: Play) -> Iterator[None]:
    play.person("ada")
    play.ask_for_avatar("ada", photo(1), "1")
    yield

    def ada() -> None:
        play.ask_for_avatar("ada", photo(2), "2")
        play.wait(seconds=1)
        play.ask_for_avatar("ada", photo(3), "3")

    play.also(ada)


@scenario
def avatar_taken_away(play: Play) -> Iterator[None]:
    """While another one is on its way."""
    play.person("ada")
    play.ask_for_avatar("ada", photo(1), "1")
    yield

    def ada() -> None:
        play.ask_for_avatar("ada", photo(2), "2")
        play.wait(seconds=1)
        play.remove_avatar("ada")

    play.also(ada)
