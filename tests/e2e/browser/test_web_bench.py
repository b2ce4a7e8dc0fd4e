"""What benchmarks of the web client read from a browser, of pages that are made for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bench.web_acts import to_next_paint

_SLOW_MS = 120
# The first interaction of a page is always reported, however short it is.
_PAGE = f"""<button onclick="void 0">First</button>
<button onclick="document.title = 'Short'">Short</button>
<button onclick="const end = performance.now() + {_SLOW_MS}; while (performance.now() < end);">
Long</button>"""


@pytest.mark.parametrize(("name", "shortest_ms"), [("Short", 16), ("Long", _SLOW_MS)])
def test_an_interaction_counts_also_if_it_is_too_short_to_be_reported(
    chromium: Browser, name: str, shortest_ms: int
) -> None:
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.set_content(_PAGE)
        page.get_by_role("button", name="First").press("Enter")
        button = page.get_by_role("button", name=name)
        assert to_next_paint(page, button) >= shortest_ms
        assert page.title() == ("Short" if name == "Short" else "")
    finally:
        context.close()
