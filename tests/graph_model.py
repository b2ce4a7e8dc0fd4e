"""What may have become of what people have asked for: a model of the graph, and of who may see what
of whom, that knows neither the services nor their tables.

While a request is under way, or has died at some call, nobody outside can know whether it has taken
effect. So each fact has all values that it *may* have now. A request adds the values that it may
give to facts; when it has ended and nothing overlapped it, one value is left. Whatever is stored
must be among the values, and whatever is shown must be right for one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from typing import Any, Final

Pair = tuple[str, str]
Fact = tuple[str, Any]
"""A fact's kind, and whom or what it is about."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""The end of a mute that there is not, and of one without an end."""
NOBODY: Final = ""
"""The viewer who is not signed in."""


class Kind(StrEnum):
    """What somebody asks for."""

    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    REMOVE = "remove"
    ACCEPT = "accept"
    DECLINE = "decline"
    BLOCK = "block"
    UNBLOCK = "unblock"
    MUTE = "mute"
    BE_PRIVATE = "be private"
    BE_ON_PUBLIC_PAGES = "be on public pages"
    SHOW = "show"
    """To publish, restore or delete a post."""


@dataclass(eq=False, slots=True)
class Act:
    """A request that is under way: what `who` asks for concerning another user or a post."""

    kind: Kind
    who: str
    whom: Any
    value: Any = True
    """The value that is asked for: whether, or until when."""
    overlapping: list[Act] = field(default_factory=list)
    """The requests that were under way at the same time, at least for a moment."""
    effects: defaultdict[Fact, set[Any]] = field(default_factory=lambda: defaultdict(set))
    """The values that it may have given to facts."""
    met_block: bool = False
    """Whether, at some moment, one of the two may have blocked the other."""

    @property
    def edge(self) -> Pair:
        """The follow that it is about: follower and followee."""
        asks = self.kind in (Kind.FOLLOW, Kind.UNFOLLOW)
        return (self.who, self.whom) if asks else (self.whom, self.who)


@dataclass(slots=True)
class GraphModel:
    now: Callable[[], datetime]
    values: defaultdict[Fact, set[Any]] = field(default_factory=lambda: defaultdict(set))
    under_way: list[Act] = field(default_factory=list)
    awaiting: set[Any] = field(default_factory=set)
    """The posts that a worker may publish at any time."""
    concerned: set[Pair] = field(default_factory=set)
    """Who has had to do with whom since somebody last looked."""

    # What people ask for.

    def begin(self, kind: Kind, who: str, whom: Any = None, value: Any = True) -> Act:
        act = Act(kind, who, whom, value, list(self.under_way))
        for other in self.under_way:
            other.overlapping.append(act)
        self.under_way.append(act)
        self.concerned.add((who, whom if isinstance(whom, str) else who))
        self.spread()
        return act

    def give_up(self, act: Act) -> None:
        """The process died, and nobody asks again: what it may have done is done or not."""
        self.under_way.remove(act)

    def end(self, act: Act, *, follows: bool = False, waits: bool = False) -> None:
        """The request was answered. `follows` and `waits` are what the answer says of the follow
        that it is about."""
        self.under_way.remove(act)
        edge = act.edge
        match act.kind:
            case Kind.FOLLOW | Kind.ACCEPT:
                assert follows in self.of("edge", edge), f"{act.kind} {edge}: follows is {follows}"
                assert waits in self.of("request", edge), f"{act.kind} {edge}: waits is {waits}"
                self._conclude(act, ("edge", edge), follows)
                self._conclude(act, ("request", edge), waits)
            case Kind.UNFOLLOW:
                self._conclude(act, ("edge", edge), False)  # noqa: FBT003 - the fact's value
                self._conclude(act, ("request", edge), False)  # noqa: FBT003
            case Kind.REMOVE:
                self._conclude(act, ("edge", edge), False)  # noqa: FBT003
            case Kind.DECLINE:
                self._conclude(act, ("request", edge), False)  # noqa: FBT003
            case Kind.BLOCK:
                self._conclude(act, ("block", (act.who, act.whom)), True)  # noqa: FBT003
                for pair in (edge, edge[::-1]):
                    self._cut(act, ("edge", pair))
                    self._cut(act, ("request", pair))
            case _:
                [(fact, value)] = self._asked(act)
                self._conclude(act, fact, value)
        self.spread()

    def refuse(self, act: Act) -> bool:
        """The answer was that there is no such user or request; whether that may be right."""
        self.under_way.remove(act)
        no_request = act.kind is Kind.ACCEPT and False in self.of("edge", act.edge)
        return no_request or act.met_block or act.kind is Kind.SHOW

    def announce(self, post_id: Any) -> None:
        """A worker was told to publish a post."""
        self.awaiting.add(post_id)
        self.spread()

    def learn(self, kind: str, about: Any, value: Any) -> None:
        """What is stored, while nothing is under way. Raises `AssertionError` if nobody has asked
        for that."""
        known = self.of(kind, about)
        assert value in known, f"{kind} {about} is {value}, and can only be {known}"
        known.clear()
        known.add(value)
        if kind == "shown" and value:
            self.awaiting.discard(about)

    # What may be so.

    def of(self, kind: str, about: Any) -> set[Any]:
        """The values that a fact may have."""
        values = self.values[kind, about]
        if not values:
            values.add({"mute": NEVER, "on public pages": True}.get(kind, False))
        return values

    def cut(self, one: str, other: str) -> set[bool]:
        """Whether one of the two has blocked the other."""
        return _any(self.of("block", (one, other)), self.of("block", (other, one)))

    def is_muted(self, viewer: str, user: str) -> set[bool]:
        now = self.now()
        return {until > now for until in self.of("mute", (viewer, user))}

    # What may be seen. Each answer is the set of what is right.

    def sees_profile(self, viewer: str, user: str) -> set[bool]:
        if viewer == NOBODY:
            return _all(_not(self.of("private", user)), self.of("on public pages", user))
        return {True} if viewer == user else _not(self.cut(viewer, user))

    def sees_lists(self, viewer: str, user: str) -> set[bool]:
        """Whether somebody sees a user's posts, followers and followed."""
        if viewer in (NOBODY, user):
            return self.sees_profile(viewer, user)
        accepted = _any(_not(self.of("private", user)), self.of("edge", (viewer, user)))
        return _all(self.sees_profile(viewer, user), accepted)

    def sees_post(self, viewer: str, author: str, post_id: Any) -> set[bool]:
        return _all(self.sees_lists(viewer, author), self.of("shown", post_id))

    def comes_upon(self, viewer: str, author: str, post_id: Any) -> set[bool]:
        """Whether somebody may find a post among those of many."""
        muted = {False} if viewer == NOBODY else self.is_muted(viewer, author)
        return _all(self.sees_post(viewer, author, post_id), _not(muted))

    def has_in_feed(self, viewer: str, author: str, post_id: Any) -> set[bool]:
        followed = {True} if viewer == author else self.of("edge", (viewer, author))
        return _all(self.comes_upon(viewer, author, post_id), followed)

    def may_be_suggested(self, viewer: str, user: str) -> set[bool]:
        known = _any(self.of("edge", (viewer, user)), self.of("request", (viewer, user)))
        kept = _any(self.cut(viewer, user), self.is_muted(viewer, user), self.of("private", user))
        return _not(_any(known, kept, {viewer == user}))

    # How requests have their effects.

    def spread(self) -> None:
        """Give facts the values that they may get from what is under way, until there are no
        others."""
        before = -1
        while before != (before := self._size()):
            for act in self.under_way:
                act.met_block |= isinstance(act.whom, str) and True in self.cut(*act.edge)
                for fact, value in self._effects(act):
                    act.effects[fact].add(value)
                    self._add(fact, value)
            for post_id in self.awaiting:
                self._add(("shown", post_id), True)  # noqa: FBT003
            self._accept_all()

    def _accept_all(self) -> None:
        """Whoever waits for a public account is accepted by a worker, at any time."""
        waiting = [
            pair
            for (kind, pair), values in self.values.items()
            if kind == "request" and True in values
        ]
        for pair in waiting:
            if False in self.of("private", pair[1]):
                self._add(("edge", pair), True)  # noqa: FBT003
                self._add(("request", pair), False)  # noqa: FBT003

    def _effects(self, act: Act) -> Iterator[tuple[Fact, Any]]:
        """The values that a request may give to facts in a state that there may be now."""
        edge = act.edge
        match act.kind:
            case Kind.FOLLOW:
                if False in self.cut(*edge):
                    private = self.of("private", act.whom)
                    yield from [(("edge", edge), True)] * (False in private)
                    asks = True in private and False in self.of("edge", edge)
                    yield from [(("request", edge), True)] * asks
            case Kind.ACCEPT:
                if True in self.of("request", edge):
                    yield ("edge", edge), True
                    yield ("request", edge), False
            case Kind.UNFOLLOW | Kind.REMOVE | Kind.DECLINE:
                if act.kind is not Kind.DECLINE:
                    yield ("edge", edge), False
                if act.kind is not Kind.REMOVE:
                    yield ("request", edge), False
            case Kind.BLOCK:
                yield ("block", (act.who, act.whom)), True
                for pair in (edge, edge[::-1]):
                    yield ("edge", pair), False
                    yield ("request", pair), False
            case _:
                yield from self._asked(act)

    def _asked(self, act: Act) -> list[tuple[Fact, Any]]:
        """The one fact that a request sets, whatever else is so."""
        facts: dict[Kind, Fact] = {
            Kind.UNBLOCK: ("block", (act.who, act.whom)),
            Kind.MUTE: ("mute", (act.who, act.whom)),
            Kind.BE_PRIVATE: ("private", act.who),
            Kind.BE_ON_PUBLIC_PAGES: ("on public pages", act.who),
            Kind.SHOW: ("shown", act.whom),
        }
        return [(facts[act.kind], False if act.kind is Kind.UNBLOCK else act.value)]

    def _conclude(
        self, act: Act, fact: Fact, value: Any, others: Iterable[Act] | None = None
    ) -> None:
        """The fact has this value, or one that was given to it at the same time."""
        values = self.of(*fact)
        values.clear()
        values.add(value)
        for other in act.overlapping if others is None else others:
            values |= other.effects.get(fact, set())

    def _cut(self, act: Act, fact: Fact) -> None:
        """There is no such edge or request: none can begin while the block lasts, however the
        requests overlapped."""
        lasts = self.cut(*act.edge) == {True}
        self._conclude(act, fact, False, () if lasts else None)  # noqa: FBT003 - the fact's value

    def _add(self, fact: Fact, value: Any) -> None:
        self.of(*fact).add(value)

    def _size(self) -> int:
        return sum(map(len, self.values.values()))


def _any(*facts: Collection[bool]) -> set[bool]:
    return {any(values) for values in product(*facts)}


def _all(*facts: Collection[bool]) -> set[bool]:
    return {all(values) for values in product(*facts)}


def _not(fact: Iterable[bool]) -> set[bool]:
    return {not value for value in fact}
