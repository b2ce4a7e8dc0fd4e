"""The security headers of each answer: they tell browsers what its content may do, and who may use
it."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.settings import Settings

# A rendition's bytes never change under its URL.
_FOREVER: Final = "public, max-age=31536000, immutable"
# No page of ours, nor anything that it embeds, may use features that are not named here.
_TRUSTED_TYPES: Final = "shutterfeed"
"""The name of the Trusted Types policy that `web/src/trusted.ts` makes."""
_EARLY: Final = Path(__file__).parents[1] / "web" / "early.js"
"""The only inline script: `web/build.mjs` puts it into index.html unchanged."""
_PERMISSIONS: Final = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"


class Headers(Construct):
    """The header policies of the site, the API and the media.

    `uploads` is the name of the bucket to which the site uploads files.
    """

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, uploads: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self.site = self._policy(
            "Site",
            content_security_policy(settings, uploads),
            {
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Permissions-Policy": _PERMISSIONS,
            },
            referrers=True,
        )
        self.api = self._policy(
            "Api",
            "default-src 'none'; frame-ancestors 'none'",
            {"Cross-Origin-Resource-Policy": "same-origin"},
            referrers=True,
        )
        self.media = self._policy(
            "Media",
            # If anything other than an image is ever served here, it can run no script.
            "default-src 'none'; sandbox",
            {"Cache-Control": _FOREVER},
            # The object may be older than the medium, if the content was known: its date must not
            # reveal that. CloudFront removes the origin's header, and adds none of its own.
            removed=["Last-Modified"],
        )

    def _policy(
        self,
        name: str,
        content_policy: str,
        custom: dict[str, str],
        *,
        referrers: bool = False,
        removed: list[str] | None = None,
    ) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            name,
            response_headers_policy_name=self._settings.global_name(name.lower()),
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=content_policy, override=True
                ),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override=True
                )
                if referrers
                else None,
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365),
                    include_subdomains=True,
                    override=True,
                )
                if self._settings.tls_only
                else None,
            ),
            remove_headers=removed,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(header=header, value=value, override=False)
                    for header, value in custom.items()
                ]
            ),
        )


def content_security_policy(settings: Settings, uploads: str) -> str:
    """The Content-Security-Policy of the site. It allows the site's own files, its API and media,
    the sign-in, and the uploads bucket at the one host for which links are signed; nothing else.
    Only one inline script may run, and no inline style.

    An original is downloaded by navigating to its link, which this policy does not limit."""
    connected = (
        settings.cognito_origin(Aws.REGION),
        settings.bucket_origin(uploads, Aws.REGION),
    )
    media = f" {origin}" if (origin := settings.media_origin) else ""
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' '{_digest(_EARLY.read_bytes())}'",
        "style-src": "'self'",
        "img-src": f"'self'{media} blob: data:",
        "media-src": f"'self'{media} blob:",
        "connect-src": " ".join(("'self'", *dict.fromkeys(connected))),
        "font-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        # Only the client's own policy can make values for places where text could become script.
        "require-trusted-types-for": "'script'",
        "trusted-types": _TRUSTED_TYPES,
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _digest(script: bytes) -> str:
    """The hash by which a Content-Security-Policy names an inline script."""
    return f"sha256-{b64encode(sha256(script).digest()).decode()}"
