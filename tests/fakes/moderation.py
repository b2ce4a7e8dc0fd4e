"""Cases, withheld contents and the log of moderation in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from shutterfeed.adapters.dynamodb.case_items import digest_of
from shutterfeed.adapters.dynamodb.cases import MAX_EVIDENCE
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.marks import (
    Mark,
    MarkKind,
    already_done,
    cropped_blob_ids,
    is_marked_as,
    is_withheld,
    withheld_mark,
)
from shutterfeed.domain.moderation import (
    Case,
    CaseId,
    CaseState,
    Evidence,
    Report,
    ReportReason,
    reported,
)
from shutterfeed.domain.moderation_log import Entry, Event, next_entry
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.reported import NOTHING_REPORTED
from shutterfeed.domain.users import Profile, Suspension
from tests.fakes.metadata import Metadata

T = TypeVar("T")


def _page(items: Iterable[T], limit: int, position: Callable[[T], str]) -> Page[T]:
    """The first of some items. A full page has a next one, also at the very end."""
    shown = tuple(items)[:limit]
    return Page(shown, position(shown[-1]) if len(shown) == limit else None)


@dataclass(frozen=True, slots=True)
class FakeCases:
    data: Metadata

    def report(
        self, report: Report, owner_id: str, evidence: Evidence, spending: Spending = NOTHING
    ) -> Report:
        data, case_id = self.data, report.case_id
        own = data.reports.get((case_id, report.reporter))
        if own is not None:
            return own
        data.spend(spending)
        data.reports[case_id, report.reporter] = report
        data.cases[case_id] = reported(data.cases.get(case_id), report, owner_id)
        kept, digest = data.evidence.setdefault(case_id, {}), digest_of(evidence)
        if digest in kept or len(kept) < MAX_EVIDENCE:
            kept.setdefault(digest, evidence)
            data.kept |= {(medium.sha256, case_id) for medium in evidence.media}
        if report.reporter_id is not None:
            before = data.reported.get(report.reporter_id, NOTHING_REPORTED)
            data.reported[report.reporter_id] = before.including(case_id.subject)
        return report

    def get(self, case_id: CaseId) -> Case | None:
        return self.data.cases.get(case_id)

    def get_many(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]:
        return {i: self.data.cases[i] for i in case_ids if i in self.data.cases}

    def evidence(self, case_id: CaseId) -> tuple[Evidence, ...]:
        found = self.data.evidence.get(case_id, {}).values()
        return tuple(sorted(found, key=lambda one: one.at, reverse=True))

    def reports_of(self, case_id: CaseId, after: str | None, limit: int) -> Page[Report]:
        found = sorted(
            (r for (case, _), r in self.data.reports.items() if case == case_id),
            key=lambda report: report.reporter,
        )
        later = (report for report in found if after is None or report.reporter > after)
        return _page(later, limit, lambda report: report.reporter)

    def made_by(self, reporter_id: str, before: str | None, limit: int) -> Page[Report]:
        found = [r for r in self.data.reports.values() if r.reporter == reporter_id]
        found.sort(key=lambda report: report.position, reverse=True)
        earlier = (r for r in found if before is None or r.position < before)
        return _page(earlier, limit, lambda report: report.position)

    def queue(
        self, state: CaseState, reason: ReportReason | None, after: str | None, limit: int
    ) -> Page[Case]:
        found = [c for c in self.data.cases.values() if c.state is state]
        wanted = [c for c in found if reason is None or c.reason is reason]
        wanted.sort(key=_queued)
        return _page((c for c in wanted if after is None or _queued(c) > after), limit, _queued)

    def waiting(self, state: CaseState, reason: ReportReason | None, most: int) -> int:
        return len(self.queue(state, reason, None, most).items)

    def about(self, owner_id: str, before: str | None, limit: int) -> Page[Case]:
        listed = self.data.statements
        found = [c for i, c in self.data.cases.items() if i in listed and c.owner_id == owner_id]
        found.sort(key=lambda case: listed[case.id], reverse=True)
        earlier = (c for c in found if before is None or listed[c.id] < before)
        return _page(earlier, limit, lambda case: listed[case.id])

    def decide(
        self,
        before: Case,
        after: Case,
        event: Event,
        *,
        puts: Sequence[Mark] = (),
        takes: Sequence[Mark] = (),
    ) -> bool:
        data = self.data
        if data.cases[before.id].version != before.version:
            return False
        marking = _Marking(data, str(before.id), event.at)
        for mark in puts:
            marking.check(mark)
        for mark in puts:
            marking.change(mark, is_put=True)
        for mark in takes:
            marking.change(mark, is_put=False)
        data.log.append(next_entry(data.log[-1] if data.log else None, event))
        self._write(after)
        if any(action.is_told for action in after.actions):
            data.statements.setdefault(after.id, f"{event.at.isoformat()}#{after.id}")
        return True

    def appeal(self, before: Case, after: Case, spending: Spending = NOTHING) -> bool:
        if self.data.cases[before.id].version != before.version:
            return False
        self.data.spend(spending)
        self._write(after)
        return True

    def suspensions_over(self, now: datetime, limit: int) -> Sequence[CaseId]:
        due = sorted((until, str(i)) for i, until in self.data.suspensions.items() if until < now)
        return [CaseId.parse(text) for _, text in due[:limit]]

    def release_contents(self, case_id: CaseId) -> Sequence[str]:
        contents = sorted(sha256 for sha256, case in self.data.kept if case == case_id)
        self.data.kept -= {(sha256, case_id) for sha256 in contents}
        return contents

    def _write(self, after: Case) -> None:
        """Write what was decided; reports that came meanwhile stay counted."""
        now = self.data.cases[after.id]
        counted = replace(
            after, reports=now.reports, reasons=now.reasons, reported_at=now.reported_at
        )
        self.data.write_case(counted)


@dataclass(frozen=True, slots=True)
class _Marking:
    data: Metadata
    case_id: str
    at: datetime

    def check(self, mark: Mark) -> None:
        """Raise `Conflict` if the mark stands already."""
        if mark.kind is not MarkKind.WITHHELD and self._current(mark) is not None:
            raise already_done()

    def change(self, mark: Mark, *, is_put: bool) -> None:
        if mark.kind is MarkKind.WITHHELD:
            before = self.data.withheld.get(mark.subject, frozenset())
            after = before | {self.case_id} if is_put else before - {self.case_id}
            self.data.write_withheld(mark.subject, after)
            blob = self.data.blobs.get(mark.subject)
            if blob is not None and after and not before:
                self.data.deny(blob.blob_id, None)
            elif blob is not None and before and not after:
                self.data.allow(blob.blob_id)
        elif is_put or self._current(mark) == self.case_id:
            self._write(mark, self.case_id if is_put else None)

    def _current(self, mark: Mark) -> str | None:
        data = self.data
        match mark.kind:
            case MarkKind.LABELLED | MarkKind.TAKEN_DOWN:
                post = data.posts.get(PostId.parse(mark.subject))
                if post is None:
                    return None
                return post.labelled if mark.kind is MarkKind.LABELLED else post.taken_down
            case MarkKind.COMMENT_TAKEN_DOWN:
                comment = data.comments.get(CommentId.parse(mark.subject))
                return None if comment is None else comment.taken_down
            case _:
                profile = data.profiles.get(mark.subject)
                if profile is None or mark.kind is MarkKind.LIMITED:
                    return None if profile is None else profile.limited
                return None if profile.suspension is None else profile.suspension.case_id

    def _write(self, mark: Mark, value: str | None) -> None:
        data = self.data
        match mark.kind:
            case MarkKind.LABELLED | MarkKind.TAKEN_DOWN:
                post = data.posts.get(PostId.parse(mark.subject))
                if post is not None:
                    is_label = mark.kind is MarkKind.LABELLED
                    marked = (
                        replace(post, labelled=value)
                        if is_label
                        else replace(post, taken_down=value)
                    )
                    write_marked(data, marked)
            case MarkKind.COMMENT_TAKEN_DOWN:
                comment = data.comments.get(CommentId.parse(mark.subject))
                if comment is not None:
                    data.write_comment(replace(comment, taken_down=value))
            case MarkKind.LIMITED:
                if mark.subject in data.profiles:
                    profile = data.profiles[mark.subject]
                    data.write_profile(_switched(replace(profile, limited=value)))
            case MarkKind.SUSPENDED:
                self._suspend(mark, value)

    def _suspend(self, mark: Mark, value: str | None) -> None:
        data, case_id = self.data, CaseId.parse(self.case_id)
        if value is not None and mark.until is not None:
            data.suspensions[case_id] = mark.until
        else:
            data.suspensions.pop(case_id, None)
        profile = data.profiles.get(mark.subject)
        if profile is None:
            return
        suspension = None if value is None else Suspension(value, mark.until)
        ended = profile.sessions_ended_at if value is None else self.at
        marked = replace(profile, suspension=suspension, sessions_ended_at=ended)
        data.write_profile(_switched(marked))


def _switched(profile: Profile) -> Profile:
    """The profile as the search index has to be told of it."""
    return replace(profile, revision=profile.revision + 1, switches=profile.switches + 1)


def write_marked(data: Metadata, post: Post) -> None:
    """Write a post whose marks have changed, and what its author's recent posts have of it."""
    data.write_post(post.id, post)
    recent = data.recent_posts_of(post.author_id)
    if post.state is PostState.PUBLISHED and entry_of(post) in recent.entries:
        data.write_recent_posts(recent.with_post(data.posts[post.id]))


@dataclass(frozen=True, slots=True)
class FakeWithholdings:
    data: Metadata

    def cases(self, sha256: str) -> frozenset[str]:
        return self.data.withheld.get(sha256, frozenset())

    def mark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        return self._change(post_id, sha256, case_id, is_put=True)

    def unmark(self, post_id: PostId, sha256: str, case_id: str) -> bool:
        return self._change(post_id, sha256, case_id, is_put=False)

    def _change(self, post_id: PostId, sha256: str, case_id: str, *, is_put: bool) -> bool:
        post, mark = self.data.posts.get(post_id), withheld_mark(sha256, case_id)
        stands = case_id in self.cases(sha256)
        if stands is not is_put or post is None:
            return False
        if is_marked_as(post, sha256, case_id, is_put=is_put):
            return False
        marks = post.withheld | {mark} if is_put else post.withheld - {mark}
        after = replace(post, withheld=marks)
        write_marked(self.data, after)
        self._deny_cropped(post, after, sha256)
        if post.state is PostState.AVATAR:
            profile = self.data.profiles[post.author_id]
            self.data.write_profile(replace(profile, avatar_withheld=marks))
        return True

    def _deny_cropped(self, before: Post, after: Post, sha256: str) -> None:
        is_denied = is_withheld(after, sha256)
        if is_denied is is_withheld(before, sha256):
            return
        for blob_id in cropped_blob_ids(after, sha256):
            if is_denied:
                self.data.deny(blob_id, None)
            elif blob_id in self.data.denials:
                self.data.allow(blob_id)


@dataclass(frozen=True, slots=True)
class FakeModerationLog:
    data: Metadata

    def before(self, number: int | None, limit: int) -> Page[Entry]:
        entries = [e for e in reversed(self.data.log) if number is None or e.number < number]
        return _page(entries, limit, lambda entry: str(entry.number))

    def after(self, number: int, limit: int) -> Sequence[Entry]:
        return [entry for entry in self.data.log if entry.number > number][:limit]


def _queued(case: Case) -> str:
    return f"{case.opened}#{case.id}"
