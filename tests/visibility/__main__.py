"""Writes `docs/visibility.md` from the rules: `make visibility`."""

from __future__ import annotations

from tests.visibility.page import COMMITTED, rendered

COMMITTED.write_text(rendered(), encoding="utf-8")
print(f"wrote {COMMITTED}")
