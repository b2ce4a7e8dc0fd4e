"""Indexing keeps the search index like the table: the work of `index`.

A message says only whose document may have changed. Its present state is read from the table,
strongly consistent and after the message came, so that a late or repeated message brings nothing
old; the item's revision goes with it as the document's version, so that of two workers that
overtake each other the one with the newer state wins.

An indexed post also comes into the lists of its hashtags (`services/hashtags.py`).

The posts of an account that becomes private or public are looked at page by page, each like one
that a message has named. What an author does meanwhile has messages of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.messages import IndexAuthor, IndexMessage, IndexPost, IndexUser
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.search import (
    Document,
    PostDocument,
    post_document,
    subject_of,
    user_document,
)
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.search import SearchDocuments
from shutterfeed.services.hashtags import TaggingService

PAGE: Final = 25
"""The number of an author's posts that one message looks at: ten messages come at a time, and the
embedded index takes up to a tenth of a second for a post."""


class NotIndexed(Exception):
    """The index did not take a document; its message comes again."""


@dataclass(frozen=True, slots=True)
class Work:
    """The documents of one message, and the message that continues it."""

    documents: tuple[Document, ...] = ()
    then: IndexAuthor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexingService:
    posts: Posts
    profiles: Profiles
    index: SearchDocuments
    tagging: TaggingService
    steps: Queue[IndexMessage]

    def apply(self, messages: Sequence[IndexMessage]) -> Mapping[IndexMessage, Exception]:
        """Bring the documents of all messages up to date. Returns those that failed, and why.

        One failure leaves the others alone, be it in reading or in writing.
        """
        failures: dict[IndexMessage, Exception] = {}
        found: dict[IndexMessage, Work] = {}
        for message in dict.fromkeys(messages):
            try:
                found[message] = self._work(message)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[message] = error
        documents = tuple(document for work in found.values() for document in work.documents)
        refused = self.index.apply(documents) if documents else {}
        untagged = self.tagging.include(documents)
        for message, work in found.items():
            subjects = [subject_of(document) for document in work.documents]
            try:
                if reasons := [refused[subject] for subject in subjects if subject in refused]:
                    raise NotIndexed(reasons[0])
                if errors := _failed(work.documents, untagged):
                    raise errors[0]
                if work.then is not None:
                    self.steps.send([work.then])
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[message] = error
        return failures

    def _work(self, message: IndexMessage) -> Work:
        match message:
            case IndexPost(post_id):
                author = self.profiles.item(post_id.author_id)
                return Work((post_document(post_id, self.posts.get(post_id), author),))
            case IndexUser(user_id):
                return Work((user_document(user_id, self.profiles.get(user_id)),))
            case IndexAuthor():
                return self._page(message)

    def _page(self, message: IndexAuthor) -> Work:
        author = self.profiles.item(message.author_id)
        if author is None or author.switches != message.switches:
            return Work()  # The last switch has messages of its own.
        page = self.posts.made_by(message.author_id, message.after, PAGE)
        published = [post for post in page.items if post.state is PostState.PUBLISHED]
        after = page.next_position
        return Work(
            tuple(post_document(post.id, post, author) for post in published),
            None if after is None else replace(message, after=after),
        )


def _failed(documents: Sequence[Document], tags: Mapping[str, Exception]) -> list[Exception]:
    """What went wrong with the hashtags of posts."""
    posts = (document for document in documents if isinstance(document, PostDocument))
    return [tags[tag] for post in posts for tag in post.tags if tag in tags]
