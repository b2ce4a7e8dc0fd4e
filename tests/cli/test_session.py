"""Signing in, staying so, and patience with the network."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import LONGEST_ASKED_SECONDS, Patience, new_client
from shutterfeed_cli.errors import CliError, NetworkGone, NotSignedIn, Refused, Stopped, UsageError
from shutterfeed_cli.folders import config_folder, state_folder
from shutterfeed_cli.session import Session, SessionFile, Site, Tokens, find_site
from shutterfeed_cli.stopping import Stop
from tests.cli.service import FixedTokens, NoPause

SITE = Site("http://site.test", "http://site.test/api", "http://cognito.test/", "client")
SESSION = Session(SITE, "ann@example.com", "refresh-1")
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(handler))


class Pauses(Stop):
    """A pause that returns at once, and remembers how long it should have been."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


class TestFile:
    def test_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        previous = os.umask(0)
        try:
            file = SessionFile(tmp_path / "new")
            file.save(SESSION)
        finally:
            os.umask(previous)
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
        assert file.load() == SESSION
        assert [path.name for path in file.path.parent.iterdir()] == ["session.json"]

    def test_without_one_nobody_is_signed_in(self, tmp_path: Path) -> None:
        assert SessionFile(tmp_path).load() is None

    @pytest.mark.parametrize("content", ["", "{}", "[]", '{"site": 5}', '{"site": {"url": 1}}'])
    def test_a_damaged_one_is_told(self, tmp_path: Path, content: str) -> None:
        file = SessionFile(tmp_path)
        file.path.write_text(content)
        with pytest.raises(CliError, match=r"is damaged: delete it and run `shutterfeed login`"):
            file.load()

    def test_folders_follow_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in ("SHUTTERFEED_CONFIG", "SHUTTERFEED_STATE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "c"))
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
        assert config_folder() == tmp_path / "c" / "shutterfeed"
        assert state_folder() == tmp_path / "s" / "shutterfeed"
        monkeypatch.setenv("SHUTTERFEED_CONFIG", str(tmp_path / "mine"))
        assert config_folder() == tmp_path / "mine"


class TestSite:
    def test_addresses_are_relative_to_the_site(self) -> None:
        config = {"apiUrl": "/api", "cognitoUrl": "https://c/", "userPoolClientId": "id"}

        def answer(request: httpx.Request) -> httpx.Response:
            assert str(request.url) == "https://photos.example.com/config.json"
            return httpx.Response(200, json=config)

        found = find_site(client(answer), "photos.example.com", Patience())
        assert found.api_url == "https://photos.example.com/api"
        assert (found.cognito_url, found.client_id) == ("https://c/", "id")

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(404),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={"apiUrl": "/api"}),
        ],
    )
    def test_any_other_site_is_refused(self, answer: httpx.Response) -> None:
        with pytest.raises(UsageError, match="not a Shutterfeed site"):
            find_site(client(lambda _: answer), "https://example.com", Patience())

    @pytest.mark.parametrize("name", ["apiUrl", "cognitoUrl"])
    @pytest.mark.parametrize("address", ["http://c.example.com/", "http://["])
    def test_a_configuration_does_not_lead_to_http(self, name: str, address: str) -> None:
        config = {"apiUrl": "/api", "cognitoUrl": "https://c/", "userPoolClientId": "id"}
        answer = httpx.Response(200, json={**config, name: address})
        with pytest.raises(UsageError):
            find_site(client(lambda _: answer), "https://example.com", Patience())

    def test_a_site_is_not_asked_by_http(self) -> None:
        def answer(_: httpx.Request) -> httpx.Response:
            pytest.fail("it was asked")

        with pytest.raises(UsageError, match="only https will do"):
            find_site(client(answer), "http://photos.example.com", Patience())

    @pytest.mark.parametrize(
        "address", ["", "ftp://example.com", "http://", "file:///etc", "https://a:b"]
    )
    def test_what_is_no_address_is_refused(self, address: str) -> None:
        with pytest.raises(UsageError, match="not a web address"):
            find_site(client(lambda _: httpx.Response(200)), address, Patience())


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Cognito:
    """Exchanges refresh tokens: each for the next one, and only the newest is good."""

    def __init__(self, *, rotates: bool = True) -> None:
        self.asked: list[str] = []
        self.number = 1
        self.rotates = rotates

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["X-Amz-Target"].endswith(".GetTokensFromRefreshToken")
        given = json.loads(request.content)["RefreshToken"]
        self.asked.append(given)
        if given != f"refresh-{self.number}":
            refusal = {"__type": "RefreshTokenReuseException", "message": "Used."}
            return httpx.Response(400, json=refusal)
        result = {"AccessToken": f"access-{len(self.asked)}", "ExpiresIn": 900}
        if self.rotates:
            self.number += 1
            result["RefreshToken"] = f"refresh-{self.number}"
        return httpx.Response(200, json={"AuthenticationResult": result})


class TestTokens:
    @pytest.fixture
    def cognito(self) -> Cognito:
        return Cognito()

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def file(self, tmp_path: Path) -> SessionFile:
        file = SessionFile(tmp_path)
        file.save(SESSION)
        return file

    @staticmethod
    def _process(cognito: Cognito, file: SessionFile, clock: Clock) -> Tokens:
        """The tokens of one run of the command."""
        session = file.load()
        assert session is not None
        return Tokens(SITE.accounts(client(cognito), Patience()), session, file, clock)

    @pytest.fixture
    def tokens(self, cognito: Cognito, file: SessionFile, clock: Clock) -> Tokens:
        return self._process(cognito, file, clock)

    def test_one_is_used_until_shortly_before_its_end(
        self, tokens: Tokens, cognito: Cognito, clock: Clock
    ) -> None:
        assert tokens.access() == tokens.access() == "access-1"
        clock.now = 800
        assert tokens.access() == "access-1"
        clock.now = 850
        assert tokens.access() == "access-2"
        assert cognito.asked == ["refresh-1", "refresh-2"]

    def test_a_rejected_one_is_replaced_once(self, tokens: Tokens, cognito: Cognito) -> None:
        first = tokens.access()
        tokens.rejected(first)
        assert tokens.access() != first
        tokens.rejected(first)
        tokens.access()
        assert len(cognito.asked) == 2

    def test_each_refresh_token_is_used_once_and_the_next_one_stored(
        self, tokens: Tokens, file: SessionFile
    ) -> None:
        for number in (2, 3):
            tokens.rejected(tokens.access())
            kept = file.load()
            assert kept == replace(SESSION, refresh_token=f"refresh-{number}")

    def test_without_rotation_the_refresh_token_stays(
        self, file: SessionFile, clock: Clock
    ) -> None:
        cognito = Cognito(rotates=False)
        tokens = self._process(cognito, file, clock)
        tokens.rejected(tokens.access())
        tokens.access()
        assert cognito.asked == ["refresh-1"] * 2
        assert file.load() == SESSION

    def test_two_processes_take_turns(
        self, cognito: Cognito, file: SessionFile, clock: Clock
    ) -> None:
        one, other = (self._process(cognito, file, clock) for _ in range(2))
        for _ in range(4):
            for process in (one, other):
                process.rejected(process.access())
        assert cognito.asked == [f"refresh-{number}" for number in range(1, 9)]

    def test_a_process_that_was_overtaken_in_the_middle_of_it_goes_on(
        self, cognito: Cognito, file: SessionFile, clock: Clock
    ) -> None:
        overtaken = False

        def answer(request: httpx.Request) -> httpx.Response:
            nonlocal overtaken
            if not overtaken:
                overtaken = True
                other.access()
            return cognito(request)

        other = self._process(cognito, file, clock)
        tokens = Tokens(SITE.accounts(client(answer), Patience()), SESSION, file, clock)
        assert tokens.access() == "access-3"
        assert cognito.asked == ["refresh-1", "refresh-1", "refresh-2"]

    def test_whoever_signed_out_meanwhile_stays_signed_out(
        self, tokens: Tokens, file: SessionFile
    ) -> None:
        file.delete()
        assert tokens.access() == "access-1"
        assert file.load() is None

    def test_another_s_sign_in_is_neither_used_nor_replaced(
        self, tokens: Tokens, cognito: Cognito, file: SessionFile
    ) -> None:
        another = Session(SITE, "ben@example.com", "bens")
        file.save(another)
        tokens.access()
        assert cognito.asked == ["refresh-1"]
        assert file.load() == another


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("RefreshTokenReuseException", NotSignedIn),
        ("CodeMismatchException", NotSignedIn),
        ("NotAuthorizedException", NotSignedIn),
        ("UserNotConfirmedException", NotSignedIn),
        ("PasswordResetRequiredException", NotSignedIn),
        ("InvalidParameterException", Refused),
    ],
)
def test_cognito_s_refusals_have_exit_codes(kind: str, error: type[CliError]) -> None:
    answer = httpx.Response(400, json={"__type": f"com.amazon#{kind}", "message": "No."})
    accounts = SITE.accounts(client(lambda _: answer), Patience())
    with pytest.raises(error):
        accounts.sign_in("ann@example.com", "wrong")


def test_a_challenge_is_not_taken_for_a_sign_in() -> None:
    answer = httpx.Response(200, json={"ChallengeName": "SOFTWARE_TOKEN_MFA"})
    accounts = SITE.accounts(client(lambda _: answer), Patience())
    with pytest.raises(NotSignedIn, match="SOFTWARE_TOKEN_MFA"):
        accounts.sign_in("ann@example.com", "right")


def test_the_code_of_an_authenticator_app_is_the_second_step() -> None:
    """The requests are those that Cognito and the client exchange."""
    sent: list[tuple[str, dict[str, object]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        operation = request.headers["X-Amz-Target"].rpartition(".")[2]
        sent.append((operation, json.loads(request.content)))
        if operation == "InitiateAuth":
            challenge = {
                "ChallengeName": "SOFTWARE_TOKEN_MFA",
                "Session": "AYABeC1-a-session",
                "ChallengeParameters": {
                    "FRIENDLY_DEVICE_NAME": "phone",
                    "USER_ID_FOR_SRP": "7f3e9a52-1c4d-4b8e-9f60-2a5d8c1e7b34",
                },
            }
            return httpx.Response(200, json=challenge)
        result = {"AccessToken": "access", "RefreshToken": "refresh", "ExpiresIn": 900}
        return httpx.Response(200, json={"AuthenticationResult": result})

    accounts = SITE.accounts(client(answer), Patience())
    assert accounts.sign_in("ann@example.com", "right", lambda: "123456").access == "access"
    assert sent[1] == (
        "RespondToAuthChallenge",
        {
            "ClientId": "client",
            "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": "AYABeC1-a-session",
            "ChallengeResponses": {
                "USERNAME": "7f3e9a52-1c4d-4b8e-9f60-2a5d8c1e7b34",
                "SOFTWARE_TOKEN_MFA_CODE": "123456",
            },
        },
    )


class TestPatience:
    def test_pauses_double_with_jitter_up_to_a_limit(self) -> None:
        stop = Pauses()
        patience = Patience(stop, chance=lambda: 1.0)
        with pytest.raises(NetworkGone, match="it answered 503, 7 times"):
            patience.send(lambda: httpx.Response(503))
        assert stop.taken == [0.5, 1, 2, 4, 8, 16]
        assert Patience(chance=lambda: 0.0).pause(20) == 10
        assert Patience(chance=lambda: 1.0).pause(20) == 20

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("7", 7), ("0.5", 0.5), ("9999", LONGEST_ASKED_SECONDS), ("-1", 0), ("soon", 0.5)],
    )
    def test_retry_after_is_obeyed_within_reason(self, header: str, seconds: float) -> None:
        stop = Pauses()
        answers = iter([httpx.Response(429, headers={"Retry-After": header}), httpx.Response(200)])
        answer = Patience(stop, chance=lambda: 1.0).send(lambda: next(answers))
        assert answer.status_code == 200
        assert stop.taken == [seconds]

    def test_retry_after_may_be_a_date(self) -> None:
        stop = Pauses()
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=3600))
        answers = iter([httpx.Response(503, headers={"Retry-After": date}), httpx.Response(200)])
        Patience(stop).send(lambda: next(answers))
        assert stop.taken == [LONGEST_ASKED_SECONDS]

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 413])
    def test_other_refusals_are_final(self, status: int) -> None:
        stop = Pauses()
        assert Patience(stop).send(lambda: httpx.Response(status)).status_code == status
        assert stop.taken == []

    def test_ctrl_c_ends_the_waiting(self) -> None:
        stop = NoPause()
        stop.ask()
        with pytest.raises(Stopped):
            Patience(stop).send(lambda: httpx.Response(503))


def test_a_second_refusal_of_a_fresh_token_means_not_signed_in() -> None:
    class Fresh(FixedTokens):
        def rejected(self, token: str) -> None:
            assert token == "token"

    api = Api(client(lambda _: httpx.Response(401)), "http://x", Fresh(), Patience())
    with pytest.raises(NotSignedIn):
        api.me()


@pytest.fixture
def local_port() -> Iterator[int]:
    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.headers["Host"].encode())

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_names_under_localhost_mean_this_machine(local_port: int) -> None:
    with new_client() as http:
        for host in ("d1.cloudfront.localhost", "localhost"):
            assert http.get(f"http://{host}:{local_port}/").text == f"{host}:{local_port}"
