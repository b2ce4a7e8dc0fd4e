"""Finds posts in the term index: which entries are read, and how hits are scored.

The newest entries of every word are read first, then more entries of the rarest words. All pages of
one search read the same entries, so that the pages fit together. The number of entries is limited,
so that the cost of a query is limited too. A post is a hit if the entries of one word contain it;
its score takes all words of the query into account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.search.dynamodb_index import PAYLOAD, WORDS
from shutterfeed.adapters.search.postings import (
    POSTS,
    Posting,
    cells_around,
    hash_of,
    letters_left,
    parse,
)
from shutterfeed.domain.ids import PostId, ulid, ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import (
    CLOSENESS,
    COMPLETED,
    Query,
    Term,
    lift,
    rarity,
    score_of,
    typos_between,
)
from shutterfeed.schema import PK, SK

FIRST: Final = 60
"""The number of entries read for every word: about one and a half read units."""
DEEP: Final = 300
"""The number of entries read for the rarest words, and for every word of a short query."""
_RAREST: Final = 3
_SHORT: Final = 3
MAX_MEANT: Final = 6
"""The highest number of words that a misspelt word is taken for."""
_MAX_COMPLETIONS: Final = 4
_COMPLETIONS_READ: Final = 20
_ENOUGH: Final = 20
"""A word that this number of posts have is no typing error and needs no completion."""
_LEAST_DOCUMENTS: Final = 1_024


@dataclass(slots=True)
class Entries:
    """The entries of one term that were read, newest first."""

    term: str
    postings: dict[str, Posting] = field(default_factory=dict)
    """The postings by sort key."""
    is_whole: bool = False

    @property
    def oldest(self) -> str | None:
        return min(self.postings, default=None)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of the index that a word of the query may mean, and how well it matches."""

    entries: Entries
    closeness: float


@dataclass(frozen=True, slots=True)
class DynamoPostSearch:
    table: Table
    generation: str
    pool: ThreadPoolExecutor

    def find(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        below = ulid(as_of + timedelta(milliseconds=1), 0)
        cells = cells_around(query.near) if query.near else ()
        meanings, around = self._read(query, cells, below)
        found = self._scored(query, meanings, around, as_of)
        ordered = sorted(found.items(), key=lambda hit: (hit[1], hit[0]), reverse=True)
        shown = ordered[offset : offset + limit]
        ids = tuple(PostId.parse(keys.parse_term_sort(sort)[1]) for sort, _ in shown)
        more = len(ordered) > offset + limit and limit > 0
        return Page(ids, str(offset + limit) if more else None)

    def _read(
        self, query: Query, cells: Sequence[str], below: str
    ) -> tuple[dict[Term, list[Meaning]], list[Entries]]:
        depth = DEEP if len(query.terms) <= _SHORT else FIRST
        exact = {term: Entries(term.text) for term in query.terms}
        around = [Entries(cell) for cell in cells]
        self._extend(
            [*((e, depth) for e in exact.values()), *((cell, DEEP) for cell in around)], below
        )
        meanings = {term: [Meaning(entries, 1.0)] for term, entries in exact.items()}
        others = self._others(query.terms, exact)
        self._extend([(m.entries, depth) for found in others.values() for m in found], below)
        for term, found in others.items():
            meanings[term] += found
        if depth < DEEP:
            partial = [e for e in _all(meanings) if not e.is_whole]
            rarest = sorted(partial, key=lambda e: (-_days_of(e, below), e.term))[:_RAREST]
            self._extend([(e, DEEP - FIRST) for e in rarest], below)
        return meanings, around

    def _extend(self, wanted: Sequence[tuple[Entries, int]], below: str) -> None:
        """Read the given number of further entries for each term, all at the same time."""

        def extend(want: tuple[Entries, int]) -> None:
            self._extend_one(want[0], want[1], below)

        list(self.pool.map(extend, wanted))

    def _extend_one(self, entries: Entries, count: int, below: str) -> None:
        partition = keys.term_partition(self.generation, POSTS, entries.term)
        rows = self.table.query(
            Key(PK).eq(partition) & Key(SK).lt(entries.oldest or below),
            limit=count,
            newest_first=True,
            attributes=(SK, PAYLOAD),
        )
        entries.postings.update((item[SK], parse(item[PAYLOAD])) for item in rows.items)
        entries.is_whole = rows.last is None

    def _others(
        self, terms: Iterable[Term], exact: Mapping[Term, Entries]
    ) -> dict[Term, list[Meaning]]:
        """The other words that words of the query may mean: their completions, and words of which
        they are typing errors."""
        scarce = [term for term in terms if len(exact[term].postings) < _ENOUGH]
        beginnings = [t for t in scarce if t.is_beginning and len(t.text) > 1]
        misspelt = [t for t in scarce if t.typos and not exact[t].postings]
        completed = self.pool.submit(self._completions, beginnings) if beginnings else None
        meant = self._meant(misspelt)
        completions = completed.result() if completed else {}
        found: dict[Term, list[Meaning]] = {}
        for term in scarce:
            closest: dict[str, float] = {}
            for word, closeness in (*meant.get(term, ()), *completions.get(term, ())):
                closest[word] = max(closeness, closest.get(word, 0.0))
            if closest:
                found[term] = [Meaning(Entries(word), c) for word, c in sorted(closest.items())]
        return found

    def _completions(self, terms: Iterable[Term]) -> dict[Term, list[tuple[str, float]]]:
        return {
            term: [
                (word, COMPLETED)
                for word in completions(self.table, self.generation, POSTS, term.text)
            ]
            for term in terms
        }

    def _meant(self, terms: Sequence[Term]) -> dict[Term, list[tuple[str, float]]]:
        found = meant_by(self.table, self.generation, POSTS, terms)
        return {
            term: [(word, CLOSENESS[typos]) for word, typos in words[:MAX_MEANT]]
            for term, words in found.items()
        }

    def _scored(
        self,
        query: Query,
        meanings: Mapping[Term, Sequence[Meaning]],
        around: Sequence[Entries],
        as_of: datetime,
    ) -> dict[str, float]:
        """The scores by sort key, of the posts that pass the query's filters."""
        candidates: dict[str, Posting] = {}
        for entries in (*_all(meanings), *around):
            candidates.update(entries.postings)
        if query.near is not None:
            candidates = {s: p for s, p in candidates.items() if p.is_in(query.near)}
        if query.media is not None:
            candidates = {s: p for s, p in candidates.items() if query.media in p.media}
        weights = _weights(meanings)
        usual = sum(p.length for p in candidates.values()) / max(len(candidates), 1)
        scores = {}
        for sort, posting in candidates.items():
            matched = list(_matched(posting, weights))
            if matched or not query.terms:
                quality = score_of(matched, posting.length, usual) if matched else 1.0
                newness = lift(keys.parse_term_sort(sort)[0], posting.popularity, as_of)
                scores[sort] = quality * newness
        return scores


def completions(table: Table, generation: str, kind: str, beginning: str) -> list[str]:
    """Words of the dictionary that begin with `beginning`: the shortest of those that were read."""
    rows = table.query(
        Key(PK).eq(keys.dictionary_partition(generation, kind, beginning))
        & Key(SK).begins_with(beginning),
        limit=_COMPLETIONS_READ,
        attributes=(SK,),
    )
    words = [item[SK] for item in rows.items if item[SK] != beginning]
    return sorted(words, key=lambda word: (len(word), word))[:_MAX_COMPLETIONS]


def meant_by(
    table: Table, generation: str, kind: str, terms: Sequence[Term]
) -> dict[Term, list[tuple[str, int]]]:
    """The words of the dictionary of which a term may be a typing error, with the number of errors,
    nearest first; by term."""
    wanted = {
        keys.typos(generation, kind, letters): term
        for term in terms
        for letters in letters_left(term.text, term.typos)
    }
    near: set[str] = set()
    for item in table.get_many(wanted) if wanted else ():
        near |= set(item[WORDS])
    found = {}
    for term in terms:
        distances = (
            (typos, word)
            for word in near
            if (typos := typos_between(term.text, word, term.typos)) is not None
        )
        found[term] = [(word, typos) for typos, word in sorted(distances)]
    return found


def _all(meanings: Mapping[Term, Sequence[Meaning]]) -> Iterator[Entries]:
    for found in meanings.values():
        for meaning in found:
            yield meaning.entries


def _weights(meanings: Mapping[Term, Sequence[Meaning]]) -> list[list[tuple[str, float, float]]]:
    """The hash, rarity and closeness of each word that a word of the query may mean, by word."""
    lists = list(_all(meanings))
    span = max((_days(entries) for entries in lists), default=0.0)
    frequency = {e.term: _frequency(e, span) for e in lists}
    documents = max(_LEAST_DOCUMENTS, 1.2 * max(frequency.values(), default=0.0))
    weights = []
    for found in meanings.values():
        # A misspelt word is as rare as all the words together that it may mean.
        total = sum(frequency[m.entries.term] for m in found)
        weights.append(
            [(hash_of(m.entries.term), rarity(total, documents), m.closeness) for m in found]
        )
    return weights


def _frequency(entries: Entries, span: float) -> float:
    """The number of posts that have a word: counted if all its entries were read, otherwise
    estimated for the days of `span` from the rate in the newest entries."""
    count = len(entries.postings)
    if entries.is_whole or not count:
        return count
    return max(count, count * span / max(_days(entries), 1e-6))


def _days(entries: Entries) -> float:
    """The number of days between the oldest entry that was read and the newest one."""
    if len(entries.postings) < 2:
        return 0.0
    newest, oldest = max(entries.postings), min(entries.postings)
    between = _time(newest) - _time(oldest)
    return between.total_seconds() / 86_400


def _days_of(entries: Entries, below: str) -> float:
    """The number of days that the entries reach back: the farther, the rarer the word."""
    oldest = entries.oldest
    return 0.0 if oldest is None else (ulid_time(below) - _time(oldest)).total_seconds()


def _time(sort: str) -> datetime:
    return ulid_time(keys.parse_term_sort(sort)[0])


def _matched(
    posting: Posting, weights: Iterable[Sequence[tuple[str, float, float]]]
) -> Iterator[tuple[float, float]]:
    for alternatives in weights:
        best = max(
            ((rare, close) for digest, rare, close in alternatives if digest in posting.hashes),
            key=lambda pair: pair[1],
            default=None,
        )
        if best is not None:
            yield best
