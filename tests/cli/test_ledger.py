"""The copy of the upload ledger is kept up to date with few requests, and never has a gap."""

from __future__ import annotations

import httpx
import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import NetworkGone
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.ledger import refresh_ledger
from tests.cli.service import BASE, FixedTokens, NoPause, Service, nothing


def in_ledger(service: Service, number: int) -> None:
    """Let somebody have uploaded a file."""
    service.ledger[f"M{number:04}"] = {
        "media_id": f"M{number:04}",
        "post_id": f"P{number}",
        "sha256": f"{number:064}",
        "state": "ready",
        "purpose": "post",
        "failure": None,
    }


def reading(service: Service) -> Api:
    return Api(service.client, BASE, FixedTokens(), Patience(NoPause(), attempts=1))


def test_the_ledger_is_read_whole_once_and_then_where_it_may_have_changed() -> None:
    service = Service()
    api, journal = reading(service), Journal(":memory:")
    for number in range(1000):
        in_ledger(service, number)
    service.ledger["M0750"]["state"] = "processing"
    assert refresh_ledger(api, journal, clock=lambda: 0) == 1000
    assert refresh_ledger(api, journal, clock=lambda: 1) == 300
    service.ledger["M0750"]["state"] = "ready"
    refresh_ledger(api, journal, clock=lambda: 1)
    assert refresh_ledger(api, journal, clock=lambda: 1) == 100
    del service.ledger["M0000"]
    assert refresh_ledger(api, journal, clock=lambda: 8 * 86_400) == 999
    assert journal.known(f"{0:064}") == []


@pytest.mark.parametrize(
    ("new", "read"), [(0, 100), (1, 100), (50, 100), (51, 200), (100, 200), (150, 200), (151, 300)]
)
def test_the_ledger_is_read_down_to_fifty_entries_that_are_known(new: int, read: int) -> None:
    service, journal = Service(), Journal(":memory:")
    for number in range(400):
        in_ledger(service, number)
    refresh_ledger(reading(service), journal, clock=lambda: 0)
    for number in range(400, 400 + new):
        in_ledger(service, number)
    assert refresh_ledger(reading(service), journal, clock=lambda: 1) == read
    assert all(journal.known(f"{number:064}") for number in range(400 + new))


def test_a_ledger_whose_reading_broke_off_has_no_gap_afterwards() -> None:
    service, journal = Service(), Journal(":memory:")
    for number in range(300):
        in_ledger(service, number)
    refresh_ledger(reading(service), journal, clock=lambda: 0)
    for number in range(300, 600):
        in_ledger(service, number)

    def gone(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(503) if "cursor" in request.url.params else None

    service.before = gone
    with pytest.raises(NetworkGone):
        refresh_ledger(reading(service), journal, clock=lambda: 1)
    service.before = nothing
    refresh_ledger(reading(service), journal, clock=lambda: 2)
    assert all(journal.known(f"{number:064}") for number in range(600))
