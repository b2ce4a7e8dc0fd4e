"""What the site's domain shows to people who are not signed in: the API's public routes, and the
pages of posts and users with their cards. CloudFront keeps all of it for a minute."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from infra.headers import Headers
from infra.routes import Route, read_routes
from infra.settings import Settings

EDGE_SECONDS: Final = 60
PATHS: Final = ("/public/*", "/oembed")
"""The API's paths that need no token and answer everybody alike."""
CARDS_PATH: Final = "/public"
"""The API has the page that it fills below this path, as `index.html` like the bucket."""
PAGES: Final = ("/p/*", "/u/*")
_PAGE: Final = f"{CARDS_PATH}/index.html"
"""The route that fills the page. Whoever asks for it by this path gets it without a card."""
_FAILURES: Final = (500, 502, 503, 504)
# The API is asked for the same file that the bucket has, so that the bucket can stand in for it.
# What is no address of a post or user is the page as it is.
_CODE: Final = r"""
function handler(event) {
  var request = event.request;
  var post = /^\/p\/([0-9A-Z-]+)\/?$/.exec(request.uri);
  var user = /^\/u\/([A-Za-z0-9._]+)\/?$/.exec(request.uri);
  request.uri = '/index.html';
  request.querystring = {};
  if (post) request.querystring.post = { value: post[1] };
  if (user) request.querystring.user = { value: user[1] };
  return request;
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    api: cloudfront.IOrigin
    cards: cloudfront.IOrigin
    """The API's page: see `CARDS_PATH`."""
    site: cloudfront.IOrigin


class PublicPages(Construct):
    """The behaviors of the public paths, by their patterns: `routes` and `pages`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        api_path: str,
        headers: Headers,
        protocol: cloudfront.ViewerProtocolPolicy,
        origins: Origins,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        declared = read_routes(settings.openapi)
        cached = {
            query: cloudfront.BehaviorOptions(
                origin=origins.api,
                viewer_protocol_policy=protocol,
                cache_policy=self._caching(
                    "".join(("Routes", *map(str.title, query))), _policy_name(query), query
                ),
                response_headers_policy=headers.api,
            )
            for query in dict.fromkeys(_queries(declared).values())
        }
        self.routes: Mapping[str, cloudfront.BehaviorOptions] = {
            f"{api_path}{path}": cached[query] for path, query in _queries(declared).items()
        }
        pages = cloudfront.BehaviorOptions(
            origin=self._with_fallback(origins),
            viewer_protocol_policy=protocol,
            cache_policy=self._caching("Cards", "cards", _page_query(declared)),
            # The client's page must be allowed what it is allowed everywhere else.
            response_headers_policy=headers.site,
            function_associations=[
                cloudfront.FunctionAssociation(
                    function=cloudfront.Function(
                        self,
                        "Cards",
                        function_name=settings.global_name("cards"),
                        comment="Asks for the page of a post or user with its card",
                        runtime=cloudfront.FunctionRuntime.JS_2_0,
                        code=cloudfront.FunctionCode.from_inline(_CODE.strip()),
                    ),
                    event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
                )
            ],
        )
        self.pages: Mapping[str, cloudfront.BehaviorOptions] = dict.fromkeys(PAGES, pages)

    def _with_fallback(self, found: Origins) -> cloudfront.IOrigin:
        """The API's page; the bucket's if the API fails or is too slow. The local cloud knows no
        groups of origins."""
        if not self._settings.has_origin_groups:
            return found.cards
        return origins.OriginGroup(
            primary_origin=found.cards,
            fallback_origin=found.site,
            fallback_status_codes=list(_FAILURES),
        )

    def _caching(
        self, construct_id: str, name: str, query: Sequence[str]
    ) -> cloudfront.CachePolicy:
        """Keeps an answer as long as it says itself, for a minute at most. Of the request nothing
        is passed on but the parameters in `query`: neither the access token nor any other header,
        cookie or parameter. So nobody gets past the cache by making one up."""
        return cloudfront.CachePolicy(
            self,
            f"{construct_id}Caching",
            cache_policy_name=self._settings.global_name(name),
            comment=f"By the parameters {', '.join(query)}" if query else "By the path alone",
            min_ttl=Duration.seconds(0),
            default_ttl=Duration.seconds(0),
            max_ttl=Duration.seconds(EDGE_SECONDS),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(*query)
            if query
            else cloudfront.CacheQueryStringBehavior.none(),
            enable_accept_encoding_gzip=True,
            enable_accept_encoding_brotli=True,
        )


def _queries(declared: Sequence[Route]) -> dict[str, tuple[str, ...]]:
    """The parameters that the cached routes declare, by the pattern of their path. The first
    pattern that fits decides: at the end are those of the routes that declare none."""
    own = {
        re.sub(r"{\w+}", "*", route.path): route.query
        for route in declared
        if route.query and route.path != _PAGE and _is_cached(route)
    }
    return own | {path: () for path in PATHS if path not in own}


def _policy_name(query: Sequence[str]) -> str:
    """A short name, however many parameters there are; the policy's comment lists them."""
    if not query:
        return "public"
    return f"public-{hashlib.sha256(' '.join(query).encode()).hexdigest()[:8]}"


def _page_query(declared: Sequence[Route]) -> tuple[str, ...]:
    (query,) = (route.query for route in declared if route.path == _PAGE)
    return query


def _is_cached(route: Route) -> bool:
    return any(fnmatchcase(route.path, path) for path in PATHS)
