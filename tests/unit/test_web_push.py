"""Web Push against a push service of the test's own: what it gets can be decrypted and verified."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from shutterfeed.adapters import push as adapter
from shutterfeed.adapters.push import HttpPushSender, Vapid, encrypted
from shutterfeed.domain.devices import Device, decoded, encoded
from shutterfeed.domain.pushes import LONGEST_REST, Push, PushAnswer, PushOutcome, push_for
from tests import samples
from tests.fakes.system import FakeClock

BROWSER = ec.derive_private_key(int.from_bytes(decoded(samples.PUSH_KEY)), ec.SECP256R1())
"""The browser's key in the example of RFC 8291, the public part of which is `samples.P256DH`."""
OURS = ec.generate_private_key(ec.SECP256R1())
CONTACT = "mailto:push@example.com"


def test_the_example_of_the_rfc_comes_out() -> None:
    key = decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        samples.device(),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        key=ec.derive_private_key(int.from_bytes(key), ec.SECP256R1()),
    )
    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@dataclass
class PushService:
    """What was asked of it, and how it answers."""

    url: str = ""
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    stalls: threading.Event | None = None
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `localhost` with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("push") / "certificate.pem"
    pem = serialization.Encoding.PEM
    unlocked = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, *unlocked))
    return file


@pytest.fixture
def service(certificate: Path) -> Iterator[PushService]:
    made = PushService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.asked.append((self.path, dict(self.headers), body))
            if made.stalls is not None:
                made.stalls.wait()
            self.send_response(made.status)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(made.body)))
            self.end_headers()
            self.wfile.write(made.body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that goes away is what a test is about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        made.url = f"https://localhost:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def sender(certificate: Path, clock: FakeClock) -> HttpPushSender:
    pool = urllib3.PoolManager(ca_certs=str(certificate))
    return HttpPushSender(Vapid(OURS, CONTACT, clock), clock, pool)


def _push(url: str, path: str = "/send/1") -> Push:
    device = replace(samples.device(), endpoint=url + path)
    return push_for(device, samples.notice(), 3)


def _decrypted(body: bytes) -> bytes:
    """What the browser reads, by RFC 8188 and 8291."""
    salt, length, sender_key = body[:16], body[20], body[21 : 21 + body[20]]
    assert int.from_bytes(body[16:20]) >= len(body[21 + length :])
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_key)
    info = b"WebPush: info\0" + decoded(samples.P256DH) + sender_key
    secret = BROWSER.exchange(ec.ECDH(), theirs)
    keys = HKDF(hashes.SHA256(), 32, decoded(samples.AUTH), info).derive(secret)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(keys)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(keys)
    return AESGCM(key).decrypt(nonce, body[21 + length :], None).rstrip(b"\0").removesuffix(b"\2")


def _verified(header: str) -> dict[str, Any]:
    """The claims of a VAPID header, whose signature is right."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    head, claims = (json.loads(decoded(part)) for part in signed.split("."))
    assert (scheme, head["alg"]) == ("vapid", "ES256")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
    assert key == OURS.public_key()
    r, s = decoded(signature)[:32], decoded(signature)[32:]
    both = utils.encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    key.verify(both, signed.encode(), ec.ECDSA(hashes.SHA256()))
    return dict(claims)


def test_a_push_is_encrypted_for_the_device_and_signed_by_us(
    service: PushService, sender: HttpPushSender, clock: FakeClock
) -> None:
    push = _push(service.url)
    assert sender.send([push]) == [PushAnswer(PushOutcome.SENT)]
    ((path, headers, body),) = service.asked
    assert path == "/send/1"
    assert _decrypted(body) == push.content
    assert json.loads(push.content)["count"] == 3
    claims = _verified(headers["Authorization"])
    assert (claims["aud"], claims["sub"]) == (service.url, CONTACT)
    assert claims["exp"] == int((clock.now() + timedelta(hours=12)).timestamp())
    assert headers["TTL"] == str(24 * 3600)
    assert headers["Topic"] == push.topic
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Urgency"] == "normal"


def test_each_push_has_keys_of_its_own_and_a_signature_is_used_for_six_hours(
    service: PushService, sender: HttpPushSender, clock: FakeClock
) -> None:
    for delay in (timedelta(0), timedelta(hours=5), timedelta(hours=1)):
        clock.advance(delay)
        sender.send([_push(service.url)])
    bodies = [body for _, _, body in service.asked]
    assert len({body[:16] for body in bodies}) == len({body[21:86] for body in bodies}) == 3
    first, second, third = (headers["Authorization"] for _, headers, _ in service.asked)
    assert first == second != third
    assert [headers["TTL"] for _, headers, _ in service.asked] == ["86400", "68400", "64800"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_told(
    service: PushService, sender: HttpPushSender, status: int
) -> None:
    service.status, service.body = status, b"x" * 100_000
    for _ in range(2):
        assert sender.send([_push(service.url)]) == [PushAnswer(PushOutcome.GONE)]


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        (None, None),
        ("90", timedelta(seconds=90)),
        ("0", timedelta(0)),
        ("9" * 30, LONGEST_REST),
        ("Mon, 04 May 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 04 May 2020 12:10:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_a_service_says_how_long_to_wait(
    service: PushService, sender: HttpPushSender, said: str | None, rest: timedelta | None
) -> None:
    service.status = 429
    service.headers = {} if said is None else {"Retry-After": said}
    assert sender.send([_push(service.url)]) == [PushAnswer(PushOutcome.LATER, rest)]


def test_a_redirection_is_not_followed(service: PushService, sender: HttpPushSender) -> None:
    service.status, service.headers = 307, {"Location": f"{service.url}/inside"}
    assert sender.send([_push(service.url)]) == [PushAnswer(PushOutcome.REFUSED)]
    assert [path for path, _, _ in service.asked] == ["/send/1"]


def test_services_that_do_not_answer_hold_up_no_other(
    service: PushService,
    sender: HttpPushSender,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(adapter, "_TIMEOUT", urllib3.Timeout(connect=0.2, read=0.2))
    service.stalls = threading.Event()
    silent, closed = _push(service.url), _push(f"https://localhost:{closed_port}")
    assert sender.send([silent, closed]) == [PushAnswer(PushOutcome.LATER)] * 2
    service.stalls.set()


def test_a_certificate_that_nobody_vouches_for_is_not_taken(
    service: PushService, clock: FakeClock
) -> None:
    sender = HttpPushSender(Vapid(OURS, CONTACT, clock), clock)
    assert sender.send([_push(service.url)]) == [PushAnswer(PushOutcome.LATER)]
    assert not service.asked


def test_the_deployments_key_is_read_from_its_setting(clock: FakeClock) -> None:
    number = BROWSER.private_numbers().private_value
    vapid = Vapid.of(samples.PUSH_KEY, CONTACT, clock)
    assert vapid.key.private_numbers().private_value == number
    assert f"k={samples.P256DH}" in vapid.authorization("https://push.example.com")


def test_a_key_that_is_no_point_is_an_error() -> None:
    device: Device = replace(samples.device(), p256dh=encoded(b"\4" + bytes(64)))
    with pytest.raises(ValueError, match="Invalid EC key"):
        encrypted(b"x", device)
