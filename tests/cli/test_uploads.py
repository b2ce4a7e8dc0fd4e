"""Each file is posted once, whatever happens in between."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import httpx
import pytest

from shutterfeed_cli.errors import NetworkGone, NotSignedIn, Stopped
from shutterfeed_cli.exported import FORMAT
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.planning import Outcome, Wanted
from shutterfeed_cli.sources import FileSource
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.uploading import always
from tests.cli.service import NoPause, Seen, Service, nothing, pictures, run


def singles(paths: Sequence[Path]) -> list[Wanted]:
    return [Wanted([FileSource(path)], always("")) for path in paths]


def album(paths: Sequence[Path], per_post: int = 10) -> list[Wanted]:
    return [Wanted([FileSource(path) for path in paths], always(""), per_post=per_post)]


def whole(paths: Sequence[Path], when: str) -> Wanted:
    return Wanted([FileSource(path) for path in paths], always(""), whole=True, when=when)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return pictures(tmp_path / "photos", [f"{letter}.png" for letter in "abcdef"])


def contents(service: Service) -> list[bytes]:
    """The contents of all published posts."""
    return [service.stored[m["id"]] for post in service.published for m in post["media"]]


def assert_each_once(service: Service, files: Sequence[Path]) -> None:
    assert sorted(contents(service)) == sorted(file.read_bytes() for file in files)


def test_every_file_becomes_a_post_and_none_a_second_time(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    first = run(service, journal, singles(files))
    assert first.names(Outcome.UPLOADED) == [file.name for file in files]
    assert first.bytes == sum(file.stat().st_size for file in files)
    second = run(service, journal, singles(files))
    assert second.names(Outcome.SKIPPED) == [file.name for file in files]
    assert len(service.posts) == len(files)
    assert_each_once(service, files)


def test_the_ledger_alone_keeps_from_posting_twice(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    run(service, journal, singles(files))
    service.forget_keys()
    another = run(service, Journal(":memory:"), singles(files))
    assert another.names(Outcome.SKIPPED) == [file.name for file in files]
    assert len(service.posts) == len(files)


def test_an_avatar_is_not_a_post(service: Service, journal: Journal, files: list[Path]) -> None:
    run(service, journal, singles(files[:1]))
    for entry in service.ledger.values():
        entry["purpose"] = "avatar"
    service.forget_keys()
    another = run(service, Journal(":memory:"), singles(files[:1]))
    assert another.names(Outcome.UPLOADED) == ["a.png"]


def exported(folder: Path, service: Service) -> list[Path]:
    """An export of everything in the ledger."""
    entries = list(service.ledger.values())
    (folder / "originals/2026").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT}))
    (folder / "uploads.json").write_text(json.dumps(entries))
    paths = []
    for entry in entries:
        path = folder / f"originals/2026/2026-11-23_{entry['media_id']}.png"
        path.write_bytes(service.stored[entry["media_id"]])
        paths.append(path)
    return paths


def test_an_export_that_is_uploaded_again_posts_nothing(
    service: Service, journal: Journal, files: list[Path], tmp_path: Path
) -> None:
    # An avatar, a post, and an album that was not published because of one of its files.
    service.refused = {hashlib.sha256(files[3].read_bytes()).hexdigest()}
    run(service, journal, [*singles(files[:2]), whole(files[2:4], "then")])
    next(iter(service.ledger.values()))["purpose"] = "avatar"
    paths = exported(tmp_path / "export", service)
    service.forget_keys()
    again = run(service, Journal(":memory:"), singles(paths))
    assert again.names(Outcome.SKIPPED) == sorted(path.name for path in paths)
    assert again.reasons() == {"already uploaded", "an avatar of the export"}
    assert len(service.posts) == 3
    elsewhere = Service()
    moved = run(elsewhere, Journal(":memory:"), singles(paths))
    assert moved.names(Outcome.SKIPPED) == [paths[0].name]
    assert len(elsewhere.posts) == 3


def test_a_file_that_is_known_is_not_read_again(
    service: Service, journal: Journal, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(service, journal, singles(files))
    monkeypatch.setattr(FileSource, "opened", lambda _: pytest.fail("it was read"))
    assert run(service, journal, singles(files)).names(Outcome.SKIPPED)


def test_a_file_that_changed_is_another_file(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    run(service, journal, singles(files))
    pictures(files[0].parent, ["new.png"])
    (files[0].parent / "new.png").replace(files[0])
    again = run(service, journal, singles(files))
    assert again.names(Outcome.UPLOADED) == [files[0].name]


def test_the_same_content_twice_in_one_run_is_one_post(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    copy = files[0].with_name("copy.png")
    copy.write_bytes(files[0].read_bytes())
    seen = run(service, journal, singles([*files, copy]))
    assert seen.names(Outcome.SKIPPED) == ["copy.png"]
    assert seen.reasons() == {f"the same content as {files[0]}"}
    assert_each_once(service, files)


def test_what_is_no_picture_is_ignored_whatever_its_name(
    service: Service, journal: Journal, tmp_path: Path
) -> None:
    page = tmp_path / "page.jpg"
    page.write_text("<html>")
    empty = tmp_path / "empty.jpg"
    empty.touch()
    seen = run(service, journal, singles([page, empty]))
    assert seen.names(Outcome.IGNORED) == ["empty.jpg", "page.jpg"]
    assert service.posts == {}


class Interrupting:
    """Asks to stop, or breaks the connection, at the n-th request of a kind."""

    def __init__(self, method: str, path: str, at: int, stop: Stop | None = None) -> None:
        self._wanted = method, path
        self._left = at
        self._stop = stop

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if (request.method, request.url.path.split("/")[1]) == self._wanted:
            self._left -= 1
            if self._left <= 0:
                if self._stop is None:
                    raise httpx.ConnectError("gone", request=request)
                self._stop.ask()
        return None


@pytest.mark.parametrize("at", range(1, 7))
@pytest.mark.parametrize(("method", "path"), [("POST", "api"), ("POST", "form")])
@pytest.mark.parametrize("journal_lost", [False, True])
def test_an_interruption_anywhere_costs_nothing(
    service: Service,
    journal: Journal,
    files: list[Path],
    method: str,
    path: str,
    at: int,
    journal_lost: bool,
) -> None:
    stop = NoPause()
    service.before = Interrupting(method, path, at, stop)
    with pytest.raises(Stopped):
        run(service, journal, singles(files), stop=stop)
    service.before = nothing
    run(service, Journal(":memory:") if journal_lost else journal, singles(files))
    assert_each_once(service, files)


@pytest.mark.parametrize(
    ("method", "path", "at"),
    [("POST", "api", 1), ("POST", "api", 2), *(("POST", "form", at) for at in range(1, 7))],
)
@pytest.mark.parametrize("journal_lost", [False, True])
def test_a_network_that_goes_ends_the_run_and_the_next_one_goes_on(
    service: Service,
    journal: Journal,
    files: list[Path],
    method: str,
    path: str,
    at: int,
    journal_lost: bool,
) -> None:
    service.before = Interrupting(method, path, at)
    with pytest.raises(NetworkGone):
        run(service, journal, album(files, per_post=3), parallel=1)
    service.before = nothing
    run(service, Journal(":memory:") if journal_lost else journal, album(files, per_post=3))
    assert_each_once(service, files)
    assert [len(post["media"]) for post in service.published] == [3, 3]


def test_an_answer_that_was_lost_makes_no_second_post(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    lost = iter([True, True, False])

    def lose(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/posts" and next(lost, False):
            service._create(request.headers["Idempotency-Key"], request.content)
            raise httpx.ReadTimeout("lost", request=request)
        return None

    service.before = lose
    run(service, journal, singles(files[:1]))
    assert len(service.posts) == 1
    assert_each_once(service, files[:1])


def test_a_post_whose_bytes_never_came_is_made_anew(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    stop = NoPause()
    service.before = Interrupting("POST", "api", 1, stop)
    with pytest.raises(Stopped):
        run(service, journal, singles(files[:1]), stop=stop, parallel=1)
    service.before = nothing
    service.expire()
    assert run(service, journal, singles(files[:1])).names(Outcome.UPLOADED) == ["a.png"]
    assert_each_once(service, files[:1])


def test_a_refused_file_is_told_once_more_but_not_sent_again(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    service.refused = {hashlib.sha256(files[0].read_bytes()).hexdigest()}
    run(service, journal, album(files))
    assert service.published == []
    seen = run(service, journal, album(files))
    assert seen.names(Outcome.FAILED) == ["a.png"]
    assert seen.reasons() == {"refused earlier: It is broken."}
    assert_each_once(service, files[1:])
    third = run(service, journal, album(files))
    assert third.names(Outcome.SKIPPED) == [file.name for file in files[1:]]


def test_an_album_has_the_new_files_of_a_folder_in_order(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    run(service, journal, singles(files[:2]))
    before = set(service.posts)
    # Several at a time are posted in whatever order they arrive.
    run(service, journal, album(files, per_post=3), parallel=1)
    albums = [post for post in service.published if post["id"] not in before]
    assert [[service.stored[medium["id"]] for medium in post["media"]] for post in albums] == [
        [path.read_bytes() for path in files[2:5]],
        [files[5].read_bytes()],
    ]
    assert_each_once(service, files)


@pytest.mark.parametrize("journal_lost", [False, True])
@pytest.mark.parametrize("at", [1, 2])
def test_an_album_that_was_begun_is_not_finished_by_files_one_by_one(
    service: Service, journal: Journal, files: list[Path], at: int, journal_lost: bool
) -> None:
    stop = NoPause()
    service.before = Interrupting("POST", "form", at, stop)
    with pytest.raises(Stopped):
        run(service, journal, album(files[:3]), stop=stop, parallel=1)
    service.before = nothing
    run(service, Journal(":memory:") if journal_lost else journal, singles(files[:3]))
    assert_each_once(service, files[:3])
    assert [len(post["media"]) for post in service.published] == [1, 1, 1]


def test_a_whole_post_stays_whole_and_another_moment_is_another_post(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    run(service, journal, singles(files[:1]))
    groups = [whole(files[:2], "2020-01-01"), whole(files[:2], "2021-01-01")]
    run(service, journal, groups, parallel=1)
    assert [len(post["media"]) for post in service.published] == [1, 2, 2]
    again = run(service, journal, groups, parallel=1)
    assert len(again.names(Outcome.SKIPPED)) == 4
    assert len(service.posts) == 3


def test_other_words_for_a_begun_post_do_not_make_a_second_one(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    stop = NoPause()
    service.before = Interrupting("POST", "api", 1, stop)
    with pytest.raises(Stopped):
        run(service, journal, singles(files[:1]), stop=stop, parallel=1)
    service.before = nothing
    other = [Wanted([FileSource(files[0])], always("other words"))]
    run(service, Journal(":memory:"), other)
    assert len(service.posts) == 1
    assert_each_once(service, files[:1])


def test_a_large_file_goes_on_with_the_parts_that_are_missing(
    service: Service, journal: Journal, tmp_path: Path
) -> None:
    large = pictures(tmp_path, ["large.png"])[0]
    large.write_bytes(large.read_bytes() + bytes(range(256)) * 10)
    service.before = Interrupting("PUT", "part", 3)
    with pytest.raises(NetworkGone):
        run(service, journal, singles([large]), parallel=1)
    service.before = nothing
    arrived = sum(map(len, service._parts["M0000"].values()))
    assert arrived > 0
    seen: Seen = run(service, journal, singles([large]))
    assert seen.bytes == large.stat().st_size - arrived
    assert_each_once(service, [large])


def test_a_link_that_ran_out_is_replaced(
    service: Service, journal: Journal, files: list[Path]
) -> None:
    expired = iter([True])

    def refuse(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "storage.test" and next(expired, False):
            return httpx.Response(403, text="<Message>Policy expired.</Message>")
        return None

    service.before = refuse
    seen = run(service, journal, singles(files[:1]), parallel=1)
    assert seen.names(Outcome.UPLOADED) == ["a.png"]
    assert seen.bytes == files[0].stat().st_size
    assert service.count("GET", "/api/me/uploads/M0000") == 1


def test_files_are_examined_while_the_ledger_is_read_and_none_is_sent_before(
    service: Service, journal: Journal, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    examined = threading.Event()
    usual = FileSource.opened

    def opened(source: FileSource) -> Iterator[IO[bytes]]:
        examined.set()
        return usual(source)

    monkeypatch.setattr(FileSource, "opened", opened)
    sent_before: list[int] = []

    def ready() -> None:
        assert examined.wait(100)
        sent_before.append(service.count("POST", "/api/posts"))

    seen = run(service, journal, singles(files), ready=ready)
    assert seen.names(Outcome.UPLOADED) == [file.name for file in files]
    assert sent_before == [0]


@pytest.mark.parametrize("number", [0, 6])
def test_without_the_ledger_nothing_is_sent(
    service: Service, journal: Journal, files: list[Path], number: int
) -> None:
    def ready() -> None:
        raise NotSignedIn

    with pytest.raises(NotSignedIn):
        run(service, journal, singles(files[:number]), ready=ready)
    assert service.posts == {}


def test_a_dry_run_changes_nothing(service: Service, journal: Journal, files: list[Path]) -> None:
    assert run(service, journal, singles(files), dry=True).names(Outcome.UPLOADED)
    assert service.posts == {}
    assert run(service, journal, singles(files)).names(Outcome.UPLOADED)
    assert_each_once(service, files)
