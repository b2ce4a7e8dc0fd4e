"""The function that lets through links to media only with a good token: its own code, in Node.

The variant with the key-value store, which the local cloud cannot run, is tested here alone, with a
store in its place. `tests/e2e/test_links.py` has the other one in front of real files.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from infra.edge_settings import SOURCES
from shutterfeed import keys
from shutterfeed.domain.ids import random_id
from shutterfeed.domain.links import MEDIUM_PARAMETER, signature
from tests.infra.templates import Template, text
from tools import node

NOW: Final = 1_800_000_000
NEW, OLD = "n" * 43, "o" * 43
BLOB, MEDIUM, OTHER = (random_id(number) for number in (1, 2, 3))
MOST_BYTES: Final = 10 * 1024
"""CloudFront's limit for the code of a function."""
_RUNNER: Final = Path(__file__).with_name("edge.js")
_PATTERN: Final = f"/{keys.MEDIA_PREFIX}*"

Json = dict[str, Any]


@dataclass(frozen=True)
class Edge:
    """The function of a template, as it is deployed."""

    code: str

    def answers(
        self, events: Sequence[Json], *, now: int = NOW, stored: Sequence[str] = ()
    ) -> list[Json]:
        task = {"code": self.code, "now": now, "stored": list(stored), "events": list(events)}
        done = subprocess.run(
            ["node", str(_RUNNER)],
            env=node.environment(),
            input=json.dumps(task),
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
        answers: list[Json] = json.loads(done.stdout)
        return answers

    def passes(self, event: Json, **state: Any) -> bool:
        (answer,) = self.answers([event], **state)
        return _is_through(answer, event)


def _is_through(answer: Json, event: Json) -> bool:
    """Whether the request goes on to the cache. Anything but that must be a plain 403."""
    if "statusCode" not in answer:
        request = event["request"]
        assert (answer["uri"], answer["headers"]) == (request["uri"], request["headers"])
        assert answer["method"] == request["method"]
        return True
    assert answer == {
        "statusCode": 403,
        "statusDescription": "Forbidden",
        "headers": {"cache-control": {"value": "no-store"}},
    }
    return False


def _function(template: Template) -> Json:
    (function,) = (
        properties
        for properties in template.all("AWS::CloudFront::Function").values()
        if "media-links" in text(properties["Name"])
    )
    return function


def _code(template: Template, media_keys: str = f"{NEW},{OLD}") -> str:
    (separator, parts) = _function(template)["FunctionCode"]["Fn::Join"]
    assert separator == ""
    assert [part for part in parts if not isinstance(part, str)] == [{"Ref": "MediaKeys"}]
    return "".join(part if isinstance(part, str) else media_keys for part in parts)


@pytest.fixture(scope="module")
def edge(local: Template) -> Edge:
    return Edge(_code(local))


def _token(expiry: int = NOW + 1, *, key: str = NEW, blob: str = BLOB) -> dict[str, str]:
    return {"m": MEDIUM, "e": str(expiry), "s": signature(key, blob, MEDIUM, expiry)}


def _event(
    token: Mapping[str, str], *, blob: str = BLOB, name: str = "640.jpg", method: str = "GET"
) -> Json:
    request = {
        "method": method,
        "uri": f"/media/{blob}/{name}",
        "querystring": {name: {"value": value} for name, value in token.items()},
        "headers": {"range": {"value": "bytes=0-9"}, "if-none-match": {"value": '"x"'}},
        "cookies": {},
    }
    return {"version": "1.0", "request": request}


def test_the_edge_takes_what_the_api_signs(edge: Edge) -> None:
    events = [
        _event(_token(), name=name, method=method)
        for name in ("640.jpg", "1080.webp", "150.jpg", "video.mp4")
        for method in ("GET", "HEAD")
    ]
    for answer, event in zip(edge.answers(events), events, strict=True):
        assert _is_through(answer, event)
        # The cache's key has the medium and no token.
        assert answer["querystring"] == {"m": {"value": MEDIUM}}


def test_a_token_is_good_until_it_expires_and_never_after(edge: Edge) -> None:
    event = _event(_token(NOW + 100))
    assert edge.passes(event, now=NOW + 99)
    assert not edge.passes(event, now=NOW + 100)
    assert not edge.passes(event, now=NOW + 10**8)


def test_both_keys_are_taken_and_no_other(edge: Edge, local: Template) -> None:
    events = [_event(_token(key=key)) for key in (NEW, OLD, "x" * 43, f"{NEW},{OLD}")]
    through = [_is_through(a, e) for a, e in zip(edge.answers(events), events, strict=True)]
    assert through == [True, True, False, False]
    assert Edge(_code(local, NEW)).passes(_event(_token()))


def test_a_token_is_for_one_medium_of_one_blob(edge: Edge) -> None:
    assert not edge.passes(_event(_token(), blob=OTHER))
    assert not edge.passes(_event({**_token(), "m": OTHER}))
    assert not edge.passes(_event({**_token(), "e": str(NOW + 2)}))


def _changed(value: str) -> list[str]:
    """The text with each bit of it changed, one at a time."""
    return [
        value[:at] + chr(ord(character) ^ (1 << bit)) + value[at + 1 :]
        for at, character in enumerate(value)
        for bit in range(7)
    ]


@pytest.mark.parametrize("name", ["m", "e", "s"])
def test_no_bit_of_a_token_may_change(edge: Edge, name: str) -> None:
    token = _token()
    events = [_event({**token, name: value}) for value in _changed(token[name])]
    assert len(events) > 60
    answers = edge.answers(events)
    assert not any(_is_through(a, e) for a, e in zip(answers, events, strict=True))


def test_no_bit_of_the_path_may_change_to_another_blob(edge: Edge) -> None:
    events = [_event(_token(), blob=blob) for blob in _changed(BLOB)]
    answers = edge.answers(events)
    assert not any(_is_through(a, e) for a, e in zip(answers, events, strict=True))


def test_what_is_no_token_is_refused(edge: Edge) -> None:
    token = _token()
    events = [
        _event({}),
        *(_event({n: v for n, v in token.items() if n != left_out}) for left_out in token),
        *(_event({**token, name: ""}) for name in token),
        *(_event({**token, name: value + "A"}) for name, value in token.items()),
        *(_event({**token, name: value[:-1]}) for name, value in token.items()),
        *(_event(token, name=name) for name in ("", "a/b.jpg", "%2e%2e.jpg", "a", "..", "A.jpg")),
        _event(token, blob=f"x/../{BLOB}"),
        _event(token, blob=f"/{BLOB}"),
    ]
    for name in token:
        twice = _event(token)
        value = twice["request"]["querystring"][name]["value"]
        twice["request"]["querystring"][name]["multiValue"] = [{"value": value}, {"value": value}]
        events.append(twice)
    answers = edge.answers(events)
    assert not any(_is_through(a, e) for a, e in zip(answers, events, strict=True))


def test_what_the_store_denies_is_refused_whatever_its_token(dev: Template) -> None:
    edge = Edge(_code(dev))
    event = _event(_token())
    assert edge.passes(event, stored=[OTHER])
    assert not edge.passes(event, stored=[MEDIUM])
    assert not edge.passes(event, stored=[BLOB])
    assert not edge.passes(_event({}), stored=[])


def test_both_variants_share_everything_but_how_they_know_what_is_denied(
    dev: Template, prod: Template, local: Template
) -> None:
    in_store, in_code = (
        (SOURCES / f"denials_in_{where}.js").read_text() for where in ("store", "code")
    )
    assert _code(dev) == _code(prod)
    assert _code(dev).replace(in_store, in_code) == _code(local)
    assert "cloudfront" not in _code(local)


def test_what_is_imported_is_imported_before_anything_else(dev: Template, local: Template) -> None:
    for template in (dev, local):
        lines = [line for line in _code(template).splitlines() if line and line[:2] != "//"]
        imports = [line for line in lines if line.startswith("import ")]
        assert lines[: len(imports)] == imports


def test_the_function_stands_before_the_cache_of_media_alone(every: Template) -> None:
    config = every.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    (media,) = (b for b in config["CacheBehaviors"] if b["PathPattern"] == _PATTERN)
    (association,) = media["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    logical_id = association["FunctionARN"]["Fn::GetAtt"][0]
    function = every.all("AWS::CloudFront::Function")[logical_id]
    assert function == _function(every)
    assert function["AutoPublish"] is True
    assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert len(_code(every).encode()) < MOST_BYTES
    others = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    others.remove(media)
    assert not any(logical_id in json.dumps(behavior) for behavior in others)


def test_no_part_of_a_token_is_in_the_caches_key(every: Template) -> None:
    config = every.only("AWS::CloudFront::Distribution")["DistributionConfig"]
    (media,) = (b for b in config["CacheBehaviors"] if b["PathPattern"] == _PATTERN)
    policies = every.all("AWS::CloudFront::CachePolicy")
    caching = policies[media["CachePolicyId"]["Ref"]]["CachePolicyConfig"]
    key = caching["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"]["QueryStrings"] == [MEDIUM_PARAMETER]


def test_the_store_is_where_functions_can_read_it(
    dev: Template, prod: Template, local: Template
) -> None:
    for template in (dev, prod):
        (store,) = template.all("AWS::CloudFront::KeyValueStore")
        (associated,) = _function(template)["FunctionConfig"]["KeyValueStoreAssociations"]
        arn = {"Fn::GetAtt": [store, "Arn"]}
        assert associated == {"KeyValueStoreARN": arn}
        assert template.content["Outputs"]["DenialsArn"]["Value"] == arn
    assert "AWS::CloudFront::KeyValueStore" not in local.types()
    assert "KeyValueStoreAssociations" not in _function(local)["FunctionConfig"]
    assert "DenialsArn" not in local.content["Outputs"]


def test_api_and_edge_have_the_same_keys_which_nobody_can_read_from_the_stack(
    every: Template,
) -> None:
    parameter = every.content["Parameters"]["MediaKeys"]
    assert parameter["NoEcho"] is True
    assert "Default" not in parameter
    variables = every.functions()["api"]["Environment"]["Variables"]
    assert variables["MEDIA_KEYS"] == {"Ref": "MediaKeys"}
    others = {name: f for name, f in every.functions().items() if name != "api"}
    assert "MediaKeys" not in json.dumps(others)


@pytest.mark.parametrize(
    ("media_keys", "taken"),
    [
        (NEW, True),
        (f"{NEW},{OLD}", True),
        ("-0_" + "aZ9" * 14, True),
        ("k" * 31, False),
        ("k" * 65, False),
        (f"{NEW},{OLD},{NEW}", False),
        (f"{NEW},", False),
        (NEW + "'", False),
    ],
)
def test_one_or_two_long_keys_are_taken(every: Template, media_keys: str, taken: bool) -> None:
    pattern = every.content["Parameters"]["MediaKeys"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, media_keys)) is taken
