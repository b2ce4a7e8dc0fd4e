"""The web client's page, which the API fills for messengers and search engines."""

from __future__ import annotations

from typing import Protocol


class SitePage(Protocol):
    def read(self) -> str:
        """The page of the version that is deployed now, or was a minute ago at most."""
        ...
