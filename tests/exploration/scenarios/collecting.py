"""Content that goes, or is erased, and comes back while it goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shutterfeed import keys
from tests.exploration import dynamo
from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import photo, photo_to_enlarge
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


@scenario
def erase_now(play: Play) -> Iterator[None]:
    """A post that others like, comment on and have in their feeds is erased; meanwhile one of them
    likes it, another deletes it, and it is erased again."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    play.follow("ben", "ada")
    play.authors = ("ada",)
    posted = play.post("ada", photo(), key="1", caption="never #mind")
    play.world.rest()
    path = f"/posts/{posted.id}"
    play.ask("ben", "PUT", f"{path}/like")
    play.world.rest()
    yield

    def ada() -> None:
        play.ask("ada", "DELETE", path, expected=(204, 404))
        play.ask("ada", "POST", f"{path}/erasure")
        play.wait(seconds=90)
        play.ask("ada", "POST", f"{path}/erasure")

    def eve() -> None:
        play.ask("eve", "PUT", f"{path}/like", expected=(200, 404))
        play.ask("eve", "DELETE", f"{path}/like", expected=(200, 404))
        play.ask("eve", "PUT", f"{path}/like", expected=(200, 404))

    play.also(ada)
    play.also(eve)


@scenario
def erase_while_enlarged(play: Play) -> Iterator[None]:
    """A post is erased while somebody enlarges its photo, and another post of the same photo is
    deleted meanwhile."""
    for name in ("ada", "ben", "eve"):
        play.person(name)
    posted = play.post("ada", photo_to_enlarge(), key="1")
    another = play.post("eve", photo_to_enlarge(), key="1")
    play.world.rest()
    yield

    def ben() -> None:
        for post in (posted, another):
            media_id = post.uploads[0]["media_id"]
            for _ in range(2):
                path = f"/posts/{post.id}/media/{media_id}/zoom"
                play.ask("ben", "POST", path, expected=(200, 202, 404))
                play.wait(seconds=2)

    def ada() -> None:
        play.wait(seconds=1)
        play.ask("ada", "POST", f"/posts/{posted.id}/erasure")

    play.also(ben)
    play.also(ada)
    play.also(lambda: play.ask("eve", "DELETE", f"/posts/{another.id}"))


@scenario
def erase_while_processing(play: Play) -> Iterator[None]:
    """A post is erased while its files are on their way."""
    play.person("ada")
    yield

    def ada() -> None:
        posted = play.post("ada", photo(1), photo(2), key="1")
        play.until(lambda: play.state(posted) != "pending", minutes=1)
        play.ask("ada", "POST", f"/posts/{posted.id}/erasure")

    play.also(ada)


@scenario
def upload_again_while_erased(play: Play) -> Iterator[None]:
    """A post is erased; the same content is posted when the item of the post goes."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    yield
    author, post = posted.id.split("-")
    row = (METADATA, f"USER#{author}", f"POST#{post}")

    def ada() -> None:
        play.ask("ada", "POST", f"/posts/{posted.id}/erasure")

    def ben() -> None:
        play.until(lambda: dynamo.image(row) is None, hours=4)
        play.post("ben", photo(), key="1")

    play.also(ada)
    play.also(ben)


@scenario
def upload_again_before_erased_content_goes(play: Play) -> Iterator[None]:
    """A post was erased; its content is posted again in the seconds in which the content's row
    goes."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    play.ask("ada", "POST", f"/posts/{posted.id}/erasure")
    yield
    row = (METADATA, keys.blob(photo().sha256).pk, keys.blob(photo().sha256).sk)

    def ben() -> None:
        play.until_removed(row, seconds_before=2)
        play.post("ben", photo(), key="1")

    play.also(ben)


@scenario
def upload_again_while_original_is_erased(play: Play) -> Iterator[None]:
    """A post was erased; its content is posted again while its original is tagged and hidden."""
    play.person("ada")
    play.person("ben")
    posted = play.post("ada", photo(), key="1")
    play.world.rest()
    play.ask("ada", "POST", f"/posts/{posted.id}/erasure")
    yield
    row = (METADATA, keys.blob(photo().sha256).pk, keys.blob(photo().sha256).sk)

    def ben() -> None:
        play.until(lambda: dynamo.image(row) is None, days=4)
        play.post("ben", photo(), key="1")

    play.also(ben)
