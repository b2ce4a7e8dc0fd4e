"""The choices of a deployment about Web Push: whether devices are told of activity, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from infra.context import Context, SettingsError

OFF: Final = "off"
_CONTACT: Final = re.compile(r"mailto:[^\s@]+@[^\s@]+\.[^\s@]+|https://[^\s/]+(/\S*)?")
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(\*\.)?({_LABEL}\.)+[a-z]{{2,63}}")
"""A name in the public DNS. The last part has no digits, so no address of a machine is one."""
_PRIVATE: Final = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home", ".corp")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    contact: str | None
    """Whom a push service asks if something is wrong with our messages: `mailto:` with an address,
    or a page. Null: no device is told of anything."""
    services: tuple[str, ...]
    """The hosts of the push services that are called; `*.` stands for all hosts below a name."""

    @property
    def is_on(self) -> bool:
        return self.contact is not None

    @property
    def services_setting(self) -> str:
        """The functions' setting: the hosts, or that there are none."""
        return ",".join(self.services) if self.is_on else OFF

    @classmethod
    def from_context(cls, context: Context) -> PushSettings:
        """Raises `SettingsError`."""
        services = context.texts("push_services")
        for host in services:
            if not _HOST.fullmatch(host) or host.endswith(_PRIVATE):
                raise SettingsError(
                    f"Context value push_services must have names of public hosts, not {host!r}: "
                    "a name of the inside would let strangers send requests there."
                )
        contact = context.optional_matching("push_contact", _CONTACT)
        if contact is not None and not services:
            raise SettingsError("Context value push_contact needs push_services.")
        return cls(contact=contact, services=services)
