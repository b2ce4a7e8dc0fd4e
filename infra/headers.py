"""What browsers are told beside each answer: what its content may do, and who may use it."""

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
# Whatever is not named here may be used by no page of ours, nor by what it might embed.
_TRUSTED_TYPES: Final = "shutterfeed"
"""The policy that `web/src/trusted.ts` makes."""
_EARLY: Final = Path(__file__).parents[1] / "web" / "early.js"
"""The one script that stands in a page: `web/build.mjs` puts it into index.html as it is."""
_PERMISSIONS: Final = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"


class Headers(Construct):
    """A policy each for the site, the API and the media.

    `uploads` is the name of the bucket that the site sends files to.
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
        # What the API says of its documentation page stands: that is the only one with scripts.
        self.api = self._policy(
            "Api",
            "default-src 'none'; frame-ancestors 'none'",
            {"Cross-Origin-Resource-Policy": "same-origin"},
            overriding=False,
            referrers=True,
        )
        self.media = self._policy(
            "Media",
            # Should anything but an image ever get here, it runs no script.
            "default-src 'none'; sandbox",
            {"Cache-Control": _FOREVER},
            # When the object was written is not when the medium was uploaded. CloudFront takes away
            # only what its origin sent; nothing of the kind is its own.
            removed=["Last-Modified"],
        )

    def _policy(
        self,
        name: str,
        content_policy: str,
        custom: dict[str, str],
        *,
        overriding: bool = True,
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
                    content_security_policy=content_policy, override=overriding
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
    """The site's own files, its API and media, the sign-in, the uploads bucket at the one host that
    links to it are signed for; nothing else. Of what stands in a page, one script may run, and no
    style.

    An original is fetched by going to its link, which no policy limits."""
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
        # Where text could become script, only addresses of the client's own code can stand.
        "require-trusted-types-for": "'script'",
        "trusted-types": _TRUSTED_TYPES,
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def _digest(script: bytes) -> str:
    """A script's source, as a policy names it."""
    return f"sha256-{b64encode(sha256(script).digest()).decode()}"
