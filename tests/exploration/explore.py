"""Runs schedules one by one, and says which there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from tests.exploration import gone, invariants, leftovers
from tests.exploration.calls import Call
from tests.exploration.faults import AT_MESSAGES, Fault, Kind, Schedule
from tests.exploration.machinery import Machinery, machinery
from tests.exploration.play import Play
from tests.exploration.scenarios import SCENARIOS
from tests.exploration.scenarios.files import photo
from tests.exploration.state import State
from tests.exploration.world import Restless, World

LONG_AFTER: Final = timedelta(days=150)
_BEYOND: Final = 40
"""A second fault may come so many calls after the first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `violations` are sentences; none, if all was as it has to be."""

    schedule: Schedule
    violations: tuple[str, ...]
    calls: tuple[Call, ...]
    messages: tuple[str, ...]
    happened: tuple[str, ...]
    errors: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.schedule}", *(f"  {line}" for line in self.happened)]
        lines += [f"  {line}" for line in dict.fromkeys(self.errors)]
        lines += [f"  VIOLATED: {line}" for line in self.violations]
        lines.append(f'  Again: .venv/bin/python -m tests.exploration "{self.schedule}"')
        return "\n".join(lines)


def run(
    made: Machinery, schedule: Schedule, prepared: Callable[[World], None] | None = None
) -> Outcome:
    """One run from an empty world to long after its end. `prepared` is called when the scenario's
    preparations are over."""
    world = World(made, schedule)
    play = Play(world)
    steps = SCENARIOS[schedule.scenario](play)
    next(steps)
    world.rest()
    if prepared is not None:
        prepared(world)
    world.begin()
    next(steps, None)
    violations = list(dict.fromkeys(_violations(play)))
    last = {call.by: call for call in world.calls.made}
    for call in last.values():
        call.is_last = True
    return Outcome(
        schedule,
        tuple(violations),
        tuple(world.calls.made),
        tuple(world.queues.sent),
        tuple(world.calls.happened),
        tuple(made.heard),
    )


def run_all(made: Machinery, schedules: Iterable[Schedule]) -> Iterator[Outcome]:
    """Each run is told apart from the others: none sees what another left."""
    return (run(made, schedule) for schedule in schedules)


def singles(plain: Outcome) -> Iterator[Schedule]:
    """Every schedule with one fault, of a scenario that ran without any."""
    name = plain.schedule.scenario
    busy = {call.by for call in plain.calls if call.is_write}
    for call in plain.calls:
        if call.by.name.startswith("reconcile") and call.by not in busy:
            continue  # It looked, and found nothing to do.
        for kind in call.kinds():
            yield Schedule(name, (Fault(kind, call.number),))
    for number, queue in enumerate(plain.messages, 1):
        kinds = (Kind.TWICE, Kind.LATE, Kind.POISONED, *((Kind.LOST,) if queue == "event" else ()))
        for kind in kinds:
            yield Schedule(name, (Fault(kind, number),))
    yield Schedule(name, (Fault(Kind.TTL_LATE),))


def double(plain: Outcome, chance: Random) -> Schedule:
    """Some schedule with two faults."""
    alone = list(singles(plain))
    [first] = chance.choice(alone).faults
    if first.kind in AT_MESSAGES or chance.random() < 0.3:
        [second] = chance.choice(alone).faults
    else:
        kinds = [kind for kind in Kind if kind not in {*AT_MESSAGES, Kind.TTL_LATE}]
        at = first.at + chance.randint(1, min(_BEYOND, len(plain.calls)))
        second = Fault(chance.choice(kinds), at)
    return Schedule(plain.schedule.scenario, (first, second))


def _violations(play: Play) -> Iterator[str]:
    world = play.world
    try:
        world.rest()
        yield from _quietly(play, _at_rest(play))
        world.pass_time(LONG_AFTER)
        world.rest()
        yield from _quietly(play, _long_after(play))
    except Restless as restless:
        yield f"it does not come to rest: {restless}"
    yield from play.surprises
    yield from world.calls.forbidden


def _quietly(play: Play, told: Iterable[str]) -> Iterator[str]:
    """Looking does not count, and nothing goes wrong with it."""
    world = play.world
    world.queues.counting = world.calls.counting = False
    yield from told
    world.rest()
    world.begin()


def _at_rest(play: Play) -> Iterator[str]:
    state = State.read()
    yield from _stored(play, state)
    yield from invariants.notices(state)
    yield from invariants.feeds(play)
    if not play.authors:
        return
    play.world.rest()
    for name in play.authors:
        play.post(name, photo(50), key="once-more")
    play.world.rest()
    yield from _stored(play, State.read())
    yield from invariants.feeds(play)


def _long_after(play: Play) -> Iterator[str]:
    state = State.read()
    yield from leftovers.in_buckets(play, state)
    yield from leftovers.in_metadata(state)
    yield from leftovers.in_feed(state)
    yield from _gone(play, state)
    yield from _stored(play, State.read())
    yield from invariants.feeds(play)
    if play.authors:
        # The first visit prepares the next.
        play.world.rest()
        yield from invariants.feeds(play)


def _gone(play: Play, state: State) -> Iterator[str]:
    """What is so of accounts that were closed, once all their days are over."""
    for name, person in play.erasable.items():
        if play.people[name].user_id not in state.profiles:
            play.erased[name] = person
    yield from gone.traces(play)
    if play.others is not None:
        yield from gone.lost(play.others, state)


def _stored(play: Play, state: State) -> Iterator[str]:
    yield from invariants.uploads(play, state)
    yield from invariants.contents(state)
    yield from invariants.denials(play, state)
    yield from invariants.avatars(play, state)
    yield from invariants.counters(state)
    yield from invariants.comments(state)
    yield from invariants.likes(state)
    yield from invariants.requests(state)
    yield from invariants.delivery(state)
    yield from invariants.blocks(state)
    yield from invariants.mutes(play, state)
    yield from gone.withholdings(play, state)
    yield from leftovers.in_search(state)
    if play.before is not None:
        yield from gone.changed(play.before, state)


def main(texts: list[str]) -> int:
    """Run schedules as they are printed; those that violate something are told in full."""
    failed = 0
    with machinery() as made:
        for text in texts:
            outcome = run(made, Schedule.parse(text))
            print(outcome)
            failed += bool(outcome.violations)
    return 1 if failed else 0
