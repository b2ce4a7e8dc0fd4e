"""The embedded search engine: a term index on DynamoDB; no cost while idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Table
from shutterfeed.adapters.search import dynamodb_index
from shutterfeed.adapters.search.dynamodb_index import (
    COUNT,
    LABEL,
    PAYLOAD,
    POPULARITY,
    START_HANDLE,
    START_NAME,
    START_PLACE,
    START_TAG,
    DynamoIndexWriter,
)
from shutterfeed.adapters.search.dynamodb_posts import (
    CLOSENESS,
    COMPLETED,
    MAX_MEANT,
    DynamoPostSearch,
    completions,
    meant_by,
)
from shutterfeed.adapters.search.postings import POSTS, TAGS, USERS, Posting, parse
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import (
    HANDLE_MARK,
    Document,
    Query,
    SuggestionKind,
    Term,
    allowed_typos,
    popularity,
)
from shutterfeed.domain.text import TAG_MARK
from shutterfeed.ports import Clock, Suggestion
from shutterfeed.schema import PK, SK

_PARALLEL: Final = 16
_USERS_READ: Final = 100
"""Most followed users with one word that are looked at."""
_STARTS_READ: Final = 200
"""Entries of type-ahead that are looked at, in the order of the alphabet."""
_EXACT_HANDLE, _HANDLE_START, _NAME_START, _ALL_WORDS = 100.0, 60.0, 40.0, 30.0
_POPULARITY_STEP: Final = 0.2


@dataclass(frozen=True, slots=True)
class _Start:
    """One entry of type-ahead."""

    text: str
    kind: str
    subject: str
    weight: int
    label: str


@dataclass(frozen=True, slots=True)
class DynamoSearchIndex:
    table: Table
    clock: Clock
    generation: str = "1"
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_PARALLEL, thread_name_prefix="search")
    )

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        return DynamoIndexWriter(self.table, self.clock, self.generation).apply(documents)

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        search = DynamoPostSearch(self.table, self.generation, self._pool)
        return search.find(query, as_of, offset, limit)

    def tagged(self, tag: str, before: str | None, limit: int) -> Page[PostId]:
        partition = keys.term_partition(self.generation, POSTS, TAG_MARK + tag)
        condition: ConditionBase = Key(PK).eq(partition)
        if before is not None:
            condition = condition & Key(SK).lt(before)
        rows = self.table.query(condition, limit=limit, newest_first=True, attributes=(SK,))
        found = [keys.parse_term_sort(item[SK]) for item in rows.items]
        last = found[-1][0] if rows.last and found else None
        return Page(tuple(PostId.parse(subject) for _, subject in found), last)

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        scores: dict[str, float] = {}
        starts = self._pool.submit(self._starts, query.start.removeprefix(HANDLE_MARK))
        words = self._user_words(query)
        for start in starts.result():
            if start.kind in (START_HANDLE, START_NAME):
                tier = _tier(start, query)
                _keep_best(scores, start.subject, tier + start.weight * _POPULARITY_STEP)
        for subject, score in words.items():
            _keep_best(scores, subject, score)
        ordered = sorted(scores, key=lambda subject: (-scores[subject], subject))
        shown = tuple(ordered[offset : offset + limit])
        more = len(ordered) > offset + limit and limit > 0
        return Page(shown, str(offset + limit) if more else None)

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        wanted = query.start.replace(TAG_MARK, "").replace(" ", "")
        found = [s for s in self._starts(wanted) if s.kind == START_TAG]
        found.sort(key=lambda s: (s.text != wanted, -s.weight, s.text))
        tags = [start.text for start in found]
        term = Term(wanted, allowed_typos(wanted))
        if not tags and term.typos:
            meant = meant_by(self.table, self.generation, TAGS, [term])[term]
            tags = [word for word, _ in meant if self._in_use(word)]
        return tuple(tags[:limit])

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        text = query.start
        kinds: tuple[str, ...] = (START_HANDLE, START_NAME, START_TAG, START_PLACE)
        if text.startswith(HANDLE_MARK):
            text, kinds = text[1:], (START_HANDLE, START_NAME)
        elif text.startswith(TAG_MARK):
            text, kinds = text[1:], (START_TAG,)
        found = [start for start in self._starts(text) if start.kind in kinds]
        found.sort(key=lambda s: (s.text != text, -s.weight, len(s.text), s.text, s.kind))
        suggestions = dict.fromkeys(map(_suggestion, found))
        return tuple(suggestions)[:limit]

    def _in_use(self, tag: str) -> bool:
        return bool(self.tagged(tag, None, 1).items)

    def _starts(self, text: str) -> list[_Start]:
        """What begins with this text, and is in use."""
        if not text:
            return []
        rows = self.table.query(
            Key(PK).eq(keys.starts_partition(self.generation, text)) & Key(SK).begins_with(text),
            limit=_STARTS_READ,
        )
        return [start for start in map(_start_of, rows.items) if start is not None]

    def _user_words(self, query: Query) -> dict[str, float]:
        """Users who have the query's words, or nearly; by how many of them."""
        exact = list(self._postings([term.text for term in query.terms]))
        alternatives: list[dict[str, float]] = [{term.text: 1.0} for term in query.terms]
        missing = [
            (index, term)
            for index, term in enumerate(query.terms)
            if not exact[index] and term.typos
        ]
        meant = meant_by(self.table, self.generation, USERS, [term for _, term in missing])
        candidates: dict[str, tuple[int, Posting]] = {}
        for found in exact:
            candidates |= found
        others = {}
        for index, term in missing:
            for word, typos in meant[term][:MAX_MEANT]:
                alternatives[index][word] = CLOSENESS[typos]
                others[word] = index
        for index, term in enumerate(query.terms):
            if term.is_beginning and len(term.text) > 1:
                for word in completions(self.table, self.generation, USERS, term.text):
                    alternatives[index].setdefault(word, COMPLETED)
                    others.setdefault(word, index)
        for found in self._postings(list(others)):
            candidates |= found
        return {
            subject: score
            for subject, (popular, posting) in candidates.items()
            if (score := _word_score(posting, popular, alternatives))
        }

    def _postings(self, words: Sequence[str]) -> Iterator[dict[str, tuple[int, Posting]]]:
        """For each word the users that have it, by id, with how popular they are."""
        return self._pool.map(self._users_with, words)

    def _users_with(self, word: str) -> dict[str, tuple[int, Posting]]:
        rows = self.table.query(
            Key(PK).eq(keys.term_partition(self.generation, USERS, word)),
            limit=_USERS_READ,
            newest_first=True,
            attributes=(SK, PAYLOAD),
        )
        found = {}
        for item in rows.items:
            popular, subject = keys.parse_term_sort(item[SK])
            found[subject] = (int(popular), parse(item[PAYLOAD]))
        return found


def _word_score(
    posting: Posting, popular: int, alternatives: Sequence[Mapping[str, float]]
) -> float:
    """0 unless every word of the query is met in some way: half a name is another's."""
    closeness = [
        max((close for word, close in words.items() if posting.has(word)), default=0.0)
        for words in alternatives
    ]
    if not closeness or min(closeness) == 0.0:
        return 0.0
    return _ALL_WORDS * sum(closeness) / len(closeness) + popular * _POPULARITY_STEP


def _tier(start: _Start, query: Query) -> float:
    if start.kind == START_NAME:
        return _NAME_START
    return _EXACT_HANDLE if start.text == query.handle else _HANDLE_START


def _keep_best(scores: dict[str, float], subject: str, score: float) -> None:
    scores[subject] = max(score, scores.get(subject, 0.0))


def _start_of(item: Item) -> _Start | None:
    text, kind, subject = keys.parse_starts_sort(item[SK])
    if kind in (START_HANDLE, START_NAME):
        return _Start(text, kind, subject, item[POPULARITY], text)
    if item.get(COUNT, 0) <= 0:
        return None
    return _Start(text, kind, subject, popularity(item[COUNT]), item.get(LABEL, text))


def _suggestion(start: _Start) -> Suggestion:
    match start.kind:
        case dynamodb_index.START_TAG:
            return Suggestion(SuggestionKind.HASHTAG, start.text)
        case dynamodb_index.START_PLACE:
            return Suggestion(SuggestionKind.PLACE, start.label)
    return Suggestion(SuggestionKind.USER, start.subject)
