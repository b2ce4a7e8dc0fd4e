"""Splits texts into search terms, in the same way for documents and for queries.

Both search engines get their terms from here, so that both find the same.

- **Words**: runs of letters and digits, without case and accents (`Ærø` is `aero`).
- **Scripts without spaces** (Chinese, Japanese, Korean, Thai and others): every character and
  every pair of neighbours, so that any part of a caption is found.
- **Emoji**: one term each, without skin tone; a family or a flag is one emoji.
- **Hashtags**: `#` and their words as one term, in any script; and their words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MAX_WORD: Final = 64
"""The number of characters of a word that count; a longer word is found by its beginning."""
MAX_TAG: Final = 100
MAX_SLUG: Final = 100
TAG_MARK: Final = "#"

_OTHER_LETTERS: Final = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
"""Latin letters that Unicode does not split into a base letter and an accent."""
_ACCENTED_UNTIL: Final = 0x0530
"""The end of Latin, Greek and Cyrillic: scripts whose marks are accents. In other scripts a mark
may be a vowel, or make a different letter (か, が)."""
_DROPPED: Final = re.compile(
    "[\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\ufe0e\ufe0f"
    "\U0001f3fb-\U0001f3ff]"
)
"""Characters that are left out: soft hyphens, loose accents, Hebrew and Arabic points, emoji styles
and skin tones."""
UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3040-\u30ff\u3105-\u312f\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff\u3005\u3007"
)
"""The characters of scripts that are written without spaces, as the inside of a character class."""
_PICTURE: Final = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_EMOJI: Final = (
    f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|{_PICTURE}[\U000e0020-\U000e007f]*(?:\u200d{_PICTURE})*)"
)
_APOSTROPHE: Final = re.compile("(?<=[^\\W_])['\u2019\u02bc](?=[^\\W_])")
_MARKS: Final = "".join(
    mark
    for mark in map(chr, (*range(0x0900, 0x1C00), *range(0x3000, 0x3100), *range(0xA800, 0xAC00)))
    if unicodedata.category(mark).startswith("M")
)
"""Vowels and tones that follow a letter and belong to it, in the scripts that folding leaves as
they are. Python's `\\w` leaves them out."""
WEB_ADDRESS: Final = rf'(?<![^\W{UNSPACED}])[Hh][Tt][Tt][Pp][Ss]?://[^\s<>"\u201c\u201d]+'
"""A regular expression for web addresses: what is in them is no hashtag and no mention."""
_TAG_BODY: Final = rf"(?:[\w{_MARKS}\u200c\u200d]|{_EMOJI})+"
# Hashtags may follow each other directly. Two marks begin none, but may stand between two.
_TAGS: Final = re.compile(rf"{WEB_ADDRESS}|(?<![\w{_MARKS}&/#])(#{_TAG_BODY}(?:#+{_TAG_BODY})*)")
# Marks are part of the word they stand in, though Python's `\w` leaves out some of them.
_RUN: Final = re.compile(
    f"(?P<unspaced>[{UNSPACED}]+)|(?P<emoji>{_EMOJI})"
    f"|(?P<word>(?:(?![{UNSPACED}])[^\\W_]|[\u0900-\u0dff])+)"
)


def fold(text: str) -> str:
    """The text without the differences that a search should ignore: width, case and accents."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    base = "".join(map(_base, unicodedata.normalize("NFKC", folded)))
    return _DROPPED.sub("", base).translate(_OTHER_LETTERS)


def words(text: str) -> list[str]:
    """The terms of a text to be indexed, in order, with repetitions; hashtags as plain words."""
    return list(_terms(fold(text), single=True))


def query_words(text: str) -> list[str]:
    """The terms by which a query is looked for. In scripts without spaces these are only the pairs
    of characters, since a pair implies its characters."""
    return list(_terms(fold(text), single=False))


def parts(folded: str) -> list[str]:
    """A folded text as what stands in it one after the other: whole words, single emoji, and in
    scripts without spaces single characters."""
    found: list[str] = []
    for run in _RUN.finditer(folded):
        found += run[0] if run.lastgroup == "unspaced" else [run[0]]
    return found


def slug(text: str) -> str:
    """The words of a text, folded, with a hyphen between them, as a part of an address: `st-gallen`
    for `St. Gallen`. Empty if it has no words. The slug of a slug is the slug itself."""
    runs = (run[0] for run in _RUN.finditer(_APOSTROPHE.sub("", fold(text))))
    return "-".join(runs)[:MAX_SLUG].rstrip("-")


def hashtags(text: str) -> list[str]:
    """The hashtags in a text, folded, without `#`, in order and each once."""
    found = (tag for run in _TAGS.findall(fold(text)) for tag in run.split(TAG_MARK))
    return list(dict.fromkeys(tag for tag in found if is_tag(tag)))


def without_hashtags(text: str) -> str:
    """The text, folded, with a space in the place of each hashtag."""
    return _TAGS.sub(_untagged, fold(text))


def _untagged(found: re.Match[str]) -> str:
    """What is left of some hashtags in a row, of which some may be none; a web address stays."""
    run: str | None = found[1]
    if run is None:
        return found[0]
    return " ".join("" if is_tag(part) else part for part in run.split(TAG_MARK))


def is_tag(text: str) -> bool:
    """Whether a folded text is one hashtag. A number alone is not: `#1` is a rank."""
    whole = re.fullmatch(_TAG_BODY, text) is not None
    return whole and len(text) <= MAX_TAG and not text.replace("_", "").isdecimal()


def is_plain_word(term: str) -> bool:
    """Whether a term is made of letters of a script in which typing errors can be forgiven."""
    return term.isalpha() and not re.search(f"[{UNSPACED}]", term)


def _base(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if ord(decomposed[0]) < _ACCENTED_UNTIL else character


def _terms(folded: str, *, single: bool) -> Iterator[str]:
    for run in _RUN.finditer(_APOSTROPHE.sub("", folded)):
        text = run[0]
        if run.lastgroup != "unspaced":
            yield text[:MAX_WORD]
            continue
        if single or len(text) == 1:
            yield from text
        yield from (text[i : i + 2] for i in range(len(text) - 1))
