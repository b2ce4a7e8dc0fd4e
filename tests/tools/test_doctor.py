"""What the doctor says about an account, from what is known of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from tools import doctor, paths
from tools.account_facts import Certificate, EdgePolicies, Sender, Unknown, Zone
from tools.doctor import Level, Patient
from tools.errors import ToolError

CONTEXT: dict[str, Any] = json.loads((paths.ROOT / "cdk.json").read_text())["context"]
CERTIFICATE_ARN = "arn:aws:acm:us-east-1:123456789012:certificate/0a"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/0a"
IDENTITY = "arn:aws:ses:eu-west-1:123456789012:identity/hello@example.com"
REPLICA = "arn:aws:s3:::shutterfeed-dev-originals-210987654321-eu-west-1"


class FakeFacts:
    """An account in which all is well, until a test changes an answer."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "bootstrap_version": 30,
            "is_new": True,
            "obstacles": [],
            "executions": 1000,
            "sender": Sender(is_verified=True, in_sandbox=False),
            "certificate": Certificate("ISSUED", ("photos.example.com",)),
            "zone": Zone("example.com", is_private=False),
            "has_web_acl": True,
            "edge_policies": EdgePolicies(caching=0, headers=0),
            "is_versioned": True,
            "backs_up_tables_fully": True,
            "offers_search_instance": True,
        }
        self.asked: dict[str, tuple[object, ...]] = {}

    def __getattr__(self, name: str) -> Any:
        def answer(*arguments: object) -> Any:
            self.asked[name] = arguments
            found = self.answers[name]
            if isinstance(found, Exception):
                raise found
            return found

        return answer


@pytest.fixture
def facts() -> FakeFacts:
    return FakeFacts()


def _patient(facts: FakeFacts, **context: object) -> Patient:
    return Patient(
        context={**CONTEXT, **context},
        stack="Shutterfeed-dev",
        buckets={"site": "site-bucket"},
        reserved={},
        region="eu-north-1",
        partition="aws",
        facts=cast("Any", facts),
    )


def _said(facts: FakeFacts, level: Level, **context: object) -> list[str]:
    findings = doctor.examine(_patient(facts, **context))
    return [finding.sentence for finding in findings if finding.level is level]


ALL: dict[str, object] = {
    "domain": "photos.example.com",
    "certificate_arn": CERTIFICATE_ARN,
    "hosted_zone_id": "Z1",
    "web_acl_arn": WEB_ACL,
    "email_from": "Shutterfeed <hello@example.com>",
    "originals_replica_bucket_arn": REPLICA,
    "backup_copy_vault_arn": "arn:aws:backup:eu-west-1:210987654321:backup-vault:far",
    "search": "opensearch",
}


def test_all_is_well_in_a_good_account(facts: FakeFacts) -> None:
    for context in ({}, ALL):
        findings = doctor.examine(_patient(facts, **context))
        assert {finding.level for finding in findings} == {Level.FINE}
    assert facts.asked.keys() == facts.answers.keys(), "every answer is used"


def test_a_new_account_can_deploy_the_defaults_and_is_told_what_it_will_lack(
    facts: FakeFacts,
) -> None:
    facts.answers["executions"] = 10
    (warning,) = _said(facts, Level.WARNING)
    assert "Only 10 functions" in warning
    assert _said(facts, Level.FAILS) == []


@pytest.mark.parametrize(
    ("fact", "answer", "said"),
    [
        ("bootstrap_version", None, "run `make bootstrap`"),
        ("bootstrap_version", 5, "has version 5, and 6 is needed"),
        ("obstacles", ["A bucket is in the way."], "A bucket is in the way."),
        ("obstacles", ToolError("s3://x exists, but cannot be read"), "cannot be read"),
        ("executions", ToolError("reserved_concurrency takes too much"), "takes too much"),
        ("sender", None, "does not know example.com"),
        ("sender", Sender(is_verified=False, in_sandbox=False), "waits for example.com"),
        ("certificate", None, "no certificate"),
        ("certificate", Certificate("PENDING_VALIDATION", ("photos.example.com",)), "not ISSUED"),
        ("certificate", Certificate("ISSUED", ("example.com", "*.a.com")), "not for photos"),
        ("zone", None, "has no zone Z1"),
        ("zone", Zone("example.com", is_private=True), "is private"),
        ("zone", Zone("other.com", is_private=False), "is other.com"),
        ("zone", Zone("ample.com", is_private=False), "does not belong"),
        ("has_web_acl", False, "no web ACL"),
        ("edge_policies", EdgePolicies(caching=18, headers=0), "has 18 and 0"),
        ("edge_policies", EdgePolicies(caching=0, headers=18), "has 0 and 18"),
        ("is_versioned", None, "no bucket"),
        ("is_versioned", False, "must keep versions"),
        ("offers_search_instance", False, "has no r7g.large.search"),
    ],
)
def test_what_would_fail_is_told_in_one_sentence(
    facts: FakeFacts, fact: str, answer: object, said: str
) -> None:
    facts.answers[fact] = answer
    (sentence,) = _said(facts, Level.FAILS, **ALL)
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("fact", "answer", "said"),
    [
        ("sender", Sender(is_verified=True, in_sandbox=True), "sandbox"),
        ("backs_up_tables_fully", False, "advanced features"),
    ],
)
def test_what_would_work_badly_is_a_warning(
    facts: FakeFacts, fact: str, answer: object, said: str
) -> None:
    facts.answers[fact] = answer
    (sentence,) = _said(facts, Level.WARNING, **ALL)
    assert said in sentence
    assert _said(facts, Level.FAILS, **ALL) == []


def test_a_right_that_lacks_is_told_and_stops_nothing(facts: FakeFacts) -> None:
    silent = FakeFacts()
    silent.answers = dict.fromkeys(facts.answers, Unknown("x:Read"))
    findings = doctor.examine(_patient(silent, **ALL))
    assert not {Level.FAILS, Level.WARNING} & {finding.level for finding in findings}
    unknown = [f.sentence for f in findings if f.level is Level.UNKNOWN]
    # Whether CloudFront has room is not asked if nobody knows whether the stack is new.
    assert len(unknown) == len(facts.answers) - 2
    assert all("lack x:Read, which would tell" in sentence for sentence in unknown)


def test_production_is_told_loudly_who_sends_its_mail_and_who_hears_its_alarms(
    facts: FakeFacts,
) -> None:
    mail, alarms = _said(facts, Level.WARNING, stage="prod")
    assert "50 people a day" in mail
    assert "alarm_email" in alarms
    assert [s for s in _said(facts, Level.FINE) if "50 people a day" in s], "a trial is not alarmed"
    both = {"email_from": "hello@example.com", "alarm_email": "on@call.example"}
    assert _said(facts, Level.WARNING, stage="prod", **both) == []


def test_the_identity_is_looked_up_where_it_is(facts: FakeFacts) -> None:
    doctor.examine(_patient(facts, email_from="Us <hello@mail.example.com>"))
    assert facts.asked["sender"] == ("mail.example.com", "eu-north-1")
    doctor.examine(_patient(facts, email_from="hello@example.com", email_identity_arn=IDENTITY))
    assert facts.asked["sender"] == ("hello@example.com", "eu-west-1")


def test_what_is_not_asked_for_is_not_looked_up(facts: FakeFacts) -> None:
    facts.answers["is_new"] = False
    doctor.examine(_patient(facts, hosted_zone_id="null", domain=""))
    assert facts.asked.keys() == {"bootstrap_version", "obstacles", "executions", "is_new"}


def test_the_stage_of_this_machine_is_not_deployed(facts: FakeFacts) -> None:
    (sentence,) = _said(facts, Level.FAILS, stage="local")
    assert "plain HTTP" in sentence


def test_other_partitions_are_refused_at_once(facts: FakeFacts) -> None:
    abroad = replace(_patient(facts), region="cn-north-1", partition="aws-cn")
    (finding,) = doctor.examine(abroad)
    assert finding.level is Level.FAILS
    assert "aws-cn" in finding.sentence
    assert facts.asked == {}


@pytest.mark.parametrize(
    ("name", "domain", "covered"),
    [
        ("example.com", "example.com", True),
        ("*.example.com", "photos.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.photos.example.com", False),
        ("example.com", "photos.example.com", False),
    ],
)
def test_a_certificate_covers_its_names_and_one_label_of_a_wildcard(
    name: str, domain: str, covered: bool
) -> None:
    assert doctor.covers(name, domain) is covered


@pytest.mark.parametrize(
    "name",
    [
        "far-away",
        "shutterfeed-prod-originals-210987654321-eu-west-1",
        "shutterfeed-dev-originals-eu-west-1",
        "shutterfeed-dev-uploads-210987654321-eu-west-1",
    ],
)
def test_copies_that_no_stack_could_take_over_are_told(facts: FakeFacts, name: str) -> None:
    replica = f"arn:aws:s3:::{name}"
    (warning,) = _said(facts, Level.WARNING, originals_replica_bucket_arn=replica)
    assert f"{replica} is not called shutterfeed-dev-originals-" in warning
    assert _said(facts, Level.FAILS, originals_replica_bucket_arn=replica) == []
