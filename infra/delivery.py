"""How media reach people: CloudFront in front of the renditions, and nothing else."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.nag import allow
from infra.settings import Settings

# The same as in the URLs that the API gives out.
_MEDIUM_PARAMETER: Final = "m"
# A rendition's bytes never change under its URL.
_FOREVER: Final = "public, max-age=31536000, immutable"


class Delivery(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, renditions: s3.Bucket
    ) -> None:
        super().__init__(scope, construct_id)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"{settings.stack_name} media",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(renditions),
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
                if settings.tls_only
                else cloudfront.ViewerProtocolPolicy.ALLOW_ALL,
                cache_policy=self._caching(settings),
                # Images are compressed already.
                compress=False,
                response_headers_policy=self._headers(settings),
            ),
        )
        self._accept_findings()
        self.base_url = settings.media_base_url(self.distribution.distribution_domain_name)

    def _caching(self, settings: Settings) -> cloudfront.CachePolicy:
        """Each medium's URL is cached on its own, although media may share their objects: a first
        look must not be told by `Age` or `X-Cache` that another's medium has the same content."""
        return cloudfront.CachePolicy(
            self,
            "Caching",
            cache_policy_name=f"{settings.prefix}-media",
            min_ttl=Duration.seconds(1),
            default_ttl=Duration.days(1),
            max_ttl=Duration.days(365),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(_MEDIUM_PARAMETER),
        )

    def _headers(self, settings: Settings) -> cloudfront.ResponseHeadersPolicy:
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=f"{settings.prefix}-media",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                # Should anything but an image ever get here, it runs no script.
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy="default-src 'none'; sandbox", override=True
                ),
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(365),
                    include_subdomains=True,
                    override=True,
                )
                if settings.tls_only
                else None,
            ),
            # When the object was written is not when the medium was uploaded. CloudFront takes away
            # only what its origin sent; nothing of the kind is its own.
            remove_headers=["Last-Modified"],
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    cloudfront.ResponseCustomHeader(
                        header="Cache-Control", value=_FOREVER, override=False
                    )
                ]
            ),
        )

    def _accept_findings(self) -> None:
        distribution = self.distribution
        allow(distribution, "CFR1", "Everybody's posts are public, everywhere.")
        allow(distribution, "CFR2", "A firewall is billed while idle; there is only GET of images.")
        allow(
            distribution,
            "CFR3",
            "Its log delivery needs a bucket with ACLs, which ours refuse; the renditions bucket "
            "logs what misses the cache.",
        )
        allow(
            distribution,
            "CFR4",
            "CloudFront's own domain takes no minimum TLS version; a domain of one's own would.",
        )
