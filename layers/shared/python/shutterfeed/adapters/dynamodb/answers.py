"""A fast parser of DynamoDB's answers, which does not walk through every attribute.

botocore's parser follows the service's model through each answer, with four calls for an attribute.
But most attributes are texts and numbers that are in their final form already. That took a quarter
of the CPU time of a feed page. Here only binary values are converted; everything around the
attributes, including errors and metadata, is left to botocore.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final

from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

_VALUE: Final = "AttributeValue"
"""The shape of an attribute in the service's model."""
_FINAL: Final = frozenset(("S", "N", "BOOL", "NULL", "SS", "NS"))
"""The kinds of values that callers get in the form in which JSON holds them."""

Value = dict[str, Any]


class AnswerParserFactory(ResponseParserFactory):
    """The component `response_parser_factory` of a botocore session."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        if protocol_name != "json":
            return super().create_parser(protocol_name)
        return AnswerParser()


class AnswerParser(JSONParser):
    """A parser with the same results as botocore's own, for every service with this protocol."""

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
        # The value has no kind, or one that DynamoDB added after this was written.
        generic: Value = super()._handle_structure(shape, value)  # type: ignore[misc]
        return generic
