"""The commands, except the three large ones: upload, export and import-instagram."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_PAGE
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, UsageError
from shutterfeed_cli.output import table
from shutterfeed_cli.session import Session, find_site

if TYPE_CHECKING:
    from rich.table import Table


def login(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Ask for missing values, sign in at Cognito, and store the refresh token."""
    before = context.file.load()
    usual = before.site.url if before else ""
    address = asked.site or os.environ.get("SHUTTERFEED_SITE") or _asked("Site", usual)
    site = find_site(context.client, address, context.patience)
    email = asked.email or os.environ.get("SHUTTERFEED_EMAIL") or _asked("E-mail", "")
    accounts = site.accounts(context.client, context.patience)
    signed_in = accounts.sign_in(email, _password(), _code)
    context.file.save(Session(site, email, signed_in.refresh))
    me = context.api.me()
    context.file.save(replace(context.file.load() or context.session, user_id=me["id"]))
    context.output.result(
        {"site": site.url, "email": email, "user": me},
        [f"Signed in at {site.url} as @{me['handle']} ({email})."],
    )
    return ExitCode.OK


def logout(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Delete the stored sign-in, even if the service cannot be told to revoke it."""
    session = context.session
    if asked.everywhere:
        # If this fails, the sign-in stays, so that the command can be repeated.
        context.api.call("POST", "/me/sign-out-everywhere")
        context.file.delete()
    else:
        context.file.delete()
        _revoke(session, context)
    where = " everywhere" if asked.everywhere else ""
    context.output.result(
        {"signed_out": True, "everywhere": asked.everywhere, "email": session.email},
        [f"Signed out{where}; it was {session.email}."],
    )
    return ExitCode.OK


def _revoke(session: Session, context: Context) -> None:
    try:
        accounts = session.site.accounts(context.client, context.patience)
        accounts.revoke(session.refresh_token)
    except CliError as error:
        raise CliError(
            f"Signed out here, but the service could not be told: the old sign-in stays valid until"
            f" it expires. {error}"
        ) from error


def whoami(asked: argparse.Namespace, context: Context) -> ExitCode:
    del asked
    session, me = context.session, context.api.me()
    counts = me["counts"]
    context.output.result(
        {"site": session.site.url, "email": session.email, "user": me},
        [
            f"@{me['handle']} ({me['display_name'] or 'no name'}), {session.email}",
            f"at {session.site.url}",
            (
                f"{counts['posts']:,} posts, {counts['followers']:,} followers, "
                f"{counts['following']:,} following"
            ),
        ],
    )
    return ExitCode.OK


def feed(asked: argparse.Namespace, context: Context) -> ExitCode:
    posts = list(islice(_items(context.api, "/feed", asked.limit), asked.limit))
    nothing = "Nothing yet: follow somebody, or post something."
    context.output.result({"items": posts}, [_posts(posts) if posts else nothing])
    return ExitCode.OK


def search(asked: argparse.Namespace, context: Context) -> ExitCode:
    query = {"q": " ".join(asked.query), "type": asked.type, "limit": min(asked.limit, MAX_PAGE)}
    found = context.api.call("GET", "/search", query=query)
    found.pop("next_cursor", None)
    parts: list[Table | str] = []
    if found["users"]:
        rows = [
            (f"@{user['handle']}", user["display_name"], f"{user['counts']['followers']:,}")
            for user in found["users"]
        ]
        parts.append(table(("person", "name", "followers"), rows))
    if found["posts"]:
        parts.append(_posts(found["posts"]))
    if found["hashtags"]:
        parts.append("  ".join(f"#{tag}" for tag in found["hashtags"]))
    context.output.result(found, parts or ["Nothing found."])
    return ExitCode.OK


def status(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Show the upload ledger, newest first; without `--all` only files that are not published."""
    entries = (
        entry
        for entry in context.api.items("/me/uploads")
        if asked.all or entry["state"] != "ready"
    )
    shown = list(islice(entries, asked.limit))
    rows = [
        (
            _when(entry["created_at"]),
            entry["state"],
            entry["content_type"],
            f"{entry['bytes']:,}",
            (entry["failure"] or {}).get("message", ""),
        )
        for entry in shown
    ]
    all_well = "Nothing is on its way, and nothing failed."
    titles = ("begun", "state", "type", "bytes", "why")
    context.output.result({"items": shown}, [table(titles, rows) if rows else all_well])
    return ExitCode.OK


def _posts(posts: list[Json]) -> Table:
    rows = [
        (
            _when(post["published_at"] or post["created_at"]),
            f"@{post['author']['handle']}",
            _kinds(post["media"]),
            post["caption"].replace("\n", " "),
            (post["place"] or {}).get("name", ""),
        )
        for post in posts
    ]
    return table(("when", "who", "what", "caption", "place"), rows)


def _kinds(media: list[Json]) -> str:
    videos = sum(one["content_type"].startswith("video/") for one in media)
    photos = len(media) - videos
    named = [(photos, "photo"), (videos, "video")]
    return ", ".join(f"{n} {name}{'s' * (n > 1)}" for n, name in named if n)


def _when(text: str) -> str:
    return text[:16].replace("T", " ")


def _items(api: Api, path: str, limit: int) -> Iterator[Json]:
    for page in api.pages(path, query={"limit": min(limit, MAX_PAGE)}):
        yield from page["items"]


def _asked(what: str, usual: str) -> str:
    """The answer of the person at the terminal. Raises `UsageError` if nothing is entered."""
    if not sys.stdin.isatty():
        if usual:
            return usual
        raise UsageError(f"Say --{what.lower().replace('-', '')}.")
    sys.stderr.write(f"{what}{f' [{usual}]' if usual else ''}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip() or usual
    if not answer:
        raise UsageError("Nothing was entered.")
    return answer


def _code() -> str:
    """The code of the person's authenticator app: from the environment, typed, or the next line of
    input. Raises `UsageError`."""
    if kept := os.environ.get("SHUTTERFEED_CODE"):
        return kept
    if sys.stdin.isatty():
        sys.stderr.write("Code from your authenticator app: ")
        sys.stderr.flush()
    code = sys.stdin.readline().strip()
    if not code:
        raise UsageError(
            "This account has a second factor: type the code of your authenticator app, or set "
            "SHUTTERFEED_CODE."
        )
    return code


def _password() -> str:
    """The password: from the environment, typed without being shown, or the first line of input."""
    if kept := os.environ.get("SHUTTERFEED_PASSWORD"):
        return kept
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise UsageError("There is no password: type it, or set SHUTTERFEED_PASSWORD.")
    return password
