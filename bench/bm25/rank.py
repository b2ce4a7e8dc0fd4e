"""A program that ranks with rank-bm25: it reads documents and queries as lists of words, and writes
the ten best documents for each query."""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    from rank_bm25 import BM25Okapi  # type: ignore[import-not-found]  # of its own environment

    given = json.load(sys.stdin)
    library: Any = BM25Okapi(given["documents"])
    numbers = list(range(len(given["documents"])))
    json.dump([library.get_top_n(query, numbers, 10) for query in given["queries"]], sys.stdout)


if __name__ == "__main__":
    main()
