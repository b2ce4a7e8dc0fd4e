"""Writing the OpenSearch index: mapping, documents, bulk requests.

Texts come as terms that `domain/text.py` made, so that the engine only splits them at blanks: it
finds by the same rules as the embedded one, and needs no analyzer of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from shutterfeed.domain.ids import PostId, ulid_time
from shutterfeed.domain.search import (
    POPULAR_BITS,
    Document,
    Gone,
    PostDocument,
    UserDocument,
    start_keys,
    subject_of,
)

Json = dict[str, Any]

ALIAS: Final = "shutterfeed-search"
"""What is searched: the one index behind it can be exchanged."""
NEXT: Final = "shutterfeed-search-next"
"""The index that is being built, if there is one; it gets every change too."""
POSTS: Final = "post"
USERS: Final = "user"
SUBJECT: Final = "subject"

_ATTEMPTS: Final = 3
_BASE_DELAY: Final = 0.1
_BUSY: Final = (429, 503)
_CONFLICT: Final = 409
_KEYWORD: Final[Json] = {"type": "keyword"}
_TERMS: Final[Json] = {"type": "text", "analyzer": "whitespace"}

BODY: Final[Json] = {
    "settings": {
        # Said outright, so that an index that nobody asks for a while is refreshed too.
        "refresh_interval": "1s",
        # How long what was deleted remembers its version.
        "gc_deletes": "1h",
    },
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "kind": _KEYWORD,
            SUBJECT: _KEYWORD,
            "terms": _TERMS,
            "tags": _KEYWORD,
            "place_starts": _KEYWORD,
            "place_label": _KEYWORD | {"index": False},
            "location": {"type": "geo_point"},
            "media": _KEYWORD,
            "position": _KEYWORD,
            "published_at": {"type": "date"},
            "popularity": {"type": "byte"},
            "handle": _KEYWORD,
            "name_starts": _KEYWORD,
            "user_terms": _TERMS,
        },
    },
}


def document_id(subject: PostId | str) -> str:
    """A post's id has a hyphen, a user's has none."""
    return str(subject)


def source_of(document: PostDocument | UserDocument) -> Json:
    if isinstance(document, UserDocument):
        return {
            "kind": USERS,
            SUBJECT: document.user_id,
            "handle": document.handle,
            "name_starts": start_keys(document.name),
            "user_terms": " ".join(document.terms),
            "popularity": min(document.popularity, POPULAR_BITS),
        }
    place = document.place
    return {
        "kind": POSTS,
        SUBJECT: str(document.post_id),
        "terms": " ".join((*(f"#{tag}" for tag in document.tags), *document.words)),
        "tags": document.tags,
        "place_starts": start_keys(place.name) if place else (),
        "place_label": place.name if place else None,
        "location": {"lat": place.latitude, "lon": place.longitude} if place else None,
        "media": sorted(document.media),
        "position": document.position,
        "published_at": int(ulid_time(document.position).timestamp() * 1000),
        "popularity": min(document.popularity, POPULAR_BITS),
    }


@dataclass(frozen=True, slots=True)
class OpenSearchWriter:
    """Writes to whatever stands behind one alias, or to one index."""

    client: OpenSearch
    index: str
    refresh: bool = False
    """Whether what was written is searchable at once: for tests, it is slow."""

    def apply(self, documents: Sequence[Document]) -> dict[PostId | str, str]:
        """One bulk request; of what it refuses for being busy, some more."""
        left = {document_id(subject_of(document)): document for document in documents}
        failures: dict[PostId | str, str] = {}
        for attempt in range(_ATTEMPTS):
            if attempt:
                time.sleep(_BASE_DELAY * 2**attempt)
            refused = self._send(left.values())
            busy = [i for i, (status, _) in refused.items() if status in _BUSY]
            for refused_id, (_, reason) in refused.items():
                failures[subject_of(left[refused_id])] = reason
            if not busy or attempt == _ATTEMPTS - 1:
                break
            left = {i: left[i] for i in busy}
            for document in left.values():
                del failures[subject_of(document)]
        return failures

    def _send(self, documents: Iterable[Document]) -> dict[str, tuple[int, str]]:
        """What was not written, by its id: the status and the reason."""
        params = {"refresh": str(self.refresh).lower()}
        if self.index in (ALIAS, NEXT):
            # Where the alias is gone, an index of its name must not come into being.
            params["require_alias"] = "true"
        lines = [line for document in documents for line in self._lines(document)]
        answer = self.client.bulk(body=lines, params=params)
        results = [result for entry in answer["items"] for result in entry.values()]
        return {
            result["_id"]: (result["status"], str(result.get("error", result["status"])))
            for result in results
            if not _is_settled(result)
        }

    def _lines(self, document: Document) -> list[Json]:
        about = {
            "_index": self.index,
            "_id": document_id(subject_of(document)),
            "version": document.version,
            "version_type": "external_gte",
        }
        if isinstance(document, Gone):
            return [{"delete": about}]
        return [{"index": about}, source_of(document)]


def ensure_index(client: OpenSearch) -> bool:
    """Make the first index, with its alias; False where there is one."""
    if client.indices.exists_alias(name=ALIAS):
        return False
    try:
        create(client, f"{ALIAS}-1")
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    # Another may be making it. Only when its shards are there it gets its alias: to search in less,
    # or to write to it, is an error.
    client.cluster.health(
        index=f"{ALIAS}-1",
        params={"wait_for_status": "yellow", "timeout": "20s"},
        request_timeout=25,
    )
    client.indices.put_alias(index=f"{ALIAS}-1", name=ALIAS)
    return True


def create(client: OpenSearch, index: str) -> None:
    """Make an empty index, and wait until its shards are there."""
    client.indices.create(index=index, body=BODY, request_timeout=25)


def _is_settled(result: Json) -> bool:
    """Written; or there is something newer; or there was nothing to delete."""
    status: int = result["status"]
    return status < 300 or status == _CONFLICT or result.get("result") == "not_found"
