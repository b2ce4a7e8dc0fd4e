"""The client and a server: what goes over the wire, and what is made of the answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from shutterfeed_cli.client.accounts import Accounts, SignIn
from shutterfeed_cli.client.api import Api, OneToken
from shutterfeed_cli.client.content import Photo, Video
from shutterfeed_cli.client.http import Patience, new_client, request
from shutterfeed_cli.client.loopback import check_encrypted
from shutterfeed_cli.errors import NetworkGone, NotEncrypted, NotSignedIn, Refused
from tests.cli.service import NoPause


@dataclass
class Site:
    """A server that answers what it is told to, and remembers what it was asked."""

    port: int
    answers: list[tuple[int, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.requests.append((self.command, self.path, headers, self.rfile.read(length)))
            status, body = served.answers.pop(0) if served.answers else (200, {})
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Site(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


def signed_in(site: Site) -> Api:
    return Api.once(site.url).as_user("t")


def test_every_name_under_localhost_is_this_machine(site: Site) -> None:
    response = request("GET", f"http://abc.cloudfront.localhost:{site.port}/x?y=1")

    assert response.status_code == 200
    [(method, path, headers, _)] = site.requests
    assert (method, path) == ("GET", "/x?y=1")
    assert headers["host"] == f"abc.cloudfront.localhost:{site.port}"


@pytest.mark.parametrize(
    "host",
    [
        *("photos.example.com", "127.0.0.1.example.com", "localhost.example.com", "notlocalhost"),
        *(
            "10.0.0.7",
            "192.168.1.5",
            "[2001:db8::1]",
            "127.0.0.1@example.com",
            "localhost.",
            "[::]",
        ),
        *("[::]", "0.0.0.0", "2130706433", "s3.amazonaws.com", "EXAMPLE.com:80"),
    ],
)
def test_nothing_is_sent_by_http_to_another_machine(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com,10.0.0.7")
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("it was asked"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it was looked up"))
    with new_client() as client, pytest.raises(NotEncrypted, match="only https will do"):
        client.get(f"http://{host}/config.json")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "a.b.localhost", "127.0.0.1", "127.1.2.3", "[::1]"]
)
def test_this_machine_may_be_asked_by_http(host: str) -> None:
    check_encrypted(httpx.URL(f"http://{host}:4566/bucket/key?X-Amz-Signature=1"))


@pytest.mark.parametrize("follows", [True, False])
def test_a_redirect_to_http_is_not_followed(site: Site, follows: bool) -> None:
    site.headers["Location"] = "http://photos.example.com/config.json"
    site.answers.append((307, {}))
    with new_client() as client:
        if follows:
            with pytest.raises(NotEncrypted, match=r"photos\.example\.com"):
                client.get(site.url, follow_redirects=True)
        else:
            assert client.get(site.url).status_code == 307


def test_an_original_is_not_sent_to_a_link_of_http(site: Site) -> None:
    link = {"media_id": "m", "url": "http://storage.example.com/bucket", "fields": {}}
    with pytest.raises(NotEncrypted, match=r"storage\.example\.com"):
        signed_in(site).upload(link, Photo(b"\xff\xd8", "image/jpeg"))
    assert site.requests == []


def test_a_call_carries_token_and_json(site: Site) -> None:
    Api.once(site.url).as_user("the-token").edit_me(handle="maya")

    [(method, path, headers, body)] = site.requests
    assert (method, path) == ("PATCH", "/me")
    assert headers["authorization"] == "Bearer the-token"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"handle": "maya"}


def test_a_refusal_carries_status_and_code(site: Site) -> None:
    site.answers.append((409, {"error": {"code": "handle_taken", "message": "Taken."}}))

    with pytest.raises(Refused, match=r"^Taken\.$") as raised:
        signed_in(site).edit_me(handle="maya")

    assert (raised.value.status, raised.value.code) == (409, "handle_taken")


def test_a_refusal_of_cognito_carries_its_exception(site: Site) -> None:
    site.answers.append((400, {"__type": "UsernameExistsException", "message": "exists"}))

    with pytest.raises(Refused) as raised:
        Accounts.once(site.url, "client").sign_up("maya@example.com", "secret")

    assert raised.value.code == "UsernameExistsException"


def test_a_token_does_not_show_when_printed() -> None:
    signed_in = SignIn("secret", "secret", "secret", 1.0)
    assert "secret" not in repr(
        (signed_in, OneToken("secret"), Api.once("http://api").as_user("secret"))
    )


def test_a_list_is_read_page_by_page(site: Site) -> None:
    site.answers += [
        (200, {"items": [{"n": 1}, {"n": 2}], "next_cursor": "a+b/c"}),
        (200, {"items": [], "next_cursor": "d"}),
        (200, {"items": [{"n": 3}], "next_cursor": None}),
    ]

    items = list(signed_in(site).items("/feed", limit=2))

    assert [item["n"] for item in items] == [1, 2, 3]
    assert [path for _, path, _, _ in site.requests] == [
        "/feed?limit=2",
        "/feed?limit=2&cursor=a%2Bb%2Fc",
        "/feed?limit=2&cursor=d",
    ]


def test_an_upload_sends_the_signed_fields_and_then_the_file(site: Site) -> None:
    fields = {"key": "uploads/1", "policy": "p"}
    link = {"media_id": "m", "url": f"{site.url}/bucket", "fields": fields}

    signed_in(site).upload(link, Photo(b"\xff\xd8 bytes \r\n", "image/jpeg"))

    [(method, path, headers, body)] = site.requests
    assert (method, path) == ("POST", "/bucket")
    form = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + headers["content-type"].encode() + b"\r\n\r\n" + body
    )
    parts = list(form.iter_parts())
    assert [part.get_param("name", header="content-disposition") for part in parts] == [
        "key",
        "policy",
        "file",
    ]
    assert parts[-1].get_content_type() == "image/jpeg"
    assert b"\xff\xd8 bytes \r\n\r\n--" in body


def test_photos_go_where_the_post_wants_them(site: Site) -> None:
    first, second = Photo(b"first"), Photo(b"second")
    uploads = [
        {"media_id": "b", "url": f"{site.url}/b", "fields": {}},
        {"media_id": "a", "url": f"{site.url}/a", "fields": {}},
    ]
    post = {"id": "p", "media": [{"id": "a"}, {"id": "b"}]}
    site.answers.append((201, {"post": post, "uploads": uploads}))

    post_id = signed_in(site).publish([first, second], idempotency_key="k")

    assert post_id == "p"
    sent = {path: body for _, path, _, body in site.requests}
    assert b"first" in sent["/a"]
    assert b"second" in sent["/b"]
    declared = json.loads(sent["/posts"])["media"]
    assert declared == [first.declaration(), second.declaration()]
    assert site.requests[0][2]["idempotency-key"] == "k"


def test_waiting_ends_when_a_post_is_settled(site: Site) -> None:
    site.answers += [(200, {"state": "pending"}), (200, {"state": "published"})]

    assert signed_in(site).wait_until_final("p")["state"] == "published"


def test_waiting_ends_when_time_is_up(site: Site) -> None:
    site.answers.append((200, {"state": "processing"}))

    with pytest.raises(TimeoutError, match="still processing"):
        signed_in(site).wait_until_final("p", within=-1)


def _parts(site: Site, *numbers: int) -> dict[str, Any]:
    links = [{"number": n, "url": f"{site.url}/{n}", "size": 4 if n < 3 else 2} for n in numbers]
    return {"media_id": "m", "multipart": {"part_size": 4, "parts": links}}


def test_a_resumed_upload_sends_what_is_missing_and_completes(site: Site) -> None:
    signed_in(site).upload(_parts(site, 1, 3), Photo(b"0123456789"))
    *parts, completed = site.requests
    sent = sorted((method, path, body) for method, path, _, body in parts)
    assert sent == [("PUT", "/1", b"0123"), ("PUT", "/3", b"89")]
    assert completed[:2] == ("POST", "/me/uploads/m/complete")


def test_a_part_that_storage_refuses_is_told(site: Site) -> None:
    site.answers += [(400, {})]
    with pytest.raises(Refused, match=r"Storage refused the file \(400"):
        signed_in(site).upload(_parts(site, 2), Photo(b"0123456789"))


def test_what_is_made_once_is_not_repeated(site: Site) -> None:
    site.answers += [(503, {}), (200, {})]

    with pytest.raises(NetworkGone, match=r"could not be reached: it answered 503\. Run"):
        signed_in(site).me()

    assert len(site.requests) == 1


def test_what_is_patient_is_repeated(site: Site) -> None:
    site.answers += [(503, {}), (200, {"handle": "maya"})]
    with new_client(1) as client:
        api = Api(client, site.url, None, Patience(NoPause(), attempts=2))
        assert api.me() == {"handle": "maya"}
    assert len(site.requests) == 2


def test_nobody_sends_no_token_and_is_not_asked_to_sign_in_again(site: Site) -> None:
    site.answers.append((401, {}))

    with pytest.raises(NotSignedIn):
        Api.once(site.url).me()

    [(_, _, headers, _)] = site.requests
    assert "authorization" not in headers


def test_an_answer_of_any_status_is_given_as_it_is(site: Site) -> None:
    site.answers += [(404, {"error": {"code": "not_found"}}), (301, {})]

    first, second = (signed_in(site).send("GET", "/x") for _ in range(2))

    assert (first.status_code, first.json()["error"]["code"]) == (404, "not_found")
    assert second.status_code == 301


def test_an_account_is_made_confirmed_and_signed_in(site: Site) -> None:
    result = {"AccessToken": "a", "IdToken": "i", "RefreshToken": "r", "ExpiresIn": 60}
    site.answers += [(200, {}), (200, {}), (200, {"AuthenticationResult": result})]
    accounts = Accounts.once(site.url, "client")

    accounts.sign_up("maya@example.com", "secret")
    accounts.confirm("maya@example.com", "123456")
    signed_in = accounts.sign_in("maya@example.com", "secret")

    assert signed_in == SignIn("a", "i", "r", 60.0)
    sent = [
        (headers["x-amz-target"].partition(".")[2], json.loads(body))
        for *_, headers, body in site.requests
    ]
    assert [operation for operation, _ in sent] == ["SignUp", "ConfirmSignUp", "InitiateAuth"]
    assert all(body["ClientId"] == "client" for _, body in sent)


def test_a_video_declares_more_than_a_photo() -> None:
    video = Video(b"x", "video/mp4", width=4, height=3, duration_ms=1000)

    declared = video.declaration()

    assert declared == {
        **Photo(b"x", "video/mp4").declaration(),
        "width": 4,
        "height": 3,
        "duration_ms": 1000,
    }
