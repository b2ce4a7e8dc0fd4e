"""Cases, reports and evidence as items."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import Item, item_key, key_item
from shutterfeed.domain.moderation import (
    Action,
    Appeal,
    Case,
    CaseState,
    Evidence,
    Report,
    ReportReason,
)
from shutterfeed.schema import (
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    OPEN_PK,
    OPEN_SK,
    PUBLISHED_PK,
    PUBLISHED_SK,
)

STATE: Final = "state"
REASON: Final = "reason"
REPORTS: Final = "reports"
VERSION: Final = "version"
ACTIONS: Final = "actions"
APPEAL: Final = "appeal"
EVIDENCE: Final = "evidence"
_REPORTED: Final = "reported_"
_DIGEST: Final = 32
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)

_actions_of = msgspec.json.Decoder(tuple[Action, ...]).decode
_appeal_of = msgspec.json.Decoder(Appeal).decode
_evidence_of = msgspec.json.Decoder(Evidence).decode


def reported_for(reason: ReportReason) -> str:
    """The attribute of a case with the number of reports for a reason."""
    return _REPORTED + reason


def queued(case: Case) -> Item:
    """The attributes of a case by which its queues find it."""
    sort = keys.queue_sort(case.opened, case.id)
    return {
        PUBLISHED_PK: keys.queue_partition(case.state),
        PUBLISHED_SK: sort,
        OPEN_PK: keys.queue_partition(case.state, case.reason),
        OPEN_SK: sort,
    }


def opening(case: Case) -> Item:
    """The attributes of a case that change when it is opened."""
    return {
        "owner_id": case.owner_id,
        "opened_at": timestamp(case.opened_at),
        "opened": case.opened,
        VERSION: case.version,
        STATE: case.state,
    }


def decided(case: Case) -> Item:
    """The attributes of a case that change when something is decided; None for one that goes."""
    appeal = case.appeal
    return {
        STATE: case.state,
        VERSION: case.version,
        ACTIONS: msgspec.json.encode(case.actions).decode(),
        APPEAL: None if appeal is None else msgspec.json.encode(appeal).decode(),
        **queued(case),
    }


def to_case(item: Item) -> Case:
    reasons = {reason: item.get(reported_for(reason), 0) for reason in ReportReason}
    return Case(
        keys.parse_case(item_key(item)),
        item["owner_id"],
        CaseState(item[STATE]),
        ReportReason(item[REASON]),
        datetime.fromisoformat(item["opened_at"]),
        item["opened"],
        datetime.fromisoformat(item["reported_at"]),
        item[REPORTS],
        {reason: number for reason, number in reasons.items() if number},
        item[VERSION],
        _actions_of(item[ACTIONS]) if ACTIONS in item else (),
        _appeal_of(item[APPEAL]) if APPEAL in item else None,
    )


def report_item(report: Report) -> Item:
    return {
        **key_item(keys.report(report.case_id, report.reporter)),
        REASON: report.reason,
        "note": report.note,
        "at": timestamp(report.at),
        FOLLOWERS_PK: keys.reports_partition(report.reporter),
        FOLLOWERS_SK: report.position,
    }


def to_report(item: Item) -> Report:
    key = item_key(item)
    return Report(
        keys.parse_case(key),
        keys.parse_report(key),
        ReportReason(item[REASON]),
        item["note"],
        datetime.fromisoformat(item["at"]),
        item[FOLLOWERS_SK],
    )


def digest_of(evidence: Evidence) -> str:
    """The same for the same state of a subject, whenever it is reported."""
    timeless = msgspec.json.encode(replace(evidence, at=_LONG_AGO))
    return hashlib.sha256(timeless).hexdigest()[:_DIGEST]


def evidence_text(evidence: Evidence) -> str:
    return msgspec.json.encode(evidence).decode()


def to_evidence(item: dict[str, Any]) -> Evidence:
    return _evidence_of(item[EVIDENCE])
