"""Chromium for tests and benchmarks: the one on this machine, as none can be downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

NAMES: Final = (
    # Chromium without windows, as Playwright itself has it: half of the processor's time again.
    "chromium-headless-shell",
    *("chromium", "chromium-browser", "google-chrome", "chrome"),
)

PLAYWRIGHTS: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
"""The features that Playwright turns off. They are named again, as Chromium heeds only the last
list that it is given."""
_WINDOWS_OWN: Final = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""The list below the address bar, which is a page of its own in every window, drawn beforehand by
processes of its own. Nobody types an address here, and it took half of the browser's time."""


def executable() -> str | None:
    """The path of the browser; None if this machine has none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium(path: str) -> Iterator[Browser]:
    """A headless browser, closed at the end."""
    # The machines that this runs on have no graphics processor. To imitate one takes a third more
    # time than to draw without.
    arguments = [
        "--disable-gpu",
        f"--disable-features={','.join((*PLAYWRIGHTS, *_WINDOWS_OWN))}",
    ]
    # Its sandbox does not work for the system's first user, as whom containers run tests. It sees
    # nothing here but our own pages.
    if os.getuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
