"""The story of `make smoke`, and that it is cleaned up however the story ends."""

from __future__ import annotations

import re
import signal

import pytest

from operations import deployment
from operations.__main__ import main
from operations.deployment import Deployment
from operations.smoke import addresses, command
from operations.smoke.accounts import Account, is_ours
from operations.smoke.report import Report, Waiting
from tests.operations import smoked
from tests.operations.smoked import GOOD_TOKEN, OUTPUTS, REGION, Stage, forbidden
from tools.errors import ToolError

STORY = [
    "create account",
    "create account",
    "follow",
    "create post",
    "delete post",
    # The cleaning: what is deleted already is deleted once more.
    "delete post",
    "unfollow",
    "delete account",
    "delete account",
]


class Ticking:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    found = Deployment(lambda _: stage.cognito, "prod", OUTPUTS)
    monkeypatch.setattr(deployment, "find", lambda _: found)
    monkeypatch.setattr(command, "new_client", stage.client)
    # Their questions have tests of their own.
    monkeypatch.setattr(addresses, "ask_all", lambda *_: None)
    clock = Ticking()
    monkeypatch.setattr(command, "Waiting", lambda: Waiting(30, clock, clock.sleep))
    return stage


def wrong(said: str) -> list[str]:
    return [line.split("  ")[-1].strip() for line in said.splitlines() if "WRONG" in line]


def test_the_story_is_told_and_nothing_of_it_is_left(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["smoke", "--stage", "prod"]) == 0

    assert stage.done == STORY
    assert stage.passwords == {}
    assert stage.follows == set()
    assert [post["state"] for post in stage.posts.values()] == ["deleted"]
    said, noted = capsys.readouterr()
    lines = said.splitlines()
    assert [line.split("  ")[-1].strip() for line in lines[1:6]] == [
        "two accounts are made by the admin API",
        "both sign in, and the API knows them",
        "one follows the other",
        "the other uploads a photo",
        "it is processed and published",
    ]
    assert all(line.startswith("       ok ") for line in lines[:-2])
    assert lines[-2] == f"https://photos.example.com: all {len(lines) - 2} answers are right."
    assert lines[-1] == command.REMAINS
    assert noted == ""


STEPS = [
    ("AdminCreateUser", "two accounts are made"),
    ("AdminSetUserPassword", "two accounts are made"),
    ("POST /", "both sign in"),
    ("PUT /api/me/following/.*", "one follows"),
    ("POST /api/posts", "uploads a photo"),
    ("POST /uploads", "uploads a photo"),
    ("GET /api/posts/post", "processed and published"),
    ("GET /api/feed", "in the follower's feed"),
    ("GET /media/640.jpg", "picture comes"),
    ("GET /api/search", "search finds"),
    ("GET /api/hashtags/.*", "hashtag lists"),
    ("DELETE /api/posts/post", "its author deletes"),
]


@pytest.mark.parametrize(("request_", "step"), STEPS, ids=[request for request, _ in STEPS])
@pytest.mark.parametrize("interrupted", [False, True])
def test_it_is_cleaned_up_whatever_breaks_or_interrupts_the_story(
    stage: Stage,
    capsys: pytest.CaptureFixture[str],
    request_: str,
    step: str,
    interrupted: bool,
) -> None:
    happened: list[str] = []

    def before(asked: str) -> None:
        if re.fullmatch(request_, asked) and not happened:
            happened.append(asked)
            raise KeyboardInterrupt if interrupted else ToolError("it is broken")

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == (130 if interrupted else 1)

    assert happened
    assert stage.passwords == {}
    assert stage.follows == set()
    assert {post["state"] for post in stage.posts.values()} <= {"deleted"}
    said, noted = capsys.readouterr()
    assert "Not everything is cleaned up" not in noted
    if interrupted:
        assert "Interrupted" in noted
    else:
        [sentence] = wrong(said)
        assert step in sentence
        assert sentence.endswith(": it is broken")
        assert noted.startswith("https://photos.example.com: 1 of ")


def test_files_that_come_without_a_good_token_are_told(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.checks_links = False

    assert main(["smoke", "--stage", "prod"]) == 1

    [sentence] = wrong(capsys.readouterr().out)
    assert sentence.endswith("/media/640.jpg answered 200 to a wrong link.")
    assert GOOD_TOKEN not in sentence


def test_a_post_that_was_interrupted_before_it_was_known_is_deleted_too(stage: Stage) -> None:
    stage.before = lambda asked: interrupt() if asked == "POST /uploads" else None

    assert main(["smoke", "--stage", "prod"]) == 130

    assert stage.done[-5:] == ["create post", *STORY[-4:]]


def interrupt() -> None:
    raise KeyboardInterrupt


def test_what_needs_a_broken_step_is_not_asked(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked.startswith("PUT"):
            raise ToolError("it is broken")

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == 1

    skipped = [
        line.split("  ")[-1].strip()
        for line in capsys.readouterr().out.splitlines()
        if "not asked" in line
    ]
    assert len(skipped) == 12
    assert skipped[0] == "the other uploads a photo: it needs what is wrong above."
    assert "create post" not in stage.done


def test_a_broken_question_keeps_no_other_from_being_asked(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked in {"GET /api/feed", "GET /api/search"}:
            raise ToolError("it is broken")

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == 1

    said = capsys.readouterr().out
    assert "not asked" not in said
    assert len(wrong(said)) == 4
    assert stage.done == STORY


def test_an_account_whose_post_is_still_there_is_kept_until_the_command_that_is_named(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked == "DELETE /api/posts/post":
            raise ToolError("it is broken")

    stage.before = before
    assert main(["smoke", "--stage", "prod"]) == 1

    [email] = stage.passwords
    assert is_ours(email)
    assert stage.follows == set()
    noted = capsys.readouterr().err
    assert f'make smoke STAGE=prod REGION={REGION} CLEAN="{email}"' in noted

    stage.before = lambda _: None
    assert main(["smoke", "--stage", "prod", "--clean", email]) == 0

    assert stage.passwords == {}
    assert [post["state"] for post in stage.posts.values()] == ["deleted"]
    # Once more, with nothing left to do.
    assert main(["smoke", "--stage", "prod", "--clean", email]) == 0


def test_an_account_that_may_not_be_deleted_is_named(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked == "AdminDeleteUser":
            raise forbidden(asked)

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == 1

    said, noted = capsys.readouterr()
    assert [sentence.partition(":")[0] for sentence in wrong(said)] == [
        "the follower's account is deleted",
        "the author's account is deleted",
    ]
    assert "lack the right to AdminDeleteUser" in said
    assert f'CLEAN="{" ".join(stage.passwords)}"' in noted


def test_a_second_interruption_names_what_is_left(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked in {"GET /api/search", "AdminDeleteUser"}:
            interrupt()

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == 130

    assert f'CLEAN="{" ".join(stage.passwords)}"' in capsys.readouterr().err
    assert len(stage.passwords) == 2


def test_an_account_that_cannot_sign_in_for_cleaning_is_kept(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    left = Account.new("the author")
    stage.passwords[left.email] = None

    def before(asked: str) -> None:
        if asked == "GET /api/me":
            raise ToolError("it is broken")

    stage.before = before

    assert main(["smoke", "--clean", left.email]) == 1

    # It may have posts, which nobody else could delete.
    assert list(stage.passwords) == [left.email]


@pytest.mark.parametrize(
    "email",
    [
        "maya@example.com",
        "smoke-0123456789abcdef@example.com.org",
        "smoke-0123456789abcdef@elsewhere.org",
        "smoke-1@example.com",
    ],
)
def test_nobody_elses_account_is_cleaned_away(
    stage: Stage, capsys: pytest.CaptureFixture[str], email: str
) -> None:
    stage.passwords[email] = "theirs"
    ours = Account.new("the author").email
    stage.passwords[ours] = None

    assert main(["smoke", "--clean", ours, email]) == 1

    assert set(stage.passwords) == {email, ours}
    assert capsys.readouterr().err == f"`make smoke` makes no account like {email}.\n"


def test_a_site_without_its_config_is_told_and_nothing_is_made(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def before(asked: str) -> None:
        if asked == "GET /config.json":
            raise ToolError("it is broken")

    stage.before = before

    assert main(["smoke", "--stage", "prod"]) == 1

    assert wrong(capsys.readouterr().out) == [
        "the site tells a client where API and sign-in are: it is broken"
    ]
    assert stage.done == []


def test_being_terminated_cleans_up_too(stage: Stage) -> None:
    def before(asked: str) -> None:
        if asked == "GET /api/feed":
            signal.raise_signal(signal.SIGTERM)

    stage.before = before
    handler = signal.getsignal(signal.SIGTERM)

    assert main(["smoke", "--stage", "prod"]) == 130

    assert stage.passwords == {}
    assert signal.getsignal(signal.SIGTERM) is handler


def test_a_bug_of_ours_is_cleaned_up_after_and_shown(stage: Stage) -> None:
    def before(asked: str) -> None:
        if asked == "GET /api/search":
            raise ZeroDivisionError

    stage.before = before

    with pytest.raises(ZeroDivisionError):
        main(["smoke", "--stage", "prod"])

    assert stage.passwords == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"<html>", "is no picture"), (smoked.picture(8, 8), "has 8 x 8 pixels instead.")],
)
@pytest.mark.usefixtures("stage")
def test_the_picture_has_to_be_the_one_that_is_named(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    said: str,
) -> None:
    monkeypatch.setattr(smoked, "picture", lambda *_: content)

    assert main(["smoke", "--stage", "prod"]) == 1

    [sentence] = wrong(capsys.readouterr().out)
    assert sentence.startswith("its picture comes from the site: ")
    assert said in sentence


# --- Lines and waiting


def test_waiting_tells_what_it_waits_for_and_ends(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Ticking()

    with pytest.raises(ToolError, match=r"^it is not there\. That is after 25 s\.$"):
        Waiting(25, clock, clock.sleep).until_nothing_is(lambda: "it is not there.")

    assert capsys.readouterr().err.splitlines() == [
        "          10 s so far: it is not there.",
        "          20 s so far: it is not there.",
    ]
    assert clock.now == 25.5


def test_a_line_says_how_long_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Ticking()
    report = Report(clock)

    assert report.ask("the first", lambda: clock.sleep(12.34))
    assert not report.ask(
        "the second", lambda: Waiting(0, clock, clock.sleep).until_nothing_is(lambda: "no.")
    )

    assert capsys.readouterr().out.splitlines() == [
        "       ok   12.3 s  the first",
        "    WRONG    0.5 s  the second: no. That is after 0 s.",
    ]


def test_every_account_is_new_and_strong() -> None:
    accounts = [Account.new("somebody") for _ in range(20)]

    assert len({account.email for account in accounts}) == 20
    assert len({account.password for account in accounts}) == 20
    for account in accounts:
        assert is_ours(account.email)
        assert account.password not in repr(account)
        for kind in (str.islower, str.isupper, str.isdigit):
            assert any(map(kind, account.password))
