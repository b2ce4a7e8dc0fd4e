"""Comments made, removed and hidden, on posts that go and come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def comment_and_remove(play: Play) -> Iterator[None]:
    """Two people talk at the same time, and the owner removes what one of them has said."""
    for name in ("ada", "ben", "cyd"):
        play.person(name)
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    yield
    path = f"/posts/{posted.id}/comments"

    def say(name: str, text: str, reply_to: str | None = None) -> Any:
        body = {"text": text, "reply_to": reply_to}
        return play.ask(name, "POST", path, body, key=f"{name}-{text}")

    def ben() -> None:
        root = say("ben", "first")
        if root:
            say("ben", "second", root["id"])
            play.ask("ada", "PUT", f"/comments/{root['id']}/hidden")
            play.ask("ada", "DELETE", f"/comments/{root['id']}")

    play.also(ben)
    play.also(lambda: say("cyd", "third"))


@scenario
def comments_of_a_post_that_goes(play: Play) -> Iterator[None]:
    """A post with comments is gone for good."""
    for name in ("ada", "ben"):
        play.person(name)
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    path = f"/posts/{posted.id}"
    for number in range(3):
        play.ask("ben", "POST", f"{path}/comments", {"text": f"{number}"}, key=f"{number}")
    play.ask("ada", "DELETE", path)
    play.world.pass_time(timedelta(days=29))
    yield
    play.also(lambda: play.wait(days=5))
