"""Files on their way to a post."""

from __future__ import annotations

from collections.abc import Iterator

from tests.exploration.play import Play
from tests.exploration.scenarios.declared import scenario
from tests.exploration.scenarios.files import (
    CROP,
    broken_photo,
    cropped_photo,
    disguised,
    large_photo,
    photo,
    video,
)


@scenario
def publish_a_photo(play: Play) -> Iterator[None]:
    play.person("ada")
    play.person("ben")
    play.follow("ben", "ada")
    yield
    play.also(lambda: play.post("ada", photo(), key="1", caption="a #sunny day"))


@scenario
def publish_two_photos(play: Play) -> Iterator[None]:
    """Publish a post of two photos, which two workers complete at the same time."""
    play.person("ada")
    yield
    play.also(lambda: play.post("ada", photo(1), photo(2), key="1"))


@scenario
def publish_a_video(play: Play) -> Iterator[None]:
    play.person("ada")
    yield
    play.also(lambda: play.post("ada", video(), key="1"))


@scenario
def publish_later(play: Play) -> Iterator[None]:
    """Two posts wait for their time. One is moved while it waits, and the other published at once
    while its file arrives."""
    play.person("ada")
    yield

    def moves() -> None:
        posted = play.declare("ada", photo(1), key="1", publish_at=play.later(hours=5))
        play.send(posted)
        to = {"publish_at": play.later(hours=6)}
        play.ask("ada", "PUT", f"/posts/{posted.id}/schedule", to)

    def hurries() -> None:
        posted = play.declare("ada", photo(2), key="2", publish_at=play.later(days=2))
        play.send(posted)
        play.ask("ada", "POST", f"/posts/{posted.id}/publish")

    play.also(moves)
    play.also(hurries)


@scenario
def write_while_it_is_sent(play: Play) -> Iterator[None]:
    """A draft whose file arrives while another one is added, and that is posted then; and one that
    is discarded."""
    play.person("ada")
    yield

    def posts() -> None:
        begun = play.declare("ada", photo(1), key="1", draft=True)
        play.send(begun)
        media = [{"file": photo(2).declaration()}, {"id": begun.uploads[0]["media_id"]}]
        body = {"media": media, "caption": "written #meanwhile", "publish": True}
        answer = play.ask("ada", "PUT", f"/posts/{begun.id}/draft", body)
        for upload in answer["uploads"] if answer else ():
            if upload["media_id"] != begun.uploads[0]["media_id"]:
                play.put(upload, photo(2))

    def discards() -> None:
        begun = play.declare("ada", photo(3), key="2", draft=True)
        play.send(begun)
        play.ask("ada", "DELETE", f"/posts/{begun.id}")

    play.also(posts)
    play.also(discards)


@scenario
def change_an_album(play: Play) -> Iterator[None]:
    """A photo is added to a published post, and another one removed."""
    play.person("ada")
    posted = play.post("ada", photo(1), photo(2), key="1")
    yield

    def changes() -> None:
        seen = [upload["media_id"] for upload in posted.uploads]
        media = [{"file": photo(3).declaration()}, {"id": seen[1]}]
        body = {"media": media, "seen": seen}
        answer = play.ask("ada", "PUT", f"/posts/{posted.id}/album", body)
        for upload in answer["uploads"] if answer else ():
            play.put(upload, photo(3))

    play.also(changes)


@scenario
def crop_later(play: Play) -> Iterator[None]:
    """A photo of a post that waits for its time is cropped in another way while its file arrives,
    and once more when it is there; that is not asked again if it is not answered."""
    play.person("ada")
    yield

    def crops() -> None:
        posted = play.declare("ada", photo(), key="1", publish_at=play.later(days=1))
        play.also(lambda: play.send(posted))
        path, media_id = f"/posts/{posted.id}/media", posted.uploads[0]["media_id"]
        answer = play.ask("ada", "PUT", f"{path}/{media_id}/crop", {"crop": CROP})
        play.until(lambda: play.state(posted) == "scheduled", hours=20)
        if answer:
            media_id = answer["post"]["media"][0]["id"]
            play.ask_once("ada", "PUT", f"{path}/{media_id}/crop", {"crop": {**CROP, "x": 0}})

    play.also(crops)


@scenario
def same_content_at_once(play: Play) -> Iterator[None]:
    """Two people post the same photo, one of them once more, cropped."""
    play.person("ada")
    play.person("ben")
    yield
    play.also(lambda: play.post("ada", photo(), key="1"))
    play.also(lambda: play.post("ben", photo(), key="1"))
    play.also(lambda: play.post("ben", cropped_photo(), key="2"))


@scenario
def refused_media(play: Play) -> Iterator[None]:
    """One file that is no picture and one that is not what it says, each beside a good one: one is
    taken out of its post, and the other replaced. A third is left."""
    play.person("ada")
    yield

    def removes() -> None:
        posted = play.post("ada", broken_photo(), photo(1), key="1")
        play.until(lambda: play.state(posted) == "failed", days=2)
        play.ask("ada", "DELETE", f"/posts/{posted.id}/media/{posted.uploads[0]['media_id']}")

    def replaces() -> None:
        posted = play.post("ada", photo(2), disguised(), key="2")
        play.until(lambda: play.state(posted) == "failed", days=2)
        path = f"/posts/{posted.id}/media/{posted.uploads[1]['media_id']}"
        answer = play.ask("ada", "PUT", path, photo(3).declaration())
        for upload in answer["uploads"] if answer else ():
            play.put(upload, photo(3))

    play.also(removes)
    play.also(replaces)
    play.also(lambda: play.post("ada", photo(4), disguised(), key="3"))


@scenario
def bytes_that_never_come(play: Play) -> Iterator[None]:
    """One of two files stays away, in one post; both, in another."""
    play.person("ada")
    yield

    def ada() -> None:
        one = play.declare("ada", photo(1), photo(2), key="1")
        play.put(one.uploads[0], photo(1))
        play.declare("ada", photo(3), photo(4), key="2")

    play.also(ada)


@scenario
def parts_completed_twice(play: Play) -> Iterator[None]:
    """A large file whose app says twice that all is there."""
    play.person("ada")
    yield

    def ada() -> None:
        posted = play.declare("ada", large_photo(), key="1")
        upload = posted.uploads[0]
        play.put_parts(upload, large_photo(), range(1, 100))
        play.also(lambda: play.complete("ada", upload, large_photo()))
        play.complete("ada", upload, large_photo())

    play.also(ada)


@scenario
def parts_given_up(play: Play) -> Iterator[None]:
    """A large file of which only a part comes; and one whose post is deleted meanwhile."""
    play.person("ada")
    yield

    def ada() -> None:
        left = play.declare("ada", large_photo(1), key="1")
        play.put_parts(left.uploads[0], large_photo(1), [1])
        deleted = play.declare("ada", large_photo(2), key="2")
        play.put_parts(deleted.uploads[0], large_photo(2), [2])
        play.ask("ada", "DELETE", f"/posts/{deleted.id}")

    play.also(ada)


@scenario
def edit_while_indexing(play: Play) -> Iterator[None]:
    play.person("ada")
    yield

    def ada() -> None:
        posted = play.post("ada", photo(), key="1", caption="first #words")
        play.until(lambda: play.state(posted) == "published", hours=2)
        play.wait(seconds=1)
        play.ask("ada", "PATCH", f"/posts/{posted.id}", {"caption": "second #thoughts"})
        play.wait(seconds=1)
        play.ask("ada", "PATCH", f"/posts/{posted.id}", {"caption": "third #time lucky"})

    play.also(ada)
    play.also(lambda: play.ask("ada", "PATCH", "/me", {"display_name": "Ada Lovelace"}))
