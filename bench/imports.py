"""CPU time to import each function's handler, beside `boto3` with one DynamoDB client.

Every import runs in a fresh interpreter; rounds go over all of them in turn, so that whatever else
the machine does hits all alike; the figures are medians, and ratios of medians of the same rounds.
`ready` is what a cold start pays in all: the import, and the services with their AWS clients built.

Each handler is also imported as Lambda does it, from folders to which nothing is written: once from
what is deployed, layers included, and once from the same without byte code.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from shutil import copytree, ignore_patterns
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed import config, topology
from tests.limits import PLENTY_SETTING
from tools import layers, staging
from tools.layers import Target

_ROOT: Final = Path(__file__).parents[1]
_BASELINE: Final = "import boto3; boto3.client('dynamodb')"
_CLOCK: Final = "; import time; print(time.process_time() * 1000)"
_FUNCTIONS: Final = tuple(sorted(path.parent.name for path in _ROOT.glob("functions/*/handler.py")))
_GOAL: Final = "<= 1.1"
_DEPLOYED: Final = "as deployed"
_BARE: Final = "without byte code"
_DEPLOYED_GOAL: Final = "<= 0.6"


@dataclass(frozen=True, slots=True)
class Size:
    """How often each import is timed, and of which functions."""

    rounds: int
    functions: tuple[str, ...]
    warm_up: int = 1
    """How often before, which only warms the disk's cache."""


FULL: Final = Size(15, _FUNCTIONS)
TOY: Final = Size(1, ("api",), warm_up=0)
MINUTES: Final = 7.0


def run(size: Size) -> list[Figure]:
    with TemporaryDirectory() as scratch:
        medians = _medians(_programs(size.functions, Path(scratch)), size)
    return [*_figures(size.functions, medians), *_deployed_figures(size.functions, medians)]


def _programs(functions: Sequence[str], scratch: Path) -> Mapping[str, tuple[str, dict[str, str]]]:
    """What is timed: a program and its environment, by name; the baseline first."""
    programs = {"boto3 + DynamoDB client": (_BASELINE, environment())}
    deployed = _deployed()
    bare = [_without_byte_code(path, scratch / str(n)) for n, path in enumerate(deployed)]
    for name in functions:
        program = f"import {name}.handler"
        programs[name] = (program, environment())
        programs[f"{name}, ready"] = (program, environment(AWS_LAMBDA_FUNCTION_NAME=name))
        programs[f"{name}, {_DEPLOYED}"] = (program, _read_only(deployed))
        programs[f"{name}, {_BARE}"] = (program, _read_only(bare))
    return programs


def _deployed() -> list[Path]:
    """The folders in which a deployed function finds modules: its own, our layer, all others."""
    target = Target.host()
    ours = staging.stage(str(target))
    built = layers.build(target)
    others = [built / name / "python" for name in layers.names()]
    return [ours / staging.FUNCTIONS, ours / staging.SHARED / "python", *others]


def _without_byte_code(folder: Path, scratch: Path) -> Path:
    ignored = ignore_patterns("__pycache__")
    return Path(copytree(folder, scratch, ignore=ignored, copy_function=os.symlink))


def _read_only(folders: Sequence[Path]) -> dict[str, str]:
    """The environment of a function that finds its modules in these folders. Its interpreter writes
    no byte code, as it cannot in Lambda; permissions would not keep the superuser from it."""
    path = os.pathsep.join(map(str, folders))
    return environment(PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1")


def _medians(programs: Mapping[str, tuple[str, dict[str, str]]], size: Size) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in programs}
    for number in range(size.warm_up + size.rounds):
        for name, (program, env) in programs.items():
            show(f"round {number + 1} of {size.warm_up + size.rounds}: {name}")
            spent = cpu_milliseconds(program, env)
            if number >= size.warm_up:
                times[name].append(spent)
    clear()
    return {name: median(values) for name, values in times.items()}


def _figures(functions: Sequence[str], medians: Mapping[str, float]) -> list[Figure]:
    baseline = next(iter(medians.values()))
    figures = [Figure(name, value, "ms") for name, value in medians.items()]
    for name in (timed for function in functions for timed in (function, f"{function}, ready")):
        goal = _GOAL if name == "api" else None
        figures.append(Figure(f"{name} / baseline", medians[name] / baseline, "ratio", goal))
    return figures


def _deployed_figures(functions: Sequence[str], medians: Mapping[str, float]) -> list[Figure]:
    """What byte code saves of each import."""
    return [
        Figure(
            f"{name}, {_DEPLOYED} / {_BARE}",
            medians[f"{name}, {_DEPLOYED}"] / medians[f"{name}, {_BARE}"],
            "ratio",
            _DEPLOYED_GOAL,
        )
        for name in functions
    ]


def cpu_milliseconds(program: str, env: Mapping[str, str]) -> float:
    """CPU time of a fresh interpreter from its start to the program's end."""
    command: Sequence[str] = (sys.executable, "-c", program + _CLOCK)
    answer = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=True)
    return float(answer.stdout.split()[-1])


def environment(**extra: str) -> dict[str, str]:
    """The environment variables of a function. Any number will do for a setting that is not listed
    below, even for a resource's name, because nothing uses it while modules are imported."""
    names = {
        field.name.upper()
        for kind in vars(config).values()
        if isinstance(kind, type) and issubclass(kind, config.Settings)
        for field in fields(kind)
    }
    names |= {lane.queue_variable for lane in topology.LANES}
    queue = "https://sqs.us-east-1.amazonaws.com/0/name"
    return {
        **{name: queue if name.endswith("_URL") else "10" for name in names},
        "CELEBRITY_FOLLOWERS": "100000",
        "ACTIVE_DAYS": "30",
        "REGULAR_AFTER_DAYS": "1",
        "SNAPSHOT_POSTS": "100",
        "ORIGIN_KEYS": "anybody",
        "LIMITS": PLENTY_SETTING,
        "SEARCH_ENGINE": "dynamodb",
        "SEARCH_TARGET": "search",
        "RECENT_POSTS_CACHE": "container",
        "RECENT_POSTS_CACHE_SECONDS": "2",
        "RECENT_POSTS_CACHE_AUTHORS": "1000",
        "RECENT_POSTS_CACHE_MEGABYTES": "64",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{_ROOT / 'functions'}:{_ROOT / 'layers/shared/python'}",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Shutterfeed",
        **extra,
    }
