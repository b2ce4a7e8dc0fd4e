"""The choices of a deployment about screening: what is looked for in new contents and texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from infra.context import Context, SettingsError
from shutterfeed import schema

OFF: Final = "off"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
"""The name of a list, which is a part of the key of its file."""
_LISTS: Final = ("hash_lists", "word_lists")
_DOES: Final = ("match", "review", "block")
_MOST_DISTANCE: Final = 31
_MOST_CONFIDENCE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettings:
    """What is screened: `domain/screening.py` says what each part means."""

    hash_lists: Mapping[str, Mapping[str, str]]
    word_lists: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, Any]]
    """The labels of Amazon Rekognition that count, with the confidence that they take."""
    distance: int

    @property
    def is_on(self) -> bool:
        return self.contents or self.texts

    @property
    def contents(self) -> bool:
        """Whether contents are screened before they are published."""
        return bool(self.hash_lists or self.labels)

    @property
    def texts(self) -> bool:
        return bool(self.word_lists)

    @property
    def reads_lists(self) -> bool:
        return bool(self.hash_lists or self.word_lists)

    @property
    def setting(self) -> str:
        """What functions are told that hand on what is screened."""
        parts = {"contents": self.contents, "texts": self.texts}
        return ",".join(part for part, is_on in parts.items() if is_on) or OFF

    @property
    def policy(self) -> str:
        """What the function is told that screens."""
        return json.dumps(
            {
                "hash_lists": self.hash_lists,
                "word_lists": self.word_lists,
                "labels": self.labels,
                "distance": self.distance,
            }
        )

    @classmethod
    def from_context(cls, context: Context) -> ScreeningSettings:
        """Raises `SettingsError`."""
        given = context.mapping("screening")
        unknown = given.keys() - {*_LISTS, "labels", "distance"}
        if unknown:
            raise _wrong(f"has no {', '.join(sorted(unknown))}")
        distance = given.get("distance", _MOST_DISTANCE)
        if type(distance) is not int or not 0 <= distance <= _MOST_DISTANCE:
            raise _wrong(f"distance must be from 0 to {_MOST_DISTANCE} bits, not {distance!r}")
        hashes, words = (_rules(given, name, _NAME.fullmatch) for name in _LISTS)
        return cls(
            hash_lists=hashes,
            word_lists=words,
            labels={
                name: {**rule, "confidence": _confidence(name, rule)}
                for name, rule in _rules(given, "labels", bool).items()
            },
            distance=distance,
        )


def _rules(
    given: Mapping[str, Any], part: str, is_name: Callable[[str], object]
) -> Mapping[str, Mapping[str, Any]]:
    """The lists or labels of a part, with what each does."""
    rules = given.get(part) or {}
    if not isinstance(rules, dict):
        raise _wrong(f"{part} must map names to what a match does, not {rules!r}")
    more = {"confidence"} if part == "labels" else set()
    for name, rule in rules.items():
        if not is_name(name):
            raise _wrong(f"{part}: a name must match {_NAME.pattern}, not {name!r}")
        if not isinstance(rule, dict) or rule.keys() - {"does", "reason", *more}:
            raise _wrong(f'{part}.{name} must be like {{"does": "review", "reason": "spam"}}')
        if rule.get("does") not in _DOES:
            raise _wrong(f"{part}.{name}.does must be one of {', '.join(_DOES)}")
        if rule.get("reason", "other") not in schema.REPORT_REASONS:
            raise _wrong(f"{part}.{name}.reason must be one of {', '.join(schema.REPORT_REASONS)}")
    return rules


def _confidence(name: str, rule: Mapping[str, Any]) -> int:
    confidence = rule.get("confidence", 80)
    if type(confidence) is not int or not 0 < confidence <= _MOST_CONFIDENCE:
        raise _wrong(f"labels.{name}.confidence must be from 1 to 100 percent, not {confidence!r}")
    return confidence


def _wrong(what: str) -> SettingsError:
    return SettingsError(f"Context value screening: {what}.")
