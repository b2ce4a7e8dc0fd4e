"""One domain for everything that people see: CloudFront in front of site, API and media."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_certificatemanager as certificates
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.api import ORIGIN_HEADER
from infra.api import PATH as API_PATH
from infra.buckets import MEDIA_PREFIX, Buckets
from infra.headers import Headers
from infra.media_keys import MediaKeys
from infra.media_links import MediaLinks
from infra.nag import allow
from infra.origin_keys import OriginKeys
from infra.public_pages import CARDS_PATH, Origins, PublicPages
from infra.settings import Settings

# The same as in the URLs that the API gives out.
_MEDIUM_PARAMETER: Final = "m"
_CARD_TIMEOUT: Final = Duration.seconds(5)
"""How long a page waits for its card before it comes without one."""
_CLOUDFRONT_ZONE: Final = "Z2FDTNDATAQYW2"
"""The hosted zone of all distributions, which AWS documents for alias records."""
# The client decides which page a path shows, so each path gets index.html, but for the API's
# documentation. Only files are served as they are: they lie in `assets/`, or at the root with a dot
# in their names. Handles may have dots too, but begin with @.
_PAGES: Final = r"""
function handler(event) {
  var request = event.request;
  if (/^\/docs\/?$/.test(request.uri)) {
    request.uri = '/docs.html';
  } else if (!/^\/(assets\/.+|[^\/@][^\/]*\.[^\/]+)$/.test(request.uri)) {
    request.uri = '/index.html';
  }
  return request;
}
"""


class Delivery(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        buckets: Buckets,
        api_id: str,
        keys: OriginKeys | None,
        media_keys: MediaKeys,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._keys = keys
        self._headers = Headers(self, "Headers", settings, buckets.uploads_name)
        self.links = MediaLinks(self, "Links", settings, media_keys)
        # CDK would name it only after the stack, which has the same name in every region.
        self._access = cloudfront.S3OriginAccessControl(
            self, "Access", origin_access_control_name=settings.global_name("buckets")
        )
        site = origins.S3BucketOrigin.with_origin_access_control(
            buckets.site,
            origin_access_control=self._access,
            # Without LIST, S3 answers 403 instead of 404 for a file that does not exist.
            origin_access_levels=[cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        )
        api = self._api_origin(api_id)
        public = PublicPages(
            self,
            "Public",
            settings,
            api_path=API_PATH,
            headers=self._headers,
            protocol=self._protocol,
            origins=Origins(
                api=api,
                cards=self._api_origin(api_id, f"{API_PATH}{CARDS_PATH}", _CARD_TIMEOUT),
                site=site,
            ),
        )
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=settings.stack_name,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=settings.edge.web_acl_arn,
            domain_names=[settings.edge.domain] if settings.edge.domain else None,
            certificate=self._certificate(),
            # Only a distribution with a domain of its own has a choice.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021
            if settings.edge.domain
            else None,
            default_behavior=self._site(site),
            # The first pattern that fits decides.
            additional_behaviors={
                **public.routes,
                f"{API_PATH}/*": self._api(api),
                f"/{MEDIA_PREFIX}*": self._media(buckets),
                **public.pages,
            },
        )
        self._accept_findings()
        if settings.edge.hosted_zone_id is not None:
            self._records(settings.edge.hosted_zone_id)
        self.site_url = settings.site_url(self.distribution.distribution_domain_name)
        self.media_base_url = settings.media_base_url(self.site_url)

    def _certificate(self) -> certificates.ICertificate | None:
        arn = self._settings.edge.certificate_arn
        if arn is None:
            return None
        return certificates.Certificate.from_certificate_arn(self, "Certificate", arn)

    def _records(self, hosted_zone_id: str) -> None:
        """The records of the domain. CDK's own classes want the zone's name besides its id."""
        assert self._settings.edge.domain is not None
        for kind in ("A", "AAAA"):
            route53.CfnRecordSet(
                self,
                f"Record{kind}",
                hosted_zone_id=hosted_zone_id,
                name=self._settings.edge.domain,
                type=kind,
                alias_target=route53.CfnRecordSet.AliasTargetProperty(
                    dns_name=self.distribution.distribution_domain_name,
                    hosted_zone_id=_CLOUDFRONT_ZONE,
                ),
            )

    def _site(self, site: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=site,
            viewer_protocol_policy=self._protocol,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self._headers.site,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=cloudfront.Function(
                        self,
                        "Pages",
                        function_name=self._settings.global_name("pages"),
                        comment="Every page of the client is index.html",
                        runtime=cloudfront.FunctionRuntime.JS_2_0,
                        code=cloudfront.FunctionCode.from_inline(_PAGES.strip()),
                    ),
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                )
            ],
        )

    def _api_origin(
        self, api_id: str, path: str = "", timeout: Duration | None = None
    ) -> cloudfront.IOrigin:
        """The API, asked below a path, for so long at most."""
        origin = self._settings.api_origin(api_id, Aws.REGION)
        plain = origin.http_port is not None
        return origins.HttpOrigin(
            origin.domain,
            origin_path=f"{origin.path}{path}" or None,
            http_port=origin.http_port,
            read_timeout=timeout,
            # CloudFront puts it in place of a header of this name that a client sends.
            custom_headers={ORIGIN_HEADER: self._keys.sent} if self._keys else None,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTP_ONLY
            if plain
            else cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=None if plain else [cloudfront.OriginSslPolicy.TLS_V1_2],
        )

    def _api(self, origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=self._protocol,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
            cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
            # The gateway finds the API by the host name, which must be the API's own.
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            response_headers_policy=self._headers.api,
        )

    def _media(self, buckets: Buckets) -> cloudfront.BehaviorOptions:
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(
                buckets.renditions, origin_access_control=self._access
            ),
            viewer_protocol_policy=self._protocol,
            cache_policy=self._media_caching(),
            # Images are compressed already.
            compress=False,
            response_headers_policy=self._headers.media,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=self.links.function,
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                )
            ],
        )

    @property
    def _protocol(self) -> cloudfront.ViewerProtocolPolicy:
        if self._settings.tls_only:
            return cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS
        return cloudfront.ViewerProtocolPolicy.ALLOW_ALL

    def _media_caching(self) -> cloudfront.CachePolicy:
        """The cache policy of media. Each medium's URL is cached separately, although media may
        share an object: `Age` or `X-Cache` must not reveal that somebody else's medium has the same
        content. The tokens are no part of it: everybody's links lead to the same cached file."""
        return cloudfront.CachePolicy(
            self,
            "Caching",
            cache_policy_name=self._settings.global_name("media"),
            min_ttl=Duration.seconds(1),
            default_ttl=Duration.days(1),
            max_ttl=Duration.days(365),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(_MEDIUM_PARAMETER),
        )

    def _accept_findings(self) -> None:
        distribution = self.distribution
        allow(distribution, "CFR1", "What is shown to anybody is shown in every country.")
        edge = self._settings.edge
        if edge.web_acl_arn is None:
            allow(
                distribution,
                "CFR2",
                "A firewall is billed while idle; files are only read, and the API has its own "
                "limits. The context value web_acl_arn adds one.",
            )
        allow(
            distribution,
            "CFR3",
            "This log delivery needs a bucket with ACLs, which ours refuse. API and buckets log "
            "every request that misses the cache; cdn_logs=true logs all, by newer means.",
        )
        if edge.domain is None:
            allow(
                distribution,
                "CFR4",
                "CloudFront's own domain allows no choice of the minimum TLS version.",
            )
        if not self._settings.tls_only:
            allow(distribution, "CFR5", "The local cloud speaks plain HTTP, on loopback only.")
