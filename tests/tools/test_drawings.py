"""The drawings of the parts, held against the code: every function, queue and table, and who sends
to whom. README's overview may leave functions out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.rights import CONSUMED, GRANTED
from tools import paths

Box = tuple[str, str]
"""Kind and name: the queue `publish` is not the function `publish`."""
Arrow = tuple[Box, Box]

_ARROW = re.compile(r"\s+--(?: .*? --)?>\s+")
_NODE = re.compile(r"(?P<id>\w+)(?:(?P<shape>{{|\[\[|\[\(|\[/|\(\[|\[|\(\()(?P<label>.*))?")
_CLOSING = "])}/"
_KINDS = {"{{": "function", "[[": "queue", "[(": "table", "[/": "bucket"}
_TABLES = {"TablesMetadata": "Metadata", "TablesFeed": "Feed", "SearchIndex": "Search"}
_RIGHT = re.compile(r"sqs:SendMessage (?P<queue>.+)|dynamodb:(Put|Update)Item (?P<table>\w+)")


@dataclass(frozen=True, slots=True)
class Chart:
    """The service as boxes and what goes from one to another."""

    boxes: list[Box]
    arrows: frozenset[Arrow]

    def named(self, kind: str) -> Counter[str]:
        return Counter(name for drawn, name in self.boxes if drawn == kind)

    def between(self, start: str, end: str) -> set[Arrow]:
        """The arrows from boxes of one kind to boxes of another."""
        return {arrow for arrow in self.arrows if (arrow[0][0], arrow[1][0]) == (start, end)}


def of_the_code() -> Chart:
    """The functions there are, what they may send to and write, and which queue sets each off."""
    folders = (paths.ROOT / "functions").iterdir()
    functions = [folder.name for folder in folders if (folder / "handler.py").exists()]
    boxes = [
        *(("function", name) for name in functions),
        *(("queue", name) for names in CONSUMED.values() for name in names),
        *(("table", name) for name in _TABLES.values()),
    ]
    arrows: set[Arrow] = {
        (("queue", queue), ("function", worker))
        for worker, queues in CONSUMED.items()
        for queue in queues
    }
    for function, rights in GRANTED.items():
        for right in filter(None, map(_RIGHT.fullmatch, rights)):
            end = (
                ("queue", right["queue"]) if right["queue"] else ("table", _TABLES[right["table"]])
            )
            # The dead letters of the stream, no box, are sent by Lambda in the function's name.
            arrows |= {(("function", function), end)} if end in boxes else set()
    return Chart(boxes, frozenset(arrows))


def of_the_document(document: Path) -> Chart:
    """The first flow chart of a document. A box is declared once and then goes by its id."""
    chart = document.read_text().partition("```mermaid\nflowchart LR\n")[2].partition("```")[0]
    declared: list[tuple[str, Box]] = []
    ways: list[list[list[str]]] = []
    for line in filter(None, map(str.strip, chart.splitlines())):
        ways.append([])
        for step in _ARROW.split(line):
            nodes = [_node(text) for text in step.split(" & ")]
            declared += [(key, box) for key, box in nodes if box is not None]
            ways[-1].append([key for key, _ in nodes])
    boxes = dict(declared)
    assert len(boxes) == len(declared), "two boxes have one id"
    arrows = {
        (boxes[start], boxes[end])
        for way in ways
        for before, after in pairwise(way)
        for start in before
        for end in after
    }
    return Chart(list(boxes.values()), frozenset(arrows))


def _node(text: str) -> tuple[str, Box | None]:
    """Its id, and the box if this is where it is declared."""
    match = _NODE.fullmatch(text)
    assert match is not None, text
    if match["shape"] is None:
        return match["id"], None
    kind = _KINDS.get(match["shape"], "other")
    return match["id"], (kind, match["label"].rstrip(_CLOSING).removesuffix(f" {kind}"))


CODE = of_the_code()


@pytest.fixture
def architecture() -> Chart:
    return of_the_document(paths.ROOT / "docs" / "architecture.md")


@pytest.fixture
def overview() -> Chart:
    return of_the_document(paths.ROOT / "README.md")


def test_two_boxes_of_one_id_are_found(tmp_path: Path) -> None:
    document = tmp_path / "drawing.md"
    document.write_text(
        "```mermaid\nflowchart LR\n    q7[[videos queue]]\n    q7[[search queue]]\n```"
    )

    with pytest.raises(AssertionError, match="two boxes have one id"):
        of_the_document(document)


@pytest.mark.parametrize("kind", ["function", "queue", "table"])
def test_the_architecture_has_each_part_once(architecture: Chart, kind: str) -> None:
    assert architecture.named(kind) == CODE.named(kind)


@pytest.mark.parametrize(
    ("start", "end"), [("function", "queue"), ("queue", "function"), ("function", "table")]
)
def test_the_architecture_has_each_way_and_no_other(
    architecture: Chart, start: str, end: str
) -> None:
    assert architecture.between(start, end) == CODE.between(start, end)


def test_the_overview_has_functions_of_ours_and_each_at_most_once(overview: Chart) -> None:
    drawn = overview.named("function")
    assert drawn <= CODE.named("function")
    assert drawn >= Counter(["api", "dedup_hash", "thumbnail", "publish", "fan_out", "deliver"]), (
        "the way of a photo to its viewers"
    )


def test_the_overview_has_each_message_between_the_functions_that_it_has(overview: Chart) -> None:
    drawn = overview.named("function")
    sent = {
        (sender, worker)
        for sender, queue in CODE.between("function", "queue")
        for taken, worker in CODE.between("queue", "function")
        if queue == taken and sender != worker and drawn[sender[1]] and drawn[worker[1]]
    }

    assert overview.between("function", "function") == sent
