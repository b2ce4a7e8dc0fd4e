"""Run all benchmarks or those named: `python -m bench [name ...]`.

`--against COMMIT` runs the same benchmarks at another commit, in turns with this one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import catalogue, figures
from bench.compare import compare
from bench.ending import ENDED, attended, told_once
from bench.figures import report
from tools.errors import ToolError, Unavailable


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    known = catalogue.names()
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        print(
            f"There is no benchmark {', '.join(unknown)}; there are {', '.join(known)}.",
            file=sys.stderr,
        )
        return 1
    names = options.names or known
    try:
        with told_once():
            if options.against:
                for name in names:
                    compare(name, options.against, options.pairs)
                return 0
            if len(names) == 1:
                return _measure(names[0], toy=options.toy, results=options.results)
            return max(_alone(name, options) for name in names)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEnded; nothing is left behind.", file=sys.stderr)
        return ENDED


def _measure(name: str, *, toy: bool, results: Path) -> int:
    benchmark = catalogue.load(name)
    if not toy:
        print(f"{name}: about {benchmark.MINUTES:g} min", file=sys.stderr)
    try:
        found = benchmark.run(benchmark.TOY if toy else benchmark.FULL)
    except Unavailable as error:
        print(f"{name} is left out: {error}")
        return 0
    report(name, found, results)
    return 0


def _alone(name: str, options: argparse.Namespace) -> int:
    """Run one of several benchmarks in a process of its own, so that nothing is loaded that another
    one needed."""
    toy = ["--toy"] if options.toy else []
    return attended([sys.executable, "-m", "bench", name, *toy, "--results", str(options.results)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", help="benchmarks; all if none is named")
    parser.add_argument("--toy", action="store_true", help="small sizes, to see that they run")
    parser.add_argument("--results", type=Path, default=figures.FOLDER, help="folder for JSON")
    parser.add_argument("--against", metavar="COMMIT", help="compare with another commit")
    parser.add_argument("--pairs", type=int, help="how often each side runs in a comparison")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
