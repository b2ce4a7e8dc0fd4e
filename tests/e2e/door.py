"""A door to the API that remembers what came through it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from shutterfeed_cli.client.http import single_client

_OF_A_CONNECTION: Final = frozenset(("host", "connection", "content-length", "transfer-encoding"))


@dataclass(frozen=True, slots=True)
class Passed:
    """A request, by its path below the API's, and the status of its answer."""

    method: str
    path: str
    status: int


@dataclass(slots=True)
class Door:
    url: str
    passed: list[Passed] = field(default_factory=list)


@contextmanager
def opened(api_url: str) -> Iterator[Door]:
    """A door on this machine, to be used in place of the API's own address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            sent = _end_to_end({name.lower(): value for name, value in self.headers.items()})
            body = self.rfile.read(length) if length else None
            url = api_url + self.path
            with single_client().stream(self.command, url, headers=sent, content=body) as answer:
                # As it came: the client at the other side of the door is the one that decodes it.
                said = b"".join(answer.iter_raw())
            path = self.path.partition("?")[0]
            door.passed.append(Passed(self.command, path, answer.status_code))
            self.send_response(answer.status_code)
            for name, value in _end_to_end(answer.headers).items():
                self.send_header(name, value)
            if answer.status_code != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        # As the base class looks for them.
        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Nothing: the test has `passed`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door = Door(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _end_to_end(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _OF_A_CONNECTION}
