"""oEmbed (https://oembed.com): what other sites need in order to show a post or a user within their
own pages.

Pages of this site cannot be framed, so the HTML is a quotation with links and no script. Everything
that people wrote is escaped in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from api.cards import SITE_NAME, avatar_of, largest_within, name_of, of_post, of_user, user_url
from api.http import Call
from api.models import OEmbed, PostBody, RenditionBody, User
from shutterfeed.domain.errors import InvalidInput, NotFound, NotOffered
from shutterfeed.domain.excerpts import one_line

_WIDTH: Final = 550
_HEIGHT: Final = 300
"""The pixels that a quotation takes if the other site sets no narrower limits."""
_PAGE: Final = re.compile(r"/(?P<kind>[pu])/(?P<name>[^/?#]+)/?(?:[?#].*)?", re.DOTALL)
_PIXELS: Final = re.compile("[1-9][0-9]{0,5}")


def answer(
    call: Call, show_post: Callable[[str], PostBody], show_user: Callable[[str], User]
) -> OEmbed:
    """What is behind the address in the parameter `url`. Raises `InvalidInput`, `NotFound`, and
    `NotOffered` for another format than JSON."""
    if call.asked("format") not in (None, "json"):
        raise NotOffered("unsupported_format", "format must be json.", "format")
    address, site_url = call.asked("url"), call.services.site_url
    if address is None:
        raise InvalidInput("missing_url", "Send the address of a post or user as url.", "url")
    limits = _pixels(call, "maxwidth"), _pixels(call, "maxheight")
    page = _PAGE.fullmatch(address.removeprefix(site_url)) if address.startswith(site_url) else None
    if page is None:
        raise _not_found()
    try:
        if page["kind"] == "p":
            return _of_post(show_post(page["name"]), site_url, *limits)
        return _of_user(show_user(page["name"]), site_url, *limits)
    except NotFound:
        raise _not_found() from None


def _not_found() -> NotFound:
    # In the same words whatever is missing or hidden.
    return NotFound("page_not_found", "There is no such page.", "url")


def _of_post(
    post: PostBody, site_url: str, max_width: int | None, max_height: int | None
) -> OEmbed:
    picture = None if post.sensitive else largest_within(post.media[0], max_width, max_height)
    card = of_post(post, site_url)
    made = _made(card.title, post.author.handle, name_of(post.author), site_url)
    if picture is not None:
        made.type, made.url = "photo", picture.url
        made.width, made.height = picture.width, picture.height
        return made
    return _quoting(made, one_line(post.caption), card.url, max_width, max_height)


def _of_user(user: User, site_url: str, max_width: int | None, max_height: int | None) -> OEmbed:
    card = of_user(user, site_url)
    made = _made(card.title, user.handle, name_of(user), site_url)
    avatar = avatar_of(user)
    if avatar is not None and _fits(avatar, max_width, max_height):
        made.thumbnail_url = avatar.url
        made.thumbnail_width, made.thumbnail_height = avatar.width, avatar.height
    return _quoting(made, one_line(user.bio), card.url, max_width, max_height)


def _fits(picture: RenditionBody, max_width: int | None, max_height: int | None) -> bool:
    return picture.width <= (max_width or picture.width) and picture.height <= (
        max_height or picture.height
    )


def _made(title: str, handle: str, name: str, site_url: str) -> OEmbed:
    return OEmbed(
        version="1.0",
        type="rich",
        title=title,
        author_name=name,
        author_url=user_url(handle, site_url),
        provider_name=SITE_NAME,
        provider_url=site_url,
        width=_WIDTH,
        height=_HEIGHT,
    )


def _quoting(
    made: OEmbed, text: str, url: str, max_width: int | None, max_height: int | None
) -> OEmbed:
    made.width, made.height = min(_WIDTH, max_width or _WIDTH), min(_HEIGHT, max_height or _HEIGHT)
    quoted = f"<p>{escape(text)}</p>" if text else ""
    link = f'<a href="{escape(url)}">{escape(made.title)}</a>'
    made.html = f'<blockquote cite="{escape(url)}">{quoted}{link}</blockquote>'
    return made


def _pixels(call: Call, name: str) -> int | None:
    text = call.asked(name)
    if text is None:
        return None
    if not _PIXELS.fullmatch(text):
        raise InvalidInput("invalid_dimensions", f"{name} must be a whole number of pixels.", name)
    return int(text)
