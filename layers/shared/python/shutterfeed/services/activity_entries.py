"""What a user sees of notices, whether they look at the list or their devices are told.

A notice is shown if its subject is, and at least one of the people behind it; all of them go
through the same visibility as everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import GROUPED, MAX_NAMED, Notice, NoticeKind, ToldOf
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.activity import Crowds, Person
from shutterfeed.services.activity_views import (
    Crowded,
    GroupView,
    Subject,
    alone,
    crowd_of,
    people_of,
    view_of,
    visible_people,
    with_subject,
    without,
)
from shutterfeed.services.viewing import CommentView, Told, ViewingService

LOOKED_AT: Final = 12
"""The number of people behind a group who are read at first. Their edges take half a read unit."""
COUNTED: Final = 100
"""The number of people up to which a group is counted by their edges."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityEntries:
    """Makes entries of the list of activity from notices."""

    crowds: Crowds
    viewing: ViewingService

    def shown(
        self,
        owner: Profile,
        notices: Sequence[Notice],
        now: datetime,
        *,
        named: int = MAX_NAMED,
        counts: bool = True,
    ) -> Iterator[GroupView]:
        """Those of some notices that the owner may see, as views. For a caller who does not show
        them, `named` is 1: whether a group is shown depends on one of its people. Without `counts`
        the numbers of people may be too low."""
        subjects = {notice: Subject.of(notice) for notice in notices}
        ids = {s.comment_id for s in subjects.values() if s.comment_id is not None}
        comments = self.crowds.comments(sorted(ids, key=str)) if ids else {}
        crowds = self._crowds(owner, subjects, comments, now, counts=counts)
        self._name(crowds, named)
        posts = sorted({s.post_id for s in subjects.values() if s.post_id is not None})
        told = self.viewing.told(owner, posts, sorted(people_of(crowds.values())))
        told = self._look_further(owner, crowds, told, named, counts=counts)
        comment_views = self._comments(owner, comments.values(), told)
        for notice in notices:
            view = view_of(owner, notice, crowds[notice], told)
            view = view and with_subject(view, subjects[notice], told, comment_views)
            if view is not None:
                yield view

    def _comments(
        self, owner: Profile, comments: Iterable[Comment], told: Told
    ) -> dict[CommentId, CommentView]:
        """Those of the comments that everybody may see who sees their posts, by their ids."""
        by_host: defaultdict[str, list[Comment]] = defaultdict(list)
        for comment in comments:
            if comment.counts and comment.id.post_id in told.posts:
                by_host[comment.owner_id].append(comment)
        views: dict[CommentId, CommentView] = {}
        for alike in by_host.values():
            views |= self.viewing.comments(Viewer(owner.user_id), alike)
        return views

    def _crowds(
        self,
        owner: Profile,
        subjects: Mapping[Notice, Subject],
        comments: Mapping[CommentId, Comment],
        now: datetime,
        *,
        counts: bool,
    ) -> dict[Notice, Crowded]:
        """The people behind some notices."""
        grouped = [notice for notice in subjects if notice.kind in GROUPED]
        found = self.crowds.newest([crowd_of(n, now) for n in grouped], LOOKED_AT)
        crowds = {
            notice: Crowded(without(people, owner.user_id), _is_full(notice, people))
            for notice, people in zip(grouped, found, strict=True)
        }
        full = [
            notice
            for notice in grouped
            if counts and crowds[notice].is_full and notice.kind is not NoticeKind.LIKE
        ]
        counted = self.crowds.newest([crowd_of(n, now) for n in full], COUNTED)
        for notice, people in zip(full, counted, strict=True):
            others = without(people, owner.user_id)
            crowds[notice].more = len(others) - len(crowds[notice].people)
        for notice in subjects.keys() - crowds.keys():
            person = alone(notice, subjects[notice], comments)
            crowds[notice] = Crowded(() if person is None else (person,))
        return crowds

    def _name(self, crowds: Mapping[Notice, Crowded], most: int) -> None:
        """Choose the people of each crowd who are read, up to `most`, and leave out those who do
        not like a post any more, whose entries an interrupted request has left."""
        likes: dict[tuple[str, PostId], list[tuple[Crowded, Person]]] = {}
        for notice, crowd in crowds.items():
            chosen = crowd.people[len(crowd.read) : most]
            crowd.read += chosen
            if notice.kind is NoticeKind.LIKE:
                for person in chosen:
                    like = (person.user_id, PostId.parse(notice.subject))
                    likes.setdefault(like, []).append((crowd, person))
        for like in likes.keys() - self.crowds.liking(likes):
            for crowd, person in likes[like]:
                crowd.leave_out(person)

    def _look_further(
        self,
        owner: Profile,
        crowds: Mapping[Notice, Crowded],
        told: Told,
        named: int,
        *,
        counts: bool,
    ) -> Told:
        """Read the rest of the people of groups of which too few can be named, or of which only
        those count whom the owner follows; and the counts of posts that more people like than were
        read."""
        liked = [
            PostId.parse(notice.subject)
            for notice, crowd in crowds.items()
            if counts and notice.kind is NoticeKind.LIKE and crowd.is_full
        ]
        further: dict[Notice, Crowded] = {}
        for notice, crowd in crowds.items():
            visible = visible_people(owner, notice, crowd, told)
            few = len(visible) < min(named, len(crowd.people))
            if few or (counts and owner.activity.of(notice.kind) is ToldOf.FOLLOWED):
                further[notice] = crowd
        self._name(further, LOOKED_AT)
        rest = sorted(people_of(further.values()) - told.asked_for)
        if not rest and not liked:
            return told
        return told | self.viewing.told(owner, (), rest, counted=liked)


def _is_full(notice: Notice, people: Sequence[Person]) -> bool:
    """Whether there may be more people than were read. Those who like a hot post are listed in many
    parts, of which one was read."""
    is_spread = notice.kind is NoticeKind.LIKE and notice.shard > 0
    return is_spread or len(people) == LOOKED_AT
