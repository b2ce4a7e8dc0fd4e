"""Indexing keeps the search index like the table: the work of `index`.

A message says only whose document may have changed. Its present state is read from the table,
strongly consistent and after the message came, so that a late or repeated message brings nothing
old; the item's revision goes with it as the document's version, so that of two workers that
overtake each other the one with the newer state wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shutterfeed.domain.messages import IndexMessage, IndexPost, IndexUser
from shutterfeed.domain.search import Document, post_document, subject_of, user_document
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.search import SearchDocuments


class NotIndexed(Exception):
    """The index did not take a document; its message comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexingService:
    posts: Posts
    profiles: Profiles
    index: SearchDocuments

    def apply(self, messages: Sequence[IndexMessage]) -> Mapping[IndexMessage, Exception]:
        """Bring the documents of all messages up to date. Returns those that failed, and why.

        One failure leaves the others alone, be it in reading or in writing.
        """
        failures: dict[IndexMessage, Exception] = {}
        documents: dict[IndexMessage, Document] = {}
        for message in dict.fromkeys(messages):
            try:
                documents[message] = self._document(message)
            except Exception as error:  # noqa: BLE001 - told to the caller, and the others go on
                failures[message] = error
        refused = self.index.apply(tuple(documents.values())) if documents else {}
        for message, document in documents.items():
            if reason := refused.get(subject_of(document)):
                failures[message] = NotIndexed(reason)
        return failures

    def _document(self, message: IndexMessage) -> Document:
        match message:
            case IndexPost(post_id):
                return post_document(post_id, self.posts.get(post_id))
            case IndexUser(user_id):
                return user_document(user_id, self.profiles.get(user_id))
