"""How people are found in what is stored, and what of it may stay."""

from __future__ import annotations

import zlib
from datetime import timedelta

import pytest

from shutterfeed.domain.erasures import Content
from shutterfeed.domain.ids import id_number, ulid
from shutterfeed.domain.mutes import Mute, MutedUsers
from shutterfeed.domain.traces import Find, Findings, Person, Sought, Stay, Stored, Trace
from tests.samples import START, sha256, user_id

MAYA, OMAR = user_id(1), user_id(2)
ACCOUNT = "3f0cf1e0-0c1c-4d36-9b0e-3f6f2f6f0a11"
CONTENT = Content(sha256("a photo"), ulid(START, 77))
PERSON = Person(MAYA, ACCOUNT, "Maya@example.com", ("maya",), (CONTENT,))
SOUGHT = Sought((PERSON, Person(OMAR)))


def _traces(stored: Stored) -> set[tuple[str, Trace]]:
    return {(find.user_id, find.trace) for find in SOUGHT.finds(stored)}


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        (f"USER#{MAYA}", Trace.USER),
        (f"{'0' * 26}{MAYA}{'1' * 26}", Trace.USER),
        (f"000{MAYA}", Trace.USER),
        (MAYA[::-1], Trace.USER),
        (f"a post {MAYA}-{ulid(START, 9)}.", Trace.USER),
        (f'{{"sub":"{ACCOUNT.upper()}"}}', Trace.ACCOUNT),
        ("Write to maya@EXAMPLE.com.", Trace.EMAIL),
        (f"{CONTENT.sha256}/x", Trace.CONTENT),
        (f"media/{CONTENT.blob_id}/640.jpg", Trace.CONTENT),
    ],
)
def test_a_text_names_a_person(text: str, trace: Trace) -> None:
    assert _traces(Stored("metadata", "X", "x", (text,))) == {(MAYA, trace)}


@pytest.mark.parametrize(
    "text", [user_id(3), "maya", "amaya@example.com", "maya@example.community", ACCOUNT[:-1], ""]
)
def test_a_similar_text_does_not(text: str) -> None:
    assert not _traces(Stored("metadata", "X", "x", (text,)))


def test_a_handle_is_a_whole_word() -> None:
    assert _traces(Stored("search", "START *", "x", words=("maya",))) == {(MAYA, Trace.HANDLE)}
    assert not _traces(Stored("search", "START *", "x", words=("mayan", "amaya")))


def test_bytes_name_a_person_packed_or_not() -> None:
    mutes = MutedUsers().including(Mute(MAYA, "maya", START)).including(Mute(OMAR, "omar", START))
    both = {(MAYA, Trace.USER), (OMAR, Trace.USER)}
    assert _traces(Stored("metadata", "X", "x", contents=(mutes.packed(),))) == both
    ids = b"".join(id_number(one).to_bytes(16) for one in (ulid(START, 5), MAYA))
    assert _traces(Stored("metadata", "X", "x", contents=(ids,))) == {(MAYA, Trace.USER)}
    squeezed = zlib.compress(f"{ulid(START, 3)}{MAYA}".encode())
    assert _traces(Stored("metadata", "X", "x", contents=(squeezed,))) == {(MAYA, Trace.USER)}
    hashed = b"\x78" + bytes.fromhex(CONTENT.sha256)
    assert _traces(Stored("metadata", "X", "x", contents=(hashed,))) == {(MAYA, Trace.CONTENT)}


STAYS = {
    "pointer": Stay("it goes"),
    "words": Stay("others wrote it", always=True),
    "record": Stay("it is needed", always=True, own=True),
}


def _findings(*things: Stored) -> Findings:
    findings = Findings(STAYS, examples=1)
    for thing in things:
        findings.add(thing, list(SOUGHT.finds(thing)))
    findings.conclude()
    return findings


def _thing(kind: str, *, own: bool = False, days: int | None = None) -> Stored:
    until = None if days is None else START + timedelta(days=days)
    return Stored("t", kind, "key", (MAYA,), owner=MAYA if own else OMAR, until=until)


def test_what_is_in_no_list_should_be_gone() -> None:
    findings = _findings(
        _thing("edge"),
        _thing("edge", days=1),
        _thing("pointer"),
        _thing("pointer", own=True, days=1),
        _thing("words", own=True),
    )
    assert findings.left(MAYA) == {("t", "edge"): 2, ("t", "pointer"): 2, ("t", "words"): 1}
    assert [thing.kind for thing in findings.named(MAYA)] == ["edge"]
    assert not findings.named(MAYA)[0].texts
    assert not findings.staying(MAYA)


def test_what_may_stay_is_counted_with_its_last_date() -> None:
    findings = _findings(
        _thing("pointer", days=3),
        _thing("pointer", days=9),
        _thing("words"),
        _thing("record", own=True),
    )
    assert not findings.left(MAYA)
    assert [(stay.kind, stay.count, stay.until) for stay in findings.staying(MAYA)] == [
        ("pointer", 2, START + timedelta(days=9)),
        ("record", 1, None),
        ("words", 1, None),
    ]


def test_an_entry_of_an_index_goes_with_its_item() -> None:
    findings = _findings(Stored("index", "pointer", "key", (MAYA,), is_copy=True))
    assert not findings.left(MAYA)


@pytest.mark.parametrize("other", [OMAR, MAYA])
def test_a_content_that_others_have_is_theirs(other: str) -> None:
    original = Stored("originals", "object", "key", (CONTENT.sha256,))
    reference = Stored("t", "words", "r", (), reference=(CONTENT.sha256, other))
    left = _findings(original, reference).left(MAYA)
    assert left == ({} if other == OMAR else {("originals", "object"): 1})


def test_a_thing_is_counted_once_for_each_person() -> None:
    both = Stored("t", "edge", "key", (MAYA, OMAR, MAYA[::-1], "maya@example.com"))
    finds: list[Find] = list(SOUGHT.finds(both))
    assert len(finds) == 3
    findings = _findings(both)
    assert findings.left(MAYA) == findings.left(OMAR) == {("t", "edge"): 1}
