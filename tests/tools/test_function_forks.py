"""Processes of functions that are forked are like those that begin from nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tools.function_forks import Forked, Process, Processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")

# What layers bring: one module tells who has imported it, one looks at the environment.
_MODULES = {
    "heavy/__init__.py": "",
    "heavy/part.py": "import os\nimported_by = os.getpid()\nstate = []\n",
    "heavy/needs_another_layer.py": "import nowhere_to_be_found\n",
    "looks/__init__.py": "import os\nseen = os.environ.get('LOOKED_AT')\n",
}
# Finds its layers as the program of functions does, and tells of itself for each line that it gets.
_SCRIPT = """
import json, os, stat, sys
for layer in os.environ["_LAMBDA_LAYERS_DIRS"].split(os.pathsep):
    sys.path.insert(0, f"{layer}/python")
import heavy.part, looks
def kind(descriptor):
    try:
        return stat.S_IFMT(os.fstat(descriptor).st_mode)
    except OSError:  # It was that of the listing.
        return None
for line in sys.stdin:
    if line.startswith("end"):
        sys.exit(int(line.split()[1]))
    heavy.part.state.append(line.strip())
    print(json.dumps({
        "process": os.getpid(), "imported_by": heavy.part.imported_by, "state": heavy.part.state,
        "folder": os.getcwd(), "arguments": sys.argv, "beside": sys.path.count(os.getcwd()),
        "environment": dict(os.environ), "looked_at": looks.seen, "main": __name__,
        "open": [kind(int(n)) for n in os.listdir("/proc/self/fd") if int(n) > 2],
    }), flush=True)
    print("é 🌅", file=sys.stderr, flush=True)
"""


# Makes a client for each line that it gets, and tells which files that took.
_WITH_SDK: Final = """
import json, sys
from botocore.loaders import JSONFileLoader
from botocore.session import Session
load, read = JSONFileLoader._load_file, []
def noted(loader, path, *more):
    found = load(loader, path, *more)
    if found is not None:
        read.append(path)
    return found
JSONFileLoader._load_file = noted
for line in sys.stdin:
    read.clear()
    client = Session().create_client(
        "sqs", line.strip(), aws_access_key_id="a", aws_secret_access_key="b")
    print(json.dumps({
        "address": client.meta.endpoint_url, "read": read,
        "operations": client.meta.service_model.operation_names,
    }), flush=True)
"""


class _Functions:
    """Starts the processes of functions, all with the same layer."""

    def __init__(self, folder: Path, script: str = _SCRIPT) -> None:
        self._folder, self._script = folder, script
        self._started: list[Process] = []
        for name, text in _MODULES.items():
            file = folder / "layer" / "python" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self._processes = Processes(subprocess.Popen, ("heavy.*", "looks"), ("sqs",))

    def start(self, name: str, **variables: str) -> Process:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        (folder / "_worker.py").write_text(self._script)
        process = self._processes.start(
            [sys.executable, str(folder / "_worker.py")],
            cwd=str(folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
            env={
                **os.environ,
                "_LAMBDA_LAYERS_DIRS": str(self._folder / "layer"),
                "NAME": name,
                **variables,
            },
        )
        self._started.append(process)
        return process

    def stop(self) -> None:
        for process in self._started:
            process.kill()
            process.wait(30)
            for stream in (process.stdin, process.stdout, process.stderr):
                stream.close()
        for ancestor in self._processes._ancestors.values():
            if ancestor is not None:
                ancestor.leave()
                ancestor._process.wait(30)


@pytest.fixture
def functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Functions]:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # The cloud has none.
    started = _Functions(tmp_path)
    yield started
    started.stop()


def told(process: Process, line: str) -> dict[str, Any]:
    process.stdin.write(f"{line}\n")
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def test_what_was_imported_once_is_each_functions_own(functions: _Functions) -> None:
    begun, one, two = functions.start("a"), functions.start("b"), functions.start("c", MORE="yes")

    assert isinstance(begun, subprocess.Popen)
    assert (isinstance(one, Forked), isinstance(two, Forked)) == (True, True)
    told(one, "first")
    first, second, other = told(one, "second"), told(two, "third"), told(begun, "fourth")
    assert (
        first["imported_by"] == second["imported_by"] not in {first["process"], second["process"]}
    )
    assert other["imported_by"] == other["process"]
    assert [first["state"], second["state"]] == [["first", "second"], ["third"]]
    assert [first["process"], second["process"]] == [one.pid, two.pid]


def test_what_the_sdk_knows_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    functions = _Functions(tmp_path, _WITH_SDK)
    try:
        begun, one, two = (functions.start(name) for name in "abc")
        asked = [told(process, "eu-north-1") for process in (begun, one, two)]
        again = told(one, "eu-south-1")
    finally:
        functions.stop()

    assert (isinstance(one, Forked), isinstance(two, Forked)) == (True, True)
    assert [len(answer["read"]) > 0 for answer in asked] == [True, False, False]
    assert [answer["address"] for answer in asked] == ["https://sqs.eu-north-1.amazonaws.com"] * 3
    assert asked[0]["operations"] == asked[1]["operations"] == asked[2]["operations"]
    # What was given is the client's own: the next one reads the files.
    assert set(again["read"]) == set(asked[0]["read"])
    assert again["address"] == "https://sqs.eu-south-1.amazonaws.com"


def test_it_starts_as_one_that_begins_from_nothing(functions: _Functions, tmp_path: Path) -> None:
    begun = told(functions.start("a", MORE="yes"), "x")
    forked = told(functions.start("b", MORE="yes"), "x")

    for its, name in ((begun, "a"), (forked, "b")):
        assert its["folder"] == str(tmp_path / name)
        assert its["arguments"] == [str(tmp_path / name / "_worker.py")]
        assert its["environment"].pop("NAME") == name
    for key in ("environment", "beside", "main", "open", "looked_at", "state"):
        assert forked[key] == begun[key], key
    assert begun["environment"]["MORE"] == "yes"


def test_streams_are_those_of_a_process(functions: _Functions) -> None:
    functions.start("a")
    forked = functions.start("b")

    told(forked, "x")
    assert forked.stderr.readline() == "é 🌅\n"
    forked.stdin.close()
    assert forked.stdout.read() == ""
    assert forked.stderr.read() == ""


def test_how_it_ends_is_told(functions: _Functions) -> None:
    functions.start("a")
    by_itself, asked, killed = (functions.start(name) for name in "bcd")

    assert by_itself.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        by_itself.wait(timeout=0.01)
    by_itself.stdin.write("end 7\n")
    asked.terminate()
    killed.kill()
    assert by_itself.wait(30) == by_itself.poll() == 7
    assert asked.wait(30) == -signal.SIGTERM
    assert killed.wait(30) == -signal.SIGKILL
    by_itself.terminate()  # Nobody else gets its number's signals.


@pytest.mark.parametrize("variable", ["LOOKED_AT", "PYTHONHASHSEED"])
def test_who_would_have_imported_something_else_begins_from_nothing(
    functions: _Functions, variable: str
) -> None:
    functions.start("a")

    other = functions.start("b", **{variable: "7"})

    assert isinstance(other, subprocess.Popen)
    seen = told(other, "x")
    assert seen["imported_by"] == seen["process"]
    assert seen["environment"][variable] == "7"
    assert isinstance(functions.start("c"), Forked)


def test_without_an_ancestor_functions_begin_from_nothing(functions: _Functions) -> None:
    functions.start("a")
    functions.start("b")
    [ancestor] = filter(None, functions._processes._ancestors.values())
    ancestor._process.kill()
    ancestor._process.wait(30)

    process = functions.start("c")

    assert isinstance(process, subprocess.Popen)
    assert told(process, "x")["state"] == ["x"]


def test_those_of_an_ancestor_that_is_left_go_on(functions: _Functions) -> None:
    functions.start("a")
    forked = functions.start("b")
    [ancestor] = filter(None, functions._processes._ancestors.values())

    ancestor.leave()

    assert told(forked, "x")["state"] == ["x"]
    forked.stdin.write("end 3\n")
    assert forked.wait(30) == 3
    assert ancestor._process.wait(30) == 0
