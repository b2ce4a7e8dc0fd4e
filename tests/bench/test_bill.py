"""The model of the month's bill, where its lines can be worked out by hand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from math import inf

import pytest

from bench import bill_prices as prices
from bench import bill_report
from bench.bill_habits import FIVE_YEARS, ONE_YEAR, TEN_THOUSAND, Habits, Scale
from bench.bill_measured import Measured, Operation, Settings, Taken
from bench.bill_meter import Item, index_units, read_halves, size_of, write_units
from bench.bill_model import Line, Month, bill, idle, stored_gb, total
from bench.bill_prices import Price
from bench.bill_tables import METADATA, TableUse
from shutterfeed import topology
from tools import paths

SETTINGS = Settings(
    queues=len(topology.LANES),
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
    return Measured(operations, {"150.jpg": 6e3, "640.webp": 40e3})


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


def test_the_idle_bill_is_the_one_in_the_readme() -> None:
    lines = idle(SETTINGS)
    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    (stated,) = re.findall(r"\| \*\*all\*\* \| \*\*([0-9.]+)\*\*", readme)
    assert total(lines) == pytest.approx(float(stated), abs=0.005)
    assert f"three of which have a bulk queue, {cost(lines, 'SQS requests'):.2f} |" in readme
    assert cost(lines, "CloudWatch alarms") == pytest.approx(0.10)


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
    loads = at_scale.scale.visits * habits.opened / 1e6
    media = amounts["CloudFront functions"] - loads * habits.page_runs
    assert media > 0
    assert amounts["CloudFront key-value store"] == pytest.approx(2 * media)
    others = at_scale.runs["api"] / 1e6 + loads * habits.site_files
    assert amounts["CloudFront requests"] == pytest.approx(media + others)


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
    assert full.standard - full.infrequent == pytest.approx(10_000 * 0.15 - 10 * (0.78 - 0.625))


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


def test_the_page_on_costs_has_the_assumptions_and_prices_that_are_computed_with() -> None:
    page = (paths.ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
    for table in (bill_report.assumptions(), bill_report.price_list()):
        assert "\n".join(table) in page
    assert prices.LOOKED_UP in page
