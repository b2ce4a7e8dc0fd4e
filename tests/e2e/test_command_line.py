"""The command `shutterfeed` on the deployed stack, as its users run it: as a process."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from PIL import Image

from shutterfeed_cli.client.content import Json, Photo
from tests import videos
from tests.e2e.conftest import PASSWORD, Deployment, Person, eventually
from tests.e2e.links import upload_part
from tests.e2e.test_large_uploads import noise
from tools import paths

FILES = 28
INTERRUPTED_AFTER = 6
KILLED_AFTER = 6


@dataclass
class Shell:
    """Somebody's machine."""

    folder: Path
    site: str
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(paths.COMMAND_LINE),
            "SHUTTERFEED_CONFIG": str(self.folder / "config"),
            "SHUTTERFEED_STATE": str(self.folder / "state"),
            **self.extra,
        }

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "shutterfeed_cli", *map(str, arguments)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        process = self.start(*arguments)
        said, noted = process.communicate(timeout=1800)
        return process.returncode, said, noted

    def json(self, *arguments: str | Path, code: int = 0) -> list[Json]:
        """Every line of standard output, all of which have to be JSON."""
        status, said, noted = self.run(*arguments, "--json")
        assert status == code, noted
        return [json.loads(line) for line in said.splitlines()]

    def summary(self, *arguments: str | Path, code: int = 0) -> Json:
        summary = self.json(*arguments, code=code)[-1]
        assert summary["event"] == "summary"
        return summary


@pytest.fixture
def shell_of(stack: Deployment, tmp_path: Path) -> Callable[[Person], Shell]:
    def sign_in(person: Person) -> Shell:
        shell = Shell(tmp_path / person.handle, stack.outputs["SiteUrl"])
        shell.extra["SHUTTERFEED_PASSWORD"] = PASSWORD
        [said] = shell.json("login", "--site", shell.site, "--email", person.email)
        assert said["user"]["handle"] == person.handle
        del shell.extra["SHUTTERFEED_PASSWORD"]
        return shell

    return sign_in


def picture(number: int) -> bytes:
    target = BytesIO()
    colour = (number % 256, number // 256, 99)
    Image.new("RGB", (24, 16), colour).save(target, "PNG")
    return target.getvalue()


def posts_of(person: Person) -> list[Json]:
    return list(person.api.items(f"/users/{person.handle}/posts", limit=100))


def ledger_of(person: Person) -> list[Json]:
    return list(person.api.items("/me/uploads", limit=100))


def uploaded_until(stream: IO[str] | None, count: int) -> Iterator[Json]:
    """The events of a run, until it has uploaded `count` files."""
    assert stream is not None
    for line in stream:
        event = json.loads(line)
        yield event
        count -= event["event"] == "uploaded"
        if count == 0:
            return
    pytest.fail("the run was over before it could be interrupted")


@pytest.mark.slow
def test_every_file_of_a_folder_is_one_post_in_spite_of_two_interruptions(
    person: Callable[[], Person], shell_of: Callable[[Person], Shell], tmp_path: Path
) -> None:
    author = person()
    shell = shell_of(author)
    folder = tmp_path / "photos"
    for number in range(FILES):
        (folder / str(number % 4)).mkdir(parents=True, exist_ok=True)
        (folder / str(number % 4) / f"IMG_{number}.jpg").write_bytes(picture(number))
    (folder / "notes.txt").write_text("neither photo nor video")

    asked_to_stop = shell.start("upload", folder, "--json", "--no-wait", "--parallel", "4")
    list(uploaded_until(asked_to_stop.stdout, INTERRUPTED_AFTER))
    asked_to_stop.send_signal(signal.SIGINT)
    said, noted = asked_to_stop.communicate(timeout=200)
    assert asked_to_stop.returncode == 130
    assert json.loads(said.splitlines()[-1])["state"] == "interrupted"
    assert "Run the same command again" in noted

    killed = shell.start("upload", folder, "--json", "--no-wait", "--parallel", "4")
    list(uploaded_until(killed.stdout, KILLED_AFTER))
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL

    summary = shell.summary("upload", folder)
    assert summary["state"] == "done"
    assert summary["failures"] == []
    assert summary["ignored"] == 1
    assert summary["uploaded"] + summary["skipped"] == FILES
    assert 0 < summary["uploaded"] <= FILES - INTERRUPTED_AFTER - KILLED_AFTER
    assert summary["published"] == summary["uploaded"]

    again = shell.summary("upload", folder)
    assert (again["uploaded"], again["skipped"], again["bytes"]) == (0, FILES, 0)
    shutil.rmtree(shell.folder / "state")
    elsewhere = shell.summary("upload", folder)
    assert (elsewhere["uploaded"], elsewhere["skipped"]) == (0, FILES)

    assert len(posts_of(author)) == FILES
    contents = [entry["sha256"] for entry in ledger_of(author)]
    expected = {hashlib.sha256(picture(number)).hexdigest() for number in range(FILES)}
    assert len(contents) == FILES
    assert set(contents) == expected
    assert author.api.me()["counts"]["posts"] == FILES


@pytest.mark.slow
def test_a_large_file_goes_on_elsewhere_with_an_album_a_video_and_an_export(
    person: Callable[[], Person], shell_of: Callable[[Person], Shell], tmp_path: Path
) -> None:
    author = person()
    shell = shell_of(author)
    originals = {
        "a/large.png": noise(7).data,
        "a/1.png": picture(1001),
        "a/2.png": picture(1002),
        "b/clip.mp4": videos.made("in.mp4", *videos.pattern("64x48"), *videos.sound()),
        "b/3.png": picture(1003),
    }
    for name, content in originals.items():
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(content)
    (tmp_path / "photos/a/broken.jpg").write_bytes(b"\xff\xd8\xff" + bytes(500))

    # Another machine began with the large file, and sent one of its parts.
    [link] = author.api.create_post([noise(7)], caption="begun elsewhere")["uploads"]
    [first, *_] = link["multipart"]["parts"]
    assert upload_part(first, originals["a/large.png"][: first["size"]]).status_code == 200

    place = "Tempelhofer Feld@52.473,13.402"
    photos = tmp_path / "photos"
    first_run = shell.summary(
        "upload", photos, "--album", "--caption", "Day", "--place", place, code=1
    )
    assert {Path(one["file"]).name for one in first_run["failures"]} == {
        "1.png",
        "2.png",
        "broken.jpg",
    }
    assert first_run["bytes"] == sum(map(len, originals.values())) + 503 - first["size"]
    # One broken file kept its album back; the next run goes on without it.
    second_run = shell.summary("upload", photos, "--album", "--caption", "Day", code=1)
    assert [Path(one["file"]).name for one in second_run["failures"]] == ["broken.jpg"]
    assert second_run["published"] == 2

    by_size = sorted((len(post["media"]), post["caption"]) for post in posts_of(author))
    assert by_size == [(1, "begun elsewhere"), (2, "Day"), (2, "Day")]
    placed = [post["place"]["name"] for post in posts_of(author) if post["place"]]
    assert placed == ["Tempelhofer Feld"]

    out = tmp_path / "out"
    exported = shell.summary("export", out)
    assert exported["complete"]
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["format"] == "shutterfeed-export"
    got = {
        hashlib.sha256((out / one["path"]).read_bytes()).hexdigest(): one
        for one in manifest["files"]
    }
    for content in originals.values():
        assert got[hashlib.sha256(content).hexdigest()]["bytes"] == len(content)
    assert {post["id"] for post in posts_of(author)} <= {
        post["id"] for post in json.loads((out / "posts.json").read_text())
    }
    # Bytes that were refused are given back to nobody, so nothing fails now.
    assert shell.summary("upload", out / "originals")["uploaded"] == 0

    _an_export_goes_on(shell, out, manifest["files"])


def _an_export_goes_on(shell: Shell, out: Path, files: list[Json]) -> None:
    """What is missing is fetched, what was begun is finished, what is wrong is left alone."""
    missing, begun, wrong, *_ = sorted(files, key=lambda one: -one["bytes"])
    (out / missing["path"]).rename(out / (missing["path"] + ".part"))
    with (out / (missing["path"] + ".part")).open("r+b") as file:
        file.truncate(missing["bytes"] // 2)
    (out / begun["path"]).unlink()
    (out / wrong["path"]).write_bytes(b"mine")
    again = shell.summary("export", out, code=1)
    assert again["counts"]["fetched"] == 2
    assert [one["path"] for one in again["failures"]] == [wrong["path"]]
    assert (out / wrong["path"]).read_bytes() == b"mine"
    for one in (missing, begun):
        content = (out / one["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
    assert list(out.rglob("*.part")) == []


def mangled(text: str) -> str:
    """The text with its umlauts and emoji broken, as Instagram writes it."""
    return text.encode().decode("latin-1")


def instagram_export(folder: Path) -> None:
    """An export of two posts, a reel and a story in the form of 2024, as an unpacked folder."""

    def medium(number: int, **more: Any) -> Json:
        uri = f"media/posts/202305/{number}.jpg"
        (folder / uri).parent.mkdir(parents=True, exist_ok=True)
        (folder / uri).write_bytes(picture(number))
        return {"uri": uri, "creation_timestamp": 1684000000 + number, "title": "", **more}

    exif = {"exif_data": [{"latitude": 57.7089, "longitude": 11.9746}, {"iso": 100}]}
    here = medium(3, title=mangled("Göteborg 🌷"), media_metadata={"photo_metadata": exif})
    album = [medium(number) for number in range(10, 22)]
    clip = folder / "media/reels/202305/clip.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(videos.made("in.mp4", *videos.pattern("48x64")))
    reel = {"uri": "media/reels/202305/clip.mp4", "creation_timestamp": 1685000000, "title": "Reel"}
    lists = folder / "your_instagram_activity/media"
    lists.mkdir(parents=True)
    posts = [
        {
            "media": album,
            "title": mangled("Tolv bilder på en gång"),
            "creation_timestamp": 1684500000,
        }
    ]
    (lists / "posts_1.json").write_text(json.dumps([*posts, {"media": [here]}]))
    (lists / "profile_photos.json").write_text(json.dumps({"ig_profile_picture": [medium(40)]}))
    (lists / "reels.json").write_text(json.dumps({"ig_reels_media": [{"media": [reel]}]}))


@pytest.mark.slow
def test_an_instagram_export_is_posted_once_as_a_zip_or_a_folder(
    person: Callable[[], Person], shell_of: Callable[[Person], Shell], tmp_path: Path
) -> None:
    author = person()
    shell = shell_of(author)
    folder, archive = tmp_path / "instagram", tmp_path / "instagram.zip"
    instagram_export(folder)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in folder.rglob("*.*"):
            packed.write(file, file.relative_to(folder))
        packed.writestr("../../escaped.jpg", picture(77))

    options = ("--reels", "--profile-photo", "--exif-places", "--parallel", "1")
    lines = shell.json("import-instagram", archive, *options)
    [summary] = [line for line in lines if line["event"] == "summary"]
    assert (summary["published"], summary["failed"]) == (14, 0)
    assert any("12 files" in line.get("message", "") for line in lines)
    # In the order in which they were made: they are published as each is ready.
    oldest_first = sorted(posts_of(author), key=lambda post: str(post["id"]))
    assert [(len(post["media"]), post["caption"]) for post in oldest_first] == [
        (1, "Göteborg 🌷"),
        (10, "Tolv bilder på en gång"),
        (2, "Tolv bilder på en gång"),
        (1, "Reel"),
    ]
    first = oldest_first[0]
    assert first["taken_at"].startswith("2023-05-13T17:46:43")
    assert first["place"] == {
        "name": "57.71° N, 11.97° E",
        "latitude": 57.71,
        "longitude": 11.97,
    }
    avatar = eventually(lambda: author.api.me()["avatar"], lambda found: found is not None)
    assert avatar["url"]
    again = shell.json("import-instagram", folder, "--reels")
    assert [line["skipped"] for line in again if line["event"] == "summary"] == [14]
    assert len(posts_of(author)) == 4
    assert not (tmp_path.parent / "escaped.jpg").exists()


def test_sign_in_and_what_is_shown(
    person: Callable[[], Person], shell_of: Callable[[Person], Shell], tmp_path: Path
) -> None:
    author, other = person(), person()
    author.api.follow(other.handle)
    other.api.wait_until_final(
        other.api.publish([Photo(picture(501), "image/png")], caption="A walk #autumn")
    )
    _a_post_is_deleted_and_restored(shell_of(other), other)
    shell = shell_of(author)
    session = shell.folder / "config" / "session.json"
    assert session.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in session.read_text()

    [me] = shell.json("whoami")
    assert (me["email"], me["user"]["handle"]) == (author.email, author.handle)
    [feed] = shell.json("feed", "--limit", "5")
    assert [post["caption"] for post in feed["items"]] == ["A walk #autumn"]
    code, table, _ = shell.run("feed")
    assert code == 0
    assert "A walk #autumn" in table
    [found] = shell.json("search", other.handle, "--type", "users")
    assert [user["handle"] for user in found["users"]] == [other.handle]
    assert shell.run("status")[1] == "Nothing is on its way, and nothing failed.\n"

    assert shell.run("upload")[0] == 2
    assert shell.run("upload", tmp_path / "nowhere")[0] == 2
    assert shell.run("login", "--site", shell.site, "--email", author.email)[0] == 2
    shell.extra["SHUTTERFEED_PASSWORD"] = "wrong"
    assert shell.run("login", "--site", shell.site, "--email", author.email)[0] == 3

    kept = session.read_text()
    assert shell.json("logout")[0]["signed_out"]
    assert shell.json("whoami", code=3)[0]["event"] == "error"
    session.write_text(kept)
    assert shell.run("whoami")[0] == 3


def _a_post_is_deleted_and_restored(shell: Shell, author: Person) -> None:
    [post] = posts_of(author)
    assert shell.json("post", "show", post["id"])[0]["caption"] == "A walk #autumn"
    assert shell.json("post", "delete", post["id"]) == [{"id": post["id"], "deleted": True}]
    [deleted] = shell.json("post", "deleted")[0]["items"]
    assert deleted["post"]["id"] == post["id"]
    assert shell.json("post", "restore", post["id"])[0]["state"] == "published"


def test_people_are_let_in_muted_and_blocked(
    person: Callable[[], Person], shell_of: Callable[[Person], Shell]
) -> None:
    owner, asking = person(), person()
    owner.api.edit_me(private=True)
    asking.api.follow(owner.handle)
    shell = shell_of(owner)
    [waiting] = eventually(lambda: shell.json("requests")[0]["items"], until=bool)
    assert waiting["handle"] == asking.handle
    [let_in] = shell.json("requests", "accept", f"@{asking.handle}")
    assert let_in["follows_me"]
    assert shell.json("requests") == [{"items": []}]
    [refused] = shell.json("requests", "accept", f"{asking.handle}x", code=1)
    assert refused["event"] == "error"

    assert shell.json("follow", asking.handle)[0]["followed_by_me"]
    [seen] = shell.json("profile", "show", asking.handle)
    assert (seen["user"]["handle"], seen["followed_by_me"]) == (asking.handle, True)
    assert not shell.json("unfollow", asking.handle)[0]["followed_by_me"]
    assert shell.json("profile", "edit", "--bio", "Lakes")[0]["bio"] == "Lakes"

    [muted] = shell.json("mute", asking.handle, "--for", "7d")
    assert muted["until"] is not None
    [listed] = shell.json("mute", "--list")[0]["items"]
    assert listed["user"]["handle"] == asking.handle
    shell.json("unmute", asking.handle)
    assert shell.json("mute", "--list") == [{"items": []}]

    shell.json("block", asking.handle)
    [blocked] = shell.json("block", "--list")[0]["items"]
    assert blocked["handle"] == asking.handle
    assert asking.api.send("GET", f"/users/{owner.handle}").status_code == 404
    shell.json("unblock", asking.handle)
    assert shell.json("block", "--list") == [{"items": []}]
    assert not asking.api.user(owner.handle)["followed_by_me"]
