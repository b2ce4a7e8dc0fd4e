"""Known-item search over real captions, with and without a typing error, on both engines and on a
plain BM25 library; what a search costs; how soon a post is found.

Of 1,000 pictures caption 0 is indexed; the queries are the captions 1-4, by other people, and the
picture should be among the first ten. The embedded engine runs on AWS's own DynamoDB Local,
which tells the request units that AWS would bill; OpenSearch is a real node.
"""

from __future__ import annotations

import json
import random
import string
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import mean, quantiles
from typing import Any, Final
from urllib.parse import quote

import boto3
from opensearchpy import OpenSearch

from bench import engines
from bench.deployment import deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.search.dynamodb import DynamoSearchIndex
from shutterfeed.adapters.search.opensearch import OpenSearchIndex
from shutterfeed.adapters.search.opensearch_index import ALIAS
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.search import parse_query, post_document, user_document
from shutterfeed.domain.text import query_words, words
from shutterfeed.ports.search import SearchIndex
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tests import samples
from tests.fakes.system import FakeClock
from tests.tables import create_search_table
from tools import environments, paths
from tools.deploy import REGION
from tools.errors import Unavailable
from tools.pictures import landscape

CAPTIONS: Final = paths.ROOT.parent / "shared" / "data" / "text" / "flickr8k-captions.tsv"
_BM25: Final = paths.ROOT / "bench" / "bm25"
_FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NOW: Final = _FIRST + timedelta(days=1)
_TOP: Final = 10
_BATCH: Final = 50
_TYPED: Final = 200
_PATIENCE_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1
"""Between two searches for the same post: they keep the functions that index it from their work."""
_WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Size:
    """How many pictures are indexed, users named, and posts published on a local cloud."""

    pictures: int
    people: int
    published: int


FULL: Final = Size(pictures=1_000, people=500, published=30)
TOY: Final = Size(pictures=6, people=5, published=2)
MINUTES: Final = 12.0


@dataclass(frozen=True, slots=True)
class Case:
    """A query of somebody who looks for the picture with that number."""

    text: str
    picture: int


@dataclass(slots=True)
class Units:
    """The request units that DynamoDB bills, as each of its answers says."""

    read: float = 0.0
    written: float = 0.0
    requests: Counter[str] = field(default_factory=Counter)

    def watch(self, client: Any) -> None:
        events = client.meta.events
        for name in ("Query", "GetItem", "BatchGetItem", *_WRITES):
            events.register(f"provide-client-params.dynamodb.{name}", _ask)
            events.register(f"after-call.dynamodb.{name}", self._count)
        events.register("provide-client-params.dynamodb.TransactWriteItems", self._transaction)

    def _count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        answers = [consumed] if isinstance(consumed, dict) else consumed
        units = sum(answer["CapacityUnits"] for answer in answers)
        self.requests[model.name] += 1
        if model.name in _WRITES:
            self.written += units
        else:
            self.read += units

    def _transaction(self, params: dict[str, Any], **_: Any) -> None:
        """Count a transaction: two units for every item of up to 1 KB, since DynamoDB Local reports
        too few."""
        self.written += 2 * len(params["TransactItems"])


_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")


def _ask(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {**params, "ReturnConsumedCapacity": "TOTAL"}


def run(size: Size) -> list[Figure]:
    captions = _captions(size.pictures)
    cases = [Case(text, n) for n, texts in enumerate(captions) for text in texts[1:]]
    chance = random.Random(8)  # noqa: S311 - the same errors in every run
    misspelt = [replace(case, text=_misspelt(case.text, chance)) for case in cases]
    plain = _scores(_with_library(captions, cases), cases)
    with _embedded() as (embedded, units), _opensearch() as (scaled, client):
        indexed = _fill(embedded, captions, units)
        _fill(scaled, captions, Units())
        client.indices.refresh(index=ALIAS)
        figures = [*_quality("library", plain)]
        found: dict[str, tuple[float, float]] = {}
        read: dict[str, float] = {}
        for name, index in (("embedded", embedded), ("OpenSearch", scaled)):
            units.read = 0.0
            found[name] = _scores(_with_index(index, cases), cases)
            read[name] = units.read / len(cases)
            typed = _scores(_with_index(index, misspelt), misspelt)
            figures += _quality(name, found[name])
            kept = typed[1] / found[name][1]
            figures.append(Figure(f"{name}: recall kept with a typo", kept, "ratio", ">= 0.8"))
        figures += [
            Figure("OpenSearch MRR to library", found["OpenSearch"][0] / plain[0], "ratio", ">= 1"),
            Figure(
                "OpenSearch recall to library", found["OpenSearch"][1] / plain[1], "ratio", ">= 1"
            ),
            *(
                Figure(f"embedded {what} to OpenSearch", mine / theirs, "ratio", ">= 0.9")
                for what, mine, theirs in zip(
                    ("MRR", "recall"), found["embedded"], found["OpenSearch"], strict=True
                )
            ),
            Figure("embedded: read units a query", read["embedded"], "RRU"),
            Figure("embedded: write units a post, first 100", indexed[0], "WRU"),
            Figure("embedded: write units a post, last 100", indexed[1], "WRU"),
            *_type_ahead(embedded, scaled, units, captions, size.people),
        ]
    clear()
    return [*figures, *_findable(size.published)]


def _captions(pictures: int) -> list[list[str]]:
    """The five captions of each of the first pictures in the file."""
    if not CAPTIONS.is_file():
        raise Unavailable(f"{CAPTIONS} does not exist.")
    by_picture: dict[str, list[str]] = {}
    for line in CAPTIONS.read_text(encoding="utf-8").splitlines():
        name, _, caption = line.partition("\t")
        by_picture.setdefault(name.partition("#")[0], []).append(caption)
    return list(by_picture.values())[:pictures]


def _misspelt(text: str, chance: random.Random) -> str:
    """The query with one typing error: a letter missing, added, wrong or swapped, in a word of four
    letters or more."""
    parts = text.split()
    long = [place for place, part in enumerate(parts) if len(part) >= 4 and part.isalpha()]
    if not long:
        return text
    place = chance.choice(long)
    word, at = parts[place], chance.randrange(len(parts[place]) - 1)
    letter = chance.choice(string.ascii_lowercase.replace(word[at].lower(), ""))
    parts[place] = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )
    return " ".join(parts)


def _post_id(number: int) -> PostId:
    return PostId(samples.user_id(1), ulid(_FIRST, number))


def _fill(
    index: SearchIndex, captions: Sequence[Sequence[str]], units: Units
) -> tuple[float, float]:
    """Index caption 0 of every picture; write units a post of the first and of the last hundred."""
    documents = []
    for number, texts in enumerate(captions):
        post = replace(
            samples.post(state=PostState.PUBLISHED),
            id=_post_id(number),
            caption=texts[0],
            position=ulid(_FIRST + timedelta(minutes=number), number),
            revision=1,
        )
        documents.append(post_document(post.id, post, samples.profile(1)))
    written = []
    for start in range(0, len(documents), _BATCH):
        before = units.written
        failed = index.apply(documents[start : start + _BATCH])
        assert not failed, failed
        written.append((units.written - before) / _BATCH)
        show(f"{type(index).__name__}: indexed {start + _BATCH} of {len(documents)}")
    return mean(written[:2]), mean(written[-2:])


def _with_index(index: SearchIndex, cases: Sequence[Case]) -> list[list[int]]:
    known = {_post_id(case.picture): case.picture for case in cases}
    found = []
    for done, case in enumerate(cases):
        query = parse_query(case.text[:_TYPED] + " ")
        found.append([known[i] for i in index.posts(query, _NOW, 0, _TOP).items])
        if done % 50 == 0:
            show(f"{type(index).__name__}: query {done} of {len(cases)}")
    return found


def _with_library(captions: Sequence[Sequence[str]], cases: Sequence[Case]) -> list[list[int]]:
    python = environments.ensure(
        paths.BUILD / "bench-bm25", _BM25 / "requirements.txt", "the BM25 library"
    )
    given = {
        "documents": [words(texts[0]) for texts in captions],
        "queries": [query_words(case.text) for case in cases],
    }
    answer = subprocess.run(
        [python, _BM25 / "rank.py"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    ranked: list[list[int]] = json.loads(answer.stdout)
    return ranked


def _scores(found: Sequence[Sequence[int]], cases: Sequence[Case]) -> tuple[float, float]:
    """MRR@10 and recall@10."""
    places = [
        list(numbers).index(case.picture) + 1 if case.picture in numbers else 0
        for numbers, case in zip(found, cases, strict=True)
    ]
    return mean(1 / place if place else 0.0 for place in places), mean(map(bool, places))


def _quality(name: str, scores: tuple[float, float]) -> list[Figure]:
    return [
        Figure(f"{name}: MRR@10", scores[0], ""),
        Figure(f"{name}: recall@10", scores[1], ""),
    ]


def _type_ahead(
    embedded: SearchIndex,
    scaled: SearchIndex,
    units: Units,
    captions: Sequence[Sequence[str]],
    count: int,
) -> Iterator[Figure]:
    """Measure type-ahead over users who are named by words of the captions."""
    vocabulary = sorted({w for texts in captions for w in words(texts[0]) if len(w) > 3})
    people = [
        replace(
            samples.profile(n, f"{vocabulary[n % len(vocabulary)]}{n}"),
            display_name=" ".join(vocabulary[step * n % len(vocabulary)] for step in (7, 11)),
        )
        for n in range(1, count + 1)
    ]
    documents = [user_document(person.user_id, person) for person in people]
    typed = [person.handle[: 2 + n % 4] for n, person in enumerate(people[:_TYPED])]
    for name, index in (("embedded", embedded), ("OpenSearch", scaled)):
        index.apply(documents)
        time.sleep(2)
        units.requests.clear()
        units.read = 0.0
        start = time.process_time()
        for text in typed:
            index.suggest(parse_query(text), 10)
        cpu = (time.process_time() - start) * 1000 / len(typed)
        yield Figure(f"{name}: type-ahead, CPU", cpu, "ms")
        if name == "embedded":
            trips = sum(units.requests.values()) / len(typed)
            yield Figure("embedded: type-ahead, round trips", trips, "")
            yield Figure("embedded: type-ahead, read units", units.read / len(typed), "RRU")


def _findable(count: int) -> list[Figure]:
    """Seconds on a local cloud from the moment that a post is published until a search shows it."""
    times = []
    with deployed() as deployment:
        api = deployment.person("searched_author")
        warm_up = min(_WARM_UP, count // 2)
        for number in range(count + warm_up):
            show(f"post {number + 1} of {count + warm_up}")
            times.append(_time_to_find(api, number))
    clear()
    times = times[warm_up:]
    cuts = quantiles(times, n=100, method="inclusive")
    return [
        Figure("publish to findable, p50", cuts[49], "s"),
        Figure("publish to findable, p95", cuts[94], "s", "<= 2"),
    ]


def _time_to_find(api: Api, number: int) -> float:
    word = _word_of(number)
    photo = Photo(landscape(number))
    created = api.create_post([photo], caption=f"{word} on a quiet morning by the sea")
    api.upload(created["uploads"][0], photo)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = api.call("GET", f"/search?type=posts&q={quote(word + ' ')}")["posts"]
        for post in found:
            if post["id"] == created["post"]["id"]:
                published = datetime.fromisoformat(post["published_at"])
                return (datetime.now(UTC) - published).total_seconds()
        time.sleep(_POLL_SECONDS)
    raise TimeoutError(f"{word} is not found")


def _word_of(number: int) -> str:
    """A word that is no typing error of another number's, whose post a search would find, too."""
    return "".join(string.ascii_lowercase[int(digit)] * 2 for digit in f"{number:05}")


@contextmanager
def _embedded() -> Iterator[tuple[SearchIndex, Units]]:
    with engines.dynamodb() as (endpoint, key):
        client = boto3.client(
            "dynamodb",
            region_name=REGION,
            endpoint_url=endpoint,
            aws_access_key_id=key,
            aws_secret_access_key="bench",  # noqa: S106 - of a server that ends with this run
        )
        create_search_table(client, "search")
        units = Units()
        units.watch(client)
        yield DynamoSearchIndex(Table(client, "search"), FakeClock()), units


@contextmanager
def _opensearch() -> Iterator[tuple[SearchIndex, OpenSearch]]:
    with engines.opensearch() as endpoint:
        client = OpenSearch(hosts=[endpoint], timeout=30)
        yield OpenSearchIndex(client), client
