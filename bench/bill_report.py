"""The tables of `docs/cost.md`, as `make bench B=bill` writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from bench.bill_habits import Habits
from bench.bill_model import Line, Month, total
from bench.bill_prices import PRICES, Price
from bench.bill_tables import TableUse


def tables(
    columns: Mapping[str, Sequence[Line]], one_year: Month, five_years: Month
) -> Mapping[str, Iterable[str]]:
    """All tables of the page, by name, as lines."""
    return {
        "bills": bills(columns),
        "amounts": amounts(columns["five years"]),
        "classes after one year": classes(one_year.tables),
        "classes after five years": classes(five_years.tables),
        "assumptions": assumptions(),
        "prices": price_list(),
    }


def bills(columns: Mapping[str, Sequence[Line]]) -> Iterator[str]:
    """The bills side by side, the largest lines of the last one first."""
    by_name = {name: {line.name: line for line in lines} for name, lines in columns.items()}
    last = list(columns.values())[-1]
    names = [line.name for line in sorted(last, key=lambda line: -line.usd)]
    names += sorted({line.name for lines in columns.values() for line in lines} - {*names})
    yield "| line | " + " | ".join(columns) + " |"
    yield "|---|" + "---|" * len(columns)
    for name in names:
        costs = [lines[name].usd if name in lines else 0.0 for lines in by_name.values()]
        if any(cost >= 0.005 for cost in costs):
            yield f"| {name} | " + " | ".join(map(dollars, costs)) + " |"
    sums = [f"**{dollars(total(lines))}**" for lines in columns.values()]
    yield "| **all** | " + " | ".join(sums) + " |"


def amounts(lines: Sequence[Line]) -> Iterator[str]:
    """One bill with its amounts, which its prices turn into dollars."""
    yield "| line | amount | of what | USD |"
    yield "|---|---|---|---|"
    for line in sorted(lines, key=lambda line: -line.usd):
        row = (line.name, f"{line.amount:,.2f}", line.price.unit, dollars(line.usd))
        yield "| " + " | ".join(row) + " |"


def with_total(lines: Sequence[Line]) -> Iterator[str]:
    """One bill with its amounts, and its sum."""
    yield from amounts(lines)
    yield f"| **all** | | | **{dollars(total(lines))}** |"


def classes(uses: Mapping[str, TableUse]) -> Iterator[str]:
    """Each table's month in both table classes, and from which size on Standard-IA is cheaper."""
    names = ("million writes", "million reads", "GB", "Standard", "Standard-IA", "IA saves")
    yield "| table | " + " | ".join(names) + " | more for requests | pays from GB |"
    yield "|---|" + "---|" * (len(names) + 2)
    for name, use in uses.items():
        numbers = (use.written, use.read, use.stored_gb)
        costs = (use.standard, use.infrequent, use.saved, use.dearer_requests)
        amounts = [*(f"{number:,.0f}" for number in numbers), *map(dollars, costs)]
        yield "| " + " | ".join((name, *amounts, f"{use.pays_from_gb:,.0f}")) + " |"


def assumptions() -> Iterator[str]:
    yield "| what | value | because, or what it means |"
    yield "|---|---|---|"
    for field in fields(Habits):
        value = f"{field.default:,.2f}".rstrip("0").rstrip(".")
        yield f"| `{field.name}` | {value} | {field.metadata['because']} |"


def price_list() -> Iterator[str]:
    yield "| service | USD | for each | free a month | price read in |"
    yield "|---|---|---|---|---|"
    for service, prices in PRICES.items():
        for price in prices:
            free = f"{price.free:,g}" if price.free else ""
            read = price.confirmed or "**not confirmed**"
            row = (f"[{service}]({price.source})", _steps(price), price.unit, free, read)
            yield "| " + " | ".join(row) + " |"


def _steps(price: Price) -> str:
    *steps, (_, last) = price.steps
    first = [f"{usd:g} (the first {width:,.0f})" for width, usd in steps[:1]]
    return ", ".join(
        [*first, *(f"{usd:g} ({width:,.0f})" for width, usd in steps[1:]), f"{last:g}"]
    )


def dollars(usd: float) -> str:
    return f"{usd:,.0f}" if abs(usd) >= 100 else f"{usd:,.2f}"
