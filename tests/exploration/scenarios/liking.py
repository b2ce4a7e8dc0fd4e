"""Posts that people like and save."""

from __future__ import annotations

from collections.abc import Iterator

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo


@scenario
def like_a_post(play: Play) -> Iterator[None]:
    """Two people like two posts, one of them in two minds, while one of the posts is deleted for
    good, and the other for a moment."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    kept = play.post("ada", photo(1), key="1")
    gone = play.post("ada", photo(2), key="2")
    play.world.rest()
    play.ask("ben", "PUT", f"/posts/{gone.id}/like")
    yield

    def ben() -> None:
        for method in ("PUT", "DELETE", "PUT"):
            play.ask("ben", method, f"/posts/{kept.id}/like", expected=(200, 404))
            play.wait(seconds=1)

    def eve() -> None:
        for posted in (kept, gone):
            play.ask("eve", "PUT", f"/posts/{posted.id}/like", expected=(200, 404))
        play.ask("eve", "PUT", f"/posts/{kept.id}/save", expected=(200, 404))

    def ada() -> None:
        play.wait(seconds=1)
        play.ask("ada", "DELETE", f"/posts/{gone.id}")
        play.ask("ada", "DELETE", f"/posts/{kept.id}")
        play.ask("ada", "POST", f"/posts/{kept.id}/restore")

    for act in (ben, eve, ada):
        play.also(act)
