"""Short forms of people's texts, for titles and previews that machines show elsewhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from shutterfeed.domain.characters import clean

_NOT_XML: Final = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
"""What neither XML nor HTML may contain. White space has been replaced before."""
_JOINER: Final = "\u200d"
_ATTACHED: Final = re.compile("[\u1160-\u11ff\u200c\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Characters that attach to the one before, besides marks: parts of Korean syllables, skin tones,
the tags of flags."""
_FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")
_LONGEST_CLUSTER: Final = 16
"""Characters of one visible character. A family emoji has 11; what has more is ornament."""
_ELLIPSIS: Final = "…"
_WORD_LOSS: Final = 0.3
"""The part of an excerpt that may be given up in order to end with a whole word."""


def one_line(text: str) -> str:
    """The text in one line: without line breaks, control characters, controls of the writing
    direction, or anything that XML may not contain."""
    return " ".join(_NOT_XML.sub("", clean(" ".join(text.split()))).split())


def excerpt(text: str, most: int) -> str:
    """The beginning of a text in one line: at most `most` visible characters, the ellipsis
    included. It ends with a whole word if words are not too long, and never within a visible
    character, such as an emoji of several."""
    clusters = [cluster[:_LONGEST_CLUSTER] for cluster in visible_characters(one_line(text))]
    if len(clusters) <= most:
        return "".join(clusters)
    kept = clusters[: most - 1]
    if clusters[most - 1] != " " and " " in kept:
        end = len(kept) - 1 - kept[::-1].index(" ")
        kept = kept[:end] if end >= len(kept) * (1 - _WORD_LOSS) else kept
    return "".join(kept).rstrip(" ,;:") + _ELLIPSIS


def visible_characters(text: str) -> Iterator[str]:
    """The text in pieces, each of which readers take for one character. Python has no tables of
    grapheme clusters; this knows marks, emoji sequences, flags and Korean syllables."""
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _continues(cluster: str, character: str) -> bool:
    """Whether a character belongs to the visible character before it."""
    if character == _JOINER or cluster.endswith(_JOINER) or _ATTACHED.match(character):
        return True
    if _FLAG_LETTER.match(character):
        return len(cluster) == 1 and _FLAG_LETTER.match(cluster) is not None
    return unicodedata.category(character).startswith("M")
