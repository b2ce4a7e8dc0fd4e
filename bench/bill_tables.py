"""What each DynamoDB table does in a month, and which table class is cheaper for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bench import bill_prices as prices
from bench.bill_habits import GB, LOOKED, LOOKED_READS, RECONCILED, Habits, Scale
from bench.bill_measured import Measured, Operation
from bench.bill_prices import Price
from bench.bill_strangers import strangers

METADATA: Final = "metadata"
FEED: Final = "feed"
SEARCH: Final = "search"
_KEPT: Final = (Operation.POST, Operation.LIKE, Operation.SAVE, Operation.COMMENT)
"""The operations whose items are kept for as long as the photos."""
_ALL_USERS: Final = 500e6


@dataclass(frozen=True, slots=True)
class TableUse:
    """A month of one table."""

    written: float
    """Million write units."""
    read: float
    """Million read units."""
    items_gb: float
    indexes_gb: float = 0.0

    @property
    def stored_gb(self) -> float:
        return self.items_gb + self.indexes_gb

    @property
    def standard(self) -> float:
        """The cost in the class Standard, without its free storage."""
        requests = prices.WRITES.of(self.written) + prices.READS.of(self.read)
        return requests + _flat(prices.TABLES) * self.stored_gb

    @property
    def infrequent(self) -> float:
        """The cost in the class Standard-Infrequent Access."""
        writes = prices.INFREQUENT_WRITES.of(self.written)
        reads = prices.INFREQUENT_READS.of(self.read)
        return writes + reads + prices.INFREQUENT_TABLES.of(self.stored_gb)

    @property
    def saved(self) -> float:
        """What Standard-IA saves."""
        return self.standard - self.infrequent

    @property
    def dearer_requests(self) -> float:
        """How much more requests cost in Standard-IA."""
        return _SAVED_A_GB * self.stored_gb - self.saved

    @property
    def pays_from_gb(self) -> float:
        """The size from which on Standard-IA is cheaper."""
        return self.dearer_requests / _SAVED_A_GB


def _flat(price: Price) -> float:
    ((_, usd),) = price.steps
    return usd


_SAVED_A_GB: Final = _flat(prices.TABLES) - _flat(prices.INFREQUENT_TABLES)


def activity(scale: Scale, habits: Habits) -> dict[Operation, float]:
    """How often each operation happens in a month."""
    visits, photos = scale.visits, scale.photos_a_month
    follows = visits * habits.follows
    return {
        Operation.SIGN_UP: scale.monthly * habits.joining,
        Operation.OPEN: visits * habits.opened,
        Operation.FIRST_PAGE: visits * habits.visits,
        Operation.PAGE_BELOW: visits * habits.pages_below,
        Operation.LOOK: visits * habits.visits,
        Operation.PROFILE: visits * habits.profiles,
        Operation.POSTS: visits * habits.profiles,
        Operation.FOLLOW: follows * (1 - habits.private),
        Operation.REQUEST: follows * habits.private,
        Operation.POST: photos,
        Operation.UPLOADS: photos * habits.polls,
        Operation.SUGGESTIONS: visits * habits.suggested,
        # Every run makes them, unless nobody was nominated and no post contends since the last one.
        Operation.LISTS: min(RECONCILED, photos + follows),
        Operation.EXPLORE: visits * habits.explored,
        Operation.PLACES: photos * habits.places,
        Operation.FIRST_LIKE: visits * habits.likes * habits.first_likes,
        Operation.LIKE: visits * habits.likes * (1 - habits.first_likes),
        Operation.SAVE: visits * habits.saves,
        Operation.COMMENT: visits * habits.comments,
        Operation.READ_POST: visits * habits.read,
        Operation.LIKERS: visits * habits.likers,
        Operation.BADGE: visits * habits.badges,
        Operation.ACTIVITY: visits * habits.looks,
        **strangers(scale, habits).operations,
    }


def searches(scale: Scale, habits: Habits) -> float:
    """A month's searches for posts, with the hashtags that are looked at signed out."""
    return scale.visits * habits.searches + strangers(scale, habits).missed_tags


def table_uses(scale: Scale, habits: Habits, measured: Measured) -> Mapping[str, TableUse]:
    """What every table does in a month, by name."""
    return {
        METADATA: _metadata(scale, habits, measured),
        FEED: _feed(scale, habits, measured),
        SEARCH: _search(scale, habits),
    }


def _metadata(scale: Scale, habits: Habits, measured: Measured) -> TableUse:
    written, read = _units(METADATA, scale, habits, measured)
    counts = activity(scale, habits)
    kept = [(counts[name] * scale.months, measured.operations[name]) for name in _KEPT]
    # Whoever is told of a like keeps that for some months only.
    kept.append((counts[Operation.FIRST_LIKE] * scale.months, measured.operations[Operation.LIKE]))
    # Half of what people and edges take are the entries of the followers' index.
    people = scale.users * habits.person_bytes / 2
    found = searches(scale, habits) * habits.found_reads
    return TableUse(
        written,
        read + (found + LOOKED * LOOKED_READS) / 1e6,
        (sum(times * taken.stored[METADATA] for times, taken in kept) + people) / GB,
        (sum(times * taken.indexed[METADATA] for times, taken in kept) + people) / GB,
    )


def _feed(scale: Scale, habits: Habits, measured: Measured) -> TableUse:
    written, read = _units(FEED, scale, habits, measured)
    share = scale.users / _ALL_USERS
    return TableUse(written + habits.feed_upkeep * share, read, habits.feed_gb * share)


def _search(scale: Scale, habits: Habits) -> TableUse:
    """The units are those of a large index, not of the small one that the measurement has."""
    photos, typed = scale.photos_a_month, scale.visits * habits.suggestions
    read = searches(scale, habits) * habits.search_reads + typed * habits.suggestion_reads
    read += photos * habits.places * habits.place_reads
    return TableUse(
        photos * habits.search_writes / 1e6,
        read / 1e6,
        photos * scale.months * habits.search_bytes / GB,
    )


def _units(table: str, scale: Scale, habits: Habits, measured: Measured) -> tuple[float, float]:
    """A month's write and read units of all operations on a table, in millions."""
    counts, taken = activity(scale, habits), measured.operations
    written = sum(count * taken[name].written[table] for name, count in counts.items())
    read = sum(count * taken[name].read(table) for name, count in counts.items())
    return written / 1e6, read / 1e6
