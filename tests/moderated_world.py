"""The world of `visibility_world.py` with moderators in it: what they hide, limit and suspend comes
and goes between all other steps, and people report each other's posts.

What people see is compared after each step with what `sight.py` says of the facts. In the end all
is undone, and everybody sees what they would have seen without any of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.moderation import ActionKind, CaseId, ReportReason, SubjectKind
from shutterfeed.domain.moderation_log import broken
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.moderation import Decision
from tests import samples
from tests.feed_world import PEOPLE
from tests.graph_model import Kind
from tests.sight import Facts
from tests.visibility_world import VisibilityWorld

_MODERATOR: Final = samples.user_id(PEOPLE + 100)
_HATE: Final = ReportReason.HATE
_ON_POSTS: Final = (ActionKind.HIDE_POST, ActionKind.LIMIT, ActionKind.SUSPEND)


class ModeratedWorld(VisibilityWorld):
    def steps(self) -> list[Callable[[], None]]:
        return [*super().steps(), *[self.moderate, self.report] * 4, self.undo, self.undo]

    def ask_for(self, kind: Kind, who: str, whom: str | PostId, value: Any = True) -> None:
        """Somebody who is suspended is not there for others, who are told so."""
        if whom == who or isinstance(whom, PostId) or whom not in self.facts().suspended:
            super().ask_for(kind, who, whom, value)

    def report(self) -> None:
        """Somebody reports a post that they see."""
        with self.undisturbed():
            facts = self.facts()
            seen = [
                (reporter, post_id)
                for post_id in sorted(self._published())
                for reporter in self.ids
                if reporter != post_id.author_id
                and facts.sees_post(reporter, post_id.author_id, post_id)
            ]
            if not seen:
                return
            reporter, post_id = self.chance.pick(seen)
            self._forget(reporter, {post_id})
            self.backend.reporting.report(
                Viewer(reporter), SubjectKind.POST, str(post_id), _HATE, ""
            )
        self.tally["reports"] += 1

    def moderate(self) -> None:
        cases = sorted(self.backend.metadata.cases, key=str)
        if not cases:
            return
        case = self.backend.metadata.cases[self.chance.pick(cases)]
        standing = {action.kind for action in case.standing} | self._on(case.owner_id)
        kinds = [kind for kind in _ON_POSTS if kind not in standing]
        if not kinds:
            return
        for reader in self.ids:
            self._forget(reader, self._posts_of(case.owner_id))
        decision = Decision(self.chance.pick(kinds), _HATE, "", None, case.version)
        with self.undisturbed():
            self.backend.moderation.act(case.id, _MODERATOR, decision)
        self.tally["actions"] += 1

    def _on(self, user_id: str) -> set[ActionKind]:
        """What stands about a user already, perhaps because of another case."""
        profile = self.backend.metadata.profiles[user_id]
        limited = {ActionKind.LIMIT} if profile.limited else set()
        return limited | ({ActionKind.SUSPEND} if profile.suspension else set())

    def undo(self) -> None:
        cases = self.backend.metadata.cases.values()
        if decided := sorted((case.id for case in cases if case.standing), key=str):
            self._undo(self.chance.pick(decided))

    def _undo(self, case_id: CaseId) -> None:
        case = self.backend.metadata.cases[case_id]
        action = self.chance.pick(case.standing)
        with self.undisturbed():
            self.backend.moderation.undo(case_id, _MODERATOR, action.id, case.version)

    def facts(self) -> Facts:
        data = self.backend.metadata
        profiles = data.profiles.values()
        reported = (
            (report.reporter, _subject(case_id)) for (case_id, _), report in data.reports.items()
        )
        return replace(
            super().facts(),
            hidden=frozenset(post.id for post in data.posts.values() if post.taken_down),
            suspended=frozenset(p.user_id for p in profiles if p.suspension is not None),
            limited=frozenset(p.user_id for p in profiles if p.limited is not None),
            reported=frozenset(reported),
        )

    def expected(self, reader_id: str) -> list[PostId]:
        facts = self.facts()
        return [
            post_id
            for post_id in super().expected(reader_id)
            if facts.has_in_feed(reader_id, post_id.author_id, post_id)
        ]

    def check(self) -> None:
        """Also that all comes back that was hidden."""
        super().check()
        while any(case.standing for case in self.backend.metadata.cases.values()):
            self.undo()
        data = self.backend.metadata
        assert not any(post.taken_down for post in data.posts.values())
        assert not any(p.suspension or p.limited for p in data.profiles.values())
        assert broken(data.log) is None
        super().check()


def _subject(case_id: CaseId) -> PostId | str:
    return case_id.post_id if case_id.kind is SubjectKind.POST else case_id.subject
