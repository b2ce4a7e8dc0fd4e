"""Whatever is wrong with files, folders and streams of this machine: one sentence that names the
place, an exit code, and no traceback."""

from __future__ import annotations

import errno
import inspect
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Final

import httpx
import pytest

from shutterfeed_cli import main, session
from shutterfeed_cli.command_line import new_parser
from shutterfeed_cli.errors import FileTrouble
from shutterfeed_cli.media import find
from shutterfeed_cli.sources import FileSource
from tests.cli.service import FixedTokens, Service, pictures, signed_in
from tests.cli.test_commands import COMMANDS, typed_examples

Break = Callable[[Path], None]

_FULL: Final = Path("/dev/full")
needs_a_full_device = pytest.mark.skipif(not _FULL.exists(), reason="there is no /dev/full")


@pytest.fixture(autouse=True)
def one_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser, which is made only once for all tests here: that takes longer than the rest."""
    monkeypatch.setattr(main, "new_parser", cache(new_parser))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    return signed_in(monkeypatch, tmp_path)


def arguments(words: str, folder: Path) -> list[str]:
    """A command line for a command, with files that are there."""
    if words == "upload":
        return ["upload", str(pictures(folder / "photos", ["a.png"])[0].parent)]
    if words == "export":
        return ["export", str(folder / "out")]
    if words == "import-instagram":
        with zipfile.ZipFile(folder / "in.zip", "w") as packed:
            packed.writestr("your_instagram_activity/media/posts_1.json", "[]")
        return ["import-instagram", str(folder / "in.zip")]
    return typed_examples(COMMANDS[words])[0]


def told(capsys: pytest.CaptureFixture[str]) -> str:
    """What went to standard error: a single sentence."""
    noted = capsys.readouterr().err
    assert noted.count("\n") == 1, noted
    assert noted.endswith(".\n")
    return noted


# --- The stored sign-in, which every command reads


def _as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _as_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def _below_a_file(path: Path) -> None:
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where a folder should be")


SIGN_IN: Final = {
    "folder": (_as_folder, "Is a directory"),
    "pipe": (_as_pipe, "It is not a regular file"),
    "loop": (_as_loop, "Too many levels of symbolic links"),
    "below a file": (_below_a_file, "Not a directory"),
}
_LOCAL: Final = frozenset({"completion", "post", "profile"})
"""What reads no sign-in, and what is named with its actions."""


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("words", sorted(COMMANDS.keys() - _LOCAL))
def test_every_command_tells_that_the_sign_in_cannot_be_read(
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHUTTERFEED_PASSWORD", "secret")
    typed = arguments(words, tmp_path)
    path = tmp_path / "config" / "session.json"
    _as_pipe(path)
    assert main.main(typed) == 1
    assert told(capsys) == f"{path} cannot be used: It is not a regular file.\n"


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("how", sorted(SIGN_IN))
@pytest.mark.parametrize("words", ["feed", "upload", "export"])
def test_a_sign_in_that_cannot_be_read_is_told_whatever_it_is(
    words: str, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = arguments(words, tmp_path)
    path = tmp_path / "config" / "session.json"
    spoil, reason = SIGN_IN[how]
    spoil(path)
    assert main.main(typed) == 1
    assert told(capsys) == f"{path} cannot be used: {reason}.\n"


@pytest.mark.usefixtures("service")
def test_a_folder_whose_name_is_too_long_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTTERFEED_CONFIG", str(tmp_path / ("x" * 300)))
    assert main.main(["whoami"]) == 1
    assert "File name too long" in told(capsys)


def denied(*_: object, **__: object) -> IO[bytes]:
    raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/private")


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("words", ["feed", "logout", "upload"])
def test_a_sign_in_that_is_not_ours_is_told(
    words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = arguments(words, tmp_path)
    monkeypatch.setattr(session, "opened", denied)
    assert main.main(typed) == 1
    assert told(capsys) == "/somewhere/private cannot be used: Permission denied.\n"


def test_nobody_signs_out_of_a_folder_that_is_read_only(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read_only(path: Path, missing_ok: bool = False) -> None:
        del missing_ok
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "unlink", read_only)
    assert main.main(["logout"]) == 1
    assert "session.json cannot be used: Read-only file system." in told(capsys)
    assert service.requests == []


def test_a_home_that_is_not_known_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTTERFEED_CONFIG", "~nobody-of-this-name/config")
    assert main.main(["feed"]) == 2
    assert "set SHUTTERFEED_CONFIG" in told(capsys)


# --- A disk that is full, or read-only


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A disk on which files can be made, but not written."""

    def made(**_: object) -> tuple[int, str]:
        name = tmp_path / "written"
        name.touch()
        return os.open(_FULL, os.O_WRONLY), str(name)

    monkeypatch.setattr("shutterfeed_cli.folders.tempfile.mkstemp", made)


@needs_a_full_device
@pytest.mark.usefixtures("full_disk")
def test_a_new_sign_in_that_cannot_be_stored_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = session.SessionFile(tmp_path / "config")
    site = session.Site("https://site", "https://site/api", "https://c", "id")
    with pytest.raises(FileTrouble) as trouble:
        file.save(session.Session(site, "ann@example.com", "refresh"))
    assert str(trouble.value) == f"{file.path} cannot be used: No space left on device."
    assert not (tmp_path / "written").exists()
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def empty(service: Service) -> Service:
    """The service, with no more than a profile to export."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/api/me":
            return httpx.Response(200, json={"id": "ME", "handle": "me"})
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    service.before = answer
    return service


@needs_a_full_device
@pytest.mark.usefixtures("empty", "full_disk")
def test_an_export_to_a_full_disk_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["export", str(tmp_path / "out")]) == 1
    assert told(capsys) == (
        f"{tmp_path / 'out' / 'manifest.json'} cannot be used: No space left on device.\n"
    )


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("command", ["export", "upload", "import-instagram"])
@pytest.mark.parametrize(
    "number", [errno.EROFS, errno.ENOSPC, errno.EACCES, errno.EDQUOT, errno.EIO]
)
def test_a_folder_that_cannot_be_made_is_told(
    command: str,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = arguments(command, tmp_path)

    def fail(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", fail)
    assert main.main(typed) == 1
    place = tmp_path / ("out" if command == "export" else "state")
    assert told(capsys) == f"{place} cannot be used: {os.strerror(number)}.\n"


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("command", "name"), [("export", "out"), ("upload", "state"), ("import-instagram", "state")]
)
def test_a_file_where_a_folder_should_be_is_told(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = arguments(command, tmp_path)
    (tmp_path / name).write_text("a file")
    assert main.main(typed) == 1
    assert told(capsys) == f"{tmp_path / name} cannot be used: It is not a folder.\n"


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("command", ["upload", "import-instagram"])
def test_a_journal_that_cannot_be_opened_is_told(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = arguments(command, tmp_path)
    monkeypatch.setattr("shutterfeed_cli.journal.hashlib.sha256", _Same)
    (tmp_path / "state" / f"uploads-{'0' * 16}.sqlite").mkdir(parents=True)
    assert main.main(typed) == 1
    assert f"The journal of uploads in {tmp_path / 'state'} cannot be used: " in told(capsys)


class _Same:
    def __init__(self, _: bytes) -> None: ...

    def hexdigest(self) -> str:
        return "0" * 64


# --- Files to upload


def _named(name: str, folder: Path) -> Path:
    path = folder / name
    match name:
        case "pipe":
            os.mkfifo(path)
        case "loop":
            path.symlink_to(path)
        case "notes.txt":
            path.write_text("no photo")
        case "vanished.png":
            pictures(folder, [name])
    return path


def test_named_files_that_are_not_taken_are_told_by_name(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [photo] = pictures(tmp_path, ["a.png"])
    for name, reason in (
        ("notes.txt", "It is neither a photo nor a video."),
        ("pipe", "It cannot be read: It is not a regular file."),
    ):
        path = _named(name, tmp_path)
        assert main.main(["upload", str(photo), str(path)]) == 1
        said, noted = capsys.readouterr()
        assert said.splitlines()[1:] == [f"  {path}: {reason}"]
        assert noted == f"failed: {path}: {reason}\n"
        assert main.main(["upload", str(path), "--dry-run"]) == 1
        assert f"  {path}: {reason}\n" in capsys.readouterr().out
    assert len(service.posts) == 1


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("loop", 1, "cannot be used: Too many levels of symbolic links."),
        ("x" * 300, 1, "cannot be used: File name too long."),
        ("nowhere/at/all", 2, "There is no "),
        ("notes.txt/below", 2, "There is no "),
    ],
)
def test_a_name_that_leads_nowhere_is_told_before_anything_is_sent(
    service: Service,
    tmp_path: Path,
    name: str,
    code: int,
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    [photo] = pictures(tmp_path, ["a.png"])
    (tmp_path / "notes.txt").touch()
    path = tmp_path / name if name != "loop" else _named(name, tmp_path)
    assert main.main(["upload", str(photo), str(path)]) == code
    noted = told(capsys)
    assert str(path) in noted
    assert reason in noted
    assert service.posts == {}


@pytest.mark.parametrize("command", ["upload", "export", "import-instagram"])
def test_an_empty_name_is_not_the_folder_where_the_command_runs(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([command, ""])
    assert ended.value.code == 2
    assert "is empty: name a file or folder" in capsys.readouterr().err


def test_what_is_found_in_a_folder_and_is_no_photo_is_counted_and_listed_when_asked_for(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pictures(tmp_path / "photos", ["a.png"])[0].parent
    for name in ("notes.txt", "pipe", "loop"):
        _named(name, folder)
    (folder / "nowhere").symlink_to(tmp_path / "gone")
    assert main.main(["upload", str(folder)]) == 0
    said, noted = capsys.readouterr()
    assert said.splitlines()[1:] == ["4 files are neither photos nor videos."]
    assert noted == ""
    assert main.main(["upload", str(folder), "--verbose"]) == 0
    assert sorted(capsys.readouterr().out.splitlines()[:5]) == [
        f"{folder / 'a.png'}: already uploaded",
        f"{folder / 'loop'}: It is a link that leads nowhere.",
        f"{folder / 'notes.txt'}: It is neither a photo nor a video.",
        f"{folder / 'nowhere'}: It is a link that leads nowhere.",
        f"{folder / 'pipe'}: It is neither a file nor a folder.",
    ]
    assert len(service.posts) == 1


@pytest.mark.parametrize("when", ["fingerprint", "opened"])
def test_a_file_that_vanishes_while_it_is_handled_is_its_own_failure(
    service: Service,
    tmp_path: Path,
    when: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = pictures(tmp_path / "photos", ["a.png", "gone.png", "z.png"])[0].parent
    usual = getattr(FileSource, when)

    def vanish(source: FileSource) -> object:
        if source.stem == "gone":
            source.path.unlink(missing_ok=True)
        return usual(source)

    monkeypatch.setattr(FileSource, when, vanish)
    assert main.main(["upload", str(folder)]) == 1
    reason = "It cannot be read: No such file or directory."
    assert f"  {folder / 'gone.png'}: {reason}\n" in capsys.readouterr().out
    assert len(service.posts) == 2


def test_a_folder_may_be_deeper_than_calls_may_be(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    pictures(deep, ["a.png"])
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 100)
    try:
        [(named, [found])] = find([tmp_path])
    finally:
        sys.setrecursionlimit(usual)
    assert (named, found.name) == (False, str(deep / "a.png"))


# --- Standard output


@contextmanager
def output(file: IO[str]) -> Iterator[None]:
    """Standard output is this file meanwhile."""
    usual, sys.stdout = sys.stdout, file
    try:
        yield
    finally:
        sys.stdout = usual
        with suppress(OSError):
            file.close()


def reader_gone() -> IO[str]:
    """A pipe whose reader has closed it."""
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("typed", [["feed"], ["feed", "--json"], ["completion", "bash"]])
def test_whoever_has_read_enough_is_told_nothing(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with output(reader_gone()):
        assert main.main(typed) == 0
    assert capsys.readouterr() == ("", "")


@needs_a_full_device
@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("typed", [["feed"], ["feed", "--json"], ["completion", "bash"]])
def test_output_that_cannot_be_written_is_told(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with output(_FULL.open("w")):
        assert main.main(typed) == 1
    assert told(capsys) == "Standard output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("flag", ["--json", "--verbose"])
def test_an_upload_ends_when_nobody_reads_of_it_any_more(
    service: Service, tmp_path: Path, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pictures(tmp_path / "photos", [f"{number}.png" for number in range(100)])[0].parent
    with output(reader_gone()):
        assert main.main(["upload", str(folder), flag, "--parallel", "1"]) == 1
    assert told(capsys) == "Nobody reads the output any more.\n"
    assert 1 <= len(service.posts) < 20


@pytest.mark.usefixtures("empty")
def test_output_that_was_closed_before_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main.main(["feed"]) == 1
    assert told(capsys) == "Standard output is closed.\n"


@pytest.mark.usefixtures("empty")
def test_errors_that_cannot_be_written_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert main.main(["feed"]) == 0
    assert main.main(["upload", "/nowhere"]) == 2


@pytest.mark.parametrize("to", ["a reader that has gone", "a full device"])
def test_help_that_nobody_can_read_is_no_traceback(to: str) -> None:
    if to == "a full device":
        if not _FULL.exists():
            pytest.skip("there is no /dev/full")
        output, code = os.open(_FULL, os.O_WRONLY), 1
        noted = "Standard output cannot be written: No space left on device.\n"
    else:
        reading, output = os.pipe()
        os.close(reading)
        code, noted = 0, ""
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "shutterfeed_cli", "--help"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(output)
    assert (answer.returncode, answer.stderr) == (code, noted)


# --- Standard input


@pytest.mark.parametrize("given", [None, b"\xff\xfe\n", b""])
def test_a_password_that_is_no_text_is_told(
    given: bytes | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    signed_in(monkeypatch, tmp_path).before = lambda _: httpx.Response(
        200, json={"apiUrl": "/api", "cognitoUrl": "https://c", "userPoolClientId": "id"}
    )
    monkeypatch.delenv("SHUTTERFEED_PASSWORD", raising=False)
    monkeypatch.setattr("shutterfeed_cli.context.Tokens", lambda *_: FixedTokens())
    (tmp_path / "in").write_bytes(given or b"")
    with (tmp_path / "in").open(encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", None if given is None else file)
        typed = ["login", "--site", "https://site", "--email", "ann@example.com"]
        assert main.main(typed) == 2
    assert told(capsys)
