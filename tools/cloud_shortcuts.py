"""The local cloud with shortcuts for what it does at great length, with the same outcome.

uvicorn serves `app` from here, in the cloud's own environment, instead of from `ministack.app`. The
cloud works out again for every item what a condition means, and for every request what a role may
do and what a distribution is like. After every invocation it waits for lines of the log that may
never come. What it does for each request is in `cloud_requests.py`, and how it looks for the work
of functions in `cloud_sources.py`.
"""

from __future__ import annotations

import gc
import hashlib
import os
import queue
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, wraps
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from types import SimpleNamespace
from typing import Any, Final

from ministack.app import app
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import cloudfront, dynamodb, lambda_svc

from tools import cloud_requests, cloud_sources
from tools.cloud_requests import KEPT, Call
from tools.function_forks import Processes

__all__ = ["app"]

_LOG_ENDS: Final = "the log of this invocation ends here"
"""The line with which a function's process ends its log, after each invocation."""
_LOG_SECONDS: Final = 0.25
"""How long that line is waited for: it is written before the answer."""
_NEW_OBJECTS: Final = 20_000
"""The number of new objects after which the garbage collector looks at them; 700 without this."""
_CALL: Final = "            result = handler_fn(event, context)\n"


def take() -> None:
    """Take them in this process."""
    _replace(dynamodb, "_tokenize", lru_cache(KEPT))
    _replace(dynamodb, "_evaluate_condition", _checked_once)
    _replace(iam_evaluator, "parse_policy_document", _parsed_once)
    for owner, name, shortcut in (*cloud_requests.SHORTCUTS, *cloud_sources.SHORTCUTS):
        _replace(owner, name, shortcut)
    _replace(cloudfront, "_glob_to_regex", lru_cache(KEPT))
    _replace(cloudfront, "parse_distribution_dataplane_config", _read_once)
    _replace(lambda_svc, "_sqs_esm_concurrency", _as_cores_allow)
    _replace(lambda_runtime, "zipfile", _unpacking_once)
    _replace(lambda_runtime, "_PYTHON_WORKER_SCRIPT", _ending_its_log)
    _replace(lambda_runtime.Worker, "_drain_stderr_bounded", _until_its_end)
    if sys.platform == "linux":
        _replace(lambda_runtime, "subprocess", _forking)
    # What was imported never becomes garbage, and the cloud keeps what it is given.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 50, 100)


def _replace(owner: object, name: str, shortcut: Callable[[Any], Any]) -> None:
    setattr(owner, name, shortcut(getattr(owner, name)))


def _checked_once(evaluate: Call) -> Call:
    """Check once whether an expression is well formed, and not again for each item. One that is
    not, or does not fit an item, is left to the cloud, which says what is wrong."""
    well_formed: dict[tuple[str, str], Sequence[tuple[str, str]]] = {}

    @wraps(evaluate)
    def evaluated(
        expr: str,
        item: Mapping[str, Any],
        attr_values: Mapping[str, Any],
        attr_names: Mapping[str, str],
        slot: str = "ConditionExpression",
    ) -> Any:
        tokens = well_formed.get((expr, slot))
        if tokens is not None:
            with suppress(Exception):
                return dynamodb._ExprEval(tokens, item, attr_values, attr_names).evaluate()
        result = evaluate(expr, item, attr_values, attr_names, slot)
        # Whether bounds are in order depends on their values. Those of keys are looked at before.
        has_bounds = slot != "KeyConditionExpression" and "BETWEEN" in expr.upper()
        if expr and not has_bounds and len(well_formed) < KEPT:
            well_formed[expr, slot] = dynamodb._tokenize(expr)
        return result

    return evaluated


def _parsed_once(parse: Call) -> Call:
    """Read the text of a policy once, and not for each request that it allows."""
    of_text = lru_cache(KEPT)(parse)
    return lambda document: of_text(document) if isinstance(document, str) else parse(document)


def _read_once(parse: Call) -> Call:
    """Read the settings of a distribution once, and not for each request to the site."""

    @lru_cache(KEPT)
    def of_text(config_xml: str | bytes) -> Any:
        return parse({"config_xml": config_xml})

    return lambda distribution: of_text(distribution.get("config_xml") or "")


def _as_cores_allow(limit: Call) -> Call:
    """Let a queue start no more executions than half of the cores: each is a process of its own,
    which takes a core a second to start, and there are two dozen queues."""
    most = max(1, (os.cpu_count() or 1) // 2)
    return lambda *arguments: min(limit(*arguments), most)


def _forking(module: Any) -> Any:
    """The module that starts processes, which forks those of functions."""
    return SimpleNamespace(**{**vars(module), "Popen": Processes(module.Popen).start})


def _unpacking_once(module: Any) -> Any:
    """The module that unpacks archives, for the processes of functions."""
    return SimpleNamespace(**{**vars(module), "ZipFile": _UnpackedOnce})


class _UnpackedOnce(zipfile.ZipFile):
    """An archive that is unpacked once for all processes that run what is in it, each of which gets
    a link to the folder. Nothing is written there, as in AWS."""

    _turn = Lock()

    def namelist(self) -> list[str]:
        """The names of what is to be unpacked, which the cloud looks through before."""
        return [] if self._folder().exists() else super().namelist()

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Put a link to the unpacked archive in the place of an empty folder."""
        place, folder = Path(path), self._folder()
        with self._turn:
            if not folder.exists():
                temporary = mkdtemp(prefix="unpacked-", dir=folder.parent)
                super().extractall(temporary, members, pwd)
                Path(temporary).replace(folder)
        place.rmdir()
        place.symlink_to(folder, target_is_directory=True)

    def _folder(self) -> Path:
        """Where it is unpacked: beside the folders of the processes, by what it holds."""
        held = repr([(one.filename, one.CRC, one.file_size) for one in self.infolist()])
        digest = hashlib.sha256(held.encode()).hexdigest()
        return Path(str(self.filename)).parent.parent / f"archive-{digest[:20]}"


def _ending_its_log(script: str) -> str:
    """The program in which functions run, with a line after the log of each invocation."""
    assert script.count(_CALL) == 1, "the program of functions is another one"
    indent = " " * (len(_CALL) - len(_CALL.lstrip()))
    return script.replace(
        _CALL,
        f"{indent}try:\n"
        f"    {_CALL}"
        f"{indent}finally:\n"
        f"{indent}    print({_LOG_ENDS!r}, file=sys.stderr, flush=True)\n",
    )


def _until_its_end(drain: Call) -> Call:
    """Read what an invocation has logged until the line that ends it. The cloud asks each
    millisecond whether there is another line, until there was none for a while."""

    @wraps(drain)
    def log(worker: Any) -> str:
        if not worker.config.get("Runtime", "").startswith("python"):
            return str(drain(worker))
        lines: list[str] = []
        while _LOG_ENDS not in "".join(lines[-1:]):
            try:
                lines.append(worker._stderr_queue.get(timeout=_LOG_SECONDS))
            except queue.Empty:
                return "\n".join(lines)  # It ended before it came to that.
        rest = lines.pop().removesuffix(_LOG_ENDS)
        return "\n".join([*lines, rest] if rest else lines)

    return log


take()
