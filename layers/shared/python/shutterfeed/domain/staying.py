"""What may still name a person after their account was erased, why, and for how long.

Everything else that names an erased person is a fault of the erasure. `docs/erasure.md` says the
same in a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shutterfeed.domain.traces import Stay

_POINTER: Final = "leads nowhere, and goes by itself"
_OTHERS_WORDS: Final = Stay(
    "what somebody else has written names the person, or leads to them, as long as it stands",
    always=True,
)
_DICTIONARY: Final = Stay(
    "a word that the search can correct and complete, whoever wrote it; it goes when the index is "
    "built again (`make reindex`)",
    always=True,
)
_HASHTAG: Final = Stay(
    "the list of a hashtag's newest posts names a post, which leads nowhere; newer posts push it "
    "out",
    always=True,
)
_CASE: Final = Stay(
    "a case of moderation keeps what was reported, decided and appealed, as long as cases are kept",
    always=True,
    own=True,
)
_RECORD: Final = Stay(
    "the record of the erasure, which goes with this receipt", always=True, own=True
)
_LIFECYCLE: Final = Stay("the bucket's lifecycle removes it", own=True)

STAYS: Final[Mapping[str, Stay]] = {
    "HANDLE HANDLE": Stay(
        "a handle that was given up rests, so that nobody poses as its former owner", own=True
    ),
    "FEED *": Stay(f"an entry of somebody's feed {_POINTER}"),
    "FEED SNAPSHOT": Stay(f"somebody's feed as it was made when they returned {_POINTER}"),
    "USER UNFOLLOWED": Stay(f"whom somebody has unfollowed, to hide old entries, {_POINTER}"),
    "USER ACTIVITY": Stay(f"a notice of what was done {_POINTER}"),
    "USER ACQUAINTANCES": Stay(f"a suggestion for somebody else {_POINTER}"),
    "SYSTEM POPULAR": Stay(f"the list of popular users {_POINTER}"),
    "NOMINATIONS *": Stay(f"a nomination for the list of popular users {_POINTER}"),
    "EXPLORED *": Stay(f"a list of posts to explore {_POINTER}"),
    "CONTENDERS *": Stay(f"a contender for the list of posts to explore {_POINTER}"),
    "USER PROFILE": _OTHERS_WORDS,
    "USER POST": _OTHERS_WORDS,
    "USER RECENT_POSTS": _OTHERS_WORDS,
    "POST COMMENT": _OTHERS_WORDS,
    "POST REPLY": _OTHERS_WORDS,
    "USER COMMENTED": Stay(
        "the list of somebody's own comments names posts that are gone, and leads nowhere",
        always=True,
    ),
    "HASHTAG TAGGED_POSTS": _HASHTAG,
    "USER READER_HASHTAGS": _HASHTAG,
    "DOC DOC": Stay("the version of a removed search document", own=True),
    "WORD *": _DICTIONARY,
    "TYPO WORDS": _DICTIONARY,
    "BLOB BLOB": Stay("a content to which nothing refers waits for the collector"),
    "DENIED DENIED": Stay("the edge shows an erased medium to nobody", own=True),
    "BLOB WITHHELD": _CASE,
    "BLOB KEPT": _CASE,
    "CASE CASE": _CASE,
    "CASE EVIDENCE": _CASE,
    "CASE REPORT": _CASE,
    "CASE DUE": _CASE,
    "MODERATION_LOG *": _CASE,
    "ERASURES *": _RECORD,
    "ERASED CONTENTS": _RECORD,
    "object": _LIFECYCLE,
    "earlier version": _LIFECYCLE,
    "delete marker": _LIFECYCLE,
    "message": Stay("a message names ids, and is dropped when its time is over", own=True),
}
"""What may stay, by the kind of the thing: the shape of an item's key, or what it is."""
