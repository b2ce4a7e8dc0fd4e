"""The Atom feed (RFC 4287) of a user's posts. Everything that people wrote is escaped: once for the
HTML of an entry, and all of that for XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from api.cards import SITE_NAME, largest_jpeg, name_of, of_user, post_url
from api.models import PostBody, User
from shutterfeed.domain.excerpts import excerpt, one_line

MEDIA_TYPE = "application/atom+xml"
_TITLE = 70


def feed(user: User, posts: Sequence[PostBody], url: str, site_url: str) -> str:
    """The feed, whose own address is `url`."""
    newest = max((_moment(post) for post in posts), default=user.created_at)
    card = of_user(user, site_url)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_tag(f'user/{user.id}', user.created_at, site_url)}</id>",
        f"<title>{escape(card.title)}</title>",
        f"<subtitle>{escape(card.description)}</subtitle>",
        f"<updated>{newest.isoformat()}</updated>",
        f'<link rel="self" type="{MEDIA_TYPE}" href="{escape(url)}"/>',
        f'<link rel="alternate" type="text/html" href="{escape(card.url)}"/>',
        f"<author><name>{escape(name_of(user))}</name><uri>{escape(card.url)}</uri></author>",
        f"<generator>{SITE_NAME}</generator>",
    ]
    for post in posts:
        lines += _entry(post, site_url)
    return "\n".join([*lines, "</feed>", ""])


def _entry(post: PostBody, site_url: str) -> Iterator[str]:
    url, moment = post_url(post.id, site_url), _moment(post).isoformat()
    title = excerpt(post.caption, _TITLE) or f"A post by @{post.author.handle}"
    yield "<entry>"
    yield f"<id>{_tag(f'post/{post.id}', post.created_at, site_url)}</id>"
    yield f"<title>{escape(title)}</title>"
    yield f"<published>{moment}</published><updated>{moment}</updated>"
    yield f'<link rel="alternate" type="text/html" href="{escape(url)}"/>'
    yield f'<content type="html">{escape(_content(post))}</content>'
    yield "</entry>"


def _content(post: PostBody) -> str:
    """The post as HTML. A sensitive one is without its pictures."""
    pictures = [] if post.sensitive else [(largest_jpeg(m), m.alt_text) for m in post.media]
    shown = [
        f'<p><img src="{escape(picture.url)}" alt="{escape(one_line(alt_text))}" '
        f'width="{picture.width}" height="{picture.height}"/></p>'
        for picture, alt_text in pictures
        if picture is not None
    ]
    lines = (one_line(line) for line in post.caption.splitlines())
    caption = "<br/>".join(escape(line) for line in lines)
    return "".join(shown) + (f"<p>{caption}</p>" if post.caption else "")


def _moment(post: PostBody) -> datetime:
    return post.published_at or post.created_at


def _tag(name: str, since: datetime, site_url: str) -> str:
    """An id that stays the same when a handle changes: a tag URI (RFC 4151)."""
    return f"tag:{urlsplit(site_url).hostname},{since:%Y-%m-%d}:{name}"
