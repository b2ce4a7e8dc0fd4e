"""What the lists of an Instagram export say, and what they say twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.instagram import (
    ACTIVITY,
    labelled,
    mangled,
    medium,
    placed,
    posts_of,
    read,
    taken_at,
    write,
)
from tests.cli.service import pictures

MADE = 1_600_000_000
POSTS = f"{ACTIVITY}/posts_1.json"
LABELLED = f"{ACTIVITY}/posts.json"


def media(*numbers: int, label: str = "Media", **more: Any) -> dict[str, Any]:
    return {"label": label, "media": [medium(number, **more) for number in numbers]}


def test_labelled_posts_are_imported_whatever_the_language(tmp_path: Path) -> None:
    place = [
        {"label": "Name", "value": mangled("Köln")},
        {"label": mangled("Breitengrad"), "value": "50.94"},
        {"label": mangled("Längengrad"), "value": "6.96"},
    ]
    german = labelled(
        MADE,
        media(1, 2, label="Medien"),
        {"label": "Bildunterschrift", "value": mangled("Für Köln")},
        {"title": "Ort", "dict": [{"dict": place}]},
    )
    by_title = labelled(MADE + 9, media(3, title=mangled("Только здесь"), label="?"))
    write(tmp_path, LABELLED, [german, by_title])
    pictures(tmp_path / "media/posts", ["1.png", "2.png", "3.png"])
    export, items = read(tmp_path)
    assert [(item.caption, len(item.files)) for item in items] == [
        ("Für Köln", 2),
        ("Только здесь", 1),
    ]
    assert posts_of(export, items)[0].place == {
        "name": "Köln",
        "latitude": 50.94,
        "longitude": 6.96,
    }
    assert export.remarks.lines == []


@pytest.mark.parametrize(
    "entry",
    [
        {"timestamp": MADE, "media": [medium(1), medium(2)], "label_values": []},
        labelled(0, {"label": "Media", "vec": [medium(1), {"media": medium(2)}]}),
        labelled(0, {"title": "Media", "dict": [{"dict": [media(1), media(2)]}]}),
        labelled(MADE, media(1, 2), media(1, 2)),
        labelled(
            0,
            {"label": "Creation time", "timestamp_value": MADE},
            {"label": "Media", "media": [{"uri": f"media/posts/{n}.png"} for n in (1, 2)]},
        ),
    ],
)
def test_the_files_of_labelled_posts_are_found_wherever_they_are(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    write(tmp_path, LABELLED, [entry])
    [item] = read(tmp_path)[1]
    assert item.files == ("media/posts/1.png", "media/posts/2.png")
    assert (item.taken_at or "")[:16] == "2020-09-13T12:26"


def test_labels_of_a_language_that_is_not_known_are_told(tmp_path: Path) -> None:
    write(tmp_path, LABELLED, [labelled(MADE, media(1, label="?"), {"label": "??", "value": "x"})])
    export, [item] = read(tmp_path)
    assert item.caption == ""
    assert any("language that is not known" in line for line in export.remarks.lines)


def test_a_post_in_both_forms_is_one_post(tmp_path: Path) -> None:
    write(tmp_path, POSTS, [{"media": [medium(1), medium(2)], "creation_timestamp": MADE}])
    write(
        tmp_path,
        LABELLED,
        [
            # An hour later, but with one of the files.
            labelled(MADE + 3600, media(1), {"label": "Caption", "value": "Hi"}),
            labelled(MADE + 5, media(5), {"label": "Caption", "value": "Only here"}),
        ],
    )
    items = read(tmp_path)[1]
    assert [(item.caption, len(item.files)) for item in items] == [("Hi", 2), ("Only here", 1)]


def test_two_posts_of_one_second_and_one_file_in_two_posts_stay_apart(tmp_path: Path) -> None:
    same_moment = [{"media": [medium(1, MADE)]}, {"media": [medium(2, MADE)]}]
    same_file = [{"media": [medium(3, MADE + 50)]}, {"media": [medium(3, MADE + 90)]}]
    write(tmp_path, POSTS, [*same_moment, *same_file])
    assert len(read(tmp_path)[1]) == 4


def test_what_one_hid_on_instagram_stays_hidden(tmp_path: Path) -> None:
    hidden = {"label": "Published", "value": "False"}
    write(tmp_path, POSTS, [{"media": [medium(number)]} for number in (1, 2, 3, 4)])
    write(tmp_path, LABELLED, [labelled(MADE + 4, media(4), hidden)])
    for name, wrapped, number in (
        ("archived_posts", "ig_archived_post_media", 2),
        ("recently_deleted_content", "ig_recently_deleted_media", 3),
    ):
        write(tmp_path, f"{ACTIVITY}/{name}.json", {wrapped: [{"media": [medium(number)]}]})
    write(tmp_path, f"{ACTIVITY}/other_content.json", {"ig_other_media": [{"media": [medium(9)]}]})
    export, items = read(tmp_path)
    assert [item.files for item in items] == [("media/posts/1.png",)]
    left_out = [line for line in export.remarks.lines if "was left out" in line]
    assert len(left_out) == 4
    assert sum("--archived" in line for line in left_out) == 2
    items = read(tmp_path, archived=True)[1]
    assert [item.kind for item in items] == ["posts", "archived", "archived"]


def test_a_list_with_another_name_is_known_by_its_content(tmp_path: Path) -> None:
    write(tmp_path, "inhalte/beitraege_1.json", [{"media": [medium(1)]}])
    write(tmp_path, "inhalte/archiv.json", {"ig_archived_post_media": [{"media": [medium(2)]}]})
    write(tmp_path, "messages/inbox/ann/message_1.json", [{"media": [medium(3)]}])
    assert [item.files for item in read(tmp_path)[1]] == [("media/posts/1.png",)]


def test_a_list_that_is_not_known_is_named(tmp_path: Path) -> None:
    write(tmp_path, POSTS, [{"media": [medium(1)]}])
    write(tmp_path, f"{ACTIVITY}/holograms.json", {"ig_holograms": [{"media": [medium(2)]}]})
    write(tmp_path, f"{ACTIVITY}/settings.json", {"sound": "on"})
    write(tmp_path, f"__MACOSX/{ACTIVITY}/._posts_1.json", "rubbish")
    export, items = read(tmp_path)
    assert len(items) == 1
    name = f"{ACTIVITY}/holograms.json"
    assert export.remarks.lines == [f"1 entry was left out, since {name} is not known here."]


@pytest.mark.parametrize(
    ("time", "date"),
    [
        (1_600_000_000, "2020-09-13T12:26:40Z"),
        ("1600000000", "2020-09-13T12:26:40Z"),
        (1_600_000_000_123, "2020-09-13T12:26:40Z"),
        (1_600_000_000_123_456, "2020-09-13T12:26:40Z"),
        (-86_400_000, "1967-04-07T00:00:00Z"),
        (0, None),
        (-1, None),
        (1e300, None),
        ("soon", None),
        (True, None),
    ],
)
def test_a_time_is_true_or_told(tmp_path: Path, time: object, date: str | None) -> None:
    post = {"media": [{"uri": "media/posts/1.png"}], "creation_timestamp": time}
    write(tmp_path, POSTS, [post])
    export, [item] = read(tmp_path)
    assert item.taken_at == date
    told = "The post with media/posts/1.png has no time that can be true, and gets no date."
    assert export.remarks.lines == ([] if date else [told])


def test_files_without_a_name_and_posts_without_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, POSTS, [{"media": [medium(1), {"title": "?"}]}, {"media": []}])
    write(tmp_path, LABELLED, [labelled(MADE + 77, {"label": "Caption", "value": "Alone"})])
    export, items = read(tmp_path)
    assert len(items) == 1
    assert sorted(export.remarks.lines) == [
        "1 file of the post of 2020-09-13 12:26 has no name in the export, and cannot be found.",
        "A post has no files, and was left out.",
        "The post of 2020-09-13 12:27 has no files in the export, and was left out.",
    ]


def test_a_point_beside_a_place_that_is_that_of_the_photo_is_not_the_place(tmp_path: Path) -> None:
    pictures(tmp_path / "media/posts", ["0.png"])
    photo = medium(0, media_metadata=taken_at(57.70894, 11.97461))
    write(tmp_path, POSTS, [{"media": [photo]}])
    write(tmp_path, LABELLED, [placed(MADE, "Göteborg", "57.7089", "11.9746")])
    [post] = posts_of(*read(tmp_path))
    assert post.place == {"name": "Göteborg"}
    [post] = posts_of(*read(tmp_path), exif_places=True)
    assert post.place == {"name": "Göteborg", "latitude": 57.71, "longitude": 11.97}
