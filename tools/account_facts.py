"""What an AWS account has, as far as a deployment depends on it. Only here AWS is asked; what
follows from the answers is in `doctor.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from tools import creation, quota
from tools.aws_errors import code, is_forbidden

T = TypeVar("T")
Clients = Callable[..., Any]
"""boto3's `client`: takes a service and, as `region_name`, another region than the session's."""

EDGE_REGION: Final = "us-east-1"
"""The region in which everything of CloudFront is managed."""
_MISSING: Final = frozenset(
    (
        "404",
        "NoSuchBucket",
        "NoSuchHostedZone",
        "NotFoundException",
        "ParameterNotFound",
        "ResourceNotFoundException",
        "WAFNonexistentItemException",
    )
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer that these credentials may not read."""

    right: str


@dataclass(frozen=True, slots=True)
class Sender:
    """How far SES lets an account send as somebody."""

    is_verified: bool
    in_sandbox: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    status: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    name: str
    """Its name, without the dot at the end."""
    is_private: bool


@dataclass(frozen=True, slots=True)
class EdgePolicies:
    """How many policies of its own the account has at CloudFront, which allows 20 of each kind."""

    caching: int
    headers: int


class AccountFacts:
    """Every method returns `Unknown` if the credentials may not read the answer."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def bootstrap_version(self, qualifier: str) -> int | Unknown | None:
        """The version of the CDK's bootstrap stack; None if there is none."""
        name = f"/cdk-bootstrap/{qualifier}/version"

        def read() -> int:
            return int(self._clients("ssm").get_parameter(Name=name)["Parameter"]["Value"])

        return _asked("ssm:GetParameter", read)

    def is_new(self, stack: str) -> bool | Unknown:
        answer = _asked(
            "cloudformation:DescribeStacks", lambda: creation.is_new(self._clients, stack)
        )
        assert answer is not None
        return answer

    def obstacles(self, stack: str, buckets: Mapping[str, str]) -> list[str] | Unknown:
        answer = _asked(
            "cloudformation:DescribeStacks, s3:ListBucket",
            lambda: creation.obstacles(self._clients, stack, buckets),
        )
        assert answer is not None
        return answer

    def executions(self, reserved: Mapping[str, int]) -> int | Unknown:
        """The Lambda executions left for functions without a reservation. Raises `ToolError` if the
        account cannot reserve that many."""
        left = quota.left_unreserved(self._clients("lambda"), reserved)
        return Unknown("lambda:GetAccountSettings") if left is None else left

    def sender(self, identity: str, region: str) -> Sender | Unknown | None:
        """The SES identity, which is a domain or an address; None if there is none."""
        client = self._clients("sesv2", region_name=region)

        def read() -> Sender:
            found = client.get_email_identity(EmailIdentity=identity)
            may_send = client.get_account()["ProductionAccessEnabled"]
            return Sender(found["VerifiedForSendingStatus"], not may_send)

        return _asked("ses:GetEmailIdentity, ses:GetAccount", read)

    def certificate(self, arn: str) -> Certificate | Unknown | None:
        client = self._clients("acm", region_name=EDGE_REGION)

        def read() -> Certificate:
            found = client.describe_certificate(CertificateArn=arn)["Certificate"]
            names = (found["DomainName"], *found.get("SubjectAlternativeNames", []))
            return Certificate(found["Status"], tuple(dict.fromkeys(names)))

        return _asked("acm:DescribeCertificate", read)

    def zone(self, zone_id: str) -> Zone | Unknown | None:
        def read() -> Zone:
            found = self._clients("route53").get_hosted_zone(Id=zone_id)["HostedZone"]
            return Zone(found["Name"].rstrip("."), found["Config"]["PrivateZone"])

        return _asked("route53:GetHostedZone", read)

    def has_web_acl(self, arn: str) -> bool | Unknown:
        client = self._clients("wafv2", region_name=EDGE_REGION)
        name, acl_id = arn.split("/")[-2:]

        def read() -> bool:
            client.get_web_acl(Name=name, Id=acl_id, Scope="CLOUDFRONT")
            return True

        return _asked("wafv2:GetWebACL", read) or False

    def edge_policies(self) -> EdgePolicies | Unknown:
        client = self._clients("cloudfront")

        def read() -> EdgePolicies:
            caching = client.list_cache_policies(Type="custom")["CachePolicyList"]
            headers = client.list_response_headers_policies(Type="custom")
            return EdgePolicies(
                caching["Quantity"], headers["ResponseHeadersPolicyList"]["Quantity"]
            )

        answer = _asked(
            "cloudfront:ListCachePolicies, cloudfront:ListResponseHeadersPolicies", read
        )
        assert answer is not None
        return answer

    def is_versioned(self, bucket_arn: str) -> bool | Unknown | None:
        """Whether a bucket keeps versions; None if there is no such bucket."""
        name = bucket_arn.rpartition(":")[2]

        def read() -> bool:
            versioning = self._clients("s3").get_bucket_versioning(Bucket=name)
            return bool(versioning.get("Status") == "Enabled")

        return _asked("s3:GetBucketVersioning", read)

    def backs_up_tables_fully(self) -> bool | Unknown:
        """Whether AWS Backup manages backups of DynamoDB itself, which it must to copy them."""

        def read() -> bool:
            settings = self._clients("backup").describe_region_settings()
            return bool(settings.get("ResourceTypeManagementPreference", {}).get("DynamoDB"))

        answer = _asked("backup:DescribeRegionSettings", read)
        assert answer is not None
        return answer

    def offers_search_instance(self, engine: str, instance: str) -> bool | Unknown:
        """Whether OpenSearch has such instances in the region."""

        def read() -> bool:
            client = self._clients("opensearch")
            found = client.list_instance_type_details(EngineVersion=engine, InstanceType=instance)
            return bool(found["InstanceTypeDetails"])

        return _asked("es:ListInstanceTypeDetails", read) or False


def _asked(right: str, read: Callable[[], T]) -> T | Unknown | None:
    """The answer; None if AWS says that there is no such thing."""
    try:
        return read()
    except ClientError as error:
        if is_forbidden(error):
            return Unknown(right)
        if code(error) in _MISSING:
            return None
        raise
