"""The model of what somebody else's upload waits for, with the stack's own settings."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench import fairness
from tools import paths

SIZE = fairness.Size(photos=500, videos=30, samples=30)
"""The full noise; fewer samples make the figures coarser, not smaller."""
CASES = {case.name: case for case in fairness.cases(SIZE)}


def test_every_preset_is_played() -> None:
    context = json.loads((paths.ROOT / "cdk.json").read_text())["context"]
    for preset in context["presets"]:
        name = "photo" if preset == context["preset"] else f"photo, preset {preset}"
        assert CASES[name].goal is not None


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.goal])
def test_nobody_waits_three_times_as_long_beside_one_users_uploads(name: str) -> None:
    figure = CASES[name].measured(SIZE.samples)
    assert figure.met, figure


@pytest.mark.parametrize("name", ["photo", "photo, on the local cloud"])
def test_with_one_queue_a_step_they_would(name: str) -> None:
    case = CASES[name]
    figure = replace(case, rules=replace(case.rules, lanes=False, fair=False)).measured(10)
    assert not figure.met, figure
