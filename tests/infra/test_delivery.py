"""CloudFront in front of the renditions."""

from __future__ import annotations

from typing import Any

from tests.infra.templates import Template

MANAGED_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


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
    assert behavior["CachePolicyId"] == MANAGED_CACHING_OPTIMIZED
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
