"""Writes the OpenSearch index: its mapping, documents and bulk requests.

`domain/text.py` turns texts into terms, and OpenSearch only splits them at blanks. So it finds by
the same rules as the embedded engine, and needs no analyzer of its own.
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
    rank_sort,
    start_keys,
    subject_of,
)

Json = dict[str, Any]

ALIAS: Final = "shutterfeed-search"
"""The alias that is searched; the index behind it can be exchanged."""
NEXT: Final = "shutterfeed-search-next"
"""The alias of the index under construction, if there is one; every change goes there too."""
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
        # Without an explicit value, an index that nobody searches for a while is not refreshed.
        "refresh_interval": "1s",
        # How long the version of a deleted document is kept.
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
            "place": _KEYWORD,
            "rank": _KEYWORD,
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
    """The id of a document: a post's id, which has a hyphen, or a user's id, which has none."""
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
    point = place.point if place else None
    return {
        "kind": POSTS,
        SUBJECT: str(document.post_id),
        "terms": " ".join((*(f"#{tag}" for tag in document.tags), *document.words)),
        "tags": document.tags,
        "place_starts": start_keys(place.name) if place else (),
        "place_label": place.name if place else None,
        "place": document.place_key,
        "rank": rank_sort(document),
        "location": dict(zip(("lat", "lon"), point, strict=True)) if point else None,
        "media": sorted(document.media),
        "position": document.position,
        "published_at": int(ulid_time(document.position).timestamp() * 1000),
        "popularity": min(document.popularity, POPULAR_BITS),
    }


@dataclass(frozen=True, slots=True)
class OpenSearchWriter:
    """Writes to the index behind an alias, or directly to an index."""

    client: OpenSearch
    index: str
    refresh: bool = False
    """Whether documents can be found as soon as they are written. This is slow, and for tests."""

    def apply(self, documents: Sequence[Document]) -> dict[PostId | str, str]:
        """Write documents with one bulk request. Those that OpenSearch refuses because it is busy
        are sent again, a few times."""
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
        """Send documents. Returns the status and the reason of those not written, by id."""
        params = {"refresh": str(self.refresh).lower()}
        if self.index in (ALIAS, NEXT):
            # If the alias is gone, OpenSearch must not create an index with its name.
            params["require_alias"] = "true"
        lines = [line for document in documents for line in self._lines(document)]
        answer = self.client.bulk(body=lines, params=params)
        results = [result for entry in answer["items"] for result in entry.values()]
        return {
            result["_id"]: (result["status"], str(result.get("error", result["status"])))
            for result in results
            if not _is_applied(result)
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
    """Make the first index, with its alias. False if there already is one."""
    if client.indices.exists_alias(name=ALIAS):
        return False
    try:
        create(client, f"{ALIAS}-1")
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    # Another process may be making the index. It gets its alias only when its shards are ready:
    # searching or writing before that is an error.
    client.cluster.health(
        index=f"{ALIAS}-1",
        params={"wait_for_status": "yellow", "timeout": "20s"},
        request_timeout=25,
    )
    client.indices.put_alias(index=f"{ALIAS}-1", name=ALIAS)
    return True


def create(client: OpenSearch, index: str) -> None:
    """Make an empty index, and wait until its shards are ready."""
    client.indices.create(index=index, body=BODY, request_timeout=25)


def _is_applied(result: Json) -> bool:
    """Whether a document needs no further work: it was written, there is a newer version, or there
    was nothing to delete."""
    status: int = result["status"]
    return status < 300 or status == _CONFLICT or result.get("result") == "not_found"
