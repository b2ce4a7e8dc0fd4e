"""What may have become of what people have asked for: a model of the graph that knows neither the
services nor their tables.

While a request is under way, or has died at some call, nobody outside can know whether it has taken
effect. So each fact has all values that it *may* have now. A request adds the values that it may
give to facts; when it has ended, the values are left that it, and those that overlapped it, have
given. Whatever is stored must be among the values: so no follow is there to which nobody has
agreed, and none across a block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from tests.sight import Facts, Pair

Fact = tuple[str, Any]
"""A fact's kind, and whom or what it is about."""

NEVER: Final = datetime.min.replace(tzinfo=UTC)
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""The end of a mute that there is not, and of one without an end."""


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
    BE_OFF_PUBLIC_PAGES = "be off public pages"
    SHOW = "show"
    """A post is published, restored or deleted."""
    LIKE = "like"
    SAVE = "save"
    DISCUSS = "discuss"
    """Somebody writes or changes a comment, of which the graph says nothing."""


_ON_POSTS: Final = frozenset((Kind.SHOW, Kind.LIKE, Kind.SAVE, Kind.DISCUSS))
"""What may be refused because the post is gone, or was never to be seen."""


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
    met_public: bool = False
    """Whether, at some moment, the other's account may have been public."""

    @property
    def edge(self) -> Pair:
        """The follow that it is about: follower and followee."""
        asks = self.kind in (Kind.FOLLOW, Kind.UNFOLLOW)
        return (self.who, self.whom) if asks else (self.whom, self.who)

    def ends(self) -> Sequence[Pair]:
        """The two users, in both orders."""
        return (self.who, self.whom), (self.whom, self.who)


@dataclass(slots=True)
class GraphModel:
    values: defaultdict[Fact, set[Any]] = field(default_factory=lambda: defaultdict(set))
    """The values that facts may have. No value stands for `NEVER`, or false."""
    under_way: list[Act] = field(default_factory=list)
    awaiting: set[Any] = field(default_factory=set)
    """The posts that a worker may publish at any time."""
    counted_apart: frozenset[str] = frozenset()
    """Celebrities: a follow that began while they were public may be written when they have become
    private, since it does not look at their profile then."""
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
                self._conclude(act, ("edge", edge), value=False)
                self._conclude(act, ("request", edge), value=False)
            case Kind.REMOVE:
                self._conclude(act, ("edge", edge), value=False)
            case Kind.DECLINE:
                self._conclude(act, ("request", edge), value=False)
            case Kind.BLOCK:
                self._conclude(act, ("block", (act.who, act.whom)), value=True)
                for pair in (edge, edge[::-1]):
                    self._cut(act, ("edge", pair))
                    self._cut(act, ("request", pair))
            case Kind.DISCUSS:
                pass
            case _:
                [(fact, value)] = self._asked(act)
                self._conclude(act, fact, value)
        self.spread()

    def refuse(self, act: Act) -> bool:
        """The answer was that there is no such user or request; whether that may be right."""
        self.under_way.remove(act)
        no_request = act.kind is Kind.ACCEPT and False in self.of("edge", act.edge)
        return no_request or act.met_block or act.kind in _ON_POSTS

    def announce(self, post_id: Any) -> None:
        """A worker was told to publish a post."""
        self.awaiting.add(post_id)
        self.spread()

    def learn(self, facts: Facts) -> None:
        """What is stored at this moment. Raises `AssertionError` for what nobody has asked for."""
        stored = _stored(facts)
        for fact in dict.fromkeys((*self.values, *stored)):
            value, known = stored.get(fact, _nothing(fact)), self.of(*fact)
            if fact[0] == "mute":
                known |= {NEVER for until in known if until <= facts.now}
            assert value in known, f"{fact} is {value}, and can only be {known}"
        self.begin_with(facts)

    def begin_with(self, facts: Facts) -> None:
        """What is so, whoever has asked for it."""
        self.values.clear()
        self.values.update({fact: {value} for fact, value in _stored(facts).items()})
        self.awaiting -= facts.shown
        self.counted_apart = facts.counted_apart
        self.spread()

    def of(self, kind: str, about: Any) -> set[Any]:
        """The values that a fact may have."""
        values = self.values[kind, about]
        if not values:
            values.add(_nothing((kind, about)))
        return values

    def cut(self, one: str, other: str) -> set[bool]:
        """Whether one of the two has blocked the other."""
        either, back = self.of("block", (one, other)), self.of("block", (other, one))
        return {a or b for a in either for b in back}

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
                self._add(("shown", post_id), value=True)
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
                self._add(("edge", pair), value=True)
                self._add(("request", pair), value=False)

    def _effects(self, act: Act) -> Iterator[tuple[Fact, Any]]:
        """The values that a request may give to facts in a state that there may be now."""
        edge = act.edge
        match act.kind:
            case Kind.FOLLOW:
                if False in self.cut(*edge):
                    private = self.of("private", act.whom)
                    act.met_public |= False in private
                    late = act.met_public and act.whom in self.counted_apart
                    yield from [(("edge", edge), True)] * (False in private or late)
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
            case Kind.DISCUSS:
                pass
            case _:
                yield from self._asked(act)

    def _asked(self, act: Act) -> list[tuple[Fact, Any]]:
        """The one fact that a request sets, whatever else is so."""
        facts: dict[Kind, Fact] = {
            Kind.UNBLOCK: ("block", (act.who, act.whom)),
            Kind.MUTE: ("mute", (act.who, act.whom)),
            Kind.BE_PRIVATE: ("private", act.who),
            Kind.BE_OFF_PUBLIC_PAGES: ("off public pages", act.who),
            Kind.SHOW: ("shown", act.whom),
            Kind.LIKE: ("like", (act.who, act.whom)),
            Kind.SAVE: ("save", (act.who, act.whom)),
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
        self._conclude(act, fact, value=False, others=() if lasts else None)

    def _add(self, fact: Fact, value: Any) -> None:
        self.of(*fact).add(value)

    def _size(self) -> int:
        return sum(map(len, self.values.values()))


def _nothing(fact: Fact) -> Any:
    return NEVER if fact[0] == "mute" else False


def _stored(facts: Facts) -> dict[Fact, Any]:
    """The facts of which there is something."""
    return {
        **{("edge", pair): True for pair in facts.edges},
        **{("request", pair): True for pair in facts.requests},
        **{("block", pair): True for pair in facts.blocks},
        **{("mute", pair): until for pair, until in facts.mutes.items() if until > facts.now},
        **{("private", user): True for user in facts.private},
        **{("off public pages", user): True for user in facts.off_public_pages},
        **{("shown", post_id): True for post_id in facts.shown},
        **{("like", pair): True for pair in facts.likes},
        **{("save", pair): True for pair in facts.saves},
    }
