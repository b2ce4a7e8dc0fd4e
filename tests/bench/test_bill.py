"""The model of the month's bill, where its lines can be worked out by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import inf

import pytest

from bench import bill_idle, bill_page, bill_report
from bench import bill_prices as prices
from bench.bill_habits import FIVE_YEARS, ONE_YEAR, RECONCILED, TEN_THOUSAND, Habits, Scale
from bench.bill_measured import Measured, Operation, Settings, Taken
from bench.bill_meter import Item, index_units, read_halves, size_of, write_units
from bench.bill_model import (
    Line,
    Month,
    bill,
    idle,
    photos_sent,
    photos_shown,
    stored_gb,
    total,
)
from bench.bill_prices import Price
from bench.bill_strangers import strangers
from bench.bill_tables import METADATA, SEARCH, TableUse, activity
from tools import paths
from tools.errors import ToolError

SETTINGS = Settings(
    queues=11,
    alarms=11,
    dashboards=1,
    memory_mb=dict.fromkeys(
        ("api", "tokens", "reconcile", "transcode", "thumbnail", "publish"), 1024
    ),
    infrequent=frozenset(),
    originals_class="STANDARD_IA",
    log_days=30,
    traced=True,
)


def measured() -> Measured:
    operations = {operation: Taken(runs=Counter(api=1)) for operation in Operation}
    operations[Operation.POST] = Taken(
        halves=Counter({METADATA: 20}),
        written=Counter({METADATA: 25}),
        stored=Counter({METADATA: 3_000}),
        indexed=Counter({METADATA: 1_500}),
        puts=6,
        gets=2,
        sends=5,
        messages=5,
        runs=Counter(api=2, thumbnail=1, publish=2),
        logged=4_000,
    )
    return Measured(operations, {"150.jpg": 6e3, "640.webp": 40e3, "640.jpg": 60e3})


def month(scale: Scale = ONE_YEAR, habits: Habits | None = None) -> Month:
    return Month(scale, habits or Habits(), measured(), SETTINGS)


def cost(lines: list[Line], name: str) -> float:
    (found,) = (line.usd for line in lines if line.name == name)
    return found


def test_a_price_has_steps_that_begin_after_what_is_free() -> None:
    price = Price(
        unit="", steps=((10, 2.0), (20, 1.0), (inf, 0.5)), free=5, source="", confirmed=None
    )
    assert [price.of(amount) for amount in (0, 5, 6, 15, 35, 45)] == [0, 0, 2, 20, 40, 45]


def test_every_price_says_where_it_is_from() -> None:
    for price in (price for service in prices.PRICES.values() for price in service):
        assert price.source.startswith("https://aws.amazon.com/"), price
        assert price.steps[-1][0] == inf, price


def test_what_is_idle_costs_what_can_be_worked_out_by_hand() -> None:
    lines = idle(SETTINGS)
    # Five pollers ask each queue three times a minute; a million requests and ten alarms are free.
    requests = 11 * 5 * 3 * 60 * 24 * 365.25 / 12
    assert cost(lines, "SQS requests") == pytest.approx((requests - 1e6) / 1e6 * 0.40)
    assert cost(lines, "CloudWatch alarms") == pytest.approx(0.10)
    # Every minute it is looked for scheduled posts, in four partitions.
    reads = 4 * 0.5 * 60 * 24 * 365.25 / 12
    assert cost(lines, "DynamoDB reads") == pytest.approx(reads / 1e6 * 0.125)
    assert total(lines) == pytest.approx(2.60, abs=0.005)


def test_readme_has_the_bill_of_an_idle_month_that_the_command_writes() -> None:
    assert bill_idle.readme() == paths.README.read_text(encoding="utf-8"), "run `make costs`"


def test_nobody_pays_for_what_is_idle_by_the_hour() -> None:
    nobody = month(Scale(0, 0, 0, 0, 12))
    # The reconciler's run time rises with its log lines, which are within what is free.
    assert total(bill(nobody)) == pytest.approx(total(idle(SETTINGS)), abs=0.02)


def test_five_years_of_originals_are_the_730_tb_that_the_service_is_written_for() -> None:
    young, old = stored_gb(month(FIVE_YEARS))
    assert (young + old) * 1024**3 / 1e12 == pytest.approx(730.5, abs=0.1)
    assert young * 1024**3 / 1e12 == pytest.approx(30 * 2e6 * 200e3 / 1e12)


def test_a_month_of_two_million_photos_a_day_writes_what_can_be_worked_out_by_hand() -> None:
    use = month().tables[METADATA]
    assert use.written == pytest.approx(2e6 * 365.25 / 12 * 25 / 1e6)
    posts = 2e6 * 365.25 * 3_000 / 1024**3
    assert use.items_gb == pytest.approx(posts + 500e6 * Habits().person_bytes / 2 / 1024**3)


def test_each_file_of_media_runs_the_function_at_the_edge_which_reads_its_store_twice() -> None:
    at_scale, habits = month(), Habits()
    amounts = {line.name: line.amount for line in bill(at_scale)}
    loads, out = at_scale.scale.visits * habits.opened / 1e6, at_scale.strangers
    pages = loads * habits.page_runs + (out.cards + out.opened * habits.site_files) / 1e6
    media = amounts["CloudFront functions"] - pages
    assert media > 0
    assert amounts["CloudFront key-value store"] == pytest.approx(2 * media)
    answers = (at_scale.runs["api"] + out.kept) / 1e6
    files = (loads + out.opened / 1e6) * habits.site_files
    assert amounts["CloudFront requests"] == pytest.approx(media + answers + files)


def test_what_strangers_open_can_be_worked_out_by_hand() -> None:
    habits = replace(Habits(), stranger_profiles=0.3, stranger_tags=0.1, public_hits=0.25)
    scale = Scale(0, 0, 1_000 / (365.25 / 12) / habits.visits / habits.strangers, 0, 12)
    out = strangers(scale, habits)
    assert (out.posts, out.profiles, out.tags) == pytest.approx((600, 300, 100))
    assert out.photos == pytest.approx(600 + 400 * 20)
    # 900 pages with a card, a post's answer, two of a profile and one of a hashtag.
    assert out.kept == pytest.approx(0.25 * (900 + 600 + 600 + 100))
    asked = out.operations
    assert asked[Operation.PUBLIC_PAGE] == pytest.approx(0.75 * 900 + 1_000)
    assert asked[Operation.PUBLIC_POST] == pytest.approx(0.75 * 600)
    assert asked[Operation.PUBLIC_PROFILE] == pytest.approx(0.75 * 300)
    assert asked[Operation.ATOM] == asked[Operation.OEMBED] == pytest.approx(50)
    assert out.missed_tags == pytest.approx(75)


def test_strangers_cost_what_they_ask_for() -> None:
    nobody = bill(month(habits=replace(Habits(), strangers=0)))
    grown = {a.name for a, b in zip(nobody, bill(month()), strict=True) if a.amount < b.amount}
    assert {
        *("API Gateway", "Lambda runs", "Lambda run time", "S3 reads", "X-Ray traces"),
        *("CloudFront bytes", "CloudFront requests", "CloudFront functions"),
        *("CloudFront key-value store", "CloudWatch logs taken in", "CloudWatch logs kept"),
        "DynamoDB reads",
    } == grown
    searched = [month(habits=replace(Habits(), stranger_tags=share)) for share in (0, 1)]
    reads = [one.tables[SEARCH].read for one in searched]
    more = searched[1].strangers.missed_tags * Habits().search_reads / 1e6
    assert reads[1] - reads[0] == pytest.approx(more)


def test_people_are_sent_what_a_feed_shows_and_machines_the_picture_of_a_card() -> None:
    def sent(sizes: Mapping[str, float]) -> float:
        one = replace(month(), measured=replace(measured(), rendition_bytes=sizes))
        amounts = {line.name: line.amount for line in bill(one)}
        return amounts["CloudFront bytes"] * 1024**3

    sizes = {"1080.webp": 9.0, "150.jpg": 1.0, "640.jpg": 4.0, "640.webp": 3.0, "320.webp": 2.0}
    larger_card = sent({**sizes, "640.jpg": 8.0}) - sent(sizes)
    assert larger_card == pytest.approx(month().strangers.crawled * 4, rel=1e-4)


def test_a_follow_of_a_private_account_is_a_request_whose_photos_are_loaded_again() -> None:
    follows = ONE_YEAR.visits * Habits().follows
    for private, had in ((0, 0.5), (0.4, 0.3), (1, 0)):
        habits = replace(Habits(), private=private, seen_before=0.5, strangers=0, explored=0)
        counts = activity(ONE_YEAR, habits)
        assert counts[Operation.FOLLOW] == pytest.approx(follows * (1 - private))
        assert counts[Operation.REQUEST] == pytest.approx(follows * private)
        one = month(habits=habits)
        assert photos_sent(one) == pytest.approx(photos_shown(one) * (1 - had))


def test_exploring_costs_what_can_be_worked_out_by_hand() -> None:
    habits = Habits()
    none, usual = (month(habits=replace(habits, explored=e, places=p)) for e, p in ((0, 0), (1, 2)))
    pages, asked = ONE_YEAR.visits, ONE_YEAR.photos_a_month * 2
    assert usual.runs["api"] - none.runs["api"] == pytest.approx(pages + asked)
    assert photos_shown(usual) - photos_shown(none) == pytest.approx(30 * pages)
    assert photos_sent(usual) - photos_sent(none) == pytest.approx(30 * pages), "all are new"
    reads = usual.tables[SEARCH].read - none.tables[SEARCH].read
    assert reads == pytest.approx(asked * habits.place_reads / 1e6)


def test_lists_are_made_by_every_run_after_which_somebody_was_nominated() -> None:
    few, none = Scale(10, 10, 1, 1, 1), Scale(0, 0, 0, 0, 1)
    assert activity(ONE_YEAR, Habits())[Operation.LISTS] == RECONCILED
    nominated = few.photos_a_month + few.visits * Habits().follows
    assert activity(few, Habits())[Operation.LISTS] == pytest.approx(nominated)
    assert activity(none, Habits())[Operation.LISTS] == 0


@pytest.mark.parametrize("more", [1.01, 2, 10, 1000])
def test_more_people_never_cost_less(more: float) -> None:
    few = TEN_THOUSAND
    many = Scale(
        few.users * more,
        few.monthly * more,
        few.daily * more,
        few.photos_a_day * more,
        few.months,
    )
    for less, greater in zip(bill(month(few)), bill(month(many)), strict=True):
        assert less.name == greater.name
        assert less.usd <= greater.usd, less.name
    assert total(bill(month(few))) < total(bill(month(many)))


def test_years_only_add_to_what_is_stored() -> None:
    one, five = bill(month(ONE_YEAR)), bill(month(FIVE_YEARS))
    grown = {a.name for a, b in zip(one, five, strict=True) if a.usd != b.usd}
    assert grown == {
        "DynamoDB storage",
        "DynamoDB point-in-time recovery",
        "S3 originals, older",
        "S3 renditions",
    }


def test_a_video_share_adds_to_storage_transcoding_and_delivery() -> None:
    without, with_videos = bill(month()), bill(month(habits=replace(Habits(), video_share=0.01)))
    for name in ("S3 originals, older", "S3 renditions", "Lambda run time", "CloudFront bytes"):
        assert cost(with_videos, name) > cost(without, name), name


def test_the_better_class_of_a_table_is_the_one_whose_dearer_side_is_small() -> None:
    busy, full = TableUse(1_000, 0, 100), TableUse(10, 0, 10_000)
    assert busy.standard < busy.infrequent
    assert full.infrequent < full.standard
    assert full.saved == pytest.approx(10_000 * 0.15 - 10 * (0.78 - 0.625))
    at_the_limit = replace(busy, items_gb=busy.pays_from_gb)
    assert busy.pays_from_gb > busy.stored_gb
    assert at_the_limit.saved == pytest.approx(0)


def test_units_are_counted_as_dynamodb_documents_them() -> None:
    assert [write_units(size) for size in (0, 1, 1024, 1025)] == [1, 1, 1, 2]
    assert [read_halves(size, consistent=False) for size in (0, 4096, 4097)] == [1, 1, 2]
    assert read_halves(1, consistent=True) == 2
    item: Item = {
        "pk": {"S": "ab"},
        "sk": {"S": "c"},
        "n": {"N": "-123"},
        "l": {"L": [{"BOOL": True}]},
    }
    assert size_of(item) == (2 + 2) + (2 + 1) + (1 + 4) + (1 + 3 + 2)


def test_an_index_entry_that_moves_is_deleted_and_written() -> None:
    base = {"pk": {"S": "p"}, "sk": {"S": "s"}}
    open_one = {**base, "open_pk": {"S": "o"}, "open_sk": {"S": "1"}}
    moved = {**base, "open_pk": {"S": "o"}, "open_sk": {"S": "2"}}
    assert index_units(None, base) == 0
    assert index_units(None, open_one) == 1
    assert index_units(open_one, {**open_one, "caption": {"S": "x"}}) == 0
    assert index_units(open_one, moved) == 2
    assert index_units(open_one, base) == 1


CLASSES = ("classes after one year", "classes after five years")


def test_the_page_on_costs_has_the_tables_that_the_benchmark_writes() -> None:
    page = (paths.ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    found = bill_page.tables_of(page)
    large = replace(SETTINGS, traced=False)
    columns = {"five years": bill(replace(month(), settings=large))}
    tables = bill_report.tables(columns, month(ONE_YEAR), month(FIVE_YEARS))
    assert found.keys() == tables.keys()
    for name in ("assumptions", "prices"):
        assert found[name].splitlines() == list(tables[name])
    # What is measured differs; the lines and their units do not.
    for name, alike in (("amounts", (0, 2)), *((name, (0,)) for name in CLASSES)):
        expected = [_cells(row, alike) for row in tables[name]]
        assert sorted(_cells(row, alike) for row in found[name].splitlines()) == sorted(expected)
    assert prices.LOOKED_UP in page


def _cells(row: str, columns: tuple[int, ...]) -> tuple[str, ...]:
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    return tuple(cells[column] for column in columns)


PAGE = """before
<!-- bill: one -->
| stale |
<!-- bill ends -->
between
<!-- bill: two -->
<!-- bill ends -->
"""


def test_only_what_is_between_the_marks_of_a_page_is_replaced() -> None:
    assert bill_page.tables_of(PAGE) == {"one": "| stale |\n", "two": ""}
    filled = bill_page.filled(PAGE, {"two": ["| 2 |"], "one": [r"| \1 |", "| b |"]})
    assert bill_page.tables_of(filled) == {"one": "| \\1 |\n| b |\n", "two": "| 2 |\n"}
    assert bill_page.filled(filled, {"one": ["| stale |"], "two": []}) == PAGE


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("<!-- bill: two -->\n", ""),
        PAGE.replace("<!-- bill ends -->\nbetween", "between"),
        PAGE.replace("two", "one"),
        PAGE.replace("two", "three"),
        PAGE.replace("two", "Two"),
        "",
    ],
)
def test_a_page_whose_marks_are_not_as_they_should_be_is_left_alone(page: str) -> None:
    with pytest.raises(ToolError):
        bill_page.filled(page, {"one": [], "two": []})
