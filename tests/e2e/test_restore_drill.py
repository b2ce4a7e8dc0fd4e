"""A region is lost and made again elsewhere, by the operator's own drill."""

from __future__ import annotations

from operations import restore_drill


def test_everybody_sees_what_they_saw_before() -> None:
    assert restore_drill.drill().startswith("Identical: ")
