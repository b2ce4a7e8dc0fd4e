"""The scan for an erased person in a search domain, from the operator's command to the requests
that the domain gets; the contract tests use a real node."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pytest

import index.handler
from operations.deployment import Deployment
from operations.everything import SearchDocuments
from shutterfeed.adapters.search.opensearch import OpenSearchIndex
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.traces import Find, Person, Sought, Trace
from shutterfeed.services import search_maintenance
from shutterfeed.services.search_maintenance import SearchMaintenance
from tests import samples
from tests.integration import payloads

MAYA, OMAR = samples.user_id(1), samples.user_id(2)
HERS = [str(PostId(MAYA, samples.position(number))) for number in range(3)]
HIS = [str(PostId(OMAR, samples.position(number))) for number in range(4)]
SEARCHED, LEFT_BEHIND = "shutterfeed-search-2", "shutterfeed-search-1"


@dataclass
class Domain:
    """A search domain that answers as OpenSearch does, with the ids that its indexes hold."""

    indexes: dict[str, list[str]]
    searches: list[dict[str, Any]] = field(default_factory=list)

    def search(self, body: dict[str, Any], index: str, params: dict[str, str]) -> dict[str, Any]:
        assert params == {"ignore_unavailable": "true"}
        assert index == "shutterfeed-search-*"
        self.searches.append(body)
        (after,) = body.get("search_after", [""])
        ids = sorted(i for held in self.indexes.values() for i in held if i > after)
        hits = [{"_id": i, "_score": None, "sort": [i]} for i in ids[: body["size"]]]
        return {"took": 1, "timed_out": False, "hits": {"max_score": None, "hits": hits}}


@dataclass(frozen=True)
class Lambda:
    """Lambda with the function `index`, whose domain is this one."""

    domain: Domain

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert FunctionName == "shutterfeed-prod-index"
        maintenance: Any = SearchMaintenance(
            searchable=None,  # type: ignore[arg-type]
            posts=None,  # type: ignore[arg-type]
            profiles=None,  # type: ignore[arg-type]
            index=OpenSearchIndex(self.domain),  # type: ignore[arg-type]
        )
        with patch.object(index.handler, "maintenance", lambda: maintenance):
            answer = index.handler.handler(json.loads(Payload), payloads.context())
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


def _looked(domain: Domain) -> tuple[list[str], list[Find], Counter[str]]:
    """The subjects in their order, what was found of Maya, and the requests."""
    requests: Counter[str] = Counter()
    deployment = Deployment(lambda _: Lambda(domain), "prod", {})
    sought = Sought([Person(MAYA)])
    stored = list(SearchDocuments(deployment, requests).read(sought))
    finds = [find for one in stored for find in sought.finds(one)]
    assert {(one.store, one.kind) for one in stored} <= {("search", "document")}
    return [one.where for one in stored], finds, requests


def test_whatever_is_left_of_a_person_is_found_and_is_theirs() -> None:
    domain = Domain({SEARCHED: [MAYA, OMAR, *HERS, *HIS]})
    subjects, finds, requests = _looked(domain)
    assert subjects == sorted([MAYA, OMAR, *HERS, *HIS])
    assert finds == [Find(MAYA, Trace.USER, is_own=True)] * 4
    assert requests == {"invocations": 1}
    (asked,) = domain.searches
    assert asked["query"] == {"match_all": {}}
    assert asked["sort"] == [{"subject": "asc"}]
    assert "search_after" not in asked


def test_nothing_is_found_if_nothing_is_left() -> None:
    assert _looked(Domain({SEARCHED: [OMAR, *HIS]}))[1] == []
    assert _looked(Domain({}))[0] == []


def test_every_page_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_maintenance, "PAGE", 2)
    domain = Domain({SEARCHED: [OMAR, *HIS, HERS[2]]})
    subjects, finds, requests = _looked(domain)
    assert subjects == sorted([OMAR, *HIS, HERS[2]])
    assert len(finds) == 1
    # The last page is full, so that one more is asked for.
    assert requests == {"invocations": 4}
    assert [body.get("search_after") for body in domain.searches][:2] == [None, [subjects[1]]]
    assert {body["size"] for body in domain.searches} == {2}


def test_an_index_that_was_left_behind_is_looked_through() -> None:
    """An operator's run that builds a new index may end before the old one is removed."""
    domain = Domain({LEFT_BEHIND: [*HERS, *HIS], SEARCHED: [*HIS]})
    subjects, finds, _ = _looked(domain)
    assert subjects == sorted([*HERS, *HIS])
    assert len(finds) == 3
