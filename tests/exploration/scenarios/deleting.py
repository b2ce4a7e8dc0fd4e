"""Posts deleted and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def delete_while_processing(play: Play) -> Iterator[None]:
    play.person("ada")
    play.person("ben")
    play.follow("ben", "ada")
    yield

    def ada() -> None:
        posted = play.post("ada", photo(), key="1", caption="never #mind")
        play.until(lambda: play.state(posted) != "pending", minutes=1)
        play.ask("ada", "DELETE", f"/posts/{posted.id}")

    play.also(ada)


@scenario
def restore_while_processing(play: Play) -> Iterator[None]:
    """Deleted and restored while its files are on their way."""
    play.person("ada")
    yield

    def ada() -> None:
        posted = play.post("ada", photo(1), photo(2), key="1")
        play.until(lambda: play.state(posted) != "pending", minutes=1)
        play.ask("ada", "DELETE", f"/posts/{posted.id}")
        play.wait(seconds=5)
        play.ask("ada", "POST", f"/posts/{posted.id}/restore")

    play.also(ada)


@scenario
def restore_a_post(play: Play) -> Iterator[None]:
    """Deleted, restored, deleted again and restored on another day."""
    play.person("ada")
    play.person("ben")
    play.follow("ben", "ada")
    posted = play.post("ada", photo(), key="1", caption="back and #forth")
    yield

    def ada() -> None:
        path = f"/posts/{posted.id}"
        play.ask("ada", "DELETE", path)
        play.wait(seconds=1)
        play.ask("ada", "POST", f"{path}/restore")
        play.wait(seconds=1)
        play.ask("ada", "DELETE", path)
        play.wait(days=3)
        play.ask("ada", "POST", f"{path}/restore")

    play.also(ada)


@scenario
def restore_on_the_last_day(play: Play) -> Iterator[None]:
    """Seconds before it is too late for one post, and seconds after for another."""
    play.person("ada")
    kept = play.post("ada", photo(1), key="1")
    gone = play.post("ada", photo(2), key="2")
    play.world.rest()
    for posted in (kept, gone):
        play.ask("ada", "DELETE", f"/posts/{posted.id}")
    play.world.pass_time(timedelta(days=30, seconds=-60))
    yield

    def ada() -> None:
        # A minute's trouble makes it too late, which is no surprise.
        play.ask("ada", "POST", f"/posts/{kept.id}/restore", expected=(200, 404, 409))
        play.wait(seconds=70)
        play.ask("ada", "POST", f"/posts/{gone.id}/restore", expected=(404, 409))

    play.also(ada)
