"""The audit's facts: gathered from many sources, compared as the rules say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from shutterfeed.adapters.evidence import SqliteEvidence
from shutterfeed.ports.evidence import Column, Comparison, Evidence, Fact, Kind
from tests.fakes.evidence import FakeEvidence


@pytest.fixture(params=["fake", "sqlite"])
def evidence(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Evidence]:
    if request.param == "fake":
        yield FakeEvidence()
        return
    with ExitStack() as stack:
        yield stack.enter_context(SqliteEvidence.create(str(tmp_path / "evidence.db")))


def gather(evidence: Evidence, *parts: Sequence[Fact]) -> list[str]:
    told: list[str] = []
    evidence.gather([lambda part=part: part for part in parts], told.append)  # type: ignore[misc]
    return told


def test_what_one_kind_lacks_is_found_once(evidence: Evidence) -> None:
    gather(
        evidence,
        [Fact(Kind.ORIGINALS, "a", "1", "10"), Fact(Kind.ORIGINALS, "b", "2", "20")],
        [
            Fact(Kind.ORIGINALS, "b", "2", "20"),
            Fact(Kind.BLOBS, "a", "1"),
            Fact(Kind.BLOBS, "b", "3"),
        ],
    )

    assert list(evidence.find(Comparison(Kind.ORIGINALS, lacking=Kind.BLOBS))) == [("b", "2")]
    assert list(evidence.find(Comparison(Kind.BLOBS, lacking=Kind.ORIGINALS))) == [("b", "3")]


def test_several_details_of_one_subject_are_one_finding(evidence: Evidence) -> None:
    names = ("1080.webp", "640.jpg", "320.webp")
    gather(evidence, [Fact(Kind.EXPECTED_RENDITIONS, "a", "1", name) for name in names])
    gather(evidence, [Fact(Kind.RENDITIONS, "", "1", names[0])])

    by = (Column.SUBJECT, Column.DETAIL)
    missing = Comparison(Kind.EXPECTED_RENDITIONS, lacking=Kind.RENDITIONS, by=by)
    assert list(evidence.find(missing)) == [("a", "1")]

    gather(evidence, [Fact(Kind.RENDITIONS, "", "1", name) for name in names])
    assert list(evidence.find(missing)) == []


def test_what_is_without_a_hash_is_compared_by_its_subject(evidence: Evidence) -> None:
    gather(
        evidence,
        [Fact(Kind.UPLOADS, "", "p#m"), Fact(Kind.UPLOADS, "", "p#n")],
        [Fact(Kind.FINISHED_ENTRIES, "a", "p#m"), Fact(Kind.FINISHED_ENTRIES, "a", "q#m")],
    )

    by = (Column.SUBJECT,)
    kept = Comparison(Kind.UPLOADS, with_one=Kind.FINISHED_ENTRIES, by=by)
    lost = Comparison(Kind.UPLOADS, lacking=Kind.FINISHED_ENTRIES, by=by)
    assert list(evidence.find(kept)) == [("", "p#m")]
    assert list(evidence.find(lost)) == [("", "p#n")]


def test_all_of_a_kind(evidence: Evidence) -> None:
    gather(evidence, [Fact(Kind.COPIES, "", "b"), Fact(Kind.COPIES, "", "a")])

    assert sorted(evidence.find(Comparison(Kind.COPIES))) == [("", "a"), ("", "b")]
    assert list(evidence.find(Comparison(Kind.BLOBS))) == []


def test_a_detail_is_that_of_a_subject_or_of_any(evidence: Evidence) -> None:
    gather(
        evidence, [Fact(Kind.MEDIA, "a", "p#m", "image/jpeg"), Fact(Kind.ORIGINALS, "a", "1", "7")]
    )

    assert evidence.detail(Kind.MEDIA, "a") == "image/jpeg"
    assert evidence.detail(Kind.ORIGINALS, "a", "1") == "7"
    assert evidence.detail(Kind.ORIGINALS, "a", "2") is None
    assert evidence.detail(Kind.MEDIA, "b") is None


def test_progress_is_told(evidence: Evidence) -> None:
    parts = [[Fact(Kind.COPIES, "", f"{part}/{at}") for at in range(3)] for part in range(5)]

    assert len(gather(evidence, *parts)) == 5
    assert len(list(evidence.find(Comparison(Kind.COPIES)))) == 15


def test_without_sources_there_is_nothing(evidence: Evidence) -> None:
    assert gather(evidence) == []


def test_a_source_that_fails_fails_the_gathering(evidence: Evidence) -> None:
    def broken() -> Iterator[Fact]:
        yield Fact(Kind.COPIES, "", "a")
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        evidence.gather([broken, lambda: [Fact(Kind.COPIES, "", "b")]], lambda _: None)


def test_who_looks_at_the_progress_may_end_it_while_readers_wait(evidence: Evidence) -> None:
    """There are more parts than are buffered: their readers wait for room when it ends."""
    parts = [[Fact(Kind.COPIES, "", str(part))] for part in range(100)]

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evidence.gather([lambda part=part: part for part in parts], interrupted)  # type: ignore[misc]
