"""Holds answers against the rules: what is shown that must not be, what is missing, and what tells
something hidden from something that does not exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tests.visibility import rules
from tests.visibility.asking import Request
from tests.visibility.cast import (
    COMMENTED,
    CROWDED,
    GONE,
    IDENTITY,
    LISTED,
    OWNERS,
    Post,
    Role,
    Subject,
    User,
    Viewer,
    owner_of,
    role,
)
from tests.visibility.marks import Facet, Marks
from tests.visibility.matrix import Within
from tests.visibility.rules import NOT_SIGNED_IN, Outcome, Surface

PUBLISHED: Final = frozenset((*LISTED, *GONE, Post.PRIVATE))
NUMBERS: Final[Mapping[User, int]] = {
    user: sum(OWNERS[post] is user for post in PUBLISHED) for user in User
}
"""The number of published posts of each user. What a moderator hides goes on counting."""
_SHORT: Final = 2 * 3600
_LONG: Final = 48 * 3600
_SHORT_LIVED: Final = frozenset((Post.PRIVATE, Post.DELETED, Post.UNPUBLISHED))
"""The posts whose media have links of two hours at most."""
_REFUSALS: Final[Mapping[Role, str]] = {
    Role.SUSPENDED: "account_suspended",
    Role.CLOSED: "account_closed",
}
"""What those are told who may not ask something because of their own account."""
_OF_THE_MOMENT: Final = re.compile(
    r"date|.*request-?id|.*trace.*|x-amz.*id.*|apigw-.*", re.IGNORECASE
)
"""The headers that differ from answer to answer."""


class Fault(StrEnum):
    LEAK = "leak"
    MISSING = "missing"
    TELLS = "tells"
    """An answer about something hidden is not that about something that does not exist."""
    WRONG = "wrong"
    """A status, a number, a header or the life of a link is not as it has to be."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    text: str

    @property
    def whole(self) -> str:
        lines = (f"{name}: {value}" for name, value in self.headers)
        return "\n".join((str(self.status), *lines, "", self.text))

    def without(self, name: str) -> str:
        """The whole answer without what differs anyway, and with a placeholder for the name that it
        was asked for and may repeat."""
        kept = tuple(pair for pair in self.headers if not _OF_THE_MOMENT.fullmatch(pair[0]))
        text = Answer(self.status, tuple(sorted(kept)), self.text).whole
        return re.sub(re.escape(name), "…", text, flags=re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the rules have it."""

    fault: Fault
    operation: str
    viewer: Viewer
    subject: Subject | None
    detail: str

    def __str__(self) -> str:
        about = f" of {self.subject}" if self.subject else ""
        return f"{self.fault}{about} in {self.operation} for {self.viewer}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer has to be. `outcome` is that of what was addressed; None if nothing was."""

    outcome: Outcome | None
    shown: frozenset[Subject] = frozenset()
    bare: frozenset[Subject] = frozenset()
    """The posts that are shown without their files."""
    files: frozenset[Subject] = frozenset()
    """The posts that are shown with their files."""
    words: frozenset[Subject] = frozenset()
    """Those of posts that are not shown themselves, too."""


def expected(request: Request, viewer: Viewer) -> Expected:
    """What the rules have a viewer get."""
    entry, asking, target = request.entry, request.asking, request.target
    if not request.operation.is_open and _general(viewer) in NOT_SIGNED_IN:
        return Expected(Outcome.REFUSED)
    if not request.operation.is_open and entry.forbids(_general(viewer)):
        return Expected(Outcome.FORBIDDEN)
    if entry.names_nothing:
        return Expected(Outcome.HIDDEN)
    outcome = None
    if request.address is not None and target is not None:
        outcome = request.address.outcome(target, role(viewer, owner_of(target)))
        if outcome is not Outcome.SHOWN:
            return Expected(outcome)
    if entry.within is Within.ITSELF:
        surfaces: tuple[Surface, ...] = () if request.address is None else (request.address,)
    else:
        surfaces = asking.holds
    posts = _shown(surfaces, entry.within.subjects(target), viewer)
    bare = {post for post in posts if any(post in surface.without_files for surface in surfaces)}
    files = posts - bare if entry.has_files else set()
    shown = set(posts)
    if entry.names_authors:
        shown |= {owner_of(post) for post in posts}
    if entry.names_target and target is not None:
        shown.add(target)
    if rules.REQUESTS in surfaces and viewer is Viewer.PRIVATE:
        shown.add(User.ASKER)
    if rules.SAID in surfaces:
        said = {post for user, post in COMMENTED if IDENTITY[user] is viewer}
        # A comment's id has those of its post and of the post's author.
        shown |= said | {owner_of(post) for post in said}
    words = _shown(asking.holds, tuple(Post), viewer, words=True)
    return Expected(outcome, frozenset(shown), frozenset(bare), frozenset(files), frozenset(words))


def _shown(
    surfaces: tuple[Surface, ...],
    subjects: tuple[Subject, ...],
    viewer: Viewer,
    *,
    words: bool = False,
) -> set[Subject]:
    """Those of the subjects that one of the surfaces shows; with `words` only their words."""
    return {
        subject
        for subject in subjects
        for surface in surfaces
        if (surface is rules.WORDS) is words
        and surface.outcome(subject, role(viewer, owner_of(subject))) is Outcome.SHOWN
    }


def judged(
    request: Request,
    viewer: Viewer,
    answer: Answer,
    absent: str | None,
    marks: Marks,
    now: datetime,
) -> Iterator[Finding]:
    """All that is wrong with an answer. `absent` is the answer about what does not exist, without
    the name that was asked for; None if nothing was addressed."""
    right = expected(request, viewer)

    def finding(fault: Fault, subject: Subject | None, detail: str) -> Finding:
        return Finding(fault, request.operation.name, viewer, subject, detail)

    for detail in _wrong_status(request, right, viewer, answer):
        yield finding(Fault.WRONG, request.target, detail)
    found = marks.found(answer.whole, request.sent)
    for (subject, facet), texts in found.items():
        if not _may_be(facet, subject, right, viewer):
            yield finding(Fault.LEAK, subject, f"{facet}: {', '.join(sorted(texts))}")
    if not _is_part(request):
        for subject, facet in _required(request, right, viewer, marks):
            if (subject, facet) not in found:
                yield finding(Fault.MISSING, subject, f"{facet} ({answer.status})")
    if absent is not None and request.target is not None:
        own = answer.without(marks.name_of(request.target))
        if (own == absent) is (right.outcome in (Outcome.SHOWN, Outcome.TOLD)):
            detail = "alike" if own == absent else _difference(own, absent)
            yield finding(Fault.TELLS, request.target, detail)
    for subject, detail in _wrong_content(request, viewer, answer, marks, now):
        yield finding(Fault.WRONG, subject, detail)


def _is_part(request: Request) -> bool:
    """Whether the answer is only a part of what is asked for, in which nothing needs to be."""
    crowded = request.entry.within is Within.FOLLOWERS and request.target in CROWDED
    return crowded or request.asking.is_part


def _wrong_status(
    request: Request, right: Expected, viewer: Viewer, answer: Answer
) -> Iterator[str]:
    if right.outcome is Outcome.REFUSED:
        if answer.status != 401:
            yield f"it was answered with {answer.status}"
        return
    if right.outcome is Outcome.FORBIDDEN:
        is_desk = request.entry.for_moderators
        code = "moderators_only" if is_desk else _REFUSALS[_general(viewer)]
        if answer.status != 403 or f'"{code}"' not in answer.text:
            yield f"it was answered with {answer.status} and not with {code}"
    if _is_anothers(request, viewer) and right.outcome is Outcome.TOLD and answer.status != 403:
        yield f"it was answered with {answer.status}, and is somebody else's"
    if answer.status >= 500 or (right.outcome in (None, Outcome.SHOWN) and answer.status >= 300):
        yield f"it was answered with {answer.status}"
    kept = {name.lower(): value for name, value in answer.headers}.get("cache-control", "")
    if not request.operation.is_open and kept != "no-store":
        yield f"caches may keep it: {kept or 'no header'}"


def _is_anothers(request: Request, viewer: Viewer) -> bool:
    """Whether it is about something that only its owner may change, and asked by somebody else."""
    if request.address is None or not request.address.for_owners or request.target is None:
        return False
    return role(viewer, owner_of(request.target)) is not Role.OWNER


def _may_be(facet: Facet, subject: Subject, right: Expected, viewer: Viewer) -> bool:
    if facet is Facet.FILES:
        return subject in right.shown - right.bare
    if facet is Facet.WORDS and subject in right.words:
        return True
    # Whoever asks learns nothing from finding themselves.
    return subject in right.shown or (
        isinstance(subject, User)
        and IDENTITY[subject] is viewer
        and right.outcome is not Outcome.REFUSED
    )


def _required(
    request: Request, right: Expected, viewer: Viewer, marks: Marks
) -> Iterator[tuple[Subject, Facet]]:
    for subject in right.shown if not request.entry.shows_files_alone else ():
        if not (isinstance(subject, User) and IDENTITY[subject] is viewer):
            yield subject, Facet.ITSELF
    for subject in right.files:
        if isinstance(subject, Post) and marks.posts[subject].blob_id:
            yield subject, Facet.FILES
    for subject in right.words:
        yield subject, Facet.WORDS


def _difference(own: str, absent: str) -> str:
    mine, other = own.splitlines(), absent.splitlines()
    lines = [f"{a!r} is not {b!r}" for a, b in zip(mine, other, strict=False) if a != b]
    return "; ".join(lines)[:500] or f"{len(mine)} lines are not {len(other)}"


def _wrong_content(
    request: Request, viewer: Viewer, answer: Answer, marks: Marks, now: datetime
) -> Iterator[tuple[Subject, str]]:
    for post, post_marks in marks.posts.items():
        is_short = post in _SHORT_LIVED or request.entry.from_ledger
        longest = _SHORT if is_short else _LONG
        for expiry in _expiries(answer.text, post_marks.blob_id):
            if expiry - now.timestamp() > longest:
                yield post, f"a link is good for {expiry - now.timestamp():.0f} s"
    if answer.text.startswith("{"):
        for user, number in _numbers(json.loads(answer.text), marks):
            seen_as = role(viewer, user)
            if request.entry.leaves and seen_as is not Role.OWNER:
                seen_as = Role.STRANGER
            is_own = IDENTITY[user] is viewer
            sees = is_own or rules.COUNT.outcome(user, seen_as) is Outcome.SHOWN
            if number != (NUMBERS[user] if sees or request.operation.is_open else None):
                yield user, f"the number of posts is {number}"


def _expiries(text: str, blob_id: str) -> Iterator[int]:
    if blob_id:
        for digits in re.findall(rf"/{blob_id}/[^\"'\s]*?[?&;]e=([0-9]+)", text):
            yield int(digits)


def _numbers(node: Any, marks: Marks) -> Iterator[tuple[User, int | None]]:
    """The numbers of posts that an answer tells, wherever in it."""
    if isinstance(node, list):
        for member in node:
            yield from _numbers(member, marks)
    if isinstance(node, dict):
        for user, user_marks in marks.users.items():
            if node.get("id") == user_marks.id and "posts" in (node.get("counts") or {}):
                yield user, node["counts"]["posts"]
        for member in node.values():
            yield from _numbers(member, marks)


def _general(viewer: Viewer) -> Role:
    return role(viewer, User.PUBLIC)


@dataclass(slots=True)
class Measured:
    """All that was measured."""

    requests: int = 0
    cells: set[tuple[str, Subject, Role]] = field(default_factory=set)
    """Operation, subject and role of everything that was looked for."""
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        request: Request,
        viewer: Viewer,
        answer: Answer,
        absent: str | None,
        marks: Marks,
        now: datetime,
    ) -> None:
        self.requests += 1
        subjects: set[Subject] = {request.target} if request.target else {*User, *Post}
        if request.entry.within is not Within.ITSELF:
            subjects |= set(request.entry.within.subjects(request.target))
        self.cells |= {(request.operation.name, s, role(viewer, owner_of(s))) for s in subjects}
        self.findings += judged(request, viewer, answer, absent, marks, now)
