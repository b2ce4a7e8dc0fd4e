"""Firefox and WebKit as they are on this machine, driven by the W3C's protocols.

Playwright has patched versions of both, which cannot be downloaded here, and speaks to no other
WebKit. Firefox is driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), WebKit by
WebDriver (https://www.w3.org/TR/webdriver2/). Both take the same actions of pointer and keys.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

from websockets.sync.client import ClientConnection, connect

from tests.e2e.conftest import eventually
from tools import cloud

Json: TypeAlias = Any
"""What a protocol answers with, or a page's script."""
FIREFOX: Final = "firefox-esr"
WEBKIT: Final = "WebKitWebDriver"
_MINI_BROWSERS: Final = "*/webkit2gtk-4.1/MiniBrowser"
_PATIENCE_SECONDS: Final = 120
_HOST: Final = "127.0.0.1"
_WIDTH: Final = 1280
_HEIGHT: Final = 900
_NARROWEST: Final = 447
_SIZES: Final = "() => [[innerWidth, innerHeight], [outerWidth, outerHeight]]"
# Texts are the same in all protocols.
_AS_TEXT: Final = """async (given) =>
  JSON.stringify((await (FUNCTION)(...JSON.parse(given))) ?? null)"""
_PREFERENCES: Final = {
    "ui.prefersReducedMotion": 1,
    # It asks Mozilla for nothing.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.search.geoSpecificDefaults": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    # All of the network is behind the proxy, our own pages too.
    "network.proxy.allow_hijacking_localhost": True,
    "network.proxy.no_proxies_on": "",
    "network.proxy.type": 1,
    "network.proxy.http": _HOST,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.enabled": False,
}


class Driver(Protocol):
    """One window of a browser."""

    def open(self, url: str) -> None:
        """Go to an address, and return once the page has loaded."""

    def run(self, function: str, *arguments: Json) -> Json:
        """What a JavaScript function returns in the page, awaited if it is a promise."""

    def act(self, source: Mapping[str, Json]) -> None:
        """Move, press and release pointer or keys: one source of input of the protocols."""

    def give(self, selector: str, files: Sequence[Path]) -> None:
        """Choose files in an input of the page."""

    def resize(self, width: int, height: int) -> None:
        """Give the page as many CSS pixels. WebKit's page is never narrower than 447."""

    def picture(self) -> bytes:
        """What the window shows, as a PNG."""


class Firefox:
    """Firefox over WebDriver BiDi."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._sent = 0
        self.complaints: list[str] = []
        """Errors of the console and those that nothing caught."""
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self._context = self._send("browsingContext.getTree")["contexts"][0]["context"]
        self.resize(_WIDTH, _HEIGHT)

    def _send(self, method: str, **parameters: Json) -> Json:
        self._sent += 1
        self._connection.send(
            json.dumps({"id": self._sent, "method": method, "params": parameters})
        )
        while True:
            told = json.loads(self._connection.recv(timeout=_PATIENCE_SECONDS))
            if told.get("method") == "log.entryAdded" and told["params"]["level"] == "error":
                self.complaints.append(told["params"]["text"])
            if told.get("id") != self._sent:
                continue
            if told["type"] == "error":
                raise AssertionError(f"{method}: {told['error']}: {told['message']}")
            return told["result"]

    def open(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def run(self, function: str, *arguments: Json) -> Json:
        given = json.dumps(arguments)
        told = self._send(
            "script.callFunction",
            functionDeclaration=_AS_TEXT.replace("FUNCTION", function),
            arguments=[{"type": "string", "value": given}],
            target={"context": self._context},
            awaitPromise=True,
        )
        if told["type"] == "exception":
            raise AssertionError(told["exceptionDetails"]["text"])
        return json.loads(told["result"]["value"])

    def act(self, source: Mapping[str, Json]) -> None:
        self._send("input.performActions", context=self._context, actions=[source])

    def give(self, selector: str, files: Sequence[Path]) -> None:
        found = self._send(
            "browsingContext.locateNodes",
            context=self._context,
            locator={"type": "css", "value": selector},
        )
        element = {"sharedId": found["nodes"][0]["sharedId"]}
        self._send(
            "input.setFiles", context=self._context, element=element, files=[str(f) for f in files]
        )

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height}
        self._send("browsingContext.setViewport", context=self._context, viewport=size)

    def picture(self) -> bytes:
        told = self._send("browsingContext.captureScreenshot", context=self._context)
        return b64decode(told["data"])


class WebKit:
    """WebKit over WebDriver."""

    def __init__(self, address: str, browser: str, proxy_port: int) -> None:
        options = {"binary": browser, "args": ["--automation"]}
        proxy = {"proxyType": "manual", "httpProxy": f"{_HOST}:{proxy_port}"}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options, "proxy": proxy}}
        self._address = address
        session = self._send("POST", "/session", capabilities=capabilities)
        self._address += f"/session/{session['sessionId']}"
        self.resize(_WIDTH, _HEIGHT)
        self._send("POST", "/timeouts", script=_PATIENCE_SECONDS * 1000)

    def _send(self, method: str, path: str, **parameters: Json) -> Json:
        request = urllib.request.Request(
            self._address + path,
            method=method,
            data=json.dumps(parameters).encode() if method == "POST" else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def open(self, url: str) -> None:
        self._send("POST", "/url", url=url)

    def run(self, function: str, *arguments: Json) -> Json:
        return self._send(
            "POST", "/execute/sync", script=f"return ({function})(...arguments)", args=arguments
        )

    def act(self, source: Mapping[str, Json]) -> None:
        self._send("POST", "/actions", actions=[source])

    def give(self, selector: str, files: Sequence[Path]) -> None:
        found = self._send("POST", "/element", using="css selector", value=selector)
        (element,) = found.values()
        text = "\n".join(str(file) for file in files)
        self._send("POST", f"/element/{element}/value", text=text)

    def resize(self, width: int, height: int) -> None:
        eventually(lambda: self._has_size(max(width, _NARROWEST), height), until=bool)

    def _has_size(self, width: int, height: int) -> bool:
        """Whether the page has this size. If not, a window of this size is asked for: it takes its
        time, and what its bars take from the page is known only then."""
        inner, outer = self.run(_SIZES)
        if inner == [width, height]:
            return True
        across, down = (outer[0] - inner[0], outer[1] - inner[1])
        self._send("POST", "/window/rect", width=width + across, height=height + down)
        return False

    def picture(self) -> bytes:
        return b64decode(self._send("GET", "/screenshot"))

    def close(self) -> None:
        self._send("DELETE", "")


@contextmanager
def firefox(path: str, proxy_port: int) -> Iterator[Firefox]:
    """A headless Firefox with a profile of its own, ended at the end."""
    with tempfile.TemporaryDirectory(prefix="firefox-") as profile:
        chosen = {**_PREFERENCES, "network.proxy.http_port": proxy_port}
        preferences = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in chosen.items()]
        Path(profile, "user.js").write_text("\n".join(preferences))
        arguments = ["--headless", "--remote-debugging-port=0", "--profile", profile]
        with _running([path, *arguments, "about:blank"], os.environ, profile) as log:
            found = _told(log, r"BiDi listening on (ws://\S+)")
            with connect(f"{found}/session", max_size=None, proxy=None) as connection:
                yield Firefox(connection)


@contextmanager
def webkit(path: str, proxy_port: int) -> Iterator[WebKit]:
    """A WebKit on a screen that nobody sees, ended at the end."""
    browser = next(Path("/usr/lib").glob(_MINI_BROWSERS), None)
    assert browser is not None, "WebKit's driver is installed without its browser."
    with tempfile.TemporaryDirectory(prefix="webkit-") as folder:
        screen = [
            "Xvfb",
            "-displayfd",
            "1",
            "-screen",
            "0",
            f"{_WIDTH}x{_HEIGHT}x24",
            "-nolisten",
            "tcp",
        ]
        with _running(screen, os.environ, folder) as shown:
            display = _told(shown, r"(?m)^(\d+)\n")
            environment = {
                **os.environ,
                "DISPLAY": f":{display}",
                "HOME": folder,
                "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
            }
            port = cloud.free_port()
            with _running([path, f"--host={_HOST}", f"--port={port}"], environment, folder):
                address = f"http://{_HOST}:{port}"
                eventually(lambda: _answers(port), until=bool)
                driver = WebKit(address, str(browser), proxy_port)
                try:
                    yield driver
                finally:
                    driver.close()


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], folder: str) -> Iterator[Path]:
    """The file that a program writes its output to, while it runs."""
    log = Path(folder, f"{Path(command[0]).name}.log")
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield log
    finally:
        process.terminate()
        process.wait()


def _told(log: Path, pattern: str) -> str:
    """What a program writes once it is ready, by the first group of a pattern."""
    found = eventually(lambda: re.search(pattern, log.read_text()), until=bool)
    assert found is not None
    return found[1]


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex((_HOST, port)) == 0
