"""What would make a deployment fail, or run badly, before anything is changed: `make doctor`.

Each finding is one plain sentence. `make deploy` prints what is not well, and stops if something
would make it fail. A right that the credentials lack never stops it: AWS itself will say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from tools import names
from tools.account_facts import AccountFacts, Unknown
from tools.errors import ToolError

_PARTITION: Final = "aws"
_PRODUCTION: Final = "prod"
_LOCAL: Final = "local"
LEAST_BOOTSTRAP: Final = 6
"""The oldest bootstrap stack that templates of this CDK accept."""
LARGEST_MB: Final = 3_008
"""The memory of the largest function, which is also all that a new account allows."""
SEARCH_ENGINE: Final = "OpenSearch_2.19"
_USUAL_EXECUTIONS: Final = 1_000
_MOST_POLICIES: Final = 20
CACHE_POLICIES: Final = 6
HEADER_POLICIES: Final = 3
"""How many of each a stage makes at CloudFront."""
_FEW_MAILS: Final = 50
_ARN_PARTS: Final = 6

Context = Mapping[str, Any]


class Level(Enum):
    """How bad a finding is; the value is the word that is printed before it."""

    FINE = "ok"
    UNKNOWN = "not checked"
    WARNING = "WARNING"
    FAILS = "FAILS"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    sentence: str

    def __str__(self) -> str:
        return f"{self.level.value:>11}  {self.sentence}"


@dataclass(frozen=True, slots=True)
class Patient:
    """A deployment that is about to happen."""

    context: Context
    stack: str
    buckets: Mapping[str, str]
    reserved: Mapping[str, int]
    """The executions to reserve, by the functions' names."""
    region: str
    partition: str
    facts: AccountFacts

    def chosen(self, name: str) -> str | None:
        """A value of the context as text; None if it is null."""
        value = self.context[name]
        return None if value in (None, "", "null") else str(value)

    @property
    def is_production(self) -> bool:
        return bool(self.context["stage"] == _PRODUCTION)


def examine(patient: Patient) -> list[Finding]:
    """Everything that can be looked at, in the order in which it matters."""
    if patient.partition != _PARTITION:
        return [_wrong_partition(patient)]
    return [finding for check in _CHECKS for finding in check(patient)]


def _wrong_partition(patient: Patient) -> Finding:
    return _fails(
        f"{patient.region} belongs to the partition {patient.partition}, which lacks Cognito user "
        "pools or CloudFront functions: choose a region of AWS's commercial partition."
    )


def _stage(patient: Patient) -> Iterator[Finding]:
    if patient.context["stage"] == _LOCAL:
        yield _fails(
            "The stage local is for this machine: its template would serve plain HTTP. Choose "
            "another, as in CONTEXT=stage=dev."
        )


def _bootstrap(patient: Patient) -> Iterator[Finding]:
    version = patient.facts.bootstrap_version(patient.context["qualifier"])
    where = f"{patient.region} (qualifier {patient.context['qualifier']})"
    match version:
        case Unknown():
            yield _unknown(version, "whether the CDK is bootstrapped")
        case None:
            yield _fails(
                f"{where} is new to the CDK: run `make bootstrap` with the same REGION and CONTEXT "
                "once."
            )
        case int() if version < LEAST_BOOTSTRAP:
            yield _fails(
                f"The CDK's bootstrap stack in {where} has version {version}, and "
                f"{LEAST_BOOTSTRAP} is needed: run `make bootstrap` again."
            )
        case _:
            yield _fine(f"The CDK is bootstrapped in {where}, version {version}.")


def _stack(patient: Patient) -> Iterator[Finding]:
    try:
        found = patient.facts.obstacles(patient.stack, patient.buckets)
    except ToolError as error:
        yield _fails(str(error))
        return
    if isinstance(found, Unknown):
        yield _unknown(found, "whether anything is in the way of the stack and its buckets")
    elif found:
        yield from map(_fails, found)
    else:
        yield _fine(f"Nothing is in the way of {patient.stack} and its buckets.")


def _executions(patient: Patient) -> Iterator[Finding]:
    try:
        left = patient.facts.executions(patient.reserved)
    except ToolError as error:
        yield _fails(str(error))
        return
    if isinstance(left, Unknown):
        yield _unknown(left, "how many functions may run at a time")
    elif left < _USUAL_EXECUTIONS:
        yield _warning(
            f"Only {left} functions without a reservation may run at a time, so queues start few "
            f"and people wait: before many come, ask for {_USUAL_EXECUTIONS:,} (Service Quotas, "
            "AWS Lambda, Concurrent executions)."
        )
    else:
        yield _fine(f"{left:,} functions without a reservation may run at a time.")
    yield _fine(f"No function needs more than {LARGEST_MB:,} MB, which every account allows.")


def _mail(patient: Patient) -> Iterator[Finding]:
    sender = patient.chosen("email_from")
    if sender is None:
        level = Level.WARNING if patient.is_production else Level.FINE
        yield Finding(
            level,
            f"Confirmation mails go out by Cognito itself, at most {_FEW_MAILS} a day, so only "
            f"{_FEW_MAILS} people a day can sign up: set email_from to an address that SES knows "
            "before people come.",
        )
        return
    arn = patient.chosen("email_identity_arn")
    identity = sender.rstrip(">").rpartition("@")[2]
    region = patient.region
    if arn is not None:
        parts = arn.split(":", _ARN_PARTS - 1)
        region, identity = parts[3], parts[5].partition("/")[2]
    found = patient.facts.sender(identity, region)
    match found:
        case Unknown():
            yield _unknown(found, f"whether SES may send as {identity}")
        case None:
            yield _fails(
                f"SES in {region} does not know {identity}: make it an identity there and verify "
                "it, or set email_from to null."
            )
        case _ if not found.is_verified:
            yield _fails(f"SES in {region} waits for {identity} to be verified.")
        case _ if found.in_sandbox:
            yield _warning(
                f"SES in {region} is in its sandbox and sends only to addresses that are verified: "
                "ask for production access before people come."
            )
        case _:
            yield _fine(f"SES in {region} may send as {identity}.")


def _domain(patient: Patient) -> Iterator[Finding]:
    domain, arn = patient.chosen("domain"), patient.chosen("certificate_arn")
    if domain is None or arn is None:
        return
    found = patient.facts.certificate(arn)
    match found:
        case Unknown():
            yield _unknown(found, f"the certificate of {domain}")
        case None:
            yield _fails(f"There is no certificate {arn}: request one for {domain} in us-east-1.")
        case _ if found.status != "ISSUED":
            yield _fails(f"The certificate of {domain} is {found.status}, and not ISSUED yet.")
        case _ if not any(covers(name, domain) for name in found.names):
            yield _fails(f"The certificate is for {', '.join(found.names)}, and not for {domain}.")
        case _:
            yield _fine(f"The certificate of {domain} is issued.")
    yield from _zone(patient, domain)


def _zone(patient: Patient, domain: str) -> Iterator[Finding]:
    zone_id = patient.chosen("hosted_zone_id")
    if zone_id is None:
        yield _fine(
            f"After the deployment, make {domain} an alias (or CNAME) of the distribution's name."
        )
        return
    found = patient.facts.zone(zone_id)
    match found:
        case Unknown():
            yield _unknown(found, f"the zone {zone_id}")
        case None:
            yield _fails(f"Route 53 has no zone {zone_id} in this account.")
        case _ if found.is_private:
            yield _fails(f"The zone {zone_id} is private: nobody outside would find {domain}.")
        case _ if not f".{domain}".endswith(f".{found.name}"):
            yield _fails(f"The zone {zone_id} is {found.name}, to which {domain} does not belong.")
        case _:
            yield _fine(f"The records of {domain} go into the zone {found.name}.")


def covers(name: str, domain: str) -> bool:
    """Whether a certificate's name, which may begin with `*.`, is good for the domain."""
    if name.startswith("*."):
        return domain.partition(".")[2] == name[2:]
    return domain == name


def _firewall(patient: Patient) -> Iterator[Finding]:
    arn = patient.chosen("web_acl_arn")
    if arn is None:
        return
    found = patient.facts.has_web_acl(arn)
    if isinstance(found, Unknown):
        yield _unknown(found, "the web ACL")
    elif found:
        yield _fine("The web ACL is there.")
    else:
        yield _fails(f"There is no web ACL {arn} for CloudFront in us-east-1.")


def _edge(patient: Patient) -> Iterator[Finding]:
    is_new = patient.facts.is_new(patient.stack)
    if isinstance(is_new, Unknown) or not is_new:
        return
    found = patient.facts.edge_policies()
    if isinstance(found, Unknown):
        yield _unknown(found, "whether CloudFront has room for more policies")
    elif (
        found.caching + CACHE_POLICIES > _MOST_POLICIES
        or found.headers + HEADER_POLICIES > _MOST_POLICIES
    ):
        yield _fails(
            f"CloudFront allows {_MOST_POLICIES} cache policies and as many of response headers, "
            f"and the account has {found.caching} and {found.headers}; a stage needs "
            f"{CACHE_POLICIES} and {HEADER_POLICIES}: remove some, or ask for a higher quota."
        )
    else:
        yield _fine(
            "CloudFront has room for the stage's policies. It may still refuse a new account: then "
            "ask AWS support to verify the account."
        )


def _copies(patient: Patient) -> Iterator[Finding]:
    replica = patient.chosen("originals_replica_bucket_arn")
    if replica is not None:
        versioned = patient.facts.is_versioned(replica)
        if isinstance(versioned, Unknown):
            yield _unknown(versioned, f"whether {replica} keeps versions, as it must")
        elif versioned is None:
            yield _fails(f"There is no bucket {replica} for the copies of originals.")
        elif not versioned:
            yield _fails(f"{replica} must keep versions before S3 copies originals into it.")
        elif not _may_be_taken_over(patient.context["stage"], replica):
            wanted = f"{names.prefix(patient.context['stage'])}originals-<account>-<region>"
            yield _warning(
                f"{replica} is not called {wanted} of its own account and region, so no stack "
                "there can take it over if this region is lost (docs/restoring.md)."
            )
        else:
            yield _fine(f"{replica} takes copies of originals.")
    if patient.chosen("backup_copy_vault_arn") is not None:
        managed = patient.facts.backs_up_tables_fully()
        if isinstance(managed, Unknown):
            yield _unknown(managed, "whether AWS Backup may copy backups of tables")
        elif not managed:
            yield _warning(
                "AWS Backup does not manage DynamoDB's backups itself here, so it cannot copy "
                "them: turn on its advanced features for DynamoDB in this region."
            )
        else:
            yield _fine("AWS Backup may copy backups of tables.")


def _may_be_taken_over(stage: str, replica: str) -> bool:
    """Whether the bucket has the name that a stack of the stage elsewhere gives to its own."""
    name = replica.rpartition(":")[2]
    return re.fullmatch(f"{names.prefix(stage)}originals-[0-9]{{12}}-[a-z0-9-]+", name) is not None


def _search(patient: Patient) -> Iterator[Finding]:
    if patient.chosen("search") != "opensearch" or patient.chosen("search_endpoint"):
        return
    instance = patient.context["search_instance"]
    offered = patient.facts.offers_search_instance(SEARCH_ENGINE, instance)
    if isinstance(offered, Unknown):
        yield _unknown(offered, f"whether {patient.region} has {instance}")
    elif offered:
        yield _fine(f"{patient.region} has {instance} for the search domain.")
    else:
        yield _fails(
            f"{patient.region} has no {instance}: choose another search_instance, for example "
            "m6g.large.search."
        )


def _alarms(patient: Patient) -> Iterator[Finding]:
    if patient.is_production and patient.chosen("alarm_email") is None:
        yield _warning("Nobody is told of alarms: set alarm_email to an address that is read.")


_CHECKS: Final[tuple[Callable[[Patient], Iterator[Finding]], ...]] = (
    _stage,
    _bootstrap,
    _stack,
    _executions,
    _mail,
    _domain,
    _firewall,
    _edge,
    _copies,
    _search,
    _alarms,
)


def _fine(sentence: str) -> Finding:
    return Finding(Level.FINE, sentence)


def _warning(sentence: str) -> Finding:
    return Finding(Level.WARNING, sentence)


def _fails(sentence: str) -> Finding:
    return Finding(Level.FAILS, sentence)


def _unknown(answer: Unknown, what: str) -> Finding:
    return Finding(
        Level.UNKNOWN, f"These credentials lack {answer.right}, which would tell {what}."
    )
