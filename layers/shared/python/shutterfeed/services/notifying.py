"""Notifying: what others did becomes a notice for the user whom it concerns.

Nothing is written for an act that an open group covers, so a post that a thousand people like in a
second costs its author's partition two reads for each batch of messages, and no write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import GROUPED, OF_OWN_POSTS, Act, Notice, NoticeKind, opening
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.messages import Notify, NotifyMessage, ReleaseReplies, TellCase
from shutterfeed.domain.telling import addressed, comment_of
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.activity import Crowds, Notices
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.profiles import Profiles
from shutterfeed.services.notices import NoticeOpener
from shutterfeed.services.verdicts import VerdictService
from shutterfeed.services.viewing import ViewingService

_ATTEMPTS: Final = 3
"""For a subject whose notices other workers open and close at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyingService:
    notices: Notices
    crowds: Crowds
    comments: Comments
    profiles: Profiles
    viewing: ViewingService
    opener: NoticeOpener
    verdicts: VerdictService

    def take(self, messages: Sequence[NotifyMessage]) -> Mapping[int, Exception]:
        """Do the work of messages; repeating it is harmless. Returns the errors of those, by their
        indexes, that have to come again."""
        acts = {i: m.act for i, m in enumerate(messages) if isinstance(m, Notify)}
        indexes = tuple(acts)
        told = self.tell(tuple(acts.values()))
        failures = {indexes[number]: error for number, error in told.items()}
        for index, message in enumerate(messages):
            try:
                self._act(message)
            except Exception as error:  # noqa: BLE001 - told to the caller
                failures[index] = error
        return failures

    def _act(self, message: NotifyMessage) -> None:
        """Do the work of a message that is none of the acts, which are told together."""
        match message:
            case ReleaseReplies(root_id, number):
                # The change of each reply leads to what is told of it.
                self.comments.release(root_id, number)
            case TellCase():
                self.verdicts.tell(message)
            case Notify():
                return

    def tell(self, acts: Sequence[Act]) -> Mapping[int, Exception]:
        """Open notices for what is not told yet. Returns the errors of those acts, by their
        indexes, of which the worker has to be told again."""
        subjects: defaultdict[tuple[str, NoticeKind, str], dict[int, Act]] = defaultdict(dict)
        for index, act in self._addressed(acts):
            if act.person_id != act.owner_id or act.kind in OF_OWN_POSTS:
                subjects[act.owner_id, act.kind, act.subject][index] = act
        failures: dict[int, Exception] = {}
        for alike in subjects.values():
            # An open group that covers the last act covers the others too.
            ordered = sorted(alike.values(), key=lambda act: act.at, reverse=True)
            try:
                any(self._is_told(act) for act in ordered)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures |= dict.fromkeys(alike, error)
        return failures

    def _addressed(self, acts: Sequence[Act]) -> Iterator[tuple[int, Act]]:
        """The acts that concern somebody, with their indexes."""
        ids = {comment_id for act in acts if (comment_id := comment_of(act.subject)) is not None}
        wanted = sorted(ids | {comment_id.root_id for comment_id in ids}, key=str)
        comments = self.comments.get_many(wanted) if wanted else {}
        for index, act in enumerate(acts):
            concerned = addressed(act, comments)
            if concerned is not None and not self._was_told_of_the_reply(concerned, comments):
                yield index, concerned

    def _was_told_of_the_reply(self, act: Act, comments: Mapping[CommentId, Comment]) -> bool:
        """Whether the owner of a post was told of a comment as a reply to their own, which they
        have removed since: without it the comment is one like others on their post."""
        comment_id = comment_of(act.subject)
        if act.kind is not NoticeKind.COMMENT or comment_id is None or comment_id.reply is None:
            return False
        root = comments.get(comment_id.root_id)
        if root is None or not root.removed or root.author_id != act.owner_id:
            return False
        return self.notices.newest(act.owner_id, NoticeKind.REPLY, act.subject) is not None

    def _is_told(self, act: Act) -> bool:
        """Tell of an act. False if there is nothing to tell: it was undone, or its owner does not
        want to hear of the person. Raises `Busy`."""
        for _ in range(_ATTEMPTS):
            newest = self.notices.newest(act.owner_id, act.kind, act.subject)
            next_one = opening(newest, act, self._seen_at(newest))
            if next_one is None:
                return True
            if not self._is_wanted(act):
                return False
            if self.opener.open(act, next_one):
                return True
        raise Busy

    def _seen_at(self, newest: Notice | None) -> datetime | None:
        """When the owner last looked, if that decides something."""
        if newest is None or newest.kind not in GROUPED:
            return None
        profile = self.profiles.item(newest.owner_id)
        return None if profile is None else profile.activity_seen_at

    def _is_wanted(self, act: Act) -> bool:
        """Whether the act stands, and its owner may see the person and has not muted them."""
        if not self.crowds.stands(act):
            return False
        if act.person_id == act.owner_id:
            return True
        viewer, people = Viewer(act.owner_id), [act.person_id]
        return bool(self.viewing.authors(viewer, people, Surface.MIXED))
