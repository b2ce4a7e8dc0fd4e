"""Takes what detectors have found to the moderators: reports by the service itself, and actions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.comments import Comment
from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.moderation import (
    MAX_NOTE,
    ActionKind,
    CaseChanged,
    CaseId,
    Evidence,
    Report,
    SubjectKind,
)
from shutterfeed.domain.posts import Post
from shutterfeed.domain.screening import Consequence, Finding, Seen, SeenMedium
from shutterfeed.domain.users import Profile
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.evidence import avatar_photo, of_comment, of_post, of_user
from shutterfeed.services.moderation import Decision, ModerationService

_DIGITS: Final = 16
STATEMENT: Final = "This is not shown here."
"""What the owner is told of what a detector has done: nothing of lists or likenesses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorsCases:
    """Opens a case with a report of each detector, and lets the detector act as a moderator would,
    so that statement, appeal, undo and log are the same. What a detector has done once it does not
    do again: a moderator may have undone it."""

    posts: Posts
    profiles: Profiles
    cases: Cases
    moderation: ModerationService
    clock: Clock
    ids: Ids

    def open(self, seen: Seen, findings: Sequence[Finding]) -> None:
        told = [finding for finding in findings if finding.does is not Consequence.MATCH]
        subject = self._subject(seen) if told else None
        if subject is None:
            return
        case_id, kind, evidence = subject
        for finding in told:
            now = self.clock.now()
            reporter = f"{finding.detector}:{_apart(seen, finding)}"
            report = Report(
                case_id, reporter, finding.reason, _note(finding), now, self.ids.new(now)
            )
            self.cases.report(report, evidence.owner_id, evidence)
        for finding in told:
            if finding.does is Consequence.BLOCK:
                self._block(case_id, kind, evidence, finding)

    def _subject(self, seen: Seen) -> tuple[CaseId, ActionKind, Evidence] | None:
        """The case about what was seen, what hides it, and what it is; None if it is gone."""
        owner, now = self.profiles.get(_owner_of(seen)), self.clock.now()
        if owner is None:
            return None
        match seen:
            case SeenMedium():
                post = self._with_content(seen)
                if post is None:
                    return None
                case_id = CaseId(SubjectKind.POST, str(seen.post_id))
                return case_id, ActionKind.WITHHOLD_CONTENT, of_post(post, owner, now)
            case Post():
                case_id = CaseId(SubjectKind.POST, str(seen.id))
                return case_id, ActionKind.HIDE_POST, of_post(seen, owner, now)
            case Comment():
                case_id = CaseId(SubjectKind.COMMENT, str(seen.id))
                return case_id, ActionKind.REMOVE_COMMENT, of_comment(seen, owner, now)
            case Profile():
                case_id = CaseId(SubjectKind.USER, seen.user_id)
                avatar = avatar_photo(seen, self.posts)
                return case_id, ActionKind.LIMIT, of_user(seen, avatar, now)

    def _with_content(self, seen: SeenMedium) -> Post | None:
        """The post with that medium alone, as it will be published: what is withheld of a post is
        what the evidence has."""
        post, picture = self.posts.get(seen.post_id), seen.blob.picture
        if post is None or picture is None:
            return None
        media = [
            (medium.ready(picture), text)
            for medium, text in post.described()
            if medium.media_id == seen.media_id
        ]
        if not media:
            return None
        return replace(
            post,
            media=tuple(medium for medium, _ in media),
            alt_texts=tuple(text for _, text in media),
        )

    def _block(
        self, case_id: CaseId, kind: ActionKind, evidence: Evidence, finding: Finding
    ) -> None:
        case = self.cases.get(case_id)
        assert case is not None, "it was opened by the report"
        is_content = kind is ActionKind.WITHHOLD_CONTENT
        contents = {medium.sha256 for medium in evidence.media} if is_content else set()
        done = [
            action
            for action in case.actions
            if action.kind is kind and contents.issubset(action.contents)
        ]
        if any(action.stands or action.moderator_id == finding.detector for action in done):
            return
        decision = Decision(kind, finding.reason, STATEMENT, None, case.version)
        try:
            self.moderation.act(case_id, finding.detector, decision)
        except CaseChanged:
            raise
        except Conflict:
            return  # Another case has done the same to this user.


def _owner_of(seen: Seen) -> str:
    match seen:
        case SeenMedium():
            return seen.post_id.author_id
        case Profile():
            return seen.user_id
        case Post() | Comment():
            return seen.author_id


def _apart(seen: Seen, finding: Finding) -> str:
    """What tells a detector's reports of one subject apart: each content of a post is reported, and
    each entry that is in a text, once."""
    if isinstance(seen, SeenMedium):
        return seen.media_id
    return hashlib.sha256(finding.entry.encode()).hexdigest()[:_DIGITS]


def _note(finding: Finding) -> str:
    """What moderators read of a finding."""
    measure = f" ({finding.measure})" if finding.measure else ""
    return f"{finding.entry}{measure} {finding.note}".strip()[:MAX_NOTE]
