"""What is typed and what is shown, with the service's stand-in behind it."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli import main
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.command_line import new_parser
from shutterfeed_cli.errors import CliError, NetworkGone, NotSignedIn, Stopped, UsageError
from shutterfeed_cli.export_progress import ExportProgress
from shutterfeed_cli.fetching import Absent, Fetcher, Original
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.output import Output
from shutterfeed_cli.planning import FileResult, Outcome
from shutterfeed_cli.reporting import UploadReport
from shutterfeed_cli.stopping import GRACE_SECONDS, Stop
from shutterfeed_cli.uploading import parse_place
from shutterfeed_cli.waiting import Waiting
from tests.cli.service import BASE, FixedTokens, NoPause, Service, pictures, signed_in


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    """What the commands find where they are signed in."""
    return signed_in(monkeypatch, tmp_path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    return pictures(tmp_path / "photos", ["IMG_1.png", "Midsummer.png"])[0].parent


def lines(text: str) -> list[Json]:
    return [json.loads(line) for line in text.splitlines()]


def test_upload_says_what_became_of_every_file(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["upload", str(photos), "--json", "--caption-from", "filename"]) == 0
    said = lines(capsys.readouterr().out)
    events = [one["event"] for one in said]
    assert sorted(events) == ["published"] * 2 + ["summary"] + ["uploaded"] * 2
    assert said[-1]["published"] == 2
    captions = sorted(post["draft"]["caption"] for post in service.posts.values())
    assert captions == ["", "Midsummer"]


def test_files_that_went_wrong_once_are_posted(
    service: Service, tmp_path: Path, found: Callable[[str], bytes]
) -> None:
    for name in ("video-fragmented-no-duration.mp4", "jpeg-empty-iptc-caption.jpg"):
        (tmp_path / name).write_bytes(found(name))
    assert main.main(["upload", str(tmp_path), "--caption-from", "exif", "--json"]) == 0
    drafts = [post["draft"] for post in service.posts.values()]
    assert [draft["caption"] for draft in drafts] == ["", ""]
    (video,) = [draft["media"][0] for draft in drafts if "width" in draft["media"][0]]
    assert (video["width"], video["height"]) == (160, 120)
    assert abs(video["duration_ms"] - 2000) < 100


def test_people_get_a_summary_and_no_progress_bar_outside_of_a_terminal(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["upload", str(photos), "--place", "Malmö@55.6,13"]) == 0
    said, noted = capsys.readouterr()
    assert said.startswith("Uploaded 2 (2 published), skipped 0, failed 0; ")
    assert noted == ""
    assert main.main(["upload", str(photos)]) == 0
    assert capsys.readouterr().out.startswith("Uploaded 0 (0 published), skipped 2, failed 0; ")


def test_a_failure_is_told_with_its_reason_and_an_exit_code(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "cut.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    assert main.main(["upload", str(photos)]) == 1
    said, noted = capsys.readouterr()
    assert "failed 1" in said
    assert "cut.mp4: The video cannot be posted: it has no index" in said
    assert "cut.mp4" in noted


def test_a_name_that_is_no_text_does_no_harm(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = photos / os.fsdecode(b"\xff\xfe.png")
    (photos / "Midsummer.png").rename(odd)
    assert main.main(["upload", str(odd), "--json", "--caption-from", "filename"]) == 0
    assert lines(capsys.readouterr().out)[-1]["uploaded"] == 1
    assert main.main(["upload", str(odd)]) == 0
    assert capsys.readouterr().out.startswith("Uploaded 0 (0 published), skipped 1")
    assert len(service.posts) == 1


def test_a_dry_run_sends_nothing(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["upload", str(photos), "--dry-run", "--json"]) == 0
    assert {one.get("reason") for one in lines(capsys.readouterr().out)[:-1]} == {
        "would be uploaded"
    }
    (photos / "notes.txt").write_text("no photo")
    assert main.main(["upload", str(photos), "--dry-run"]) == 0
    *files, summary, left_out = capsys.readouterr().out.splitlines()
    assert files == [
        f"{photos / 'IMG_1.png'}: would be uploaded",
        f"{photos / 'Midsummer.png'}: would be uploaded",
        f"{photos / 'notes.txt'}: It is neither a photo nor a video.",
    ]
    assert summary.startswith("Would upload 2, skipped 0, failed 0; 0 bytes in ")
    assert left_out == "1 file is neither a photo nor a video."
    assert service.posts == {}


def test_a_network_that_is_gone_is_told_once(
    service: Service,
    photos: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            raise httpx.ConnectError("no route", request=request)
        return None

    service.before = gone
    monkeypatch.setattr(Stop, "sleep", NoPause.sleep)
    assert main.main(["upload", str(photos), "--json"]) == 1
    said, noted = capsys.readouterr()
    assert lines(said)[-1]["state"] == "ended early"
    assert noted.count("could not be reached") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["upload"],
        ["upload", "/nowhere/at/all"],
        ["upload", ".", "--parallel", "0"],
        ["upload", ".", "--parallel", "1000"],
        ["upload", ".", "--caption", "a", "--caption-from", "exif"],
        ["search"],
        ["dance"],
    ],
)
def test_what_cannot_be_understood_has_exit_code_2(service: Service, arguments: list[str]) -> None:
    try:
        code = main.main(arguments)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert service.posts == {}


def test_nobody_signed_in_has_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTTERFEED_CONFIG", str(tmp_path / "empty"))
    for command in (["whoami"], ["feed"], ["status"], ["logout"], ["export", str(tmp_path / "x")]):
        assert main.main(command) == 3
        assert "shutterfeed login" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Tempelhofer Feld@52.473,13.402", "Tempelhofer Feld"),
        ("me@home@-33.9,+18.4", "me@home"),
    ],
)
def test_a_place_is_a_name_and_a_point(text: str, name: str) -> None:
    assert parse_place(text)["name"] == name


@pytest.mark.parametrize("text", ["", "x@1", "@1,2", "x@91,0", "x@0,181", "x@1.2.3,4", "x@,"])
def test_anything_else_is_no_place(text: str) -> None:
    with pytest.raises(UsageError):
        parse_place(text)


def test_colours_follow_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert Output(as_json=False).errors.no_color


def test_events_of_many_threads_are_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    report = UploadReport(Output(as_json=True))
    result = FileResult("x" * 2000, Outcome.UPLOADED, post_id="p", media_id="m", size=1)

    def work() -> None:
        for _ in range(50):
            report.done(result)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(capsys.readouterr().out)) == 200
    assert report.count(Outcome.UPLOADED) == 200


class TestWaiting:
    def waiting(self, service: Service, journal: Journal, patience: float) -> Waiting:
        stop = NoPause()
        api = Api(service.client, BASE, FixedTokens(), Patience(stop))
        ticks = iter(range(10_000))
        return Waiting(api, journal, stop, patience=patience, clock=lambda: next(ticks))

    def entry(self, service: Service, number: int, state: str, post: str) -> FileResult:
        media_id = f"M{number:04}"
        failure = {"code": "undecodable", "message": "It is broken."} if state == "failed" else None
        service.ledger[media_id] = {
            "media_id": media_id,
            "post_id": post,
            "sha256": f"{number:064}",
            "state": state,
            "purpose": "post",
            "failure": failure,
        }
        media = service.posts.setdefault(post, {"id": post, "media": []})["media"]
        media.append({"id": media_id})
        return FileResult(f"{number}.jpg", Outcome.UPLOADED, post_id=post, media_id=media_id)

    def test_published_and_failed_are_told_apart(self, service: Service) -> None:
        uploaded = [
            self.entry(service, 1, "ready", "P1"),
            self.entry(service, 2, "failed", "P2"),
            self.entry(service, 3, "ready", "P2"),
        ]
        waiting = self.waiting(service, Journal(":memory:"), patience=10)
        final = {one.name: one for one in waiting.wait_for(uploaded, lambda _: None)}
        assert final["1.jpg"].outcome is Outcome.UPLOADED
        assert final["2.jpg"].reason == "It is broken."
        assert "shutterfeed post drop P2" in final["3.jpg"].reason

    def test_what_could_not_be_kept_of_a_published_file_is_told(
        self, service: Service, capsys: pytest.CaptureFixture[str]
    ) -> None:
        uploaded = [self.entry(service, 1, "ready", "P1"), self.entry(service, 2, "ready", "P1")]
        note = {"code": "sound_left_out", "message": "The sound was left out."}
        service.posts["P1"]["media"][1]["notes"] = [note]
        waiting = self.waiting(service, Journal(":memory:"), patience=10)
        final = waiting.wait_for(uploaded, lambda _: None)
        UploadReport(Output(as_json=False)).published(final)
        assert capsys.readouterr().err == "2.jpg: The sound was left out.\n"
        UploadReport(Output(as_json=True)).published(final)
        events = lines(capsys.readouterr().out)
        assert [event.get("notes") for event in events] == [None, [note]]

    def test_what_takes_longer_than_patience_is_left_out(self, service: Service) -> None:
        uploaded = [
            self.entry(service, 1, "processing", "P1"),
            self.entry(service, 2, "ready", "P2"),
        ]
        left: list[int] = []
        waiting = self.waiting(service, Journal(":memory:"), patience=5)
        assert [one.name for one in waiting.wait_for(uploaded, left.append)] == ["2.jpg"]
        assert set(left) == {1}


class TestStop:
    def test_what_is_under_way_may_end_within_the_grace(self) -> None:
        now = [0.0]
        stop = Stop(lambda: now[0])
        stop.check_new()
        stop.ask()
        with pytest.raises(Stopped):
            stop.check_new()
        stop.check_underway()
        now[0] = GRACE_SECONDS + 0.1
        with pytest.raises(Stopped):
            stop.check_underway()

    def test_a_sleep_ends_at_once(self) -> None:
        stop = Stop()
        threading.Timer(0.05, stop.ask).start()
        started = time.monotonic()
        with pytest.raises(Stopped):
            stop.sleep(600)
        assert time.monotonic() - started < 100

    def test_a_silent_server_does_not_hold_anybody_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shutterfeed_cli.stopping.GRACE_SECONDS", 0.01)
        overdue = threading.Event()
        stop = Stop()
        stop.on_overdue(overdue.set)
        stop.ask()
        assert overdue.wait(100)


class TestFetcher:
    """Originals, byte for byte; what is there and wrong stays."""

    original = Original("01ABC", "P1", "2026-11-23T05:00:00Z", "image/png", ready=True)

    def fetcher(
        self, folder: Path, content: bytes, told: bytes | None = None, size: int | None = None
    ) -> Fetcher:
        sha256 = hashlib.sha256(content if told is None else told).hexdigest()
        size = len(content) if size is None else size
        facts = {"bytes": size, "sha256": sha256, "content_type": "image/png"}

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/original"):
                return httpx.Response(200, json={"url": "http://storage/x", **facts})
            start = int(request.headers.get("Range", "bytes=0-")[6:-1])
            stream = httpx.ByteStream(content[start:])
            return httpx.Response(206 if start else 200, stream=stream)

        client = httpx.Client(transport=httpx.MockTransport(answer))
        stop = NoPause()
        api = Api(client, BASE, FixedTokens(), Patience(stop))
        return Fetcher(
            client=client,
            api=api,
            patience=Patience(stop),
            stop=stop,
            folder=folder,
            on_bytes=lambda _: None,
        )

    def test_it_is_fetched_once(self, tmp_path: Path) -> None:
        fetcher = self.fetcher(tmp_path, b"original")
        path = tmp_path / "originals/2026/2026-11-23_01ABC.png"
        assert fetcher.fetch(self.original)[0] is True  # type: ignore[index]
        assert path.read_bytes() == b"original"
        assert fetcher.fetch(self.original)[0] is False  # type: ignore[index]

    @pytest.mark.parametrize("begun", [b"orig", b"original", b"original and more", b""])
    def test_what_was_begun_is_finished(self, tmp_path: Path, begun: bytes) -> None:
        path = tmp_path / "originals/2026/2026-11-23_01ABC.png"
        path.parent.mkdir(parents=True)
        path.with_name(path.name + ".part").write_bytes(begun)
        self.fetcher(tmp_path, b"original").fetch(self.original)
        assert path.read_bytes() == b"original"

    def test_a_damaged_arrival_is_no_original(self, tmp_path: Path) -> None:
        result = self.fetcher(tmp_path, b"damaged!", b"original").fetch(self.original)
        assert isinstance(result, CliError)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    def test_no_more_is_written_than_was_announced(self, tmp_path: Path) -> None:
        fetcher = self.fetcher(tmp_path, b"original" * 200_000, size=8)
        written: list[int] = []
        fetcher._on_bytes = written.append
        result = fetcher.fetch(self.original)
        assert "More came than the 8 bytes" in str(result)
        assert sum(written) <= 8
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    def test_another_file_of_its_name_is_left_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "originals/2026/2026-11-23_01ABC.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"mine")
        result = self.fetcher(tmp_path, b"original").fetch(self.original)
        assert "was not changed" in str(result)
        assert path.read_bytes() == b"mine"

    def test_what_has_no_original_is_no_failure(self, tmp_path: Path) -> None:
        fetcher = self.fetcher(tmp_path, b"x")
        error = {"code": "not_stored", "message": "It never arrived.", "field": None}
        client = httpx.Client(
            transport=httpx.MockTransport(lambda _: httpx.Response(409, json={"error": error}))
        )
        fetcher._api = Api(client, BASE, FixedTokens(), Patience())
        assert isinstance(fetcher.fetch(replace(self.original, ready=False)), Absent)
        # Of what was processed the bytes have to be there.
        assert isinstance(fetcher.fetch(self.original), CliError)

    def test_what_nobody_expected_of_one_original_is_its_failure(self, tmp_path: Path) -> None:
        fetcher = self.fetcher(tmp_path, b"x")

        def fail(_: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError("nobody thought of it")

        client = httpx.Client(transport=httpx.MockTransport(fail))
        fetcher._api = Api(client, BASE, FixedTokens(), Patience())
        result = fetcher.fetch(self.original)
        assert isinstance(result, CliError)
        assert "ZeroDivisionError: nobody thought of it" in str(result)

    def test_a_network_that_is_gone_is_not_one_file_s_failure(self, tmp_path: Path) -> None:
        fetcher = self.fetcher(tmp_path, b"x")
        down = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
        fetcher._api = Api(down, BASE, FixedTokens(), Patience(NoPause()))
        with pytest.raises(NetworkGone):
            fetcher.fetch(self.original)


def test_the_progress_of_an_export_is_in_bytes() -> None:
    small = replace(TestFetcher.original, size=500)
    large = replace(TestFetcher.original, media_id="2", size=1_500_000)
    now = iter(range(1000))
    progress = ExportProgress(Output(as_json=True), clock=lambda: float(next(now)))
    assert progress.said() == ("reading lists", "")
    progress.begin([small, large])
    progress.file_done(small, arrived=False)
    progress.advance(750_000)
    before, after = progress.said()
    assert before == "1 of 2 originals"
    assert after.startswith("750.5 kB of 1.5 MB  ")
    assert "kB/s" in after
    progress.file_done(large, arrived=True)
    assert progress.said()[0] == "2 of 2 originals"
    assert progress.arrived == 750_000


def commands_of(
    parser: argparse.ArgumentParser, words: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command with its actions, by the words with which it is called."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"{words} {name}".strip(), command
                yield from commands_of(command, name)


PARSER = new_parser()
COMMANDS = dict(commands_of(PARSER))


def typed_examples(command: argparse.ArgumentParser) -> list[list[str]]:
    """The arguments of each example in the help of a command."""
    lines = command.format_help().splitlines()
    examples = [line.partition(" > ")[0] for line in lines if line.startswith("  shutterfeed ")]
    return [shlex.split(example)[1:] for example in examples]


def test_there_are_as_many_commands_as_are_documented() -> None:
    assert len(COMMANDS) == 64
    assert {words for words in COMMANDS if " " in words} == {
        *("post show", "post edit", "post delete", "post restore", "post deleted"),
        *("post erase", "post drop", "post replace"),
        *("post schedule", "post publish", "post scheduled"),
        *("profile show", "profile edit"),
    }


@pytest.mark.parametrize("words", sorted(COMMANDS))
def test_the_help_of_every_command_has_json_and_examples_that_are_understood(words: str) -> None:
    assert "--json" in COMMANDS[words].format_help()
    examples = typed_examples(COMMANDS[words])
    assert examples
    for typed in examples:
        assert typed[: words.count(" ") + 1] == words.split()
        PARSER.parse_args(typed)


@pytest.mark.parametrize("at", range(4))
def test_json_may_stand_anywhere(
    service: Service, photos: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    arguments = ["upload", str(photos / "IMG_1.png"), str(photos / "Midsummer.png")]
    assert main.main([*arguments[:at], "--json", *arguments[at:]]) == 0
    assert lines(capsys.readouterr().out)[-1]["uploaded"] == 2


def test_behind_two_dashes_json_is_the_name_of_a_file(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["upload", "--", "--json"]) == 2
    said, noted = capsys.readouterr()
    assert said == ""
    assert "There is no --json." in noted


_WHAT_UPLOADS_LOAD = """
import sys
from shutterfeed_cli import main
code = main.main(["upload", sys.argv[1], "--json"])
heavy = {"click", "pygments", "PIL", "rich.progress", "rich.table"}
print(code, sorted(heavy & sys.modules.keys()))
"""


def test_an_upload_for_programs_loads_nothing_that_draws_or_looks_into_photos(
    tmp_path: Path,
) -> None:
    """Each takes longer to load than several photos to send. Nobody is signed in here."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SHUTTERFEED_CONFIG": str(tmp_path),
        "SHUTTERFEED_STATE": str(tmp_path),
    }
    answer = subprocess.run(
        [sys.executable, "-c", _WHAT_UPLOADS_LOAD, str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.splitlines()[-1] == f"{NotSignedIn.exit_code:d} []", answer.stderr
