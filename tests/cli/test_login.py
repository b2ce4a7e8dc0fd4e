"""Signing in at a site, with the code of an authenticator app if the account has one."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from shutterfeed_cli import context as shared
from shutterfeed_cli import main
from shutterfeed_cli.client import http
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.session import SessionFile
from tests.cli.service import FixedTokens, Service

COGNITO = "https://cognito.test/"
SITE = "https://site.test"
PASSWORD = "Correct-horse-7-battery"
RIGHT = "123456"


@dataclass
class Cognito:
    """The configuration of a site, and its user pool with one account."""

    second_factor: bool = True
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """The operations that were called, with their bodies."""

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if request.url == f"{SITE}/config.json":
            config = {"apiUrl": "/api", "cognitoUrl": COGNITO, "userPoolClientId": "client"}
            return httpx.Response(200, json=config)
        if request.url != COGNITO:
            return None
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        body = json.loads(request.content)
        assert body["ClientId"] == "client"
        self.asked.append((operation, body))
        return self._initiate(body) if operation == "InitiateAuth" else self._respond(body)

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]

    def _initiate(self, body: Json) -> httpx.Response:
        assert body["AuthParameters"] == {"USERNAME": "ann@example.com", "PASSWORD": PASSWORD}
        if not self.second_factor:
            return _tokens()
        challenge = {
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": "session-1",
            # Cognito goes on with the id of the account, whatever name was typed.
            "ChallengeParameters": {"USER_ID_FOR_SRP": "7f3e9a52"},
        }
        return httpx.Response(200, json=challenge)

    def _respond(self, body: Json) -> httpx.Response:
        assert (body["ChallengeName"], body["Session"]) == ("SOFTWARE_TOKEN_MFA", "session-1")
        assert body["ChallengeResponses"]["USERNAME"] == "7f3e9a52"
        if body["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"] == RIGHT:
            return _tokens()
        refusal = {"__type": "CodeMismatchException", "message": "Invalid code received."}
        return httpx.Response(400, json=refusal)


def _tokens() -> httpx.Response:
    result = {"AccessToken": "access", "IdToken": "id", "RefreshToken": "refresh", "ExpiresIn": 900}
    return httpx.Response(200, json={"AuthenticationResult": result})


class Typed(io.StringIO):
    """Standard input that may be a terminal."""

    def __init__(self, text: str, *, terminal: bool = False) -> None:
        super().__init__(text)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def cognito(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cognito:
    """The user pool of the site, with nobody signed in on this machine."""
    cognito = Cognito()
    service = Service(before=cognito)
    monkeypatch.setenv("SHUTTERFEED_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("SHUTTERFEED_STATE", str(tmp_path / "state"))
    for name in ("SHUTTERFEED_PASSWORD", "SHUTTERFEED_CODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(http, "new_client", lambda _: service.client)
    monkeypatch.setattr(shared, "Tokens", lambda *_: FixedTokens())
    return cognito


def login(monkeypatch: pytest.MonkeyPatch, stdin: Typed) -> int:
    monkeypatch.setattr(sys, "stdin", stdin)
    return main.main(["login", "--site", SITE, "--email", "ann@example.com"])


def is_signed_in() -> bool:
    kept = SessionFile().load()
    return kept is not None and (kept.email, kept.refresh_token) == ("ann@example.com", "refresh")


def test_a_script_gives_the_code_as_the_line_after_the_password(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert login(monkeypatch, Typed(f"{PASSWORD}\n {RIGHT} \n")) == 0
    assert cognito.operations == ["InitiateAuth", "RespondToAuthChallenge"]
    assert is_signed_in()


def test_a_script_gives_both_in_the_environment(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHUTTERFEED_PASSWORD", PASSWORD)
    monkeypatch.setenv("SHUTTERFEED_CODE", RIGHT)
    stdin = Typed("not for us\n")
    assert login(monkeypatch, stdin) == 0
    assert cognito.operations == ["InitiateAuth", "RespondToAuthChallenge"]
    assert stdin.readline() == "not for us\n"


def test_a_person_is_asked_for_the_code(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTTERFEED_PASSWORD", PASSWORD)
    assert login(monkeypatch, Typed(f"{RIGHT}\n", terminal=True)) == 0
    assert "Code from your authenticator app: " in capsys.readouterr().err
    assert is_signed_in()


def test_nobody_is_asked_for_a_code_that_the_account_does_not_need(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cognito.second_factor = False
    monkeypatch.setenv("SHUTTERFEED_PASSWORD", PASSWORD)
    stdin = Typed("not for us\n", terminal=True)
    assert login(monkeypatch, stdin) == 0
    assert cognito.operations == ["InitiateAuth"]
    assert stdin.readline() == "not for us\n"
    assert capsys.readouterr().err == ""


def test_without_a_code_it_says_how_to_give_one(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert login(monkeypatch, Typed(f"{PASSWORD}\n\n")) == 2
    assert cognito.operations == ["InitiateAuth"]
    said = capsys.readouterr().err
    assert "second factor" in said
    assert "SHUTTERFEED_CODE" in said
    assert not is_signed_in()


def test_a_wrong_code_signs_nobody_in(
    cognito: Cognito, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHUTTERFEED_CODE", "654321")
    assert login(monkeypatch, Typed(f"{PASSWORD}\n")) == 3
    assert cognito.operations == ["InitiateAuth", "RespondToAuthChallenge"]
    assert "The code is wrong or has expired." in capsys.readouterr().err
    assert not is_signed_in()
