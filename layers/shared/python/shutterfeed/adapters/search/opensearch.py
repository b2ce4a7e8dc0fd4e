"""The search engine for many users: an OpenSearch domain.

Texts of users never become part of a query language: terms are values of `term`, `fuzzy` and
`prefix` queries, in which no character has a special meaning.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from opensearchpy import OpenSearch

from shutterfeed.adapters.search.opensearch_client import admit_reader
from shutterfeed.adapters.search.opensearch_index import (
    ALIAS,
    NEXT,
    POSTS,
    SUBJECT,
    USERS,
    OpenSearchWriter,
    create,
    document_id,
    ensure_index,
)
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
    HALF_LIFE_DAYS,
    HANDLE_MARK,
    HANDLE_START,
    NAME_START,
    NEW,
    POPULAR,
    POPULAR_BITS,
    POPULARITY_STEP,
    Document,
    Query,
    Term,
    allowed_typos,
    plain,
    popularity,
    typos_between,
)
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts
from shutterfeed.ports.search import NOTICED_AFTER_SECONDS, StraySearch, Suggestion

Json = dict[str, Any]

_SAMPLE: Final = 100
"""The number of most popular and newest posts whose hashtags and places type-ahead offers."""
_NO_SOURCE: Final = {"_source": "false"}
_EXPANSIONS: Final = 20
"""The highest number of index words that a misspelt or unfinished word is taken for. A query of 200
characters has up to 22 words of eight letters, which become 922 of the 1,024 clauses allowed."""


@dataclass(slots=True)
class OpenSearchIndex:
    client: OpenSearch
    refresh: bool = False
    reader: str | None = None
    """The IAM role that gets the right to search, if the domain manages rights itself."""
    _ensured: bool = field(default=False, init=False)
    _building: bool = field(default=False, init=False)
    _looked_at: float | None = field(default=None, init=False)

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        failures: dict[PostId | str, str] = {}
        if not documents:
            return failures
        self._ensure()
        for alias in (ALIAS, NEXT) if self._is_building() else (ALIAS,):
            failures |= OpenSearchWriter(self.client, alias, self.refresh).apply(documents)
        return failures

    def fill(self, generation: str, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        return OpenSearchWriter(self.client, generation, self.refresh).apply(documents)

    def begin(self) -> str:
        self._ensure()
        indexes = self.client.indices.get(index=f"{ALIAS}-*")
        new = f"{ALIAS}-{1 + max(int(name.rpartition('-')[2]) for name in indexes)}"
        create(self.client, new)
        self._move({NEXT: new})
        return new

    def switch(self, generation: str) -> None:
        self.client.indices.refresh(index=generation)
        self._move({ALIAS: generation, NEXT: None})

    def drop_others(self) -> bool:
        indexes = self.client.indices.get(index=f"{ALIAS}-*")
        unused = [name for name, about in indexes.items() if not about["aliases"]]
        if unused:
            self.client.indices.delete(index=",".join(unused))
        return False

    def versions(self, subjects: Sequence[PostId | str]) -> Mapping[PostId | str, int]:
        if not subjects:
            return {}
        self._ensure()
        by_id = {document_id(subject): subject for subject in subjects}
        answer = self.client.mget(body={"ids": list(by_id)}, index=ALIAS, params=_NO_SOURCE)
        return {by_id[d["_id"]]: d["_version"] for d in answer["docs"] if d.get("found")}

    def held(self, after: str | None, limit: int) -> Page[PostId | str]:
        body: Json = {"query": {"match_all": {}}, "sort": [{SUBJECT: "asc"}]}
        if after is not None:
            body["search_after"] = [after]
        # An index that is built, or was left behind when its successor was built, holds somebody's
        # words like the one that is searched.
        ids = [hit["_id"] for hit in self._search(body, limit, f"{ALIAS}-*")]
        found = (PostId.parse(i) if "-" in i else i for i in dict.fromkeys(ids))
        return Page(tuple(found), ids[-1] if len(ids) == limit else None)

    def stray_entries(
        self,
        after: str | None,  # noqa: ARG002 - as the port has it
        limit: int,  # noqa: ARG002
        *,
        repair: bool,  # noqa: ARG002
    ) -> StraySearch:
        """Find nothing: in OpenSearch, entries are parts of their documents and cannot be stray."""
        return StraySearch(0, 0, 0, None)

    def _ensure(self) -> None:
        if not self._ensured:
            if ensure_index(self.client) and (self.reader or "").startswith("arn:"):
                admit_reader(self.client, str(self.reader), f"{ALIAS}*")
            self._ensured = True

    def _is_building(self) -> bool:
        now = time.monotonic()
        if self._looked_at is None or now > self._looked_at + NOTICED_AFTER_SECONDS - 1:
            self._building = bool(self.client.indices.exists_alias(name=NEXT))
            self._looked_at = now
        return self._building

    def _move(self, aliases: Mapping[str, str | None]) -> None:
        """Point aliases to other indexes, all in one step."""
        actions: list[Json] = []
        for alias, index in aliases.items():
            if self.client.indices.exists_alias(name=alias):
                actions.append({"remove": {"index": f"{ALIAS}-*", "alias": alias}})
            if index is not None:
                actions.append({"add": {"index": index, "alias": alias}})
        self.client.indices.update_aliases(body={"actions": actions})
        self._looked_at = None

    def posts(self, query: Query, as_of: datetime, offset: int, limit: int) -> Page[PostId]:
        body = {
            "query": _lifted(_matching_posts(query, as_of), as_of),
            "sort": [{"_score": "desc"}, {"position": "desc"}],
        }
        found, position = self._page(body, offset, limit)
        return Page(tuple(map(PostId.parse, found)), position)

    def users(self, query: Query, offset: int, limit: int) -> Page[str]:
        popular = {"field_value_factor": {"field": "popularity", "factor": POPULARITY_STEP}}
        body = {
            "query": {
                "function_score": {
                    "query": _matching_users(query),
                    "functions": [popular],
                    "boost_mode": "sum",
                }
            },
            "sort": [{"_score": "desc"}, {SUBJECT: "asc"}],
        }
        found, position = self._page(body, offset, limit)
        return Page(tuple(found), position)

    def hashtags(self, query: Query, limit: int) -> tuple[str, ...]:
        wanted = wanted_tag(query)
        tags = ranked_tags(self._tags({"prefix": {"tags": {"value": wanted}}}, wanted), wanted)
        typos = allowed_typos(wanted)
        if not tags and typos:
            sample = self._hits(_sample(_fuzzy("tags", wanted, typos)))
            uses = Counter(tag for hit in sample for tag in hit["tags"])
            near = (
                (distance, tag)
                for tag in uses
                if (distance := typos_between(wanted, tag, typos)) is not None
            )
            tags = [tag for _, tag in sorted(near)]
        return tuple(tags[:limit])

    def listed(self, topic: Topic, order: PostOrder, after: str | None, limit: int) -> Page[PostId]:
        field_name = "rank" if order is PostOrder.BEST else "position"
        body: Json = {"query": _of_topic(topic), "sort": [{field_name: "desc"}]}
        if after is not None:
            body["search_after"] = [after]
        hits = self._search(body, limit)
        last = hits[-1]["_source"][field_name] if len(hits) == limit else None
        return Page(tuple(PostId.parse(hit["_id"]) for hit in hits), last)

    def facts(self, topic: Topic) -> TopicFacts:
        body: Json = {"query": _of_topic(topic), "sort": [{"position": "desc"}]}
        answer = self._answer(body | {"size": 1, "track_total_hits": True})
        hits = answer["hits"]["hits"]
        is_named = bool(hits) and topic.is_place
        name = hits[0]["_source"]["place_label"] if is_named else topic.key
        return TopicFacts(name, answer["hits"]["total"]["value"])

    def places(self, query: Query, limit: int) -> tuple[str, ...]:
        text = query.start
        starts = _place_starts(self._hits(_sample(_begins("place_starts", text))), text)
        return tuple(found.text for found in ranked(starts, text, limit))

    def suggest(self, query: Query, limit: int) -> tuple[Suggestion, ...]:
        text, kinds = asked_for(query)
        return ranked((s for s in self._starts(text) if s.kind in kinds), text, limit)

    def _starts(self, text: str) -> Iterator[Start]:
        """The type-ahead entries of all kinds that begin with this text, in one round trip."""
        people = {"bool": {"should": [_begins("handle", text), _begins("name_starts", text)]}}
        others = (_begins("tags", text), _begins("place_starts", text))
        bodies = [_sample(query) for query in (people, *others)]
        header = {"index": ALIAS, "ignore_unavailable": True}
        answer = self.client.msearch(body=[line for body in bodies for line in (header, body)])
        users, tagged, placed = (
            [hit["_source"] for hit in part["hits"]["hits"]] for part in answer["responses"]
        )
        for user in users:
            yield from _user_starts(user, text)
        yield from _tag_starts(tagged, text)
        yield from _place_starts(placed, text)

    def _tags(self, query: Json, text: str) -> Iterator[Start]:
        return _tag_starts(self._hits(_sample(query)), text)

    def _hits(self, body: Json) -> list[Json]:
        return [hit["_source"] for hit in self._search(body, _SAMPLE)]

    def _page(self, body: Json, offset: int, limit: int) -> tuple[list[str], str | None]:
        if limit <= 0:
            return [], None
        hits = self._search(body | {"from": offset}, limit + 1)
        found = [hit["_source"][SUBJECT] for hit in hits[:limit]]
        return found, str(offset + limit) if len(hits) > limit else None

    def _search(self, body: Json, size: int, index: str = ALIAS) -> list[Json]:
        answer = self._answer({**body, "size": size, "track_total_hits": False}, index)
        hits: list[Json] = answer["hits"]["hits"]
        return hits

    def _answer(self, body: Json, index: str = ALIAS) -> Json:
        # Before anything was indexed there is no index: that means no hits, not an error.
        params = {"ignore_unavailable": "true"}
        answer: Json = self.client.search(body=body, index=index, params=params)
        return answer


def _of_topic(topic: Topic) -> Json:
    field_name = "place" if topic.is_place else "tags"
    return {"bool": {"filter": [{"term": {field_name: {"value": topic.key}}}]}}


def _matching_posts(query: Query, as_of: datetime) -> Json:
    latest = int(as_of.timestamp() * 1000)
    filters: list[Json] = [
        {"term": {"kind": {"value": POSTS}}},
        {"range": {"published_at": {"lte": latest}}},
    ]
    if query.media is not None:
        filters.append({"term": {"media": {"value": query.media}}})
    if query.near is not None:
        point = {"lat": query.near.latitude, "lon": query.near.longitude}
        filters.append({"geo_distance": {"distance": f"{query.near.km}km", "location": point}})
    if not query.terms:
        return {"constant_score": {"filter": {"bool": {"filter": filters}}}}
    words = [_best_of(_ways("terms", term)) for term in query.terms]
    return {"bool": {"filter": filters, "should": words, "minimum_should_match": 1}}


def _lifted(query: Json, as_of: datetime) -> Json:
    """The query with higher scores for new and popular posts, like `domain.search.lift`."""
    age = {"origin": int(as_of.timestamp() * 1000), "scale": f"{HALF_LIFE_DAYS:.0f}d", "decay": 0.5}
    return {
        "function_score": {
            "query": query,
            "functions": [
                {"filter": {"match_all": {}}, "weight": 1},
                {"exp": {"published_at": age}, "weight": NEW},
                {
                    "field_value_factor": {"field": "popularity", "factor": 1 / POPULAR_BITS},
                    "weight": POPULAR,
                },
            ],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def _matching_users(query: Query) -> Json:
    start = query.start.removeprefix(HANDLE_MARK)
    ways = [
        _constant({"prefix": {"handle": {"value": start}}}, HANDLE_START),
        _constant({"prefix": {"name_starts": {"value": start}}}, NAME_START),
    ]
    if query.handle is not None:
        ways.append(_constant({"term": {"handle": {"value": query.handle}}}, EXACT_HANDLE))
    if query.terms:
        share = ALL_WORDS / len(query.terms)
        words = [
            _best_of([_constant(way, share * worth) for way, worth in _worths("user_terms", term)])
            for term in query.terms
        ]
        ways.append({"bool": {"must": words}})
    filters = [{"term": {"kind": {"value": USERS}}}]
    return {"bool": {"filter": filters, "must": [_best_of(ways)]}}


def _ways(field_name: str, term: Term) -> list[Json]:
    """The queries for each way in which a document can match a word, each with its weight."""
    return [
        {name: {field_name: parameters | {"boost": worth}}}
        for way, worth in _worths(field_name, term)
        for name, of_field in way.items()
        for parameters in of_field.values()
    ]


def _worths(field_name: str, term: Term) -> Iterator[tuple[Json, float]]:
    yield {"term": {field_name: {"value": term.text}}}, CLOSENESS[0]
    for typos in range(1, term.typos + 1):
        yield _fuzzy(field_name, term.text, typos), CLOSENESS[typos]
    if term.is_beginning and len(term.text) > 1:
        scored = {"value": term.text, "rewrite": f"top_terms_blended_freqs_{_EXPANSIONS}"}
        yield {"prefix": {field_name: scored}}, COMPLETED


def _fuzzy(field_name: str, text: str, typos: int) -> Json:
    return {
        "fuzzy": {
            field_name: {
                "value": text,
                "fuzziness": typos,
                "max_expansions": _EXPANSIONS,
                "transpositions": True,
            }
        }
    }


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _best_of(queries: Sequence[Json]) -> Json:
    return {"dis_max": {"queries": list(queries)}}


def _sample(query: Json) -> Json:
    newest = {"position": {"order": "desc", "missing": "_last"}}
    return {
        "query": {"bool": {"filter": [query]}},
        "sort": [{"popularity": "desc"}, newest],
        "size": _SAMPLE,
        "track_total_hits": False,
    }


def _user_starts(user: Json, text: str) -> Iterator[Start]:
    texts = [(user["handle"], HANDLE), *((name, NAME) for name in user["name_starts"])]
    for start, kind in texts:
        if start.startswith(text):
            yield Start(start, kind, user[SUBJECT], user["popularity"], start)


def _begins(field_name: str, text: str) -> Json:
    return {"prefix": {field_name: {"value": text}}}


def _place_starts(posts: Sequence[Json], text: str) -> Iterator[Start]:
    places = Counter(post["place_label"] for post in posts)
    for post in posts:
        for start in post["place_starts"]:
            if start.startswith(text):
                label = post["place_label"]
                yield Start(start, PLACE, plain(label), popularity(places[label]), label)


def _tag_starts(posts: Sequence[Json], text: str) -> Iterator[Start]:
    uses = Counter(tag for post in posts for tag in post["tags"] if tag.startswith(text))
    return (Start(tag, TAG, tag, popularity(count), tag) for tag, count in uses.items())
