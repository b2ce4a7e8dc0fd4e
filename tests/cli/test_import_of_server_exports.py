"""An export that the service makes, read by the command that imports Instagram's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shutterfeed.domain.crops import Crop
from shutterfeed.domain.posts import Place
from shutterfeed.services.export_part import PartLimits
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed_cli.planning import Wanted
from shutterfeed_cli.sources import reading
from tests import samples
from tests.cli.instagram import posts_of, read
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA = samples.user_id(1)
CROP = Crop(0, 2500, 10_000, 5000)
PLACE = Place("Tempelhofer Feld", 52.473, 13.402)
TAKEN = datetime(1998, 5, 4, 12, tzinfo=UTC)
CAPTIONS = ("Größe 🏔 Ã¼ber", "same", "same", "", "two\nlines", "Â")
"""The captions of the posts: some look like broken text, and two that are the same were posted in
one second."""


def _content(number: int, index: int) -> bytes:
    return PHOTO + bytes([number, index]) * 400


def _exported(folder: Path, limits: PartLimits) -> list[Path]:
    """The parts of an export of six posts, of which the first has two photos and a deleted one has
    followed."""
    backend = Backend(part_limits=limits)
    made = []
    for number, caption in enumerate((*CAPTIONS, "deleted")):
        contents = [_content(number, index) for index in range(2 if number == 0 else 1)]
        crop = CROP if number == 3 else None
        draft = PostDraft(
            caption,
            PLACE if number == 0 else None,
            tuple(
                MediumDraft("image/jpeg", len(c), samples.sha256(c), crop=crop) for c in contents
            ),
            TAKEN if number == 1 else None,
            sensitive=number == 2,
        )
        post = backend.posts.create(ADA, draft, f"key-{number}").view.post
        for index, content in enumerate(contents):
            backend.upload(post, index, content)
        backend.drain()
        made.append(post.id)
    backend.posts.delete(str(made[-1]), ADA)
    backend.exports.begin(ADA, "ada")
    backend.drain()
    (view,) = backend.exports.all(ADA)
    paths = []
    for number, link in enumerate(view.links):
        path = folder / f"part-{number}.zip"
        path.write_bytes(backend.buckets.exports[link.removeprefix("https://uploads.example/")])
        paths.append(path)
    return paths


def _read_files(post: Wanted) -> list[bytes]:
    files = []
    for source in post.sources:
        with reading(source) as file:
            files.append(file.read())
    return files


@pytest.mark.parametrize("most", [1_500, 2_000_000_000], ids=["several parts", "one part"])
def test_what_the_service_exports_is_imported_as_it_was(tmp_path: Path, most: int) -> None:
    paths = _exported(tmp_path, PartLimits(bytes=most))
    assert (len(paths) > 2) is (most == 1_500)
    export, items = read(*paths)
    posts = {files[0]: post for post in posts_of(export, items) if (files := _read_files(post))}
    assert len(items) == len(posts) == len(CAPTIONS)
    for number, caption in enumerate(CAPTIONS):
        post = posts[_content(number, 0)]
        assert post.caption([]) == caption
        assert len(_read_files(post)) == (2 if number == 0 else 1)
        assert post.sensitive is (number == 2)
        assert list(post.crops.values()) == ([CROP.fractions()] if number == 3 else [])
        assert {source.stem for source in post.sources} >= post.crops.keys()
    first, second = posts[_content(0, 0)], posts[_content(1, 0)]
    assert _read_files(first) == [_content(0, 0), _content(0, 1)]
    place = {"name": PLACE.name, "latitude": PLACE.latitude, "longitude": PLACE.longitude}
    assert first.place == place
    assert datetime.fromisoformat(str(second.taken_at)) == TAKEN
    assert all(post.place is None for post in posts.values() if post is not first)
    assert [line for line in export.remarks.lines if "deleted" in line]


@pytest.mark.parametrize("number", range(3))
def test_each_part_can_be_imported_by_itself(tmp_path: Path, number: int) -> None:
    path = _exported(tmp_path, PartLimits(bytes=1_500))[number]
    export, items = read(path)
    for item in items:
        assert export.sources(item)[1] == []
