"""The results of a benchmark: figures with their goals, as a table and as JSON."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "build" / "bench"
_GOAL: Final = re.compile(r"(<=|>=) ([0-9.]+)")
_COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `goal` reads like `<= 1.1`."""

    name: str
    value: float
    unit: str
    goal: str | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        match = _GOAL.fullmatch(self.goal)
        if match is None:
            raise ValueError(f"a goal reads like '<= 1.1', not {self.goal!r}")
        return _COMPARISONS[match[1]](self.value, float(match[2]))


def report(name: str, figures: Sequence[Figure], folder: Path = FOLDER) -> Path:
    """Print the figures and write them to `<name>.json` in a folder. Returns the file's path."""
    width = max((len(figure.name) for figure in figures), default=0)
    print(f"\n{name}")
    for figure in figures:
        verdict = {None: "", True: "met", False: "NOT MET"}[figure.met]
        print(
            f"  {figure.name:<{width}}  {figure.value:>10.3f} {figure.unit:<6}"
            f"  {figure.goal or '':<8} {verdict}".rstrip()
        )
    missed = sum(figure.met is False for figure in figures)
    if missed:
        print(f"  {missed} of {sum(f.goal is not None for f in figures)} goals NOT MET")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    rows = [{**asdict(figure), "met": figure.met} for figure in figures]
    path.write_text(json.dumps({"name": name, "figures": rows}, indent=2) + "\n")
    return path
