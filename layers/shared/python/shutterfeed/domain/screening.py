"""Screening: what is looked for in new pictures and texts, and what follows if it is found.

Operators keep lists of perceptual hashes and of words, and may have pictures classified. Each list,
and each label of the classifier, says what a match does. Nothing is looked for unless a deployment
asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from shutterfeed.domain.comments import Comment
from shutterfeed.domain.holding import word_parts
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob
from shutterfeed.domain.moderation import ReportReason
from shutterfeed.domain.perceptual import MAX_DISTANCE, is_hash
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile

LABELS: Final = "labels"
"""The detector's name of the classifier, beside those of lists."""
_COMMENT: Final = "#"
_SEPARATOR: Final = ","


class Consequence(StrEnum):
    """What a match does."""

    MATCH = "match"
    """It is noted in the log, and nothing else."""
    REVIEW = "review"
    """It opens a case."""
    BLOCK = "block"
    """It opens a case, and what was found is hidden until a moderator undoes that: a content is
    withheld, a post hidden, a comment removed, a user limited."""


class ListKind(StrEnum):
    """What a list holds."""

    HASHES = "hashes"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a match of a list does. `reason` is the reason of the report that opens a case."""

    does: Consequence
    reason: ReportReason = ReportReason.OTHER


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What follows if the classifier is sure of a label, to at least `confidence` percent."""

    does: Consequence
    reason: ReportReason = ReportReason.OTHER
    confidence: int = 80


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """What a deployment looks for: its lists and labels, by their names."""

    hash_lists: Mapping[str, Rule] = field(default_factory=dict)
    word_lists: Mapping[str, Rule] = field(default_factory=dict)
    labels: Mapping[str, LabelRule] = field(default_factory=dict)
    distance: int = MAX_DISTANCE
    """The distance up to which two hashes match."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What is screened before it is published (contents), and after it is written (texts)."""

    contents: bool = False
    texts: bool = False

    @classmethod
    def parse(cls, setting: str) -> Screened:
        """A function's setting: `contents`, `texts`, both with a comma, or `off`."""
        parts = setting.split(",")
        return cls("contents" in parts, "texts" in parts)


NOTHING: Final = Screened()


@dataclass(frozen=True, slots=True)
class Finding:
    """A match."""

    detector: str
    """The list, as `hashes:<name>` or `words:<name>`, or `labels`."""
    entry: str
    """The entry of the list, or the label."""
    does: Consequence
    reason: ReportReason
    note: str = ""
    """The entry's note."""
    measure: int = 0
    """The distance of two hashes; the classifier's confidence in percent; 0 for a word."""


@dataclass(frozen=True, slots=True)
class SeenMedium:
    """A medium of a post that is not published yet, and its content."""

    post_id: PostId
    media_id: str
    blob: Blob


Seen = SeenMedium | Post | Comment | Profile
"""What is screened: a content, or the words of a post, a comment or a profile."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a list that is no entry, and why not."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list: a hash or words, and a note for whoever looks at a match."""

    text: str
    note: str


def entries(kind: ListKind, lines: Iterable[str]) -> Iterator[Entry | BadLine]:
    """The entries of a list in their order: `<hash or words>[,<note>]` on each line.

    Empty lines and those that begin with `#` are left out. A line that is no entry is told with its
    number, and the others count all the same.
    """
    for number, line in enumerate(lines, start=1):
        text, _, note = line.partition(_SEPARATOR)
        text = text.strip()
        if not text or text.startswith(_COMMENT):
            continue
        if kind is ListKind.HASHES:
            text = text.lower()
            if not is_hash(text):
                yield BadLine(number, "A hash has 64 hexadecimal digits.")
                continue
        elif not word_parts(text):
            yield BadLine(number, "An entry needs a letter, a digit or an emoji.")
            continue
        yield Entry(text, note.strip())


@dataclass(frozen=True, slots=True)
class WordIndex:
    """The entries of a word list, by their first word: the time that a text takes does not depend
    on how many entries there are."""

    starts: Mapping[str, Sequence[tuple[tuple[str, ...], Entry]]]

    @classmethod
    def of(cls, listed: Iterable[Entry]) -> WordIndex:
        starts: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        for entry in listed:
            wanted = word_parts(entry.text)
            starts.setdefault(wanted[0], []).append((wanted, entry))
        return cls(starts)

    def within(self, text: str) -> Entry | None:
        """The first entry that is in the text. Words are compared as `holding` compares them."""
        found = word_parts(text)
        for start, first in enumerate(found):
            for wanted, entry in self.starts.get(first, ()):
                if found[start : start + len(wanted)] == wanted:
                    return entry
        return None


def words_of(seen: Post | Comment | Profile) -> tuple[str, ...]:
    """The texts that people have written: each is screened on its own."""
    match seen:
        case Post():
            place = () if seen.place is None else (seen.place.name,)
            return tuple(filter(None, (seen.caption, *seen.alt_texts, *place)))
        case Comment():
            return (seen.text,)
        case Profile():
            return tuple(filter(None, (seen.handle, seen.display_name, seen.bio)))
