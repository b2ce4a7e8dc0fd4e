"""The head of a page for messengers and search engines: what they show of a link to a post or a
user.

They run no scripts, so the API fills the head of the web client's page. Everything that people
wrote goes through `escape` and stands in a quoted attribute or in the title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

from api.models import Author, MediumView, PostBody, RenditionBody, User
from shutterfeed.domain.excerpts import excerpt, one_line
from shutterfeed.domain.photos import SQUARE_NAME

SITE_NAME: Final = "Shutterfeed"
BEGIN: Final = "<!-- card -->"
END: Final = "<!-- /card -->"
"""The marks in `web/index.html` around what a card takes the place of."""
JPEG: Final = "image/jpeg"
"""The only type of picture that all messengers show."""
_TITLE: Final = 70
_DESCRIPTION: Final = 200
"""Visible characters that messengers and search engines show of each."""


class MarksMissing(Exception):
    """The site's page has no place for a card: it is of another version than this function."""


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    description: str
    url: str
    """The canonical address of the page."""
    kind: str
    """The type of the page in the vocabulary of OpenGraph."""
    picture: RenditionBody | None
    alt_text: str
    is_large: bool
    """Whether the picture is the subject itself, to be shown over the whole width."""
    more: tuple[tuple[str, str], ...] = ()
    """Further properties of OpenGraph."""
    robots: str | None = None
    links: tuple[tuple[str, str, str], ...] = ()
    """Alternatives of the page: media type, address, title."""


def filled(page: str, card: Card | None) -> str:
    """The site's page with a card; without one it says only that it is not to be listed. Raises
    `MarksMissing`."""
    before, begin, rest = page.partition(BEGIN)
    plain, end, after = rest.partition(END)
    if not (begin and end):
        raise MarksMissing
    if card is None:
        return f'{before}{plain.strip()}\n    <meta name="robots" content="noindex" />{after}'
    return before + "\n    ".join(_lines(card)) + after


def of_post(post: PostBody, site_url: str) -> Card:
    """The card of a post. A sensitive one has no picture."""
    name, url = name_of(post.author), post_url(post.id, site_url)
    caption = excerpt(post.caption, _TITLE - 20)
    title = f"{name} on {SITE_NAME}" + (f": “{caption}”" if caption else "")
    medium = post.media[0]
    picture = None if post.sensitive else largest_jpeg(medium)
    more = [("article:author", user_url(post.author.handle, site_url))]
    if post.published_at is not None:
        more.append(("article:published_time", post.published_at.isoformat()))
    if medium.clip is not None and not post.sensitive:
        more += [("og:video", medium.clip.url), ("og:video:type", medium.clip.content_type)]
        more += [("og:video:width", str(medium.clip.width))]
        more += [("og:video:height", str(medium.clip.height))]
    return Card(
        title,
        excerpt(post.caption, _DESCRIPTION) or _contents(post),
        url,
        "article",
        picture,
        one_line(medium.alt_text),
        is_large=picture is not None,
        more=tuple(more),
        robots="noimageindex" if post.sensitive else None,
        links=(_oembed(url, title, site_url),),
    )


def of_user(user: User, site_url: str) -> Card:
    name, url = name_of(user), user_url(user.handle, site_url)
    title = f"{name} on {SITE_NAME}" if name.startswith("@") else f"{name} (@{user.handle})"
    feed = f"{site_url}/api/public/users/{user.handle}/feed.atom"
    return Card(
        title,
        excerpt(user.bio, _DESCRIPTION) or f"Photos and videos by @{user.handle}.",
        url,
        "profile",
        avatar_of(user),
        f"@{user.handle}",
        is_large=False,
        more=(("profile:username", user.handle),),
        links=(
            _oembed(url, title, site_url),
            ("application/atom+xml", feed, f"Posts by @{user.handle}"),
        ),
    )


def largest_jpeg(medium: MediumView) -> RenditionBody | None:
    """The largest JPEG of a medium, since not all messengers know WebP; None if there is none."""
    return _largest(one for one in medium.renditions if one.content_type == JPEG)


def largest_within(
    medium: MediumView, max_width: int | None, max_height: int | None
) -> RenditionBody | None:
    """The picture of a medium for a page that embeds it: the largest JPEG if it is within the
    limits, or else the largest rendition that is; None if there is none. The square one, which is
    cropped, is taken only if no other fits."""
    fitting = [
        rendition
        for rendition in medium.renditions
        if (max_width is None or rendition.width <= max_width)
        and (max_height is None or rendition.height <= max_height)
    ]
    jpeg = largest_jpeg(medium)
    if jpeg in fitting:
        return jpeg
    return _largest(one for one in fitting if one.name != SQUARE_NAME) or _largest(fitting)


def _largest(renditions: Iterable[RenditionBody]) -> RenditionBody | None:
    return max(renditions, key=lambda one: one.width * one.height, default=None)


def avatar_of(user: User) -> RenditionBody | None:
    """A user's avatar, with the greatest size that it may have: a smaller one's is not known."""
    if user.avatar is None:
        return None
    return RenditionBody(SQUARE_NAME, user.avatar.url, JPEG, 150, 150)


def name_of(person: User | Author) -> str:
    """The name under which somebody is shown: the display name, or else the handle."""
    return one_line(person.display_name) or f"@{person.handle}"


def post_url(post_id: str, site_url: str) -> str:
    return f"{site_url}/p/{post_id}"


def user_url(handle: str, site_url: str) -> str:
    return f"{site_url}/u/{handle}"


def _oembed(url: str, title: str, site_url: str) -> tuple[str, str, str]:
    query = urlencode({"url": url, "format": "json"})
    return "application/json+oembed", f"{site_url}/api/oembed?{query}", title


def _contents(post: PostBody) -> str:
    """What a post without a caption shows: `2 photos and a video by @ada.`"""
    videos = sum(medium.clip is not None for medium in post.media)
    parts = [_counted(len(post.media) - videos, "photo"), _counted(videos, "video")]
    shown = " and ".join(part for part in parts if part)
    return f"{shown[:1].upper()}{shown[1:]} by @{post.author.handle}."


def _counted(number: int, noun: str) -> str:
    return {0: "", 1: f"a {noun}"}.get(number, f"{number} {noun}s")


def _lines(card: Card) -> Iterator[str]:
    yield f"<title>{escape(card.title)}</title>"
    yield _meta("name", "description", card.description)
    if card.robots is not None:
        yield _meta("name", "robots", card.robots)
    yield f'<link rel="canonical" href="{escape(card.url)}" />'
    yield from (_meta("property", *entry) for entry in _properties(card))
    yield _meta("name", "twitter:card", "summary_large_image" if card.is_large else "summary")
    yield _meta("name", "twitter:title", card.title)
    yield _meta("name", "twitter:description", card.description)
    if card.picture is not None:
        yield _meta("name", "twitter:image", card.picture.url)
        if card.alt_text:
            yield _meta("name", "twitter:image:alt", card.alt_text)
    for media_type, url, title in card.links:
        yield (
            f'<link rel="alternate" type="{media_type}" href="{escape(url)}" '
            f'title="{escape(title)}" />'
        )


def _properties(card: Card) -> Iterator[tuple[str, str]]:
    yield "og:site_name", SITE_NAME
    yield "og:type", card.kind
    yield "og:title", card.title
    yield "og:description", card.description
    yield "og:url", card.url
    if card.picture is not None:
        yield "og:image", card.picture.url
        yield "og:image:type", card.picture.content_type
        yield "og:image:width", str(card.picture.width)
        yield "og:image:height", str(card.picture.height)
        if card.alt_text:
            yield "og:image:alt", card.alt_text
    yield from card.more


def _meta(attribute: str, name: str, content: str) -> str:
    return f'<meta {attribute}="{name}" content="{escape(content)}" />'
