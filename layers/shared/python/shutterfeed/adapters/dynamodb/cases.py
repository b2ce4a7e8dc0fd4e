"""Cases. A case, what was kept for it, and its reports share a partition; what moderators decide is
one transaction with the marks that it puts and its entry in the log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.case_items import (
    APPEAL,
    EVIDENCE,
    REASON,
    REPORTS,
    VERSION,
    decided,
    digest_of,
    evidence_text,
    opening,
    queued,
    report_item,
    reported_for,
    to_case,
    to_evidence,
    to_report,
)
from shutterfeed.adapters.dynamodb.marks import Marking
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.mutes import reporting
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Put,
    Rows,
    Table,
    Update,
    Write,
    item_key,
    key_item,
)
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.marks import Mark
from shutterfeed.domain.moderation import (
    Case,
    CaseId,
    CaseState,
    Evidence,
    Report,
    ReportReason,
    reported,
)
from shutterfeed.domain.moderation_log import Event, next_entry
from shutterfeed.domain.pages import Page
from shutterfeed.schema import (
    FOLLOWERS_INDEX,
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    OPEN_INDEX,
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    SK,
)

_ATTEMPTS: Final = 10
MAX_EVIDENCE: Final = 10
"""The number of states of a subject that are kept."""


@dataclass(frozen=True, slots=True)
class DynamoCases:
    table: Table

    def report(
        self, report: Report, owner_id: str, evidence: Evidence, spending: Spending = NOTHING
    ) -> Report:
        case_key, own_key = keys.case(report.case_id), keys.report(report.case_id, report.reporter)
        for _ in range(_ATTEMPTS):
            items = self.table.get_many([case_key, own_key], consistent=True)
            found = {item_key(item): item for item in items}
            if own_key in found:
                return to_report(found[own_key])
            before = to_case(found[case_key]) if case_key in found else None
            writes = [
                Put(report_item(report), Attr(PK).not_exists()),
                _counting(before, reported(before, report, owner_id), report),
                *self._keeping(report.case_id, evidence),
            ]
            if report.reporter_id is not None:
                writes.append(reporting(self.table, report.reporter_id, report.case_id.subject))
            try:
                transact(self.table, writes, spending)
            except ConditionFailed:
                continue
            return report
        raise Busy

    def get(self, case_id: CaseId) -> Case | None:
        item = self.table.get(keys.case(case_id))
        return None if item is None else to_case(item)

    def get_many(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]:
        items = self.table.get_many(map(keys.case, case_ids)) if case_ids else []
        return {case.id: case for case in map(to_case, items)}

    def evidence(self, case_id: CaseId) -> tuple[Evidence, ...]:
        found = map(to_evidence, self._kept(case_id))
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def reports_of(self, case_id: CaseId, after: str | None, limit: int) -> Page[Report]:
        start = None if after is None else key_item(keys.report(case_id, after))
        rows = self.table.query(
            _in_case(case_id, keys.REPORT_PREFIX), after=start, limit=limit, consistent=True
        )
        reports = tuple(map(to_report, rows.items))
        return Page(reports, reports[-1].reporter if rows.last else None)

    def made_by(self, reporter_id: str, before: str | None, limit: int) -> Page[Report]:
        partition = keys.reports_partition(reporter_id)
        rows = self._backwards(partition, before, limit)
        items = self.table.get_many(map(item_key, rows.items)) if rows.items else []
        reports = sorted(map(to_report, items), key=lambda one: one.position, reverse=True)
        return Page(tuple(reports), rows.items[-1][FOLLOWERS_SK] if rows.last else None)

    def queue(
        self, state: CaseState, reason: ReportReason | None, after: str | None, limit: int
    ) -> Page[Case]:
        rows = self._queue(state, reason, after, limit)
        found = self.get_many([keys.parse_case(item_key(item)) for item in rows.items])
        cases = [found[case_id] for case_id in _ids(rows) if case_id in found]
        sort = PUBLISHED_SK if reason is None else OPEN_SK
        # The index may still have a case in a queue that it has left.
        current = tuple(case for case in cases if case.state is state)
        return Page(current, rows.items[-1][sort] if rows.last else None)

    def waiting(self, state: CaseState, reason: ReportReason | None, most: int) -> int:
        return len(self._queue(state, reason, None, most).items)

    def about(self, owner_id: str, before: str | None, limit: int) -> Page[Case]:
        rows = self._backwards(keys.statements_partition(owner_id), before, limit)
        found = self.get_many(_ids(rows))
        cases = tuple(found[case_id] for case_id in _ids(rows) if case_id in found)
        return Page(cases, rows.items[-1][FOLLOWERS_SK] if rows.last else None)

    def decide(
        self,
        before: Case,
        after: Case,
        event: Event,
        *,
        puts: Sequence[Mark] = (),
        takes: Sequence[Mark] = (),
    ) -> bool:
        log = DynamoModerationLog(self.table)
        for _ in range(_ATTEMPTS):
            case = self._changing(before, after, event.at)
            entry = log.appending(next_entry(log.last(), event))
            marks = Marking(self.table, before.id, timestamp(event.at)).writes(puts, takes)
            try:
                self.table.transact([case, entry, *marks])
            except ConditionFailed as error:
                if 0 in error.failed:
                    return False
                continue
            return True
        raise Busy

    def appeal(self, before: Case, after: Case, spending: Spending = NOTHING) -> bool:
        try:
            transact(self.table, [self._changing(before, after)], spending)
        except ConditionFailed:
            return False
        return True

    def suspensions_over(self, now: datetime, limit: int) -> Sequence[CaseId]:
        over = Key(OPEN_PK).eq(keys.SUSPENSIONS) & Key(OPEN_SK).lt(ulid(now, 0))
        return _ids(self.table.query(over, index=OPEN_INDEX, limit=limit))

    def release_contents(self, case_id: CaseId) -> Sequence[str]:
        contents = sorted({m.sha256 for one in self.evidence(case_id) for m in one.media})
        for sha256 in contents:
            self.table.write(Delete(keys.kept(sha256, case_id)))
        return contents

    def _kept(self, case_id: CaseId) -> list[dict[str, Any]]:
        condition = _in_case(case_id, keys.EVIDENCE_PREFIX)
        return self.table.query(condition, limit=MAX_EVIDENCE, consistent=True).items

    def _keeping(self, case_id: CaseId, evidence: Evidence) -> list[Write]:
        """The writes that keep a subject as it is, unless that state is kept already. None if as
        many are kept as may be: then its contents are not either, since nothing would say that they
        are to be released."""
        key = keys.evidence(case_id, digest_of(evidence))
        kept = [item_key(item) for item in self._kept(case_id)]
        if key not in kept and len(kept) >= MAX_EVIDENCE:
            return []
        contents = sorted({medium.sha256 for medium in evidence.media})
        writes: list[Write] = [Put(key_item(keys.kept(sha256, case_id))) for sha256 in contents]
        if key not in kept:
            writes.append(Put({**key_item(key), EVIDENCE: evidence_text(evidence)}))
        return writes

    @staticmethod
    def _changing(before: Case, after: Case, at: datetime | None = None) -> Update:
        """The write of what was decided about a case. Its first decision, at `at`, brings it onto
        the list of its owner's statements."""
        fields = decided(after)
        told = any(action.is_told for action in after.actions)
        listed = {
            FOLLOWERS_PK: keys.statements_partition(after.owner_id),
            FOLLOWERS_SK: None if at is None else keys.queue_sort(ulid(at, 0), after.id),
        }
        return Update(
            keys.case(before.id),
            set={name: value for name, value in fields.items() if value is not None},
            set_new=listed if told and at is not None else {},
            remove=[name for name, value in fields.items() if value is None],
            condition=Attr(VERSION).eq(before.version) & Attr(REASON).eq(before.reason),
        )

    def _queue(
        self, state: CaseState, reason: ReportReason | None, after: str | None, limit: int
    ) -> Rows:
        partition = keys.queue_partition(state, reason)
        if reason is None:
            pk, sk, index = PUBLISHED_PK, PUBLISHED_SK, PUBLISHED_INDEX
        else:
            pk, sk, index = OPEN_PK, OPEN_SK, OPEN_INDEX
        condition: ConditionBase = Key(pk).eq(partition)
        if after is not None:
            condition = condition & Key(sk).gt(after)
        return self.table.query(condition, index=index, limit=limit, attributes=(PK, SK, sk))

    def _backwards(self, partition: str, before: str | None, limit: int) -> Rows:
        condition: ConditionBase = Key(FOLLOWERS_PK).eq(partition)
        if before is not None:
            condition = condition & Key(FOLLOWERS_SK).lt(before)
        return self.table.query(condition, index=FOLLOWERS_INDEX, limit=limit, newest_first=True)


def _counting(before: Case | None, after: Case, report: Report) -> Update:
    """The write that counts a report in its case, and opens it if it is not open."""
    opens = before is None or before.version != after.version
    fields = {
        REASON: after.reason,
        "reported_at": timestamp(after.reported_at),
        **queued(after),
        **(opening(after) if opens else {}),
    }
    condition: ConditionBase = Attr(PK).not_exists()
    if before is not None:
        condition = Attr(VERSION).eq(before.version) & Attr(REASON).eq(before.reason)
    return Update(
        keys.case(after.id),
        set=fields,
        add={REPORTS: 1, reported_for(report.reason): 1},
        remove=(APPEAL,) if opens and before is not None else (),
        condition=condition,
    )


def _in_case(case_id: CaseId, beginning: str) -> ConditionBase:
    return Key(PK).eq(keys.case_partition(case_id)) & Key(SK).begins_with(beginning)


def _ids(rows: Rows) -> list[CaseId]:
    return [keys.parse_case(item_key(item)) for item in rows.items]
