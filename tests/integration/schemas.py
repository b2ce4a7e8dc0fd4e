"""Values that a schema of the OpenAPI document allows, and values that it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, timedelta, timezone
from typing import Any, Final

from hypothesis import strategies as st

from tests.integration import contract

Schema = Mapping[str, Any]
_ODD: Final = ("\u0000", "a\u001fb", "ä", "x y", "-", "a..b", "91,0", "0", "Z" * 26, " " * 3, "no")
_OTHER_TYPE: Final = {"string": 5, "array": {}, "object": [], "boolean": "yes"}


def resolved(schema: Schema) -> Schema:
    """The schema without a reference, and without null beside another type."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        found: Schema = contract.document()["components"]["schemas"][name]
        # All of our enumerations are of texts.
        return {"type": "string", **found} if "enum" in found else found
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    return resolved(branches[0]) if len(branches) == 1 else schema


def allowed(schema: Schema) -> st.SearchStrategy[Any]:
    """Any value that the schema allows."""
    if {"type": "null"} in schema.get("anyOf", ()):
        return st.none() | allowed(resolved(schema))
    schema = resolved(schema)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds: Mapping[str, Callable[[Schema], st.SearchStrategy[Any]]] = {
        "string": _texts,
        "integer": lambda schema: st.integers(schema["minimum"], schema["maximum"]),
        "number": _numbers,
        "boolean": lambda _: st.booleans(),
        "array": _lists,
        "object": _objects,
    }
    return kinds[schema["type"]](schema)


def fits(schema: Schema, text: str) -> bool:
    """Whether a schema of texts allows one."""
    pattern = schema.get("pattern")
    return (
        schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
        and (pattern is None or re.fullmatch(_inner(pattern), text) is not None)
        and text in schema.get("enum", (text,))
    )


def refused(schema: Schema) -> list[Any]:
    """Values that the schema does not allow: one for each of its rules, as far as there is one."""
    schema = resolved(schema)
    match schema["type"]:
        case "string":
            longest = schema.get("maxLength", 40)
            texts = ["", "0" * (schema.get("minLength", 0) - 1), "a" * (longest + 1), *_ODD]
            wrong = [text for text in dict.fromkeys(texts) if not fits(schema, text)]
            return wrong if schema.get("format") is None else ["yesterday", "2024-05-01"]
        case "integer" | "number":
            least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1) - 1
            return [least, schema["maximum"] + 1]
        case _:
            return []


def refused_types(schema: Schema) -> list[Any]:
    """Values of another type, as far as JSON tells them apart."""
    return [_OTHER_TYPE.get(resolved(schema)["type"], "5")]


def members(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Every field of a body with its path, those of inner objects too."""
    schema = resolved(schema)
    if schema["type"] == "array":
        yield from members(schema["items"], f"{path}[0]")
    for name, inner in schema.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below, inner
        yield from members(inner, below)


def _texts(schema: Schema) -> st.SearchStrategy[str]:
    characters = st.characters(codec="utf-8")
    if schema.get("format") == "date-time":
        zones = st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m)))
        return st.datetimes(timezones=st.just(UTC) | zones).map(lambda at: at.isoformat())
    if "pattern" not in schema:
        longest = min(schema.get("maxLength", 50), 50)
        return st.text(characters, min_size=schema.get("minLength", 0), max_size=longest)
    inner = re.compile(_inner(schema["pattern"]))
    texts = st.from_regex(inner, fullmatch=True, alphabet=characters)
    return texts.filter(lambda text: fits(schema, text))


def _numbers(schema: Schema) -> st.SearchStrategy[float]:
    above = "exclusiveMinimum" in schema
    least = schema.get("exclusiveMinimum", schema.get("minimum"))
    return st.floats(least, schema["maximum"], exclude_min=above, allow_nan=False)


def _lists(schema: Schema) -> st.SearchStrategy[list[Any]]:
    most = min(3, schema["maxItems"])
    return st.lists(allowed(schema["items"]), min_size=schema.get("minItems", 0), max_size=most)


def _objects(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        values = allowed(schema["additionalProperties"])
        return st.dictionaries(st.text(st.characters(codec="utf-8")), values, max_size=2)
    fields = {name: allowed(inner) for name, inner in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema["required"]}
    return st.fixed_dictionaries(required, optional=fields)


def _inner(pattern: str) -> str:
    """A pattern of a whole text, without the signs that say so: Python's `$` allows one line break
    more than that of JSON Schema."""
    assert pattern.startswith("^")
    assert pattern.endswith("$")
    return pattern[1:-1]
