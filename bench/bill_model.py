"""A month's bill: what people do, times what each thing takes, at AWS's prices.

Each line is an amount and its price. The habits are assumed (`bill_habits.py`), the operations
measured (`bill_operations.py`), the settings those of the synthesized template
(`bill_settings.py`), and the prices AWS's (`bill_prices.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench import bill_prices as prices
from bench.bill_habits import (
    DAYS,
    EXPLORED_PAGE,
    GB,
    LOOKED,
    LOOKED_READS,
    POLLS,
    RECONCILED,
    SECONDS,
    Habits,
    Scale,
)
from bench.bill_measured import Measured, Operation, Settings, Standing
from bench.bill_prices import Price
from bench.bill_strangers import Strangers, strangers
from bench.bill_tables import METADATA, TableUse, activity, searches, table_uses

SHOWN: Final = "640.webp"
"""The rendition that a feed shows on a phone."""
CARD: Final = "640.jpg"
"""The rendition that a card has, which other sites show of a link: the one JPEG."""
_SPARE_DAYS: Final = 2
"""How long an upload stays in its bucket after its bytes were stored as an original."""
_ORIGINAL_DAYS: Final = 30
_PUTS_OF_A_VIDEO: Final = 8
"""The upload, the original, the tag, the clip, and the renditions of its poster."""
_CLASSES: Final = {
    "STANDARD_IA": prices.INFREQUENT_OBJECTS,
    "GLACIER_IR": prices.GLACIER_OBJECTS,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill."""

    name: str
    amount: float
    """The number of the price's units."""
    price: Price

    @property
    def usd(self) -> float:
        return self.price.of(self.amount)


def total(lines: Sequence[Line]) -> float:
    return sum(line.usd for line in lines)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a deployment, from which the lines are computed."""

    scale: Scale
    habits: Habits
    measured: Measured
    settings: Settings

    @property
    def counts(self) -> Mapping[Operation, float]:
        return activity(self.scale, self.habits)

    @property
    def tables(self) -> Mapping[str, TableUse]:
        return table_uses(self.scale, self.habits, self.measured)

    @property
    def videos(self) -> float:
        """Videos that are uploaded in the month."""
        return self.scale.photos_a_month * self.habits.video_share

    @property
    def strangers(self) -> Strangers:
        return strangers(self.scale, self.habits)

    @property
    def runs(self) -> Mapping[str, float]:
        """Runs of the functions, by name."""
        visits, habits = self.scale.visits, self.habits
        rows: dict[str, float] = {
            "api": searches(self.scale, habits) + visits * habits.suggestions,
            "tokens": visits * habits.refreshes,
            "reconcile": RECONCILED + LOOKED,
            "transcode": self.videos,
        }
        for operation, count in self.counts.items():
            for name, times in self.measured.operations[operation].runs.items():
                rows[name] = rows.get(name, 0.0) + count * times
        return rows

    def added(self, attribute: str) -> float:
        """What all operations take together of something that is counted in `Taken`."""
        taken = self.measured.operations
        return sum(
            count * float(getattr(taken[name], attribute)) for name, count in self.counts.items()
        )


def idle(settings: Standing) -> list[Line]:
    """What a deployment costs that nobody uses."""
    runs = (RECONCILED + LOOKED) / 1e6
    seconds = runs * SECONDS["reconcile"]
    return [
        Line("SQS requests", settings.queues * POLLS / 1e6, prices.MESSAGES),
        Line("CloudWatch alarms", settings.alarms, prices.ALARMS),
        Line("CloudWatch dashboards", settings.dashboards, prices.DASHBOARDS),
        Line("Lambda runs", runs, prices.RUNS),
        Line(
            "Lambda run time", seconds * settings.memory_mb["reconcile"] / 1024, prices.GB_SECONDS
        ),
        Line("DynamoDB reads", LOOKED * LOOKED_READS / 1e6, prices.READS),
    ]


def bill(month: Month) -> list[Line]:
    """All lines of the month."""
    return [
        *_databases(month),
        *_buckets(month),
        *_functions(month),
        *_queues(month),
        *_delivery(month),
        Line("Cognito", month.scale.monthly, prices.ACTIVE_USERS),
        *_watching(month),
    ]


def _databases(month: Month) -> Iterator[Line]:
    tables, infrequent = month.tables, month.settings.infrequent
    standard = [use for name, use in tables.items() if name not in infrequent]
    cheap = [use for name, use in tables.items() if name in infrequent]
    yield Line("DynamoDB writes", sum(use.written for use in standard), prices.WRITES)
    yield Line("DynamoDB reads", sum(use.read for use in standard), prices.READS)
    yield Line("DynamoDB storage", sum(use.stored_gb for use in standard), prices.TABLES)
    ia = "Standard-IA"
    yield Line(f"DynamoDB writes, {ia}", sum(u.written for u in cheap), prices.INFREQUENT_WRITES)
    yield Line(f"DynamoDB reads, {ia}", sum(u.read for u in cheap), prices.INFREQUENT_READS)
    yield Line(f"DynamoDB storage, {ia}", sum(u.stored_gb for u in cheap), prices.INFREQUENT_TABLES)
    yield Line("DynamoDB point-in-time recovery", tables[METADATA].items_gb, prices.RECOVERY)


def stored_gb(month: Month) -> tuple[float, float]:
    """The GB of originals: of the last 30 days, and older."""
    habits = month.habits
    bytes_ = month.scale.photos_a_day * (
        habits.photo_bytes + habits.video_share * habits.video_bytes
    )
    days = month.scale.months * DAYS
    young = min(days, _ORIGINAL_DAYS)
    return young * bytes_ / GB, (days - young) * bytes_ / GB


def _buckets(month: Month) -> Iterator[Line]:
    habits, scale = month.habits, month.scale
    young, old = stored_gb(month)
    photo = sum(month.measured.rendition_bytes.values())
    shown = photo + habits.video_share * (habits.clip_bytes + photo)
    renditions = scale.photos_a_month * scale.months * shown / GB
    spare = young / min(scale.months * DAYS, _ORIGINAL_DAYS) * _SPARE_DAYS
    yield Line("S3 originals, 30 days and uploads", young + spare, prices.OBJECTS)
    yield Line("S3 originals, older", old, _CLASSES[month.settings.originals_class])
    yield Line("S3 renditions", renditions, prices.OBJECTS)
    moved = scale.photos_a_month + month.videos if old else 0.0
    yield Line("S3 moves to the cheaper class", moved / 1e3, prices.MOVES)
    # The upload itself is measured with a post: its sender makes it, and the bucket's owner pays.
    puts = month.added("puts") + _PUTS_OF_A_VIDEO * month.videos
    yield Line("S3 writes", puts / 1e3, prices.PUTS)
    # What machines read is seldom asked for, so CloudFront has none of it.
    missed = (1 - habits.hit_ratio) * photos_sent(month) + month.strangers.crawled
    yield Line("S3 reads", (month.added("gets") + missed) / 1e3, prices.GETS)


def photos_shown(month: Month) -> float:
    """The photos that signed-in people are shown."""
    counts = month.counts
    pages = counts[Operation.FIRST_PAGE] + counts[Operation.PAGE_BELOW] + counts[Operation.POSTS]
    return pages * month.habits.posts_a_page + photos_explored(month)


def photos_explored(month: Month) -> float:
    """The photos that signed-in people are shown when they explore."""
    return month.counts[Operation.EXPLORE] * EXPLORED_PAGE


def photos_sent(month: Month) -> float:
    """The photos that CloudFront sends to people: those that browsers do not have from before."""
    had = month.habits.seen_before * (1 - month.habits.private)
    explored = photos_explored(month)
    known = photos_shown(month) - explored
    return known * (1 - had) + explored + month.strangers.photos


def _functions(month: Month) -> Iterator[Line]:
    runs, memory = month.runs, month.settings.memory_mb
    seconds = {**SECONDS, "transcode": month.habits.video_seconds}
    yield Line("Lambda runs", sum(runs.values()) / 1e6, prices.RUNS)
    used = sum(count * seconds[name] * memory[name] / 1024 for name, count in runs.items())
    yield Line("Lambda run time", used / 1e6, prices.GB_SECONDS)
    yield Line("API Gateway", runs["api"] / 1e6, prices.API)


def _queues(month: Month) -> Iterator[Line]:
    # S3 sends a message for each upload. A message is received and deleted.
    arriving = month.scale.photos_a_month + month.videos
    sent, messages = month.added("sends") + arriving, month.added("messages") + arriving
    polls = month.settings.queues * POLLS
    yield Line("SQS requests", (polls + sent + 2 * messages) / 1e6, prices.MESSAGES)
    yield Line("SQS message groups", (sent + 2 * messages) / 1e6, prices.GROUPED)


def _delivery(month: Month) -> Iterator[Line]:
    habits, visits, strangers = month.habits, month.scale.visits, month.strangers
    sizes = month.measured.rendition_bytes
    photos, loads = photos_sent(month), visits * habits.opened
    avatars = visits * habits.avatars + strangers.opened
    watched = (photos_shown(month) + strangers.photos) * habits.video_share * habits.watched
    answers = month.runs["api"] + strangers.kept
    sent = (
        photos * sizes[SHOWN]
        + strangers.crawled * sizes[CARD]
        + watched * habits.clip_bytes
        + avatars * habits.avatar_bytes
        + answers * habits.answer_bytes
        + (loads + strangers.opened) * habits.site_bytes
    )
    # Files of private accounts and of public ones, each with a token.
    media = photos + strangers.crawled + watched + avatars
    requests = media + answers + (loads + strangers.opened) * habits.site_files
    yield Line("CloudFront bytes", sent / GB, prices.DELIVERED)
    yield Line("CloudFront requests", requests / 1e6, prices.EDGE_REQUESTS)
    pages = loads * habits.page_runs + strangers.cards + strangers.opened * habits.site_files
    yield Line("CloudFront functions", (media + pages) / 1e6, prices.EDGE_RUNS)
    # Whether the medium is denied, and whether the blob is.
    yield Line("CloudFront key-value store", 2 * media / 1e6, prices.EDGE_READS)


def _watching(month: Month) -> Iterator[Line]:
    habits, settings, runs = month.habits, month.settings, month.runs
    own = month.added("logged") + runs["api"] * habits.access_log
    logged = (own + sum(runs.values()) * habits.platform_log) / GB
    yield Line("CloudWatch logs taken in", logged, prices.LOGS)
    yield Line("CloudWatch logs kept", logged * settings.log_days / DAYS, prices.LOGS_KEPT)
    yield Line("CloudWatch alarms", settings.alarms, prices.ALARMS)
    yield Line("CloudWatch dashboards", settings.dashboards, prices.DASHBOARDS)
    if settings.traced:
        yield Line("X-Ray traces", runs["api"] * habits.traced / 1e6, prices.TRACES)
