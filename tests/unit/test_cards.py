"""What messengers, search engines and other sites are told, whatever people have written."""

from __future__ import annotations

from html import unescape
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import atom, cards
from api.models import Author, ClipBody, PostBody, User
from shutterfeed.domain.excerpts import one_line
from tests.cards import read_head
from tools import examples, paths

SITE = "https://photos.example.com"
PAGE = (paths.WEB / "index.html").read_text()
BARE = read_head(PAGE)
POST = msgspec.convert(examples.ANSWERS["PostBody"], PostBody)
USER = msgspec.convert(examples.ANSWERS["User"], User)
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        (
            '"><script>alert(1)</script>',
            "</title><meta http-equiv=refresh content='0;url=//evil.example'>",
            "' onload='alert(1)",
            "<!-- card --><!-- /card -->]]>&lt;&#x22;",
            "photo\u202egpj.exe\u2066\u2069",
            "👨\u200d👩\u200d👧🇨🇭" * 200,
            "a" * 2200,
            "a \n" * 700,
            "\r\n\u2028\u2029\x85\x00\x1b\ufffe",
            "שלום العالم",
            "x" + "\u0301" * 500,
        )
    ),
)


def _written(text: str) -> PostBody:
    """A post whose every field that people write is this text."""
    author = Author(POST.author.id, "ada", text, None)
    media = [msgspec.structs.replace(medium, alt_text=text) for medium in POST.media]
    return msgspec.structs.replace(POST, caption=text, author=author, media=media)


@given(HOSTILE)
def test_no_text_of_a_post_gets_out_of_its_place(text: str) -> None:
    page = cards.filled(PAGE, cards.of_post(_written(text), SITE))
    _holds_only_what_it_should(page)
    head = read_head(page)
    assert head.name("description") == head.property("og:description")
    assert head.title == head.property("og:title") == head.name("twitter:title")
    assert head.property("og:image:alt") == (one_line(text) or None)
    assert head.link("canonical") == f"{SITE}/p/{POST.id}"


@given(HOSTILE)
def test_no_text_of_a_profile_gets_out_of_its_place(text: str) -> None:
    user = msgspec.structs.replace(USER, display_name=text, bio=text)
    page = cards.filled(PAGE, cards.of_user(user, SITE))
    _holds_only_what_it_should(page)
    head = read_head(page)
    assert (one_line(text) or "@ada") in head.title
    assert head.link("canonical") == f"{SITE}/u/ada"


def _holds_only_what_it_should(page: str) -> None:
    head = read_head(page)
    # Beside what the page had, there are only more meta tags and links.
    assert [tag for tag in head.tags if tag not in {"meta", "link"}] == [
        tag for tag in BARE.tags if tag not in {"meta", "link"}
    ]
    assert head.attributes <= BARE.attributes | {"property", "title"}
    for values in (*head.names.values(), *head.properties.values(), [head.title]):
        for value in values:
            assert value == one_line(value), "one line, without what XML may not hold"
    assert len(head.name("description") or "") <= 16 * 200
    assert len(head.title) < 16 * 200 + 2 * 2200
    page.encode()


@given(HOSTILE)
def test_no_text_gets_out_of_its_place_in_a_feed(text: str) -> None:
    user = msgspec.structs.replace(USER, display_name=text, bio=text)
    feed = atom.feed(user, [_written(text), POST], f"{SITE}/feed", SITE)
    root = ET.fromstring(feed.encode())
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {
        *("feed", "id", "title", "subtitle", "updated", "link", "author", "name", "uri"),
        *("generator", "entry", "published", "content"),
    }
    content = root.find(".//{http://www.w3.org/2005/Atom}content")
    assert content is not None
    assert content.text is not None
    assert set(read_head(content.text.replace("/>", ">")).tags) <= {"p", "img", "br"}


def test_a_card_has_what_messengers_show() -> None:
    head = read_head(cards.filled(PAGE, cards.of_post(POST, SITE)))
    jpeg = POST.media[0].renditions[-1]
    assert head.title == "Ada Linde on Shutterfeed: “The lighthouse at dawn 🌅 with @ben”"
    assert head.name("description") == "The lighthouse at dawn 🌅 with @ben"
    assert head.property("og:url") == f"{SITE}/p/{POST.id}"
    assert head.property("og:image") == head.name("twitter:image") == jpeg.url
    assert head.property("og:image:width") == str(jpeg.width)
    assert head.property("og:image:alt") == "A white lighthouse in front of a red sky"
    assert head.name("twitter:card") == "summary_large_image"
    assert head.name("robots") is None
    found = head.link("alternate", "application/json+oembed")
    assert (
        found
        == f"{SITE}/api/oembed?url=https%3A%2F%2Fphotos.example.com%2Fp%2F{POST.id}&format=json"
    )


def test_the_largest_jpeg_is_taken_since_not_all_messengers_know_webp() -> None:
    webp, square = POST.media[0].renditions
    large = msgspec.structs.replace(square, name="640.jpg", url="large", width=640, height=480)
    small = msgspec.structs.replace(webp, name="320.webp", url="small", width=320, height=240)
    largest = msgspec.structs.replace(webp, name="1080.webp", width=1080, height=810)
    medium = msgspec.structs.replace(POST.media[0], renditions=[largest, large, small, square])
    assert cards.largest_jpeg(medium) == large
    limits = [(None, None), (640, None), (639, None), (None, 479), (319, None), (149, None)]
    found = [cards.largest_within(medium, *within) for within in limits]
    assert found == [large, large, small, small, square, None]


def test_a_sensitive_post_has_no_picture_and_no_video() -> None:
    clip = ClipBody("https://clip", "video/mp4", 640, 360, 1000, has_audio=True)
    medium = msgspec.structs.replace(POST.media[0], clip=clip)
    video = msgspec.structs.replace(POST, media=[medium])
    shown = read_head(cards.filled(PAGE, cards.of_post(video, SITE)))
    assert shown.property("og:video") == "https://clip"
    sensitive = msgspec.structs.replace(video, sensitive=True)
    page = cards.filled(PAGE, cards.of_post(sensitive, SITE))
    head = read_head(page)
    assert "/media/" not in page
    assert "https://clip" not in page
    assert head.name("twitter:card") == "summary"
    assert head.name("robots") == "noimageindex"
    assert head.name("description") == POST.caption
    feed = atom.feed(USER, [sensitive], f"{SITE}/feed", SITE)
    assert "/media/" not in unescape(feed)


@pytest.mark.parametrize(
    ("photos", "videos", "described"),
    [
        (1, 0, "A photo by @ada."),
        (0, 1, "A video by @ada."),
        (2, 1, "2 photos and a video by @ada."),
        (0, 2, "2 videos by @ada."),
    ],
)
def test_a_post_without_a_caption_says_what_it_has(
    photos: int, videos: int, described: str
) -> None:
    clip = ClipBody("https://clip", "video/mp4", 640, 360, 1000, has_audio=True)
    medium = POST.media[0]
    media = [medium] * photos + [msgspec.structs.replace(medium, clip=clip)] * videos
    post = msgspec.structs.replace(POST, caption="", media=media)
    card = cards.of_post(post, SITE)
    assert (card.title, card.description) == ("Ada Linde on Shutterfeed", described)


def test_without_a_card_the_page_asks_not_to_be_listed_and_is_else_the_same() -> None:
    page = cards.filled(PAGE, None)
    head = read_head(page)
    assert head.name("robots") == "noindex"
    assert (head.title, head.name("description")) == (BARE.title, BARE.name("description"))
    assert len(head.tags) == len(BARE.tags) + 1


@pytest.mark.parametrize("page", ["", "<html></html>", cards.BEGIN, cards.END + cards.BEGIN])
def test_a_page_of_another_version_is_not_filled(page: str) -> None:
    with pytest.raises(cards.MarksMissing):
        cards.filled(page, None)
