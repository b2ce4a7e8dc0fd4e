"""The commands, except the three large ones: upload, export and import-instagram."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from itertools import islice

from shutterfeed_cli import streams
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_PAGE
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, UsageError
from shutterfeed_cli.output import Output
from shutterfeed_cli.profile import counts_of
from shutterfeed_cli.session import Session, find_site
from shutterfeed_cli.showing import moment, posts_table, show_list, users_table
from shutterfeed_cli.tables import Table, table


def login(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Ask for missing values, sign in at Cognito, and store the refresh token."""
    before = context.file.load()
    usual = before.site.url if before else ""
    output = context.output
    address = asked.site or os.environ.get("SHUTTERFEED_SITE") or _asked(output, "Site", usual)
    site = find_site(context.client, address, context.patience)
    email = asked.email or os.environ.get("SHUTTERFEED_EMAIL") or _asked(output, "E-mail", "")
    accounts = site.accounts(context.client, context.patience)
    signed_in = accounts.sign_in(email, _password(), lambda: _code(output))
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
    context.output.result(
        {"site": session.site.url, "email": session.email, "user": me},
        [
            f"@{me['handle']} ({me['display_name'] or 'no name'}), {session.email}",
            f"at {session.site.url}",
            counts_of(me),
        ],
    )
    return ExitCode.OK


def feed(asked: argparse.Namespace, context: Context) -> ExitCode:
    nothing = "Nothing yet: follow somebody, or post something."
    return show_list(asked, context, "/feed", posts_table, nothing)


def search(asked: argparse.Namespace, context: Context) -> ExitCode:
    query = {"q": " ".join(asked.query), "type": asked.type, "limit": min(asked.limit, MAX_PAGE)}
    found = context.api.call("GET", "/search", query=query)
    found.pop("next_cursor", None)
    parts: list[Table | str] = []
    if found["users"]:
        parts.append(users_table(found["users"]))
    if found["posts"]:
        parts.append(posts_table(found["posts"]))
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
            moment(entry["created_at"]),
            entry["state"],
            entry["content_type"],
            f"{entry['bytes']:,}",
            _said_of(entry),
        )
        for entry in shown
    ]
    all_well = "Nothing is on its way, and nothing failed."
    titles = ("begun", "state", "type", "bytes", "why")
    context.output.result({"items": shown}, [table(titles, rows) if rows else all_well])
    return ExitCode.OK


def _said_of(entry: Json) -> str:
    """Why a file of the ledger failed, or what of it could not be kept."""
    if entry["failure"]:
        return str(entry["failure"]["message"])
    return " ".join(note["message"] for note in entry.get("notes", []))


def _asked(output: Output, what: str, usual: str) -> str:
    """The answer of the person at the terminal. Raises `UsageError` if nothing is entered."""
    if not streams.is_terminal(sys.stdin):
        if usual:
            return usual
        raise UsageError(f"Say --{what.lower().replace('-', '')}.")
    output.ask(f"{what}{f' [{usual}]' if usual else ''}: ")
    answer = streams.typed_line().strip() or usual
    if not answer:
        raise UsageError("Nothing was entered.")
    return answer


def _code(output: Output) -> str:
    """The code of the person's authenticator app: from the environment, typed, or the next line of
    input. Raises `UsageError`."""
    if kept := os.environ.get("SHUTTERFEED_CODE"):
        return kept
    if streams.is_terminal(sys.stdin):
        output.ask("Code from your authenticator app: ")
    code = streams.typed_line().strip()
    if not code:
        raise UsageError(
            "This account has a second factor: type the code of your authenticator app, or set "
            "SHUTTERFEED_CODE."
        )
    return code


def _password() -> str:
    """The password: from the environment, typed without being shown, or the first line of input.
    Raises `UsageError`."""
    if kept := os.environ.get("SHUTTERFEED_PASSWORD"):
        return kept
    password = streams.typed_password("Password: ")
    if not password:
        raise UsageError("There is no password: type it, or set SHUTTERFEED_PASSWORD.")
    return password
