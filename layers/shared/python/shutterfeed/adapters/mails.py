"""Mails by Amazon SES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

OFF: Final = "off"
"""The sender of a deployment that sends no mails of its own."""


@dataclass(frozen=True, slots=True)
class SesMailer:
    client: Callable[[], Any]
    """Makes the client, which few containers ever need."""
    sender: str

    def send(self, address: str, subject: str, text: str) -> None:
        self.client().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                }
            },
        )
