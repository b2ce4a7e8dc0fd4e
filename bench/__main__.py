"""Run all benchmarks, or those named: `python -m bench [name ...]`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from bench import audit, hostile, imports, renditions, search, upload_to_feed
from bench.figures import Figure, report

BENCHMARKS: Mapping[str, Callable[[], Sequence[Figure]]] = {
    "audit": audit.run,
    "hostile": hostile.run,
    "imports": imports.run,
    "renditions": renditions.run,
    "search": search.run,
    "upload_to_feed": upload_to_feed.run,
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
