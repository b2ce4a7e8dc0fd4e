"""Typed values from CDK context: a value from the command line is text, one from a file may not
be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class SettingsError(Exception):
    """A context value is missing or wrong; the message is one sentence that says what to do."""


class Context:
    """Looks values up by name and type. Every method raises `SettingsError`."""

    def __init__(self, read: Callable[[str], object]) -> None:
        self._read = read

    def optional(self, name: str) -> str | None:
        value = self._read(name)
        if value in (None, "", "null"):
            return None
        if not isinstance(value, str):
            raise SettingsError(f"Context value {name} must be text, not {value!r}.")
        return value

    def text(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise SettingsError(f"Context value {name} is missing: set it in cdk.json.")
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        return self._matching(name, self.text(name), pattern)

    def optional_matching(self, name: str, pattern: re.Pattern[str]) -> str | None:
        value = self.optional(name)
        return None if value is None else self._matching(name, value, pattern)

    def _matching(self, name: str, value: str, pattern: re.Pattern[str]) -> str:
        if not pattern.fullmatch(value):
            raise SettingsError(f"Context value {name} must match {pattern.pattern}: {value!r}.")
        return value

    def number(self, name: str) -> int:
        value = self._parsed(name)
        if type(value) is not int:
            raise SettingsError(f"Context value {name} must be a whole number, not {value!r}.")
        return value

    def optional_number(self, name: str) -> int | None:
        return None if self._parsed(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        value = self._parsed(name)
        if not isinstance(value, bool):
            raise SettingsError(f"Context value {name} must be true or false, not {value!r}.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._parsed(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise SettingsError(f"Context value {name} must be a list of texts, not {value!r}.")
        return tuple(value)

    def numbers(self, name: str) -> Mapping[str, int | None]:
        """A map from names to whole numbers. If it is null, the map is empty; a null number becomes
        None."""
        value = self._parsed(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(
            item is None or type(item) is int for item in value.values()
        ):
            raise SettingsError(f"Context value {name} must map names to numbers, not {value!r}.")
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A map from names to anything. If it is null, the map is empty."""
        value = self._parsed(name) if self.is_given(name) else {}
        if not isinstance(value, dict):
            raise SettingsError(f"Context value {name} must be a map, not {value!r}.")
        return value

    def word_or_words(
        self, name: str, keys: Sequence[str], pattern: re.Pattern[str]
    ) -> Mapping[str, str]:
        """A word that holds for all `keys`, or a map from some of them to words. If it is null, the
        map is empty."""
        value = self._read(name)
        if value in (None, "", "null"):
            return {}
        if isinstance(value, str) and pattern.fullmatch(value):
            return dict.fromkeys(keys, value)
        parsed = self._parsed(name)
        if not isinstance(parsed, dict) or not all(
            key in keys and isinstance(word, str) and pattern.fullmatch(word)
            for key, word in parsed.items()
        ):
            raise SettingsError(
                f"Context value {name} must match {pattern.pattern}, or map some of "
                f"{', '.join(keys)} to such words, not {value!r}."
            )
        return parsed

    def is_given(self, name: str) -> bool:
        """Whether the value asks for anything: whether it is neither null nor false."""
        return self._read(name) not in (None, "", "null", False, "false")

    def maps(self, name: str) -> Mapping[str, Mapping[str, int]]:
        """A map from names to maps from names to whole numbers."""
        value = self._parsed(name)
        if not isinstance(value, dict) or not all(
            isinstance(item, dict) and all(type(number) is int for number in item.values())
            for item in value.values()
        ):
            raise SettingsError(
                f"Context value {name} must map names to maps from names to numbers, not {value!r}."
            )
        return value

    def _parsed(self, name: str) -> object:
        value = self._read(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise SettingsError(f"Context value {name} is not valid JSON: {value!r}.") from error
