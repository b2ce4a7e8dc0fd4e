"""Lists of hashes and words in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto import mock_aws

from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.screening.lists import REFRESH_AFTER, Hashes, HashList, S3List, WordList
from shutterfeed.domain.media import Blob
from shutterfeed.domain.moderation import ReportReason
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.domain.screening import Consequence, Finding, ListKind, Rule, WordIndex
from tests.conftest import REGION
from tests.fakes.system import FakeClock

BUCKET = "lists"
HASH = "0f" * 32
BLOCKED = Rule(Consequence.BLOCK, ReportReason.ILLEGAL)


@dataclass
class Shelf:
    client: Any
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[tuple[str, str]] = field(default_factory=list)

    def put(self, name: str, text: str) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"lists/{name}.txt", Body=text.encode())

    def hashes(self, limit: int = 31) -> HashList:
        listed = S3List(
            self.client, BUCKET, "known", ListKind.HASHES, Hashes.of, self.clock, self._tell
        )
        return HashList("known", BLOCKED, listed, limit)

    def words(self) -> WordList:
        listed = S3List(
            self.client, BUCKET, "slurs", ListKind.WORDS, WordIndex.of, self.clock, self._tell
        )
        return WordList("slurs", Rule(Consequence.REVIEW, ReportReason.HATE), listed)

    def _tell(self, name: str, wrong: str) -> None:
        self.told.append((name, wrong))


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with mock_aws():
        client = connect("s3", region_name=REGION)
        client.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield Shelf(client)


def content(number: int, quality: int = 90) -> Blob:
    hashed = PerceptualHash(f"{number:064x}", quality)
    return Blob("sha256", "blob", "image/jpeg", 7, perceptual_hash=hashed)


def test_a_content_near_to_an_entry_is_found_with_its_note(shelf: Shelf) -> None:
    shelf.put("known", f"# ours\n{'1' * 64}\n{HASH},case 12\n")
    number = int(HASH, 16) ^ 0b1011
    assert shelf.hashes().in_content(content(number)) == (
        Finding("hashes:known", HASH, Consequence.BLOCK, ReportReason.ILLEGAL, "case 12", 3),
    )
    assert shelf.hashes(limit=2).in_content(content(number)) == ()
    assert shelf.told == []


def test_a_content_without_details_or_without_a_hash_is_in_no_list(shelf: Shelf) -> None:
    shelf.put("known", HASH)
    assert shelf.hashes().in_content(content(int(HASH, 16), quality=49)) == ()
    assert shelf.hashes().in_content(Blob("sha256", "blob", "image/jpeg", 7)) == ()


def test_a_text_with_an_entry_is_found(shelf: Shelf) -> None:
    shelf.put("slurs", "bad word,a slur\nworse\n")
    words = shelf.words()
    finding = Finding("words:slurs", "bad word", Consequence.REVIEW, ReportReason.HATE, "a slur")
    assert words.in_text("A BAD word, and worse") == (finding,)
    assert words.in_text("a word") == ()


def test_a_list_is_read_once_and_again_when_it_has_changed(shelf: Shelf) -> None:
    shelf.put("slurs", "one")
    read: list[int] = []
    shelf.client.meta.events.register(
        "after-call.s3.GetObject", lambda http_response, **_: read.append(http_response.status_code)
    )
    words = shelf.words()
    for _ in range(3):
        assert words.in_text("one")
    assert read == [200]
    shelf.clock.advance(REFRESH_AFTER)
    assert words.in_text("one")
    assert read == [200, 304], "asked for, and not sent again"
    shelf.put("slurs", "two")
    assert words.in_text("one"), "known for a minute"
    shelf.clock.advance(REFRESH_AFTER)
    assert not words.in_text("one")
    assert words.in_text("two")
    assert read == [200, 304, 200]


def test_a_list_that_is_missing_or_has_bad_lines_is_told_of(shelf: Shelf) -> None:
    hashes = shelf.hashes()
    assert hashes.in_content(content(1)) == ()
    assert shelf.told == [("known", "there is no such list")]
    shelf.put("known", f"nonsense\n{HASH}\n1234\n")
    shelf.clock.advance(REFRESH_AFTER)
    assert hashes.in_content(content(int(HASH, 16)))
    name, wrong = shelf.told[-1]
    assert name == "known"
    assert wrong.startswith("2 lines are no entries; line 1")
