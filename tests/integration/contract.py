"""Answers held against the committed OpenAPI document, as its readers understand it.

Knows the part of JSON Schema that the document uses, and refuses to pass over the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import api

DOCUMENT: Final = Path(api.__file__).with_name("openapi.json")
_ANNOTATIONS: Final = frozenset(
    ("title", "description", "examples", "default", "format", "x-limits")
)
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_LIMITS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "minimum": lambda value, least: not _is_number(value) or value >= least,
    "exclusiveMinimum": lambda value, least: not _is_number(value) or value > least,
    "maximum": lambda value, most: not _is_number(value) or value <= most,
    "minLength": lambda value, least: not isinstance(value, str) or len(value) >= least,
    "maxLength": lambda value, most: not isinstance(value, str) or len(value) <= most,
    "pattern": lambda value, pattern: not isinstance(value, str) or bool(re.search(pattern, value)),
    "minItems": lambda value, least: not isinstance(value, list) or len(value) >= least,
    "maxItems": lambda value, most: not isinstance(value, list) or len(value) <= most,
    "maxProperties": lambda value, most: not isinstance(value, dict) or len(value) <= most,
}


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return loaded


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of every route."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def operation_for(method: str, path: str) -> dict[str, Any] | None:
    """The operation behind a request's path; None for an unknown route."""
    for pattern, operation in _by_method().get(method, ()):
        if pattern.fullmatch(path):
            return operation
    return None


@cache
def _by_method() -> Mapping[str, list[tuple[re.Pattern[str], dict[str, Any]]]]:
    """Each method's operations, by the pattern of their paths. A path without parameters comes
    before one of which a parameter could be its last part."""
    found: dict[str, list[tuple[re.Pattern[str], dict[str, Any]]]] = {}
    for method, template, operation in sorted(operations(), key=lambda one: one[1].count("{")):
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", template))
        found.setdefault(method, []).append((pattern, operation))
    return found


def violations(operation: Mapping[str, Any], status: int, body: Any) -> list[str]:
    """What of an answer is not as documented."""
    documented = operation["responses"].get(str(status))
    if documented is None:
        return [f"{operation['operationId']} does not document the status {status}"]
    content = documented.get("content", {}).get("application/json")
    return [] if content is None else wrong(content["schema"], body)


def wrong(schema: Mapping[str, Any], value: Any) -> list[str]:
    """What of a value is not as its schema says."""
    return list(_check(schema, value, "$"))


def _check(schema: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    rest = {name: rule for name, rule in schema.items() if name not in _ANNOTATIONS}
    if "$ref" in rest:
        name = rest.pop("$ref").removeprefix("#/components/schemas/")
        yield from _check(document()["components"]["schemas"][name], value, at)
    if "anyOf" in rest:
        branches = rest.pop("anyOf")
        if all(list(_check(branch, value, at)) for branch in branches):
            yield f"{at}: {value!r} is none of {branches}"
    if "type" in rest:
        yield from _check_type(rest.pop("type"), value, at)
    if "enum" in rest and value not in rest.pop("enum"):
        yield f"{at}: {value!r} is not an allowed value"
    if isinstance(value, dict) and schema.get("type") == "object":
        yield from _check_members(rest, value, at)
    if isinstance(value, list) and "items" in rest:
        items = rest.pop("items")
        for index, item in enumerate(value):
            yield from _check(items, item, f"{at}[{index}]")
    yield from _check_limits(rest, value, at)
    for unknown in rest.keys() - {
        "properties",
        "required",
        "additionalProperties",
        "enum",
        *_LIMITS,
    }:
        yield f"{at}: the checker does not know {unknown!r}"


def _check_limits(rules: Mapping[str, Any], value: Any, at: str) -> Iterator[str]:
    """Limits say nothing of a value of another type: of null, for instance."""
    for name, is_within in _LIMITS.items():
        if name in rules and not is_within(value, rules[name]):
            yield f"{at}: {value!r} breaks {name} {rules[name]}"


def _check_type(name: str, value: Any, at: str) -> Iterator[str]:
    is_wrong_bool = isinstance(value, bool) and name != "boolean"
    if is_wrong_bool or not isinstance(value, _TYPES[name]):
        yield f"{at}: {value!r} is no {name}"


def _check_members(rules: Mapping[str, Any], value: dict[str, Any], at: str) -> Iterator[str]:
    properties = rules.get("properties", {})
    others = rules.get("additionalProperties")
    for name in rules.get("required", ()):
        if name not in value:
            yield f"{at}: {name} is missing"
    for name, member in value.items():
        if name in properties:
            yield from _check(properties[name], member, f"{at}.{name}")
        elif others is True:
            continue
        elif isinstance(others, Mapping):
            yield from _check(others, member, f"{at}.{name}")
        else:
            yield f"{at}: {name} is not documented"
