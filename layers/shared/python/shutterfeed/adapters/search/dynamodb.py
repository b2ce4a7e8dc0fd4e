"""The embedded search engine: a term index on DynamoDB that costs nothing while idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, Table, item_key
from shutterfeed.adapters.search.dynamodb_index import (
    COUNT,
    LABEL,
    PAYLOAD,
    POPULARITY,
    RANKED_MARK,
    DynamoIndexWriter,
    counted_sort,
)
from shutterfeed.adapters.search.dynamodb_posts import (
    MAX_MEANT,
    DynamoPostSearch,
    completions,
    meant_by,
)
from shutterfeed.adapters.search.dynamodb_sweep import DynamoSweep
from shutterfeed.adapters.search.generations import Generations
from shutterfeed.adapters.search.postings import POSTS, TAGS, USERS, Posting, parse
from shutterfeed.adapters.search.type_ahead import (
    HANDLE,
    NAME,
    PLACE,
    TAG,
    Start,
    asked_for,
    ranked,
    ranked_tags,
    wanted_tag,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import (
    ALL_WORDS,
    CLOSENESS,
    COMPLETED,
    EXACT_HANDLE,
    HANDLE_MARK,
    HANDLE_START,
    NAME_START,
    POPULARITY_STEP,
    Document,
    Query,
    Term,
    allowed_typos,
    popularity,
)
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts
from shutterfeed.ports.search import UNFINISHED, StraySearch, Suggestion
from shutterfeed.ports.system import Clock
from shutterfeed.schema import PK, SK

_PARALLEL: Final = 10
"""The number of requests at the same time: the AWS client keeps this number of connections."""
_DROPPED: Final = 1_000
_DROPPED_PAGES: Final = 5
"""The number of pages of entries that one call removes; more would take longer than a function may
run."""
_USERS_READ: Final = 100
"""The number of users with one word that are read, most followed first."""
_BETWEEN: Final = "\x1e"
"""The separator between the two keys of a position in the table, as the keys may hold blanks."""
_STARTS_READ: Final = 200
"""The number of type-ahead entries that are read, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class DynamoSearchIndex:
    table: Table
    clock: Clock
    _generations: Generations = field(default_factory=Generations)
    _writers: dict[str, DynamoIndexWriter] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_PARALLEL, thread_name_prefix="search")
    )

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        failures: dict[PostId | str, str] = {}
        for generation in self._generations.written(self.table):
            failures |= self.fill(generation, documents)
        return failures

    def fill(self, generation: str, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        if generation not in self._writers:
            self._writers[generation] = DynamoIndexWriter(self.table, self.clock, generation)
        return self._writers[generation].apply(documents)

    def begin(self) -> str:
        return self._generations.begin(self.table)

    def switch(self, generation: str) -> None:
        self._generations.switch(self.table, generation)

    def drop_others(self) -> bool:
        live = self._generations.written(self.table, now=True)
        other: ConditionBase = Attr(PK).ne(keys.GENERATIONS.pk)
        for generation in live:
            other = other & ~Attr(PK).begins_with(f"{generation}#")
        after: Item | None = None
        for _ in range(_DROPPED_PAGES):
            rows = self.table.scan(other, after=after, limit=_DROPPED, attributes=(PK, SK))
            self.table.write_many(deletes=map(item_key, rows.items))
            if rows.last is None:
                return bool(rows.items)
            after = rows.last
        return True

    def versions(self, subjects: Sequence[PostId | str]) -> Mapping[PostId | str, int]:
        wanted = {
            keys.search_document(
                self.generation, POSTS if isinstance(s, PostId) else USERS, str(s)
            ): s
            for s in subjects
        }
        items = self.table.get_many(wanted, consistent=True)
        return {
            wanted[item_key(i)]: i["version"] if i.get("done") else UNFINISHED
            for i in items
            if not (i["gone"] and i.get("done"))
        }

    def held(self, after: str | None, limit: int) -> Page[PostId | str]:
        rows = self.table.scan(
            Attr(SK).eq(keys.SEARCH_DOCUMENT)
            & Attr(PK).begins_with(f"{self.generation}#")
            & (Attr("gone").eq(value=False) | Attr("done").not_exists()),
            after=None if after is None else dict(zip((PK, SK), after.split(" ", 1), strict=True)),
            limit=limit,
            attributes=(PK, SK),
        )
        found: list[PostId | str] = []
        for item in rows.items:
            kind, subject = keys.parse_search_document(item_key(item))
            found.append(PostId.parse(subject) if kind == POSTS else subject)
        return Page(tuple(found), f"{rows.last[PK]} {rows.last[SK]}" if rows.last else None)

    def stray_entries(self, after: str | None, limit: int, *, repair: bool) -> StraySearch:
        position = (
            None if after is None else dict(zip((PK, SK), after.split(_BETWEEN, 1), strict=True))
        )
        sweep = DynamoSweep(self.table, self.generation)
        found = sweep.page(position, limit)
        removed = sum(map(sweep.remove, found.strays)) if repair else 0
        last = found.last and f"{found.last[PK]}{_BETWEEN}{found.last[SK]}"
        return StraySearch(found.looked_at, len(found.strays), removed, last or None)

    @property
    def generation(self) -> str:
        return self._generations.searched(self.table)

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        search = DynamoPostSearch(self.table, self.generation, self._pool)
        return search.find(query, as_of, offset, limit)

    def listed(self, topic: Topic, order: PostOrder, after: str | None, limit: int) -> Page[PostId]:
        is_best = order is PostOrder.BEST
        term = RANKED_MARK + topic.term if is_best else topic.term
        partition = keys.term_partition(self.generation, POSTS, term)
        condition: ConditionBase = Key(PK).eq(partition)
        if after is not None:
            condition = condition & Key(SK).lt(after)
        rows = self.table.query(condition, limit=limit, newest_first=True, attributes=(SK,))
        found = [keys.parse_term_sort(item[SK]) for item in rows.items]
        last = None
        if rows.last and found:
            last = rows.items[-1][SK] if is_best else found[-1][0]
        return Page(tuple(PostId.parse(subject) for _, subject in found), last)

    def facts(self, topic: Topic) -> TopicFacts:
        start = counted_sort(topic)
        key = keys.Key(keys.starts_partition(self.generation, start), start)
        item: Item = next(iter(self.table.get_many([key])), {})
        return TopicFacts(item.get(LABEL, topic.key), max(int(item.get(COUNT, 0)), 0))

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        scores: dict[str, float] = {}
        starts = self._pool.submit(self._starts, query.start.removeprefix(HANDLE_MARK))
        words = self._user_words(query)
        for start in starts.result():
            if start.kind in (HANDLE, NAME):
                tier = _tier(start, query)
                _keep_best(scores, start.subject, tier + start.weight * POPULARITY_STEP)
        for subject, score in words.items():
            _keep_best(scores, subject, score)
        ordered = sorted(scores, key=lambda subject: (-scores[subject], subject))
        shown = tuple(ordered[offset : offset + limit])
        more = len(ordered) > offset + limit and limit > 0
        return Page(shown, str(offset + limit) if more else None)

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        wanted = wanted_tag(query)
        tags = ranked_tags((s for s in self._starts(wanted) if s.kind == TAG), wanted)
        term = Term(wanted, allowed_typos(wanted))
        if not tags and term.typos:
            meant = meant_by(self.table, self.generation, TAGS, [term])[term]
            tags = [word for word, _ in meant if self._in_use(word)]
        return tuple(tags[:limit])

    def places(self, query: Query, limit: int) -> tuple[str, ...]:
        starts = (start for start in self._starts(query.start) if start.kind == PLACE)
        return tuple(found.text for found in ranked(starts, query.start, limit))

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        text, kinds = asked_for(query)
        return ranked((s for s in self._starts(text) if s.kind in kinds), text, limit)

    def _in_use(self, tag: str) -> bool:
        return bool(self.listed(Topic.hashtag(tag), PostOrder.NEWEST, None, 1).items)

    def _starts(self, text: str) -> list[Start]:
        """The type-ahead entries that begin with this text and are in use."""
        if not text:
            return []
        rows = self.table.query(
            Key(PK).eq(keys.starts_partition(self.generation, text)) & Key(SK).begins_with(text),
            limit=_STARTS_READ,
        )
        return [start for start in map(_start_of, rows.items) if start is not None]

    def _user_words(self, query: Query) -> dict[str, float]:
        """The scores of users who match the query's words exactly or with typing errors, by id."""
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
        """Yield, for each word, the users who have it, by id, with their popularity."""
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
    """A user's score. It is 0 unless every word of the query matches in some way, since half a name
    may be another person's."""
    closeness = [
        max((close for word, close in words.items() if posting.has(word)), default=0.0)
        for words in alternatives
    ]
    if not closeness or min(closeness) == 0.0:
        return 0.0
    return ALL_WORDS * sum(closeness) / len(closeness) + popular * POPULARITY_STEP


def _tier(start: Start, query: Query) -> float:
    if start.kind == NAME:
        return NAME_START
    return EXACT_HANDLE if start.text == query.handle else HANDLE_START


def _keep_best(scores: dict[str, float], subject: str, score: float) -> None:
    scores[subject] = max(score, scores.get(subject, 0.0))


def _start_of(item: Item) -> Start | None:
    text, kind, subject = keys.parse_starts_sort(item[SK])
    if kind in (HANDLE, NAME):
        return Start(text, kind, subject, item[POPULARITY], text)
    if item.get(COUNT, 0) <= 0:
        return None
    return Start(text, kind, subject, popularity(item[COUNT]), item.get(LABEL, text))
