"""Maintenance builds the search index again and compares it with the table, step by step.

Every step is short and may be repeated; whoever runs them (`make reindex`, `make search-check`)
carries the position from one to the next. A new generation gets every change from its beginning on
and is searched only when it has everything: nobody finds less meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import Document, Gone, post_document, user_document
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.search import UNFINISHED, Searchable, SearchGenerations

PAGE: Final = 200
"""The number of items of the table that one step looks at."""


@dataclass(frozen=True, slots=True)
class Step:
    """The result of one step; `after` is the position where the next one goes on, None at the
    end."""

    looked_at: int
    written: int
    after: str | None
    found: Mapping[str, int] = field(default_factory=dict)
    """The number of documents found missing, outdated, unfinished or left over, and the number of
    entries without a document."""
    failures: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMaintenance:
    searchable: Searchable
    posts: Posts
    profiles: Profiles
    index: SearchGenerations

    def begin(self) -> str:
        """Begin a new generation. Returns its name."""
        return self.index.begin()

    def switch(self, generation: str) -> None:
        """Search in this generation from now on."""
        self.index.switch(generation)

    def drop_others(self) -> bool:
        """Remove a part of the generations that are not searched. True if there is more."""
        return self.index.drop_others()

    def copy(self, generation: str, after: str | None) -> Step:
        """Bring a page of the table to a new generation."""
        page = self.searchable.page(after, PAGE)
        documents = [d for d in map(self._truth, page.items) if not isinstance(d, Gone)]
        refused = self.index.fill(generation, documents) if documents else {}
        return Step(
            len(page.items),
            len(documents) - len(refused),
            page.next_position,
            failures=_describe(refused),
        )

    def check(self, after: str | None, *, repair: bool) -> Step:
        """Compare a page of the table with the index, and count what the index lacks, or has old or
        left over."""
        page = self.searchable.page(after, PAGE)
        return self._compare(page.items, page.next_position, repair=repair)

    def check_held(self, after: str | None, *, repair: bool) -> Step:
        """Compare a page of the index with the table, and count what is gone from the table."""
        page = self.index.held(after, PAGE)
        return self._compare(page.items, page.next_position, repair=repair)

    def held(self, after: str | None) -> Page[PostId | str]:
        """A page of the subjects of all that the index holds."""
        return self.index.held(after, PAGE)

    def check_entries(self, after: str | None, *, repair: bool) -> Step:
        """Compare a page of the index's entries with its documents, and count those that belong to
        none."""
        page = self.index.stray_entries(after, PAGE, repair=repair)
        found = {"astray": page.found} if page.found else {}
        return Step(page.looked_at, page.removed, page.next_position, found)

    def _compare(
        self, subjects: Sequence[PostId | str], after: str | None, *, repair: bool
    ) -> Step:
        held = self.index.versions(subjects)
        found: dict[str, int] = {}
        wrong = []
        for subject in subjects:
            truth = self._truth(subject)
            if kind := _mismatch(truth, held.get(subject)):
                found[kind] = found.get(kind, 0) + 1
                wrong.append(truth)
        refused = self.index.apply(wrong) if repair and wrong else {}
        written = len(wrong) - len(refused) if repair else 0
        return Step(len(subjects), written, after, found, _describe(refused))

    def _truth(self, subject: PostId | str) -> Document:
        if isinstance(subject, PostId):
            author = self.profiles.item(subject.author_id)
            return post_document(subject, self.posts.get(subject), author)
        return user_document(subject, self.profiles.get(subject))


def _mismatch(truth: Document, held: int | None) -> str | None:
    if held == UNFINISHED:
        return "unfinished"
    if isinstance(truth, Gone):
        return None if held is None else "left over"
    if held is None:
        return "missing"
    return None if held == truth.version else "outdated"


def _describe(refused: Mapping[PostId | str, str]) -> list[str]:
    return [f"{subject}: {reason}" for subject, reason in refused.items()]
