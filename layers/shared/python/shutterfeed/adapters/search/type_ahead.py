"""The suggestions of type-ahead and their order, which are the same for both engines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.search import HANDLE_MARK, Query, SuggestionKind
from shutterfeed.domain.text import TAG_MARK
from shutterfeed.ports.search import Suggestion

HANDLE: Final = "h"
NAME: Final = "n"
TAG: Final = "t"
PLACE: Final = "p"
_KINDS: Final = {
    HANDLE: SuggestionKind.USER,
    NAME: SuggestionKind.USER,
    TAG: SuggestionKind.HASHTAG,
    PLACE: SuggestionKind.PLACE,
}


@dataclass(frozen=True, slots=True)
class Start:
    """A possible suggestion: a user (`subject` is the id), a hashtag or a place."""

    text: str
    kind: str
    subject: str
    weight: int
    """Its popularity, as an order of magnitude."""
    label: str


def asked_for(query: Query) -> tuple[str, tuple[str, ...]]:
    """The text with which suggestions must begin, and the kinds that they may have."""
    if query.start.startswith(HANDLE_MARK):
        return query.start.removeprefix(HANDLE_MARK), (HANDLE, NAME)
    if query.start.startswith(TAG_MARK):
        return query.start.removeprefix(TAG_MARK), (TAG,)
    return query.start, (HANDLE, NAME, TAG, PLACE)


def ranked(starts: Iterable[Start], text: str, limit: int) -> tuple[Suggestion, ...]:
    """The suggestions in order: exact ones first, then by popularity, then shorter ones; each user,
    hashtag and place once."""
    ordered = sorted(starts, key=lambda s: (s.text != text, -s.weight, len(s.text), s.text, s.kind))
    suggestions = (
        Suggestion(
            _KINDS[start.kind], start.subject if start.kind in (HANDLE, NAME) else start.label
        )
        for start in ordered
    )
    return tuple(dict.fromkeys(suggestions))[:limit]


def wanted_tag(query: Query) -> str:
    """The hashtag that a query may mean: `newyork` for `New York`."""
    return query.start.replace(TAG_MARK, "").replace(" ", "")


def ranked_tags(starts: Iterable[Start], wanted: str) -> list[str]:
    ordered = sorted(starts, key=lambda s: (s.text != wanted, -s.weight, s.text))
    return [start.text for start in ordered]
