"""Mentions: the `@handles` in a caption or a comment that lead to people.

A text is stored as its author has written it, and beside it the people whom its handles led to at
that moment. So a handle that somebody gives up leads to nobody else later, and each mention is
shown with the handle that its person has today:

    written    "with @anna and @nobody"    beside it: anna is user 01H…
    shown      "with @annabel and @nobody"    after user 01H… has changed the handle

To whom a mention leads is decided for each viewer: for those who may not see the person it is plain
text, with the handle as the author has written it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.text import UNSPACED, WEB_ADDRESS
from shutterfeed.domain.users import MAX_HANDLE, MIN_HANDLE

MAX_MENTIONS: Final = 20
"""The highest number of different people whom one text mentions; further handles stay plain
text."""

# A letter, digit or underscore beside a mention makes it something else, such as an email address.
# Scripts without spaces have letters of sentences there. The web client has the same rule, and
# `tests/vectors/links.json` holds for both.
_WORD: Final = rf"(?:[^\W{UNSPACED}]|[\u0300-\u036f])"
_MENTION: Final = re.compile(
    rf"{WEB_ADDRESS}|(?<!{_WORD})(?<![@/])@([A-Za-z0-9](?:[._]?[A-Za-z0-9])*+)(?!{_WORD}|@)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A handle in a text, in small letters, and the id of the user whom it led to when the text was
    written."""

    handle: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as somebody is shown it. `handles` are those in it that lead to people whom the viewer
    may see, in order and each once."""

    text: str
    handles: tuple[str, ...] = ()


def longest_shown(most: int) -> int:
    """The highest number of characters that a text can have as it is shown, if its author may write
    `most`: if it is nothing but mentions of a handle that was the shortest and is the longest."""
    return most // (MIN_HANDLE + 2) * (MAX_HANDLE + 2)


def handles_in(text: str) -> tuple[str, ...]:
    """The handles that a text mentions, in small letters, in order and each once, up to
    `MAX_MENTIONS`. Whether somebody has them is not known here."""
    found = (handle.lower() for handle in _MENTION.findall(text) if _is_long_enough(handle))
    return tuple(dict.fromkeys(found))[:MAX_MENTIONS]


def written(text: str, ids: Mapping[str, str]) -> tuple[Mention, ...]:
    """What to store beside a text. `ids` are, by handle, those of the people whom its author may
    mention; all other handles stay plain text."""
    return tuple(Mention(handle, ids[handle]) for handle in handles_in(text) if handle in ids)


def shown(text: str, mentions: Iterable[Mention], handles: Mapping[str, str]) -> Shown:
    """A text as somebody is shown it. `handles` are, by user id, today's handles of those people
    whom the viewer may see; it may have others too."""
    today = {m.handle: handles[m.user_id] for m in mentions if m.user_id in handles}
    if not today:
        return Shown(text)
    leading = (today[handle] for handle in handles_in(text) if handle in today)
    return Shown(renamed(text, today), tuple(dict.fromkeys(leading)))


def renamed(text: str, handles: Mapping[str, str]) -> str:
    """The text in which each mention of a handle among the keys has that key's value instead. A
    handle that stays the same keeps its capital letters."""

    def one(match: re.Match[str]) -> str:
        before = _handle_of(match)
        after = handles.get(before, before)
        return match[0] if after == before else f"@{after}"

    return _MENTION.sub(one, text) if handles else text


def without(text: str, mentions: Iterable[Mention]) -> str:
    """The text without the handles of its mentions: people are no words."""
    handles = {mention.handle for mention in mentions}
    if not handles:
        return text
    return _MENTION.sub(lambda match: " " if _handle_of(match) in handles else match[0], text)


def mentioned(mentions: Iterable[Mention]) -> frozenset[str]:
    """The ids of the people mentioned."""
    return frozenset(mention.user_id for mention in mentions)


def newly_mentioned(
    before: Collection[Mention], after: Collection[Mention], author_id: str
) -> frozenset[str]:
    """The ids of the people whom a text mentions since it was changed, and did not mention before.
    For a new text, `before` is empty. Nobody is told that they have mentioned themselves."""
    return mentioned(after) - mentioned(before) - {author_id}


def _handle_of(found: re.Match[str]) -> str:
    """The handle of a mention, in small letters; an empty text for a web address."""
    return (found[1] or "").lower()


def _is_long_enough(handle: str) -> bool:
    return MIN_HANDLE <= len(handle) <= MAX_HANDLE
