"""A benchmark here and at another commit, in turns: `make bench B=fan_out AGAINST=main`.

The commit is checked out into a folder beside the results, with what this tree has built and
installed linked into it, and its own `tools bench` is run there: what it needs and is not the same
as here, it builds itself. Both run on this tree's Python environment. Runs alternate, so that
whatever else the machine does hits both; the ratio of a figure is the median of its pairs' ratios.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bench import catalogue
from bench.ending import attended
from bench.figures import FOLDER
from tools import paths
from tools.errors import ToolError
from tools.progress import step

MINUTES: Final = 15.0
"""Runs are repeated for this many minutes, up to `_MOST` pairs. At least one pair runs."""
_MOST: Final = 5
_BUILT: Final = (
    *("assets", "dynamodb-local", "layers", "node", "opensearch", "site.sha256", "templates"),
    "bench-bm25",
)
_IMPORT_ROOTS: Final = (".", "cli", "functions", "layers/shared/python")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: the medians of both sides; `ratio` is this tree's over the commit's."""

    name: str
    unit: str
    here: float | None
    there: float | None
    ratio: float | None


def compare(name: str, commit: str, pairs: int | None) -> None:
    """Print both sides' figures with their ratios, and write `<name>-against.json`."""
    minutes = catalogue.load(name).MINUTES
    pairs = pairs or pairs_for(minutes)
    print(f"{name}: {pairs} pairs, about {2 * pairs * minutes:g} min", file=sys.stderr)
    with checked_out(commit) as other:
        rows = compared(*_measured(name, other, commit, pairs))
    _print(name, commit, pairs, rows)
    FOLDER.mkdir(parents=True, exist_ok=True)
    answer = {
        "name": name,
        "against": commit,
        "pairs": pairs,
        "figures": [
            {"name": r.name, "unit": r.unit, "value": r.here, "against": r.there, "ratio": r.ratio}
            for r in rows
        ],
    }
    (FOLDER / f"{name}-against.json").write_text(json.dumps(answer, indent=2) + "\n")


def pairs_for(minutes: float) -> int:
    """How many pairs of runs fit into the time."""
    return max(1, min(_MOST, int(MINUTES / (2 * minutes))))


Figures = Mapping[str, tuple[float, str]]
"""The value and the unit of each figure, by its name."""


def compared(here: Sequence[Figures], there: Sequence[Figures]) -> list[Row]:
    """All figures of either side, pair by pair; a figure that one side lacks has no ratio."""
    names = list(dict.fromkeys(name for side in (*here, *there) for name in side))
    return [_row(name, here, there) for name in names]


def _row(name: str, here: Sequence[Figures], there: Sequence[Figures]) -> Row:
    ours = [side[name][0] for side in here if name in side]
    theirs = [side[name][0] for side in there if name in side]
    unit = next(side[name][1] for side in (*here, *there) if name in side)
    ratios = [
        one[name][0] / other[name][0]
        for one, other in zip(here, there, strict=True)
        if name in one and name in other and other[name][0]
    ]
    return Row(
        name,
        unit,
        median(ours) if ours else None,
        median(theirs) if theirs else None,
        median(ratios) if ratios else None,
    )


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The tree of a commit, ready to run; it is removed at the end. Raises `ToolError` if there is
    no such commit."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    outer = Path(tempfile.mkdtemp(prefix="against-", dir=FOLDER))
    tree = outer / "tree"
    try:
        _git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        _share(tree, outer)
        yield tree
    finally:
        shutil.rmtree(outer, ignore_errors=True)
        _git("worktree", "prune")


def _git(*arguments: str) -> None:
    answer = subprocess.run(
        ["git", *arguments], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        raise ToolError(f"git {arguments[0]} {arguments[1]}: {answer.stderr.strip()}")


def _share(tree: Path, outer: Path) -> None:
    """Give the tree what is built here, as further names of the same files: what it builds itself
    takes their place there and not here."""
    built = [paths.BUILD / name for name in _BUILT]
    for source in (*built, paths.CLOUD_VENV, paths.SITE, paths.WEB / "node_modules"):
        target = tree / source.relative_to(paths.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, copy_function=os.link, symlinks=True)
        elif source.is_file():
            os.link(source, target)
    # Real photos stand beside the repository.
    shared = paths.ROOT.parent / "shared"
    if shared.exists():
        (outer / "shared").symlink_to(shared.resolve())


def _measured(
    name: str, other: Path, commit: str, pairs: int
) -> tuple[list[Figures], list[Figures]]:
    sides: dict[Path, list[Figures]] = {paths.ROOT: [], other: []}
    for pair in range(pairs):
        order = list(sides) if pair % 2 == 0 else list(reversed(sides))
        for tree in order:
            where = "here" if tree == paths.ROOT else commit
            with step(f"{name}, pair {pair + 1} of {pairs}, {where}"):
                sides[tree].append(_figures(name, tree))
    return sides[paths.ROOT], sides[other]


def _figures(name: str, tree: Path) -> Figures:
    result = tree / FOLDER.relative_to(paths.ROOT) / f"{name}.json"
    result.unlink(missing_ok=True)
    log = paths.LOGS / f"bench-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    roots = os.pathsep.join(str(tree / root) for root in _IMPORT_ROOTS)
    with log.open("wb") as output:
        status = attended(
            [sys.executable, "-m", "tools", "bench", name],
            folder=tree,
            environment={**os.environ, "PYTHONPATH": roots},
            output=output,
        )
    if status != 0 or not result.exists():
        end = "".join(log.read_text(errors="replace").splitlines(keepends=True)[-8:])
        raise ToolError(
            f"{name} came to no result in {tree}; {paths.relative(log)} ends like this:\n{end}"
        )
    found = json.loads(result.read_text())["figures"]
    return {figure["name"]: (figure["value"], figure["unit"]) for figure in found}


def _print(name: str, commit: str, pairs: int, rows: Sequence[Row]) -> None:
    width = max((len(row.name) for row in rows), default=0)
    there = commit[:12]
    print(f"\n{name}, {pairs} pair{'s' if pairs > 1 else ''}")
    print(f"  {'':<{width}}  {'here':>12} {there:>12} {'ratio':>7}")
    for row in rows:
        cells = [f"{'-':>12}" if v is None else f"{v:>12.3f}" for v in (row.here, row.there)]
        ratio = f"{'-':>7}" if row.ratio is None else f"{row.ratio:>7.3f}"
        print(f"  {row.name:<{width}}  {' '.join(cells)} {ratio} {row.unit}".rstrip())
