"""Line charts as SVG: a few lines of text that show up in a diff, and no plotting library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 80, 210, 40, 60
_COLOURS: Final = ("#0b62a4", "#c2410c", "#15803d", "#7e22ce", "#475569", "#b45309", "#0f766e")


@dataclass(frozen=True, slots=True)
class Axis:
    """The values at `ticks` are written out; the first and the last are the axis' ends. All are
    positive."""

    title: str
    ticks: Sequence[float]

    def place(self, value: float) -> float:
        """The logarithmic position of a value, from 0 to 1. Values beyond an end of the axis are
        drawn at that end."""
        low, high = math.log(self.ticks[0]), math.log(self.ticks[-1])
        return min(1.0, max(0.0, (math.log(value) - low) / (high - low)))


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


def draw(title: str, across: Axis, up: Axis, lines: Sequence[Line]) -> str:
    """An SVG document."""
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        _text(_LEFT, 22, title, "font-size='14' font-weight='bold'"),
    ]
    bottom, end = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    for tick in across.ticks:
        x = _x(across, tick)
        parts += [_rule(x, _TOP, x, bottom), _text(x, bottom + 18, f"{tick:,.6g}", _MIDDLE)]
    for tick in up.ticks:
        y = _y(up, tick)
        parts += [_rule(_LEFT, y, end, y), _text(_LEFT - 8, y + 4, f"{tick:,.6g}", _END)]
    parts.append(_text((_LEFT + end) / 2, _HEIGHT - 16, across.title, _MIDDLE))
    turned = f"{_MIDDLE} transform='rotate(-90 18 {(_TOP + bottom) / 2:.1f})'"
    parts.append(_text(18, (_TOP + bottom) / 2, up.title, turned))
    for number, line in enumerate(lines):
        parts += _line(across, up, line, number)
    return "\n".join([*parts, "</svg>", ""])


_MIDDLE: Final = "text-anchor='middle'"
_END: Final = "text-anchor='end'"


def _line(across: Axis, up: Axis, line: Line, number: int) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    points = [(_x(across, x), _y(up, y)) for x, y in line.points]
    style = f'stroke="{colour}" stroke-width="2" fill="none"'
    style += ' stroke-dasharray="6 4"' if line.dashed else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    y = _TOP + 10 + 20 * number
    x = _WIDTH - _RIGHT + 14
    dots = [] if line.dashed else points
    return [
        f'<polyline points="{path}" {style}/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in dots),
        f'<line x1="{x}" y1="{y}" x2="{x + 24}" y2="{y}" {style}/>',
        _text(x + 30, y + 4, line.name, ""),
    ]


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.place(value) * (_WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return _HEIGHT - _BOTTOM - axis.place(value) * (_HEIGHT - _TOP - _BOTTOM)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e2e8f0"/>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="#0f172a" {style}>{escape(text)}</text>'
