"""The search index in memory: for those who keep it like the table, and for those who search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from shutterfeed.domain.ids import PostId, ulid_time
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import (
    Document,
    Gone,
    PostDocument,
    Query,
    SuggestionKind,
    UserDocument,
    rank_sort,
    start_keys,
    subject_of,
)
from shutterfeed.domain.text import TAG_MARK
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts
from shutterfeed.ports.search import Suggestion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FakeSearchDocuments:
    documents: dict[PostId | str, Document] = field(default_factory=dict)
    """The documents by subject; one that is gone is kept, with its version."""
    refusals: dict[PostId | str, str] = field(default_factory=dict)
    """Subjects whose documents are not taken, and why."""
    batches: list[int] = field(default_factory=list)
    """How many documents each call brought."""

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        self.batches.append(len(documents))
        for document in documents:
            subject = subject_of(document)
            known = self.documents.get(subject)
            if subject not in self.refusals and (
                known is None or known.version <= document.version
            ):
                self.documents[subject] = document
        return {s: self.refusals[s] for s in map(subject_of, documents) if s in self.refusals}

    def shown(self) -> set[PostId | str]:
        """The subjects of what can be found."""
        return {s for s, document in self.documents.items() if not isinstance(document, Gone)}


@dataclass(frozen=True, slots=True)
class FakeSearchIndex(FakeSearchDocuments):
    """Finds what has every word of a query, the last one perhaps as a beginning. It forgives no
    typing errors, and does not rank: the newest come first."""

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        found = [
            document.post_id
            for document in self._posts()
            if ulid_time(document.position) <= as_of
            and _has_all(query, document.terms)
            and (query.media is None or query.media in document.media)
            and _is_near(query, document)
        ]
        return _page(found, offset, limit)

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        users = self._users()
        return _page([u.user_id for u in users if _has_all(query, u.terms)], offset, limit)

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        tags = dict.fromkeys(tag for document in self._posts() for tag in document.tags)
        return tuple(tag for tag in tags if _has_all(query, (tag, TAG_MARK + tag)))[:limit]

    def listed(self, topic: Topic, order: PostOrder, after: str | None, limit: int) -> Page[PostId]:
        is_best = order is PostOrder.BEST
        sorts = {
            rank_sort(document) if is_best else document.position: document.post_id
            for document in self._posts()
            if topic in document.topics
        }
        found = [sort for sort in sorted(sorts, reverse=True) if after is None or sort < after]
        shown = found[:limit]
        ids = tuple(sorts[sort] for sort in shown)
        return Page(ids, shown[-1] if len(found) > limit else None)

    def facts(self, topic: Topic) -> TopicFacts:
        found = [document for document in self._posts() if topic in document.topics]
        names = [d.place.name for d in found if topic.is_place and d.place is not None]
        return TopicFacts(next(iter(names), topic.key), len(found))

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        users = [
            Suggestion(SuggestionKind.USER, document.user_id)
            for document in self._users()
            if query.handle is not None and document.handle.startswith(query.handle)
        ]
        tags = [Suggestion(SuggestionKind.HASHTAG, t) for t in self.hashtags(query, limit)]
        places = [Suggestion(SuggestionKind.PLACE, name) for name in self.places(query, limit)]
        return (*users, *tags, *places)[:limit]

    def places(self, query: Query, limit: int) -> tuple[str, ...]:
        names = dict.fromkeys(document.place.name for document in self._posts() if document.place)
        found = (n for n in names if any(s.startswith(query.start) for s in start_keys(n)))
        return tuple(found)[:limit]

    def _posts(self) -> list[PostDocument]:
        """The posts, newest first."""
        posts = [d for d in self.documents.values() if isinstance(d, PostDocument)]
        return sorted(posts, key=lambda document: document.position, reverse=True)

    def _users(self) -> list[UserDocument]:
        users = [d for d in self.documents.values() if isinstance(d, UserDocument)]
        return sorted(users, key=lambda document: document.user_id)


def _has_all(query: Query, terms: Sequence[str]) -> bool:
    return all(
        any(term.startswith(t.text) if t.is_beginning else term == t.text for term in terms)
        for t in query.terms
    )


def _is_near(query: Query, document: PostDocument) -> bool:
    if query.near is None:
        return True
    point = document.place.point if document.place else None
    return point is not None and query.near.holds(*point)


def _page(found: Sequence[T], offset: int, limit: int) -> Page[T]:
    end = offset + limit
    return Page(tuple(found[offset:end]), str(end) if len(found) > end else None)
