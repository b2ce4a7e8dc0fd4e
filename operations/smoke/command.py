"""The command `make smoke`, and what it prints at the end."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from operations.deployment import Deployment
from operations.smoke import addresses
from operations.smoke.accounts import Account, Doors, Pool, is_ours
from operations.smoke.cleaning import Cleaning
from operations.smoke.report import Report, Waiting
from operations.smoke.story import Story
from shutterfeed_cli.client.http import Patience, new_client
from shutterfeed_cli.session import Site, find_site
from tools import templates
from tools.errors import ToolError

_CONNECTIONS: Final = 2
_ATTEMPTS: Final = 3
"""For each request. More would hide a stage that often fails."""
REMAINS: Final = (
    "What remains: the deleted post for 30 days, its files about a week longer, and two users "
    "without a name, a post or an account."
)


def ask(deployment: Deployment, waiting: Waiting | None = None) -> None:
    """Ask a stage everything and clean up. Raises `ToolError` if something is wrong."""
    report = Report()
    addresses.ask_all(deployment.outputs, report)
    with _terminated_like_interrupted(), _doors(deployment, report) as doors:
        if doors is not None:
            pool, cleaning = _pool(deployment), _cleaning(deployment, report)
            try:
                Story(pool, doors, report, cleaning, waiting or Waiting()).tell()
            finally:
                cleaning.run()
    _conclude(deployment, report)
    print(REMAINS)


def clean(deployment: Deployment, emails: Sequence[str]) -> None:
    """Clean up after earlier runs that could not. Raises `ToolError` if something is left, or if
    `make smoke` makes no accounts with such an address."""
    foreign = [email for email in emails if not is_ours(email)]
    if foreign:
        raise ToolError(f"`make smoke` makes no account like {', '.join(foreign)}.")
    report = Report()
    with _terminated_like_interrupted(), _doors(deployment, report) as doors:
        if doors is not None:
            pool, cleaning = _pool(deployment), _cleaning(deployment, report)
            for account in map(Account.left, emails):
                _take_over(account, pool, doors, report, cleaning)
            cleaning.run()
    _conclude(deployment, report)


def _take_over(
    account: Account, pool: Pool, doors: Doors, report: Report, cleaning: Cleaning
) -> None:
    def sign_in() -> None:
        if pool.take_over(account):
            api = doors.api(account)
            account.handle = api.me()["handle"]
            # Not before: what has not signed in counts as having nothing, and would be deleted.
            cleaning.owe(account, api)

    report.ask(f"{account.email} is signed in, or gone already", sign_in)


def _pool(deployment: Deployment) -> Pool:
    return Pool(deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"])


def _cleaning(deployment: Deployment, report: Report) -> Cleaning:
    return Cleaning(_pool(deployment), report, lambda left: by_hand(deployment, left))


def by_hand(deployment: Deployment, emails: Sequence[str]) -> str:
    """The command that cleans up after these accounts."""
    where = ""
    if deployment.stage != templates.LOCAL_STAGE:
        region = deployment.client_for("cognito-idp").meta.region_name
        where = f" STAGE={deployment.stage} REGION={region}"
    return f'make smoke{where} CLEAN="{" ".join(emails)}"'


@contextmanager
def _doors(deployment: Deployment, report: Report) -> Iterator[Doors | None]:
    """The doors that the site's `config.json` names; None if it names none."""
    patience = Patience(attempts=_ATTEMPTS)
    found: list[Site] = []
    with new_client(_CONNECTIONS) as client:
        report.ask(
            "the site tells a client where API and sign-in are",
            lambda: found.append(find_site(client, deployment.outputs["SiteUrl"], patience)),
        )
        yield Doors(found[0], client, patience) if found else None


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM, with which a job is ended, do what Ctrl-C does: it is cleaned up first."""
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _conclude(deployment: Deployment, report: Report) -> None:
    site = deployment.outputs["SiteUrl"]
    if report.wrong:
        raise ToolError(f"{site}: {report.wrong} of {report.asked} answers are wrong.")
    print(f"{site}: all {report.asked} answers are right.")
