"""What storage answers, and what is made of it: again, with a fresh link, or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import CliError
from shutterfeed_cli.fetching import Fetcher, Original
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.planning import Outcome, Wanted
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.uploading import always
from tests.cli.service import BASE, PART, FixedTokens, NoPause, Seen, Service, pictures, run

STORAGE = "storage.test"
# Answers that are the same however often and with whatever link one tries.
FINAL = [
    (301, "PermanentRedirect", "wrong address"),
    (307, "TemporaryRedirect", "wrong address"),
    (400, "AuthorizationHeaderMalformed", "same command again"),
    (400, "EntityTooLarge", "same command again"),
    (411, "MissingContentLength", "same command again"),
    (412, "PreconditionFailed", "same command again"),
]


def says(status: int, code: str) -> httpx.Response:
    body = f"<Error><Code>{code}</Code><Message>Because of {code}.</Message></Error>"
    return httpx.Response(status, text=body, headers={"Location": "https://elsewhere.test/"})


def refusing(
    answer: tuple[int, str], which: Callable[[int], bool]
) -> Callable[[httpx.Request], httpx.Response | None]:
    """Answers for storage to those requests whose number, counted from 1, `which` picks."""
    asked = 0

    def before(request: httpx.Request) -> httpx.Response | None:
        nonlocal asked
        if request.url.host != STORAGE:
            return None
        asked += 1
        return says(*answer) if which(asked) else None

    return before


def small(folder: Path) -> Path:
    return pictures(folder, ["small.png"])[0]


def large(folder: Path) -> Path:
    """A file of eight parts."""
    (path,) = pictures(folder, ["large.png"])
    path.write_bytes(path.read_bytes().ljust(8 * PART, b"."))
    return path


def upload(service: Service, path: Path) -> Seen:
    return run(service, Journal(":memory:"), [Wanted([FileSource(path)], always(""))])


def fresh_links(service: Service) -> int:
    return service.count("GET", "/api/me/uploads/M0000")


@pytest.mark.parametrize(("status", "code", "advice"), FINAL)
def test_what_stays_so_is_tried_once_and_told_with_its_code(
    tmp_path: Path, status: int, code: str, advice: str
) -> None:
    service = Service(before=refusing((status, code), lambda _: True))
    seen = upload(service, small(tmp_path))
    assert seen.names(Outcome.FAILED) == ["small.png"]
    (reason,) = seen.reasons()
    assert f"{status} {code}: Because of {code}." in reason
    assert advice in reason
    assert (service.count("POST", "/form/M0000"), fresh_links(service)) == (1, 0)


@pytest.mark.parametrize(("status", "code", "_"), FINAL)
def test_a_part_is_no_other(tmp_path: Path, status: int, code: str, _: str) -> None:
    service = Service(before=refusing((status, code), lambda _: True))
    seen = upload(service, large(tmp_path))
    assert code in "".join(seen.reasons())
    tried = [one for one in service.requests if one.startswith("PUT")]
    assert len(tried) == len(set(tried))
    assert fresh_links(service) == 0


@pytest.mark.parametrize("answer", [(403, "AccessDenied"), (400, "ExpiredToken")])
@pytest.mark.parametrize("file", [small, large])
def test_a_link_that_ran_out_is_replaced_and_the_rest_sent(
    tmp_path: Path, answer: tuple[int, str], file: Callable[[Path], Path]
) -> None:
    service = Service(before=refusing(answer, lambda number: number == 1))
    path = file(tmp_path)
    seen = upload(service, path)
    assert seen.names(Outcome.UPLOADED) == [path.name]
    assert seen.bytes == path.stat().st_size
    assert fresh_links(service) == 1


@pytest.mark.parametrize("answer", [(403, "AccessDenied"), (400, "ExpiredToken")])
@pytest.mark.parametrize("file", [small, large])
def test_a_fresh_link_that_is_refused_too_is_the_end(
    tmp_path: Path, answer: tuple[int, str], file: Callable[[Path], Path]
) -> None:
    service = Service(before=refusing(answer, lambda _: True))
    seen = upload(service, file(tmp_path))
    (reason,) = seen.reasons()
    assert re.search(rf"fresh link did not help \({answer[0]} {answer[1]}: Because", reason)
    assert fresh_links(service) == 1


def test_fresh_links_go_on_helping_while_parts_arrive(tmp_path: Path) -> None:
    service = Service()

    def before(request: httpx.Request) -> httpx.Response | None:
        """The first links work for one part, the second for another, the third for all."""
        taken = {0: "/1", 1: "/2"}.get(fresh_links(service), "")
        if request.url.host == STORAGE and not request.url.path.endswith(taken):
            return says(403, "AccessDenied")
        return None

    service.before = before
    path = large(tmp_path)
    seen = upload(service, path)
    assert seen.names(Outcome.UPLOADED) == [path.name]
    assert seen.bytes == path.stat().st_size
    assert fresh_links(service) == 2


@pytest.mark.parametrize("answer", [(400, "RequestTimeout"), (503, "SlowDown"), (500, "Error")])
def test_what_passes_is_waited_for_with_the_same_link(
    tmp_path: Path, answer: tuple[int, str]
) -> None:
    service = Service(before=refusing(answer, lambda number: number == 1))
    seen = upload(service, small(tmp_path))
    assert seen.names(Outcome.UPLOADED) == ["small.png"]
    assert (service.count("POST", "/form/M0000"), fresh_links(service)) == (2, 0)


class Originals:
    """The service and its storage, which answers `refusals` before it gives the file."""

    content = b"original"
    original = Original("01ABC", "P1", "2026-11-23T05:00:00Z", "image/png", ready=True)

    def __init__(self, folder: Path, refusals: list[tuple[int, str]]) -> None:
        self.links = self.fetched = 0
        self._refusals = refusals
        client = httpx.Client(transport=httpx.MockTransport(self._answer))
        stop = NoPause()
        self._fetcher = Fetcher(
            client=client,
            api=Api(client, BASE, FixedTokens(), Patience(stop)),
            patience=Patience(stop),
            stop=stop,
            folder=folder,
            on_bytes=lambda _: None,
        )

    def fetch(self) -> object:
        return self._fetcher.fetch(self.original)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != STORAGE:
            self.links += 1
            sha256 = hashlib.sha256(self.content).hexdigest()
            facts = {"bytes": len(self.content), "sha256": sha256, "content_type": "image/png"}
            return httpx.Response(200, json={"url": f"http://{STORAGE}/{self.links}", **facts})
        self.fetched += 1
        if self._refusals:
            return says(*self._refusals.pop(0))
        return httpx.Response(200, stream=httpx.ByteStream(self.content))


@pytest.mark.parametrize(
    "answer", [(403, "AccessDenied"), (404, "NoSuchKey"), (400, "ExpiredToken")]
)
def test_an_original_is_fetched_with_a_fresh_link_once(
    tmp_path: Path, answer: tuple[int, str]
) -> None:
    helped = Originals(tmp_path / "helped", [answer])
    assert not isinstance(helped.fetch(), CliError)
    assert (helped.links, helped.fetched) == (2, 2)
    refused = Originals(tmp_path / "refused", [answer] * 9)
    said = refused.fetch()
    assert isinstance(said, CliError)
    assert f"fresh link did not help ({answer[0]} {answer[1]}" in str(said)
    assert (refused.links, refused.fetched) == (2, 2)


@pytest.mark.parametrize(("status", "code", "advice"), FINAL)
def test_an_original_that_is_refused_is_asked_for_once(
    tmp_path: Path, status: int, code: str, advice: str
) -> None:
    refused = Originals(tmp_path, [(status, code)] * 9)
    said = refused.fetch()
    assert isinstance(said, CliError)
    assert f"{status} {code}" in str(said)
    assert advice in str(said)
    assert (refused.links, refused.fetched) == (1, 1)
