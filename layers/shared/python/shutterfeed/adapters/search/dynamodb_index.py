"""Writes the term index: the embedded search engine, on a DynamoDB table of its own.

A document's item lists the entries of the document, so that a change can remove the old ones. The
item is written first, on the condition that no other worker was faster, and it also lists the
entries that are still to be removed. After a crash the repeated message finds that list, however
late it comes: the item expires only when there is nothing left to remove. The counts of hashtags
and places change in the same transaction as the document that uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, ConditionBase
from botocore.exceptions import BotoCoreError, ClientError

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import epoch
from shutterfeed.adapters.dynamodb.table import (
    ConditionFailed,
    Delete,
    Item,
    Put,
    Table,
    Update,
    Write,
    chunks,
    item_key,
    key_item,
)
from shutterfeed.adapters.search.postings import (
    POSTS,
    TAGS,
    USERS,
    cells_of,
    describe,
    letters_left,
)
from shutterfeed.adapters.search.type_ahead import HANDLE, NAME, PLACE, TAG
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.retention import REMOVED_DOCUMENT_RETENTION
from shutterfeed.domain.search import (
    Document,
    Gone,
    PostDocument,
    UserDocument,
    plain,
    rank_text,
    start_keys,
    subject_of,
)
from shutterfeed.domain.text import TAG_MARK, is_plain_word
from shutterfeed.domain.topics import Topic
from shutterfeed.ports.system import Clock
from shutterfeed.schema import PK, TTL_ATTRIBUTE

PAYLOAD: Final = "p"
COUNT: Final = "posts"
LABEL: Final = "label"
POPULARITY: Final = "popularity"
WORDS: Final = "words"
LEAST_INDEXED: Final = 3
"""The length in letters of the shortest words that a misspelt word can find: a misspelt word has
four letters or more, one of which may be too many."""
TWO_TYPOS_INDEXED_FROM: Final = 8
"""The length in letters of the shortest words that are found with two errors; for shorter ones the
index would need four times as many entries."""
LONGEST_DICTIONARY_WORD: Final = 32
"""The length in letters of the longest words in the dictionary. A longer word is found only as it
is written."""

RANKED_MARK: Final = "^"
"""The first character of the term under which a topic's posts stand by their ranks."""

_ATTEMPTS: Final = 8
_TRANSACTION: Final = 100
_COMPLETE: Final = "complete"
_MAX_KNOWN: Final = 100_000


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything that one document puts into the index, except words in the dictionary."""

    version: int
    order: str = ""
    """The sort order of its postings among those of other documents, best last."""
    payload: str = ""
    terms: tuple[str, ...] = ()
    rank: str = ""
    """The sort order of its postings among the best of its topics."""
    ranked: tuple[str, ...] = ()
    """The terms of those postings."""
    starts: tuple[str, ...] = ()
    """The sort keys of the type-ahead entries that only this document has."""
    counted: Mapping[str, str] = field(default_factory=dict)
    """The type-ahead entries that it shares with other documents: their labels by sort key."""
    gone: bool = False

    @property
    def postings(self) -> frozenset[tuple[str, str]]:
        listed = {(term, self.order) for term in self.terms}
        return frozenset(listed | {(term, self.rank) for term in self.ranked})

    @property
    def item(self) -> Item:
        return {
            "version": self.version,
            "entry_order": self.order,
            "payload": self.payload,
            "terms": " ".join(self.terms),
            "rank": self.rank,
            "ranked": " ".join(self.ranked),
            "starts": sorted(self.starts),
            "counted": sorted(self.counted),
            "gone": self.gone,
        }


def entries_of(document: Document) -> Entries:
    match document:
        case Gone(version=version):
            return Entries(version, gone=True)
        case PostDocument():
            return _post_entries(document)
        case UserDocument():
            return _user_entries(document)


def _post_entries(document: PostDocument) -> Entries:
    place = document.place
    point = place.point if place else None
    cells = cells_of(*point) if point else ()
    counted = {keys.starts_sort(tag, TAG, tag): tag for tag in document.tags}
    if place:
        whole = plain(place.name)
        for start in start_keys(place.name):
            counted[keys.starts_sort(start, PLACE, whole)] = place.name
        if document.place_key:
            counted[counted_sort(Topic.place(document.place_key))] = place.name
    terms = (*document.terms, *cells, *(t.term for t in document.topics if t.is_place))
    return Entries(
        document.version,
        document.position,
        describe(document),
        terms,
        rank=rank_text(document.rank),
        ranked=tuple(RANKED_MARK + topic.term for topic in document.topics),
        counted=counted,
    )


def counted_sort(topic: Topic) -> str:
    """The sort key of the entry that counts the posts of a topic. That of a hashtag is offered by
    type-ahead, too; that of a place begins with a mark with which no typed text does, as a place is
    offered under each of its words and spellings."""
    if topic.is_place:
        return keys.starts_sort(topic.term, PLACE, topic.key)
    return keys.starts_sort(topic.key, TAG, topic.key)


def _user_entries(document: UserDocument) -> Entries:
    handle = keys.starts_sort(document.handle, HANDLE, document.user_id)
    names = (keys.starts_sort(start, NAME, document.user_id) for start in start_keys(document.name))
    return Entries(
        document.version,
        f"{document.popularity:02}",
        describe(document),
        document.terms,
        starts=(handle, *names),
    )


@dataclass(frozen=True, slots=True)
class DynamoIndexWriter:
    """Writes one generation of the index."""

    table: Table
    clock: Clock
    generation: str
    _known: set[str] = field(default_factory=set)
    """The words that this container knows to be in the dictionary."""

    def apply(self, documents: Sequence[Document]) -> dict[PostId | str, str]:
        failures = {}
        for document in documents:
            try:
                self._apply(document)
            except (ClientError, BotoCoreError, Busy) as error:
                failures[subject_of(document)] = repr(error)
        return failures

    def _apply(self, document: Document) -> None:
        kind, subject = kind_of(document), str(subject_of(document))
        new = entries_of(document)
        for _ in range(_ATTEMPTS):
            old = self.table.get(keys.search_document(self.generation, kind, subject)) or {}
            if old and (old["version"] > new.version or _is_done(old, new)):
                return
            claimed = self._claim(kind, subject, old, new)
            if claimed is not None:
                self._carry_out(kind, subject, claimed, old, new)
                return
        raise Busy

    def _claim(self, kind: str, subject: str, old: Item, new: Entries) -> Item | None:
        """Write the document's item and the counts. None if another worker was faster."""
        writes = old.get("writes", 0)
        item = {
            **key_item(keys.search_document(self.generation, kind, subject)),
            **new.item,
            "writes": writes + 1,
            "stale": sorted(listed_postings(old) - _lines(new.postings)),
            "stale_starts": sorted(listed_starts(old) - set(new.starts)),
        }
        before = set(old.get("counted", ()))
        lost = before - set(new.counted)
        item["freed"] = sorted((lost | set(old.get("freed", ()))) - set(new.counted))
        unchanged: ConditionBase = Attr("writes").eq(writes) if writes else Attr(PK).not_exists()
        counts = [
            *(
                self._count(start, 1, label)
                for start, label in new.counted.items()
                if start not in before
            ),
            *(self._count(start, -1, None) for start in lost),
        ]
        try:
            if counts:
                self.table.transact((Put(item, unchanged), *counts))
            else:
                self.table.write(Put(item, unchanged))
        except ConditionFailed:
            return None
        return item

    def _count(self, start: str, by: int, label: str | None) -> Write:
        key = self._start_key(start)
        return Update(key, set_new={LABEL: label} if label else {}, add={COUNT: by})

    def _drop_unused(self, start: str) -> None:
        try:
            self.table.write(Delete(self._start_key(start), Attr(COUNT).lte(0)))
        except ConditionFailed:
            return  # Other documents still have it.

    def _carry_out(self, kind: str, subject: str, claimed: Item, old: Item, new: Entries) -> None:
        self._write_entries(kind, subject, claimed, claimed["stale"], claimed["stale_starts"])
        for start in claimed["freed"]:
            self._drop_unused(start)
        self._learn(kind, new.terms, old)
        done = Update(
            keys.search_document(self.generation, kind, subject),
            set={"done": True, **self._expiry(new)},
            remove=("stale", "stale_starts", "freed"),
            condition=Attr("writes").eq(claimed["writes"]),
        )
        try:
            self.table.write(done)
        except ConditionFailed:
            self._give_way(kind, subject, claimed)

    def _expiry(self, new: Entries) -> Item:
        if not new.gone:
            return {}
        return {TTL_ATTRIBUTE: epoch(self.clock.now() + REMOVED_DOCUMENT_RETENTION)}

    def _write_entries(
        self,
        kind: str,
        subject: str,
        item: Item,
        stale: Iterable[str],
        stale_starts: Iterable[str],
    ) -> None:
        """Write all entries of a document as its item lists them, and remove the stale ones."""
        payload = {PAYLOAD: item.get("payload", "")}
        puts = [
            {**key_item(self._posting(kind, subject, line)), **payload} for line in _lines_of(item)
        ]
        for start in item.get("starts", ()):
            # Only users have entries of their own; their order is their popularity.
            offered = {POPULARITY: int(item["entry_order"])}
            puts.append({**key_item(self._start_key(start)), **offered})
        deletes = [
            *(self._posting(kind, subject, line) for line in stale),
            *map(self._start_key, stale_starts),
        ]
        self.table.write_many(puts, deletes)

    def _give_way(self, kind: str, subject: str, mine: Item) -> None:
        """Give way to another worker that wrote the document meanwhile: remove the entries that
        their version does not have, and write the common ones as their version has them."""
        for _ in range(_ATTEMPTS):
            now = self.table.get(keys.search_document(self.generation, kind, subject)) or {}
            if now.get("writes") == mine["writes"]:
                return
            stale = _lines_of(mine) - _lines_of(now)
            starts = set(mine["starts"]) - set(now.get("starts", ()))
            self._write_entries(kind, subject, now, stale, starts)
            mine = {**mine, "writes": now.get("writes")}
        raise Busy

    def _learn(self, kind: str, terms: Iterable[str], old: Item) -> None:
        """Put new words into the dictionary, which completes words and corrects typing errors."""
        seen = set(old["terms"].split()) if old.get("done") else set()
        words = {(kind, t) for t in terms if t not in seen and _is_dictionary_word(t)}
        words |= {(TAGS, t[1:]) for t in terms if t not in seen and t.startswith(TAG_MARK)}
        fresh = {
            (of, word)
            for of, word in words
            if f"{of}{word}" not in self._known and len(word) <= LONGEST_DICTIONARY_WORD
        }
        if not fresh:
            return
        words_of = {
            keys.dictionary_word(self.generation, of, word): (of, word)
            # Sorted, so that the same work makes the same calls in every process.
            for of, word in sorted(fresh)
        }
        for item in self.table.get_many(words_of):
            if item.get(_COMPLETE):
                self._remember(*words_of.pop(item_key(item)))
        # The words for completion come first. The mark that a word is complete comes last, when
        # everything else has been written.
        self.table.write_many(puts=map(key_item, words_of))
        similar: dict[keys.Key, set[str]] = {}
        for of, word in words_of.values():
            for letters in sorted(_letters(word)):
                similar.setdefault(keys.typos(self.generation, of, letters), set()).add(word)
        updates = [Update(key, add={WORDS: frozenset(words)}) for key, words in similar.items()]
        # Transactions hold many updates: one by one, the words of a first post would take seconds.
        for batch in chunks(updates, _TRANSACTION):
            self.table.transact(batch)
        self.table.write_many(puts=({**key_item(key), _COMPLETE: True} for key in words_of))
        for of, word in words_of.values():
            self._remember(of, word)

    def _remember(self, kind: str, word: str) -> None:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known.add(f"{kind}{word}")

    def _posting(self, kind: str, subject: str, line: str) -> keys.Key:
        order, _, term = line.partition(" ")
        return keys.Key(
            keys.term_partition(self.generation, kind, term), keys.term_sort(order, subject)
        )

    def _start_key(self, start: str) -> keys.Key:
        return keys.Key(keys.starts_partition(self.generation, start), start)


def kind_of(document: Document) -> str:
    return POSTS if isinstance(subject_of(document), PostId) else USERS


def _letters(word: str) -> frozenset[str]:
    """What may be left of a word when letters are missing: see `letters_left`."""
    if not is_plain_word(word) or len(word) < LEAST_INDEXED:
        return frozenset()
    return letters_left(word, 2 if len(word) >= TWO_TYPOS_INDEXED_FROM else 1)


def _is_dictionary_word(term: str) -> bool:
    return len(term) >= keys.DICTIONARY_LETTERS and (
        is_plain_word(term) or (term.isascii() and term.isalnum())
    )


def _lines(postings: Iterable[tuple[str, str]]) -> set[str]:
    """Postings as lines of text, as the document's item lists them. A term has no blanks."""
    return {posting_line(order, term) for term, order in postings}


def posting_line(order: str, term: str) -> str:
    return f"{order} {term}"


def _lines_of(item: Mapping[str, Any]) -> set[str]:
    order, rank = item.get("entry_order", ""), item.get("rank", "")
    lines = {posting_line(order, term) for term in item.get("terms", "").split()}
    return lines | {posting_line(rank, term) for term in item.get("ranked", "").split()}


def listed_postings(item: Mapping[str, Any]) -> set[str]:
    """The postings that a document has, or still has to remove, as lines."""
    return _lines_of(item) | set(item.get("stale", ()))


def listed_starts(item: Mapping[str, Any]) -> set[str]:
    """The type-ahead entries that a document has, or still has to remove, as sort keys."""
    return set(item.get("starts", ())) | set(item.get("stale_starts", ()))


def _is_done(old: Mapping[str, Any], new: Entries) -> bool:
    """Whether exactly these entries are already written, and nothing is left to remove."""
    return bool(old.get("done")) and all(old.get(name) == value for name, value in new.item.items())
