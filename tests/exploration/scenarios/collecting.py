"""Content that goes, and comes back while it goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shutterfeed import keys
from tests.exploration import dynamo
from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo
from tests.integration.world import METADATA


@scenario
def upload_again_while_collected(play: Play) -> Iterator[None]:
    """A post is deleted and gone; while its content is removed, the same content is posted."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    play.ask("ada", "DELETE", f"/posts/{posted.id}")
    play.world.pass_time(timedelta(days=31))
    yield
    row = (METADATA, keys.blob(photo().sha256).pk, keys.blob(photo().sha256).sk)

    def ben() -> None:
        play.until(lambda: dynamo.image(row) is None, days=12)
        play.post("ben", photo(), key="1")

    play.also(ben)


@scenario
def upload_again_before_release(play: Play) -> Iterator[None]:
    """The last post that shows a content expires; just then the content is posted again."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    play.ask("ada", "DELETE", f"/posts/{posted.id}")
    play.world.pass_time(timedelta(days=29.9))
    yield
    author, post = posted.id.split("-")
    row = (METADATA, f"USER#{author}", f"POST#{post}")

    def ben() -> None:
        play.until(lambda: dynamo.image(row) is None, days=4)
        play.post("ben", photo(), key="1")

    play.also(ben)


@scenario
def upload_again_before_removal(play: Play) -> Iterator[None]:
    """A content is posted again in the seconds in which its row goes."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    play.ask("ada", "DELETE", f"/posts/{posted.id}")
    play.world.pass_time(timedelta(days=31))
    yield
    row = (METADATA, keys.blob(photo().sha256).pk, keys.blob(photo().sha256).sk)

    def ben() -> None:
        play.until_removed(row, seconds_before=2)
        play.post("ben", photo(), key="1")

    play.also(ben)
