"""The choices of a deployment at CloudFront: its own domain, a firewall, access logs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.context import Context, SettingsError

SOURCES: Final = Path(__file__).with_name("edge")
"""The folder of the code that runs at the edge."""
_DOMAIN: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# CloudFront takes certificates and firewalls only from this region, wherever the stack is.
_CERTIFICATE: Final = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/[\w-]+")
_WEB_ACL: Final = re.compile(
    r"arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global/webacl/[\w-]{1,128}/[\w-]+"
)
_HOSTED_ZONE: Final = re.compile(r"Z[A-Z0-9]{1,31}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSettings:
    domain: str | None
    """The site's own domain name; null for the name that CloudFront gives."""
    certificate_arn: str | None
    """The certificate of `domain`, in us-east-1."""
    hosted_zone_id: str | None
    """The Route 53 zone that gets the records of `domain`; null if its DNS is elsewhere."""
    web_acl_arn: str | None
    """The AWS WAF web ACL in front of the distribution; null for none."""
    logs: bool
    """Whether CloudFront writes its access logs into the logs bucket."""

    @classmethod
    def from_context(cls, context: Context) -> EdgeSettings:
        """Raises `SettingsError`, also if one value needs another."""
        domain = context.optional_matching("domain", _DOMAIN)
        certificate = context.optional_matching("certificate_arn", _CERTIFICATE)
        zone = context.optional_matching("hosted_zone_id", _HOSTED_ZONE)
        if (domain is None) != (certificate is None):
            raise SettingsError(
                "Context values domain and certificate_arn need each other: CloudFront serves a "
                "domain only with its certificate, which must be in us-east-1."
            )
        if zone and not domain:
            raise SettingsError("Context value hosted_zone_id needs a domain to make records of.")
        return cls(
            domain=domain,
            certificate_arn=certificate,
            hosted_zone_id=zone,
            web_acl_arn=context.optional_matching("web_acl_arn", _WEB_ACL),
            logs=context.flag("cdn_logs"),
        )
