"""What a user sees of notices, whether they look at the list or their devices are told.

A notice is shown if its subject is, and at least one of the people behind it; all of them go
through the same visibility as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.activity import GROUPED, MAX_NAMED, Notice, NoticeKind, ToldOf
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.users import Profile
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
from shutterfeed.services.viewing import Told, ViewingService

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
        grouped = [notice for notice in subjects if notice.kind in GROUPED]
        people, comments = self.crowds.with_comments(
            [crowd_of(notice, now) for notice in grouped], LOOKED_AT, sorted(ids, key=str)
        )
        found = dict(zip(grouped, people, strict=True))
        crowds = self._crowds(owner, subjects, found, comments, now, counts=counts)
        likes = _choose(crowds, named)
        told = self.viewing.told(
            owner,
            sorted({s.post_id for s in subjects.values() if s.post_id is not None}),
            sorted(people_of(crowds.values())),
            counted=_liked_by_many(crowds) if counts else (),
            likes=likes,
            comments=comments.values(),
        )
        _leave_out(likes, told)
        told = self._look_further(owner, crowds, told, named, counts=counts)
        for notice in notices:
            view = view_of(owner, notice, crowds[notice], told)
            view = view and with_subject(view, subjects[notice], told, told.comments)
            if view is not None:
                yield view

    def _crowds(
        self,
        owner: Profile,
        subjects: Mapping[Notice, Subject],
        found: Mapping[Notice, tuple[Person, ...]],
        comments: Mapping[CommentId, Comment],
        now: datetime,
        *,
        counts: bool,
    ) -> dict[Notice, Crowded]:
        """The people behind some notices; `found` has those of groups."""
        crowds = {
            notice: Crowded(without(people, owner.user_id), _is_full(notice, people))
            for notice, people in found.items()
        }
        full = [
            notice
            for notice in found
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
        those count whom the owner follows."""
        further: dict[Notice, Crowded] = {}
        for notice, crowd in crowds.items():
            visible = visible_people(owner, notice, crowd, told)
            few = len(visible) < min(named, len(crowd.people))
            if few or (counts and owner.activity.of(notice.kind) is ToldOf.FOLLOWED):
                further[notice] = crowd
        likes = _choose(further, LOOKED_AT)
        rest = sorted(people_of(further.values()) - told.asked_for)
        if not rest and not likes:
            return told
        later = self.viewing.told(owner, (), rest, likes=likes)
        _leave_out(likes, later)
        return told | later


_Likes = dict[tuple[str, PostId], list[tuple[Crowded, Person]]]
"""The likes of people who were chosen, and where they were."""


def _choose(crowds: Mapping[Notice, Crowded], most: int) -> _Likes:
    """Choose the people of each crowd who are read, up to `most`. Returns the likes of those of
    them who like a post."""
    likes: _Likes = {}
    for notice, crowd in crowds.items():
        chosen = crowd.people[len(crowd.read) : most]
        crowd.read += chosen
        if notice.kind is NoticeKind.LIKE:
            for person in chosen:
                like = (person.user_id, PostId.parse(notice.subject))
                likes.setdefault(like, []).append((crowd, person))
    return likes


def _leave_out(likes: _Likes, told: Told) -> None:
    """Leave out those who do not like a post any more, whose entries an interrupted request has
    left."""
    for like in likes.keys() - told.liking:
        for crowd, person in likes[like]:
            crowd.leave_out(person)


def _liked_by_many(crowds: Mapping[Notice, Crowded]) -> list[PostId]:
    """The posts that more people like than were read."""
    return [
        PostId.parse(notice.subject)
        for notice, crowd in crowds.items()
        if notice.kind is NoticeKind.LIKE and crowd.is_full
    ]


def _is_full(notice: Notice, people: Sequence[Person]) -> bool:
    """Whether there may be more people than were read. Those who like a hot post are listed in many
    parts, of which one was read."""
    is_spread = notice.kind is NoticeKind.LIKE and notice.shard > 0
    return is_spread or len(people) == LOOKED_AT
