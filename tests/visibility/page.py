"""The table of who may see what, as a page: from the rules alone, or with what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tests.visibility import rules
from tests.visibility.cast import Role, Subject, Viewer, owner_of, role
from tests.visibility.judging import Finding, Measured
from tests.visibility.matrix import MATRIX, Entry
from tests.visibility.rules import Outcome, Surface
from tools import paths

COMMITTED: Final = paths.ROOT / "docs" / "visibility.md"
MEASURED: Final = paths.BUILD / "visibility.md"
_SIGNS: Final[Mapping[Outcome, str]] = {
    Outcome.SHOWN: "●",
    Outcome.TOLD: "○",
    Outcome.HIDDEN: "·",
    Outcome.REFUSED: "401",
    Outcome.FORBIDDEN: "403",
}
_HEAD: Final = """\
# Who sees what

This page is written by `make visibility` from the rules that the tests hold the service to
(`tests/visibility/rules.py`). They come from the design and share nothing with the code that
decides, which is `domain/visibility.py` ([architecture.md](architecture.md#who-may-see-what)).

`tests/e2e/test_visibility.py` asks every operation of the OpenAPI document of a deployed stack, for
every viewer, and looks in whole answers, in headers and decoded cursors too, for the ids, handles,
captions, alt texts, media and files of everything below. The friend, the public user, and those
whom the gateway refuses ask over HTTP. For the others the same handler answers in the test's
process, from a copy of the stack's tables; what one of them reads is asked for in both ways, and
has to be the same. An operation that is in the document and not in the matrix fails the tests. What
it finds it writes to `build/visibility.md`, in the form of this page.

| sign | the answer |
|---|---|
| ● | shows it |
| ○ | shows nothing of it, but is another one than for what does not exist |
| · | shows nothing of it; asked for by its address, it is answered like what does not exist, in \
every byte but the time and the request's id |
| 401 | is the gateway's, whatever was asked for |

Viewers are named by what they are to the owner of what is shown. *Account deleted* is a follower
whose account was deleted from the user pool, and whose token has not run out yet; *token expired*
is a follower whose token has. The blocker, the blocked and the removed followed the owner before. A
cell is empty if the matrix has nobody who is that.
"""


def rendered(measured: Measured | None = None, matrix: Mapping[str, Entry] = MATRIX) -> str:
    """The page; with what was measured, if it is given."""
    parts = [_HEAD, *(_section(surface, names, measured) for surface, names in _surfaces(matrix))]
    if measured is not None:
        parts.append(_report(measured))
    return "\n".join(parts)


def _surfaces(matrix: Mapping[str, Entry]) -> list[tuple[Surface, list[str]]]:
    """Each surface with the operations that have it, in their order."""
    found: dict[Surface, list[str]] = {}
    for name, entry in matrix.items():
        for surface in entry.surfaces:
            found.setdefault(surface, []).append(name)
    # The number of posts is told wherever a user is shown with numbers.
    found[rules.COUNT] = [*found[rules.USER], *found[rules.PEOPLE]]
    return list(found.items())


def _section(surface: Surface, names: Iterable[str], measured: Measured | None) -> str:
    operations = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    lines = [f"## {surface.name}", "", f"{surface.says} ({operations})", ""]
    if surface.shown:
        lines += [f"| | {' | '.join(Role)} |", "|---" * (len(Role) + 1) + "|"]
        lines += _rows(surface, list(names), measured)
        lines.append("")
    return "\n".join(lines)


def _rows(surface: Surface, names: list[str], measured: Measured | None) -> Iterator[str]:
    """A row for each subject; those that are alike, as far as both have viewers, stand in one."""
    rows: list[tuple[list[str], list[Subject]]] = []
    for subject in surface.subjects:
        cells = [_cell(surface, subject, each, names, measured) for each in Role]
        for row, subjects in rows:
            if all(a == b or not (a and b) for a, b in zip(row, cells, strict=True)):
                row[:] = [a or b for a, b in zip(row, cells, strict=True)]
                subjects.append(subject)
                break
        else:
            rows.append((cells, [subject]))
    for row, subjects in rows:
        yield f"| {', '.join(subjects)} | {' | '.join(row)} |"


def _cell(
    surface: Surface, subject: Subject, each: Role, names: list[str], measured: Measured | None
) -> str:
    if not any(role(viewer, owner_of(subject)) is each for viewer in Viewer):
        return ""
    sign = _SIGNS[surface.outcome(subject, each)]
    wrong = sorted({f.fault for f in _findings(subject, each, names, measured)})
    return f"{sign} **{', '.join(wrong)}**" if wrong else sign


def _findings(
    subject: Subject, each: Role, names: list[str], measured: Measured | None
) -> Iterator[Finding]:
    for finding in measured.findings if measured else ():
        is_here = finding.operation in names and finding.subject == subject
        if is_here and role(finding.viewer, owner_of(subject)) is each:
            yield finding


def _report(measured: Measured) -> str:
    kinds = [finding.fault for finding in measured.findings]
    counted = ", ".join(f"{kind} {kinds.count(kind)}" for kind in dict.fromkeys(kinds)) or "none"
    cells = f"{len(measured.cells)} cells (operation, subject, viewer)"
    summary = f"{measured.requests} requests, {cells}; faults: {counted}."
    lines = ["## Measured", "", summary, "", *(f"- {finding}" for finding in measured.findings)]
    return "\n".join(lines) + "\n"
