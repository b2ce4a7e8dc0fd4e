"""How lists of posts and users are read from the service and shown to people."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import islice

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_PAGE
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode
from shutterfeed_cli.tables import Table, table
from shutterfeed_cli.wording import counted


def show_list(
    asked: argparse.Namespace,
    context: Context,
    path: str,
    shown: Callable[[list[Json]], Table],
    nothing: str,
    **query: str,
) -> ExitCode:
    """Show the first `--limit` items of a list as a table, or `nothing` if there are none."""
    items = first_items(context.api, path, asked.limit, **query)
    context.output.result({"items": items}, [shown(items) if items else nothing])
    return ExitCode.OK


def first_items(api: Api, path: str, limit: int, **query: str) -> list[Json]:
    """The first `limit` items of a list. `query` goes along with every request for a page."""
    return list(islice(_items(api, path, limit, query), limit))


def _items(api: Api, path: str, limit: int, query: dict[str, str]) -> Iterator[Json]:
    for page in api.pages(path, query={**query, "limit": min(limit, MAX_PAGE)}):
        yield from page["items"]


def posts_table(posts: list[Json]) -> Table:
    rows = [
        (
            moment(post["published_at"] or post["created_at"]),
            f"@{post['author']['handle']}",
            media_kinds(post["media"]),
            post["caption"],
            (post["place"] or {}).get("name", ""),
        )
        for post in posts
    ]
    return table(("when", "who", "what", "caption", "place"), rows)


def users_table(users: list[Json]) -> Table:
    rows = [
        (f"@{user['handle']}", user["display_name"], f"{user['counts']['followers']:,}")
        for user in users
    ]
    return table(("person", "name", "followers"), rows)


def moment(text: str) -> str:
    """A moment of the API, to the minute, in UTC."""
    return text[:16].replace("T", " ")


def media_kinds(media: list[Json]) -> str:
    """How many photos and videos these are."""
    videos = sum(one["content_type"].startswith("video/") for one in media)
    photos = len(media) - videos
    named = [(photos, "photo"), (videos, "video")]
    return ", ".join(counted(number, name) for number, name in named if number)
