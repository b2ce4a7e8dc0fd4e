"""Writes tables into a page, each between two marks that name it:

<!-- bill: prices -->
| ...
<!-- bill ends -->
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from tools.errors import ToolError

_TABLE: Final = re.compile(r"<!-- bill: ([a-z ]+) -->\n(.*?)<!-- bill ends -->\n", re.DOTALL)


def tables_of(page: str) -> dict[str, str]:
    """The tables that a page has, by name. Raises `ToolError` if it has one twice, or if a mark
    stands alone."""
    found = dict(_TABLE.findall(page))
    if not len(found) == page.count("<!-- bill: ") == page.count("<!-- bill ends -->"):
        raise ToolError("A table of the bill is there twice, or one of its marks is missing.")
    return found


def filled(page: str, tables: Mapping[str, Iterable[str]]) -> str:
    """The page with these tables in place of those it has. Raises `ToolError` if it has others."""
    names = tables_of(page).keys()
    if names != tables.keys():
        differing = ", ".join(sorted(names ^ tables.keys()))
        raise ToolError(f"The page and the benchmark do not have the same tables: {differing}.")
    texts = {name: "".join(f"{line}\n" for line in lines) for name, lines in tables.items()}
    return _TABLE.sub(
        lambda mark: f"<!-- bill: {mark[1]} -->\n{texts[mark[1]]}<!-- bill ends -->\n", page
    )
