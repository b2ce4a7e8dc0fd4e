"""What is asked of AWS, and what its answers become."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tools.account_facts import (
    AccountFacts,
    Certificate,
    EdgePolicies,
    Sender,
    Unknown,
    Zone,
)

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/0a-1b"


class Stubbed:
    """boto3's clients, of which each answers what a test says."""

    def __init__(self) -> None:
        self.stubs: dict[tuple[str, str], Stubber] = {}
        self._clients: dict[tuple[str, str], Any] = {}

    def __call__(self, service: str, region_name: str = "eu-north-1") -> Any:
        key = (service, region_name)
        if key not in self._clients:
            self._clients[key] = boto3.client(service, region_name=region_name)  # type: ignore[call-overload]
            self.stubs[key] = Stubber(self._clients[key])
            self.stubs[key].activate()
        return self._clients[key]

    def stub(self, service: str, region: str = "eu-north-1") -> Stubber:
        self(service, region)
        return self.stubs[service, region]


@pytest.fixture
def aws() -> Iterator[Stubbed]:
    stubbed = Stubbed()
    yield stubbed
    for stub in stubbed.stubs.values():
        stub.assert_no_pending_responses()


def _bootstrap(aws: Stubbed) -> Any:
    return AccountFacts(aws).bootstrap_version("ours")


def test_the_bootstrap_version_is_that_of_the_qualifier(aws: Stubbed) -> None:
    asked = {"Name": "/cdk-bootstrap/ours/version"}
    aws.stub("ssm").add_response("get_parameter", {"Parameter": {"Value": "28"}}, asked)
    assert _bootstrap(aws) == 28


def test_a_sender_is_looked_up_with_the_accounts_sandbox(aws: Stubbed) -> None:
    ses = aws.stub("sesv2", "eu-west-1")
    ses.add_response(
        "get_email_identity",
        {"VerifiedForSendingStatus": True},
        {"EmailIdentity": "example.com"},
    )
    ses.add_response("get_account", {"ProductionAccessEnabled": False}, {})
    assert AccountFacts(aws).sender("example.com", "eu-west-1") == Sender(
        is_verified=True, in_sandbox=True
    )


def test_a_certificate_is_looked_up_where_cloudfront_takes_it_from(aws: Stubbed) -> None:
    answer = {
        "Certificate": {
            "Status": "ISSUED",
            "DomainName": "example.com",
            "SubjectAlternativeNames": ["example.com", "*.example.com"],
        }
    }
    acm = aws.stub("acm", "us-east-1")
    acm.add_response("describe_certificate", answer, {"CertificateArn": CERTIFICATE})
    assert AccountFacts(aws).certificate(CERTIFICATE) == Certificate(
        "ISSUED", ("example.com", "*.example.com")
    )


def test_a_zone_has_its_name_without_a_dot(aws: Stubbed) -> None:
    zone = {"Id": "Z1", "Name": "example.com.", "CallerReference": "x"}
    answer = {"HostedZone": {**zone, "Config": {"PrivateZone": False}}}
    aws.stub("route53").add_response("get_hosted_zone", answer, {"Id": "Z1"})
    assert AccountFacts(aws).zone("Z1") == Zone("example.com", is_private=False)


def test_a_web_acl_is_looked_up_by_name_and_id(aws: Stubbed) -> None:
    asked = {"Name": "front", "Id": "0a-1b", "Scope": "CLOUDFRONT"}
    aws.stub("wafv2", "us-east-1").add_response("get_web_acl", {}, asked)
    assert AccountFacts(aws).has_web_acl(WEB_ACL) is True


def test_cloudfronts_policies_of_the_account_are_counted(aws: Stubbed) -> None:
    edge = aws.stub("cloudfront")
    edge.add_response(
        "list_cache_policies",
        {"CachePolicyList": {"MaxItems": 100, "Quantity": 7}},
        {"Type": "custom"},
    )
    edge.add_response(
        "list_response_headers_policies",
        {"ResponseHeadersPolicyList": {"MaxItems": 100, "Quantity": 9}},
        {"Type": "custom"},
    )
    assert AccountFacts(aws).edge_policies() == EdgePolicies(caching=7, headers=9)


@pytest.mark.parametrize(("status", "versioned"), [("Enabled", True), ("Suspended", False)])
def test_versions_are_kept_if_they_are_enabled(aws: Stubbed, status: str, versioned: bool) -> None:
    asked = {"Bucket": "far-away"}
    aws.stub("s3").add_response("get_bucket_versioning", {"Status": status}, asked)
    assert AccountFacts(aws).is_versioned("arn:aws:s3:::far-away") is versioned


def test_a_bucket_that_never_had_versions_keeps_none(aws: Stubbed) -> None:
    aws.stub("s3").add_response("get_bucket_versioning", {}, {"Bucket": "far-away"})
    assert AccountFacts(aws).is_versioned("arn:aws:s3:::far-away") is False


@pytest.mark.parametrize("managed", [True, False])
def test_backups_of_tables_are_managed_if_the_region_says_so(aws: Stubbed, managed: bool) -> None:
    answer = {"ResourceTypeManagementPreference": {"DynamoDB": managed}}
    aws.stub("backup").add_response("describe_region_settings", answer, {})
    assert AccountFacts(aws).backs_up_tables_fully() is managed


def test_a_region_that_was_never_asked_about_backups_manages_none(aws: Stubbed) -> None:
    aws.stub("backup").add_response("describe_region_settings", {}, {})
    assert AccountFacts(aws).backs_up_tables_fully() is False


@pytest.mark.parametrize("details", [[{"InstanceType": "r7g.large.search"}], []])
def test_an_instance_is_offered_if_it_is_listed(aws: Stubbed, details: list[Any]) -> None:
    asked = {"EngineVersion": "OpenSearch_2.19", "InstanceType": "r7g.large.search"}
    search = aws.stub("opensearch")
    search.add_response("list_instance_type_details", {"InstanceTypeDetails": details}, asked)
    offered = AccountFacts(aws).offers_search_instance("OpenSearch_2.19", "r7g.large.search")
    assert offered is bool(details)


def test_executions_are_what_is_left_beside_reservations(aws: Stubbed) -> None:
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}
    client = aws.stub("lambda")
    client.add_response("get_account_settings", {"AccountLimit": limits}, {})
    client.add_response("get_function_concurrency", {}, {"FunctionName": "a"})
    assert AccountFacts(aws).executions({"a": 50}) == 850


Ask = Callable[[AccountFacts], Any]
FIRST: list[tuple[str, str, str, Ask]] = [
    ("ssm", "eu-north-1", "get_parameter", lambda f: f.bootstrap_version("ours")),
    ("sesv2", "eu-west-1", "get_email_identity", lambda f: f.sender("x.com", "eu-west-1")),
    ("acm", "us-east-1", "describe_certificate", lambda f: f.certificate(CERTIFICATE)),
    ("route53", "eu-north-1", "get_hosted_zone", lambda f: f.zone("Z1")),
    ("wafv2", "us-east-1", "get_web_acl", lambda f: f.has_web_acl(WEB_ACL)),
    ("cloudfront", "eu-north-1", "list_cache_policies", lambda f: f.edge_policies()),
    ("s3", "eu-north-1", "get_bucket_versioning", lambda f: f.is_versioned("arn:aws:s3:::x")),
    ("backup", "eu-north-1", "describe_region_settings", lambda f: f.backs_up_tables_fully()),
    (
        "opensearch",
        "eu-north-1",
        "list_instance_type_details",
        lambda f: f.offers_search_instance("OpenSearch_2.19", "m6g.large.search"),
    ),
    ("lambda", "eu-north-1", "get_account_settings", lambda f: f.executions({})),
    ("cloudformation", "eu-north-1", "describe_stacks", lambda f: f.is_new("S")),
    ("cloudformation", "eu-north-1", "describe_stacks", lambda f: f.obstacles("S", {})),
]


@pytest.mark.parametrize(("service", "region", "call", "ask"), FIRST)
def test_a_right_that_lacks_is_an_answer(
    aws: Stubbed, service: str, region: str, call: str, ask: Ask
) -> None:
    aws.stub(service, region).add_client_error(call, "AccessDeniedException", "no")
    assert isinstance(ask(AccountFacts(aws)), Unknown)


@pytest.mark.parametrize(
    ("service", "region", "call", "code", "ask", "answer"),
    [
        (*FIRST[0][:3], "ParameterNotFound", FIRST[0][3], None),
        (*FIRST[1][:3], "NotFoundException", FIRST[1][3], None),
        (*FIRST[2][:3], "ResourceNotFoundException", FIRST[2][3], None),
        (*FIRST[3][:3], "NoSuchHostedZone", FIRST[3][3], None),
        (*FIRST[4][:3], "WAFNonexistentItemException", FIRST[4][3], False),
        (*FIRST[6][:3], "NoSuchBucket", FIRST[6][3], None),
    ],
)
def test_what_is_not_there_is_an_answer(
    aws: Stubbed, service: str, region: str, call: str, code: str, ask: Ask, answer: object
) -> None:
    aws.stub(service, region).add_client_error(call, code, "no")
    assert ask(AccountFacts(aws)) is answer
