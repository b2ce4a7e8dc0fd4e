"""What may stand in paths, query strings and headers, as the OpenAPI document shows it.

The patterns and limits are those that the checks of the domain use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shutterfeed.domain import ids, pages, users
from shutterfeed.domain.characters import QUERY
from shutterfeed.domain.search import DEFAULT_KM, MAX_KM, MAX_QUERY, POINT, MediaKind, SearchKind
from shutterfeed.services.posts import IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY

MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `schema` is its JSON Schema. Those of paths and headers are required."""

    name: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False


def whole(pattern: str) -> str:
    """A pattern for a whole text, as JSON Schema writes it: there it may match any part."""
    return f"^{pattern}$"


_CURSOR_TEXT: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": pages.MAX_CURSOR_LENGTH,
    "pattern": whole(pages.CURSOR),
}

IN_PATH: Final[Mapping[str, Parameter]] = {
    parameter.name: parameter
    for parameter in (
        Parameter(
            "handle",
            "A user's handle, in capital or small letters, without the @. There is nobody (404)"
            " with a handle of another form.",
            {
                "type": "string",
                "minLength": users.MIN_HANDLE,
                "maxLength": users.MAX_HANDLE,
                "pattern": whole(users.HANDLE),
            },
        ),
        Parameter(
            "id",
            "A post's id. There is no post (404) with an id of another form.",
            {"type": "string", "pattern": whole(ids.POST_ID)},
        ),
        Parameter(
            "media_id",
            "The id of a photo or video. There is none (404) with an id of another form.",
            {"type": "string", "pattern": whole(ids.ULID)},
        ),
        Parameter(
            "tag",
            "A hashtag, with or without its mark: letters, digits, emoji and underscores, up to 100"
            " of them, and not digits alone. Anything else is refused with 400 `invalid_hashtag`.",
            {"type": "string", "minLength": 1},
        ),
    )
}

KEY: Final = Parameter(
    "Idempotency-Key",
    "A text of the client's choice, another one for every creation. A request that is repeated with"
    " the same key within 24 hours creates nothing more.",
    {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_IDEMPOTENCY_KEY,
        "pattern": whole(IDEMPOTENCY_KEY),
    },
    required=True,
)

PAGING: Final = (
    Parameter(
        "cursor",
        "The `next_cursor` of the page before; without it, the first page. It is good for the list,"
        " the other parameters and the user it was given to: 400 `invalid_cursor` otherwise.",
        _CURSOR_TEXT,
    ),
    Parameter(
        "limit",
        "The most entries that the page may hold.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
    ),
)

SINCE: Final = Parameter(
    "since",
    "The `latest` of an earlier page: the answer has no posts, and says in `new` how many posts of"
    " others have come since.",
    _CURSOR_TEXT,
)

_QUERY_TEXT: Final = {"type": "string", "maxLength": MAX_QUERY, "pattern": whole(QUERY)}
TYPED: Final = Parameter(
    "q",
    "What has been typed so far. Refused with 400 `empty_query` if there is no letter, digit or"
    " emoji in it.",
    {"minLength": 1, **_QUERY_TEXT},
    required=True,
)
SEARCH: Final = (
    Parameter(
        "q",
        "Words, #hashtags, a @handle, or their beginning. Required unless `near` is given, and with"
        " the types `users` and `hashtags`: refused with 400 `empty_query` if there is no letter,"
        " digit or emoji in it.",
        _QUERY_TEXT,
    ),
    Parameter(
        "type",
        "What to look for.",
        {"type": "string", "enum": list(SearchKind), "default": SearchKind.ALL},
    ),
    Parameter(
        "media",
        "Only posts with a photo, or with a video.",
        {"type": "string", "enum": list(MediaKind)},
    ),
    Parameter(
        "near",
        "Only posts whose place is near this point: latitude and longitude in degrees.",
        {"type": "string", "pattern": whole(POINT), "examples": ["52.52,13.405"]},
    ),
    Parameter(
        "km",
        "How near, in kilometres along the surface. It has no effect without `near`.",
        {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_KM, "default": DEFAULT_KM},
    ),
)
