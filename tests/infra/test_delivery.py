"""One CloudFront distribution in front of the site, the API and the media."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64encode
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any

import pytest

from api import (
    origin,
    routes,  # noqa: F401 - importing it declares the routes
)
from api.http import EDGE_SECONDS, PREFIX, ROUTES
from api.parameters import PAGE, PAGING
from shutterfeed import keys
from shutterfeed.bootstrap import aws
from shutterfeed.domain.links import MEDIUM_PARAMETER
from tests.infra.contexts import DOMAIN, WEB_ACL
from tests.infra.templates import Template, listed, text
from tools import doctor, node, paths

API, MEDIA = f"{PREFIX}/*", f"/{keys.MEDIA_PREFIX}*"
PUBLIC, OEMBED = f"{PREFIX}/public/*", f"{PREFIX}/oembed"
LISTS = tuple(
    f"{PREFIX}/public/{path}"
    for path in ("explore", "users/*/posts", "hashtags/*/posts", "places/*/posts")
)
OPEN = (PUBLIC, OEMBED, *LISTS)
POSTS, USERS = "/p/*", "/u/*"
MOST_BEHAVIORS = 75
"""CloudFront's quota for a distribution, without the default one."""
READING = {"GET", "HEAD"}
ALL = {*READING, "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
MANAGED_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
MANAGED_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CLOUDFRONTS_ZONE = "Z2FDTNDATAQYW2"
MANAGED_ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


def _config(template: Template) -> dict[str, Any]:
    config = template.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert isinstance(config, dict)
    return config


def _behaviors(template: Template) -> dict[str, dict[str, Any]]:
    """The cache behaviors by path pattern; the default one is `*`."""
    config = _config(template)
    return {
        "*": config["DefaultCacheBehavior"],
        **{behavior["PathPattern"]: behavior for behavior in config["CacheBehaviors"]},
    }


def _origin(template: Template, pattern: str) -> dict[str, Any]:
    """The origin of a pattern; of a group of origins the one that is asked first."""
    wanted = _behaviors(template)[pattern]["TargetOriginId"]
    for group in _config(template).get("OriginGroups", {}).get("Items", ()):
        if group["Id"] == wanted:
            wanted = group["Members"]["Items"][0]["OriginId"]
    (origin,) = (o for o in _config(template)["Origins"] if o["Id"] == wanted)
    assert isinstance(origin, dict)
    return origin


def _headers(template: Template, pattern: str) -> dict[str, str]:
    """What its policy adds to every answer, by name in lower case."""
    policy = _behaviors(template)[pattern]["ResponseHeadersPolicyId"]["Ref"]
    config = template.all("AWS::CloudFront::ResponseHeadersPolicy")[policy][
        "ResponseHeadersPolicyConfig"
    ]
    security = config["SecurityHeadersConfig"]
    found = {
        item["Header"].lower(): item["Value"] for item in config["CustomHeadersConfig"]["Items"]
    }
    found["content-security-policy"] = text(
        security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    )
    if "ContentTypeOptions" in security:
        found["x-content-type-options"] = "nosniff"
    if "ReferrerPolicy" in security:
        found["referrer-policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    if "StrictTransportSecurity" in security:
        found["strict-transport-security"] = str(security["StrictTransportSecurity"])
    return found


def test_everything_is_served_by_one_distribution(every: Template) -> None:
    assert _behaviors(every).keys() == {"*", API, MEDIA, *OPEN, POSTS, USERS}
    assert len(_config(every)["CacheBehaviors"]) < MOST_BEHAVIORS
    assert every.named(_origin(every, "*")["DomainName"]) == "site.RegionalDomainName"
    assert every.named(_origin(every, MEDIA)["DomainName"]) == "renditions.RegionalDomainName"
    # Pages of errors would take the place of what API and media answer.
    assert "CustomErrorResponses" not in _config(every)


def test_the_api_is_asked_under_the_path_that_its_routes_have(
    dev: Template, local: Template
) -> None:
    (api,) = dev.all("AWS::ApiGatewayV2::Api")
    origin = _origin(dev, API)
    domain = f"${{{api}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    assert text(origin["DomainName"]) == domain
    assert "OriginPath" not in origin
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]
    origin = _origin(local, API)
    assert (origin["DomainName"], origin["CustomOriginConfig"]["HTTPPort"]) == ("localhost", 4999)
    assert text(origin["OriginPath"]) == f"/_aws/execute-api/${{{api}}}"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "http-only"


def test_the_api_gets_all_of_a_request_but_the_host_and_is_never_cached(every: Template) -> None:
    behavior = _behaviors(every)[API]
    assert set(behavior["AllowedMethods"]) == ALL
    assert behavior["CachePolicyId"] == MANAGED_CACHING_DISABLED
    assert behavior["OriginRequestPolicyId"] == MANAGED_ALL_VIEWER_EXCEPT_HOST_HEADER
    assert "FunctionAssociations" not in behavior


def test_a_domain_of_ones_own_is_served_by_new_tls_alone(dev: Template, prod: Template) -> None:
    config = _config(prod)
    assert config["Aliases"] == [DOMAIN]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b",
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert not {"Aliases", "ViewerCertificate"} & _config(dev).keys()


def test_the_domains_records_lead_to_the_distribution(dev: Template, prod: Template) -> None:
    records = {r["Type"]: r for r in prod.all("AWS::Route53::RecordSet").values()}
    assert records.keys() == {"A", "AAAA"}
    (distribution,) = prod.all("AWS::CloudFront::Distribution")
    for record in records.values():
        assert (record["Name"], record["HostedZoneId"]) == (DOMAIN, "Z0123456789ABC")
        assert record["AliasTarget"] == {
            "DNSName": {"Fn::GetAtt": [distribution, "DomainName"]},
            "HostedZoneId": CLOUDFRONTS_ZONE,
        }
    assert "AWS::Route53::RecordSet" not in dev.types()


def test_pages_of_the_domain_may_upload(prod: Template) -> None:
    (rule,) = prod.buckets()["uploads"]["CorsConfiguration"]["CorsRules"]
    assert f"https://{DOMAIN}" in rule["AllowedOrigins"]


def test_a_firewall_stands_in_front_where_one_is_named(dev: Template, prod: Template) -> None:
    assert _config(prod)["WebACLId"] == WEB_ACL
    assert "WebACLId" not in _config(dev)


def test_the_api_answers_what_came_through_cloudfront_alone(
    dev: Template, prod: Template, local: Template
) -> None:
    for template in (dev, prod):
        parameter = template.content["Parameters"]["OriginKeys"]
        assert parameter["NoEcho"] is True
        assert "Default" not in parameter
        (header,) = _origin(template, API)["OriginCustomHeaders"]
        assert header["HeaderName"] == origin.HEADER
        assert text(header["HeaderValue"]) == "${OriginKeys}|,|0"
        variables = template.functions()["api"]["Environment"]["Variables"]
        assert variables["ORIGIN_KEYS"] == {"Ref": "OriginKeys"}
        for pattern in (*OPEN, POSTS, USERS):
            assert _origin(template, pattern)["OriginCustomHeaders"] == [header]
        for pattern in ("*", MEDIA):
            assert "OriginCustomHeaders" not in _origin(template, pattern)
    assert "OriginCustomHeaders" not in _origin(local, API)
    variables = local.functions()["api"]["Environment"]["Variables"]
    assert variables["ORIGIN_KEYS"] == origin.OPEN


@pytest.mark.parametrize(
    ("keys", "taken"),
    [
        ("k" * 32, True),
        (f"{'n' * 43},{'o' * 43}", True),
        ("-0_" + "aZ9" * 14, True),
        ("k" * 31, False),
        (f"{'n' * 43},", False),
        ("k" * 32 + " ", False),
        (origin.OPEN, False),
    ],
)
def test_only_long_keys_are_taken(dev: Template, keys: str, taken: bool) -> None:
    pattern = dev.content["Parameters"]["OriginKeys"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, keys)) is taken


@pytest.mark.parametrize("pattern", ["*", MEDIA, *OPEN, POSTS, USERS])
def test_files_are_only_read(every: Template, pattern: str) -> None:
    assert set(_behaviors(every)[pattern].get("AllowedMethods", READING)) == READING


@pytest.mark.parametrize(
    ("name", "actions"),
    [("renditions", {"s3:GetObject"}), ("site", {"s3:GetObject", "s3:ListBucket"})],
)
def test_only_cloudfront_reads_what_it_serves(
    every: Template, name: str, actions: set[str]
) -> None:
    (policy,) = (
        policy
        for policy in every.all("AWS::S3::BucketPolicy").values()
        if every.named(policy["Bucket"]) == name
    )
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    (distribution,) = every.all("AWS::CloudFront::Distribution")
    granted = {action for statement in allowed for action in listed(statement["Action"])}
    assert granted == actions
    for statement in allowed:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        source = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
        assert distribution in str(source)


def test_only_the_local_cloud_serves_plain_http(
    dev: Template, prod: Template, local: Template
) -> None:
    for template, policy in (
        (dev, "redirect-to-https"),
        (prod, "redirect-to-https"),
        (local, "allow-all"),
    ):
        for pattern, behavior in _behaviors(template).items():
            assert behavior["ViewerProtocolPolicy"] == policy
            secured = "strict-transport-security" in _headers(template, pattern)
            assert secured == (template is not local)


def test_media_are_cached_for_good_and_never_taken_for_anything_else(every: Template) -> None:
    headers = _headers(every, MEDIA)
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert _caching(every, MEDIA)["MaxTTL"] == 31_536_000


def _caching(template: Template, pattern: str) -> dict[str, Any]:
    """The cache policy of our own that a pattern has."""
    policy = _behaviors(template)[pattern]["CachePolicyId"]["Ref"]
    config = template.all("AWS::CloudFront::CachePolicy")[policy]["CachePolicyConfig"]
    assert isinstance(config, dict)
    return config


@pytest.mark.parametrize("pattern", [*OPEN, POSTS, USERS])
def test_what_is_for_everybody_is_kept_for_a_minute_by_its_address_alone(
    every: Template, pattern: str
) -> None:
    caching = _caching(every, pattern)
    assert (caching["MinTTL"], caching["DefaultTTL"]) == (0, 0), "the answers say themselves"
    assert caching["MaxTTL"] == EDGE_SECONDS
    key = caching["ParametersInCacheKeyAndForwardedToOrigin"]
    # Without a token in the key and without an origin request policy, none reaches the API.
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["EnableAcceptEncodingGzip"] is True
    assert "OriginRequestPolicyId" not in _behaviors(every)[pattern]


def _passed_on(template: Template, pattern: str) -> set[str]:
    """The parameters that belong to the cache's key, and that the API is asked with."""
    key = _caching(template, pattern)["ParametersInCacheKeyAndForwardedToOrigin"]
    query = key["QueryStringsConfig"]
    assert query["QueryStringBehavior"] in ("none", "whitelist")
    return set(query.get("QueryStrings", ()))


def test_nobody_gets_past_the_cache_by_a_parameter_that_a_route_does_not_have(
    every: Template,
) -> None:
    for route in (route for route in ROUTES if route.cached and route.name != "get_page"):
        declared = {one.name for one in (*route.query, *(PAGING if route.paged else ()))}
        assert _passed_on(every, _first_pattern(every, route.path)) == declared, route.path
    for pattern in (POSTS, USERS):
        assert _passed_on(every, pattern) == {parameter.name for parameter in PAGE}


def _first_pattern(template: Template, path: str) -> str:
    """The pattern of the behavior that CloudFront takes for a path of the API."""
    patterns: list[str] = [
        behavior["PathPattern"] for behavior in _config(template)["CacheBehaviors"]
    ]
    return next(pattern for pattern in patterns if fnmatchcase(f"{PREFIX}{path}", pattern))


def test_the_doctor_knows_how_many_policies_a_stage_makes(every: Template) -> None:
    assert len(every.all("AWS::CloudFront::CachePolicy")) == doctor.CACHE_POLICIES
    assert len(every.all("AWS::CloudFront::ResponseHeadersPolicy")) == doctor.HEADER_POLICIES


def test_every_route_for_everybody_has_a_cached_behavior_before_the_apis(every: Template) -> None:
    for route in ROUTES:
        assert (_first_pattern(every, route.path) in OPEN) is route.cached, route.path


@pytest.mark.parametrize("pattern", [POSTS, USERS])
def test_the_page_of_a_post_or_user_has_its_card_or_at_least_comes(
    every: Template, local: Template, pattern: str
) -> None:
    api, cards = _origin(every, API), _origin(every, pattern)
    assert text(cards["OriginPath"]) == text(api.get("OriginPath", "")) + f"{PREFIX}/public"
    assert text(cards["DomainName"]) == text(api["DomainName"])
    assert cards["CustomOriginConfig"]["OriginReadTimeout"] == 5
    if every is local:
        assert "OriginGroups" not in _config(every)
        return
    (group,) = _config(every)["OriginGroups"]["Items"]
    assert _behaviors(every)[pattern]["TargetOriginId"] == group["Id"]
    _, second = (member["OriginId"] for member in group["Members"]["Items"])
    assert second == _origin(every, "*")["Id"]
    # What is hidden or does not exist is the API's own answer.
    assert group["FailoverCriteria"]["StatusCodes"]["Items"] == [500, 502, 503, 504]


@pytest.mark.parametrize("pattern", [POSTS, USERS])
def test_the_page_of_a_post_or_user_may_do_what_every_page_may(
    every: Template, pattern: str
) -> None:
    assert _headers(every, pattern) == _headers(every, "*")
    behaviors = _behaviors(every)
    assert (
        behaviors[pattern]["ResponseHeadersPolicyId"] == behaviors["*"]["ResponseHeadersPolicyId"]
    )


def test_nothing_tells_of_other_media_with_the_same_content(every: Template) -> None:
    policy = _behaviors(every)[MEDIA]["ResponseHeadersPolicyId"]["Ref"]
    headers = every.all("AWS::CloudFront::ResponseHeadersPolicy")[policy]
    removed = headers["ResponseHeadersPolicyConfig"]["RemoveHeadersConfig"]
    assert removed["Items"] == [{"Header": "Last-Modified"}]
    key = _caching(every, MEDIA)["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": [MEDIUM_PARAMETER],
    }
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}


def test_the_site_is_kept_and_compressed_as_its_files_say(every: Template) -> None:
    behavior = _behaviors(every)["*"]
    # That policy keeps an answer as long as its Cache-Control says, and compressed ones apart.
    assert behavior["CachePolicyId"] == MANAGED_CACHING_OPTIMIZED
    assert behavior["Compress"] is True
    # Of the policies of headers only the media's has one that would take the files' own place.
    assert "cache-control" not in _headers(every, "*")


def test_the_site_runs_its_own_scripts_and_talks_to_nobody_else(
    dev: Template, prod: Template, local: Template
) -> None:
    uploads = "shutterfeed-dev-uploads-${AWS::AccountId}-${AWS::Region}"
    assert _policy(dev)["connect-src"] == [
        "'self'",
        "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}",
        f"https://{uploads}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}",
    ]
    assert _policy(local)["connect-src"] == ["'self'", "http://127.0.0.1:4999"]
    assert _policy(prod)["img-src"] == ["'self'", "https://media.example.com", "blob:", "data:"]
    for template in (dev, prod, local):
        policy = _policy(template)
        assert policy["default-src"] == ["'none'"]
        digest = b64encode(sha256((paths.WEB / "early.js").read_bytes()).digest()).decode()
        assert policy["script-src"] == ["'self'", f"'sha256-{digest}'"]
        assert policy["style-src"] == ["'self'"]
        assert policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
        assert policy["require-trusted-types-for"] == ["'script'"]
        assert "unsafe" not in str(policy)
        headers = _headers(template, "*")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["referrer-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("us-east-1", "amazonaws.com"),
        ("eu-north-1", "amazonaws.com"),
        ("me-south-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_the_site_may_send_files_to_the_very_host_that_links_are_signed_for(
    dev: Template, region: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = _resolved(text(dev.buckets()["uploads"]["BucketName"]), region, suffix)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    aws.client.cache_clear()
    try:
        signed = aws.client("s3").generate_presigned_post(uploads, "key")["url"]
    finally:
        aws.client.cache_clear()
    allowed = [_resolved(source, region, suffix) for source in _policy(dev)["connect-src"]]
    assert allowed == [
        "'self'",
        f"https://cognito-idp.{region}.{suffix}",
        signed.removesuffix("/"),
    ]


def _resolved(value: str, region: str, suffix: str) -> str:
    parameters = {"AccountId": "123456789012", "Region": region, "URLSuffix": suffix}
    for name, known in parameters.items():
        value = value.replace(f"${{AWS::{name}}}", known)
    return value


def _policy(template: Template) -> dict[str, list[str]]:
    directives = _headers(template, "*")["content-security-policy"].split("; ")
    return {name: sources for name, *sources in map(str.split, directives)}


def test_the_apis_answers_are_no_pages(every: Template) -> None:
    headers = _headers(every, API)
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    policy = _behaviors(every)[API]["ResponseHeadersPolicyId"]["Ref"]
    config = every.all("AWS::CloudFront::ResponseHeadersPolicy")[policy]
    security = config["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert security["ContentSecurityPolicy"]["Override"] is True


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/", "/index.html"),
        ("/u/ada", "/index.html"),
        ("/u/ada.l", "/index.html"),
        ("/@ada.l", "/index.html"),
        ("/docs", "/docs.html"),
        ("/docs/", "/docs.html"),
        ("/docs/more", "/index.html"),
        ("/docs.html", "/docs.html"),
        ("/openapi.json", "/openapi.json"),
        ("/assets", "/index.html"),
        ("/assets/", "/index.html"),
        ("/assets/main-ABC.js", "/assets/main-ABC.js"),
        ("/assets/no-dot", "/assets/no-dot"),
        ("/index.html", "/index.html"),
        ("/config.json", "/config.json"),
        ("/favicon.svg", "/favicon.svg"),
    ],
)
def test_every_page_is_the_clients_and_every_file_is_itself(
    dev: Template, path: str, served: str
) -> None:
    assert _handled(dev, "*", path) == {"uri": served, "method": "GET", "querystring": {}}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/p/3Z7TD5-01KJMM", {"post": "3Z7TD5-01KJMM"}),
        ("/p/3Z7TD5-01KJMM/", {"post": "3Z7TD5-01KJMM"}),
        ("/p/3Z7TD5%0A", {}),
        ("/p/a/b", {}),
        ("/p/", {}),
        ("/u/ada.l", {"user": "ada.l"}),
        ("/u/Ada/", {"user": "Ada"}),
        ("/u/ada/followers", {}),
        ("/u/%61da", {}),
        ("/u/a&post=x", {}),
        ("/p/u/ada", {}),
    ],
)
def test_the_api_is_asked_for_the_card_of_what_a_path_names(
    dev: Template, path: str, asked: dict[str, str]
) -> None:
    pattern = f"{path[:3]}*"
    wanted = {name: {"value": value} for name, value in asked.items()}
    given = {"post": {"value": "another"}, "utm_source": {"value": "x"}}
    assert _handled(dev, pattern, path, given) == {
        "uri": "/index.html",
        "method": "GET",
        "querystring": wanted,
    }


def _handled(
    template: Template, pattern: str, path: str, query: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What a pattern's function makes of a request."""
    (association,) = _behaviors(template)[pattern]["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    function, _ = association["FunctionARN"]["Fn::GetAtt"]
    code = template.all("AWS::CloudFront::Function")[function]["FunctionCode"]
    request = {"uri": path, "method": "GET", "querystring": query or {}}
    script = f"{code}; console.log(JSON.stringify(handler({json.dumps({'request': request})})))"
    answer = subprocess.run(
        ["node", "-e", script],
        env=node.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    handled: dict[str, Any] = json.loads(answer.stdout)
    return handled
