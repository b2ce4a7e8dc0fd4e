"""DynamoDB's answers, read without a generic walk over every attribute.

botocore's parser follows the service's model through each answer: four calls for an attribute, most
of which are texts and numbers that are in their final shape already. That took a quarter of the CPU
time of a feed page. Here only binary values are converted; everything around the attributes, errors
and metadata included, is left to botocore.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

_VALUE: Final = "AttributeValue"
"""The shape of an attribute in the service's model."""
_FINAL: Final = frozenset(("S", "N", "BOOL", "NULL", "SS", "NS"))
"""Kinds of values that JSON holds as they are given to callers."""

Value = dict[str, Any]


class AnswerParserFactory(ResponseParserFactory):
    """A session's component of the name `response_parser_factory`."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        if protocol_name != "json":
            return super().create_parser(protocol_name)
        return AnswerParser()


class AnswerParser(JSONParser):
    """Gives what botocore's own parser gives, for every service of this protocol."""

    def _handle_map(self, shape: Any, value: Mapping[str, Value]) -> dict[str, Any]:
        if shape.value.name != _VALUE:
            return dict(super()._handle_map(shape, value))  # type: ignore[misc]
        return {name: self._attribute(shape.value, content) for name, content in value.items()}

    def _handle_structure(self, shape: Any, value: Value) -> Any:
        if shape.name != _VALUE:
            return super()._handle_structure(shape, value)  # type: ignore[misc]
        return self._attribute(shape, value)

    def _attribute(self, shape: Any, value: Value) -> Value:
        """The value with its binary parts decoded; the value itself if it has none."""
        for kind, content in value.items():
            if kind in _FINAL:
                return value
            match kind:
                case "B":
                    return {kind: b64decode(content)}
                case "BS":
                    return {kind: list(map(b64decode, content))}
                case "M":
                    return {kind: {n: self._attribute(shape, part) for n, part in content.items()}}
                case "L":
                    return {kind: [self._attribute(shape, part) for part in content]}
        # Nothing, or a kind that came after this was written.
        generic: Value = super()._handle_structure(shape, value)  # type: ignore[misc]
        return generic
