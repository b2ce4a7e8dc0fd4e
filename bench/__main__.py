"""Run all benchmarks, or those named: `python -m bench [name ...]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from bench import (
    audit,
    dedup_timing,
    fan_out,
    faults,
    feed_cost,
    feed_orders,
    feed_read,
    hostile,
    imports,
    limits,
    renditions,
    search,
    transcode,
    upload_to_feed,
    web,
)
from bench.figures import Figure, report

BENCHMARKS: Mapping[str, Callable[[], Sequence[Figure]]] = {
    "audit": audit.run,
    "dedup_timing": dedup_timing.run,
    "fan_out": fan_out.run,
    "faults": faults.run,
    "feed_cost": feed_cost.run,
    "feed_orders": feed_orders.run,
    "feed_read": feed_read.run,
    "hostile": hostile.run,
    "imports": imports.run,
    "limits": limits.run,
    "renditions": renditions.run,
    "search": search.run,
    "transcode": transcode.run,
    "upload_to_feed": upload_to_feed.run,
    "web": web.run,
}


def main(names: Sequence[str]) -> int:
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        known = ", ".join(BENCHMARKS)
        print(f"There is no benchmark {', '.join(unknown)}; there are {known}.", file=sys.stderr)
        return 1
    for name in names or BENCHMARKS:
        report(name, BENCHMARKS[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
