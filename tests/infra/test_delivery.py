"""CloudFront in front of the renditions."""

from __future__ import annotations

from typing import Any

from api.models import MEDIUM_PARAMETER
from tests.infra.templates import Template


def _config(template: Template) -> dict[str, Any]:
    config = template.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    assert isinstance(config, dict)
    return config


def test_renditions_are_the_only_origin_and_only_cloudfront_reads_them(every: Template) -> None:
    (origin,) = _config(every)["Origins"]
    assert every.named(origin["DomainName"]) == "renditions.RegionalDomainName"
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert "OriginAccessControlId" in origin
    (policy,) = (
        policy
        for policy in every.all("AWS::S3::BucketPolicy").values()
        if every.named(policy["Bucket"]) == "renditions"
    )
    (allowed,) = (
        statement
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    )
    (distribution,) = every.all("AWS::CloudFront::Distribution")
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert distribution in str(allowed["Condition"]["StringEquals"]["AWS:SourceArn"])


def test_only_the_local_cloud_serves_plain_http(
    dev: Template, prod: Template, local: Template
) -> None:
    policies = [
        _config(template)["DefaultCacheBehavior"]["ViewerProtocolPolicy"]
        for template in (dev, prod, local)
    ]
    assert policies == ["redirect-to-https", "redirect-to-https", "allow-all"]


def test_media_are_cached_for_good_and_never_taken_for_anything_else(every: Template) -> None:
    behavior = _config(every)["DefaultCacheBehavior"]
    (policy,) = every.all("AWS::CloudFront::ResponseHeadersPolicy")
    assert behavior["ResponseHeadersPolicyId"] == {"Ref": policy}
    (caching,) = every.all("AWS::CloudFront::CachePolicy")
    assert behavior["CachePolicyId"] == {"Ref": caching}
    config = every.only("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    assert config["MaxTTL"] == 31_536_000
    headers = every.only("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    assert headers["CustomHeadersConfig"]["Items"] == [
        {
            "Header": "Cache-Control",
            "Value": "public, max-age=31536000, immutable",
            "Override": False,
        }
    ]
    security = headers["SecurityHeadersConfig"]
    assert security["ContentTypeOptions"] == {"Override": True}
    assert "sandbox" in security["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_viewers_can_only_read(every: Template) -> None:
    config = _config(every)
    assert "CacheBehaviors" not in config
    assert config["DefaultCacheBehavior"].get("AllowedMethods", ["GET", "HEAD"]) == ["GET", "HEAD"]


def test_nothing_tells_of_other_media_with_the_same_content(every: Template) -> None:
    headers = every.only("AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    assert headers["RemoveHeadersConfig"]["Items"] == [{"Header": "Last-Modified"}]
    caching = every.only("AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    key = caching["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": [MEDIUM_PARAMETER],
    }
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
