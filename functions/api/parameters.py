"""The parameters of paths, query strings and headers, as the OpenAPI document shows them.

Their patterns and limits are the ones that the domain checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shutterfeed.domain import ids, pages, users
from shutterfeed.domain.characters import QUERY
from shutterfeed.domain.comments import COMMENT_ID, Order
from shutterfeed.domain.devices import DEVICE_ID
from shutterfeed.domain.moderation import CASE_ID, CaseState, ReportReason
from shutterfeed.domain.search import DEFAULT_KM, MAX_KM, MAX_QUERY, POINT, MediaKind, SearchKind
from shutterfeed.domain.suggestions import MAX_SUGGESTIONS
from shutterfeed.domain.topics import PostOrder
from shutterfeed.services.liked_by import MAX_POSTS
from shutterfeed.services.posts import IDEMPOTENCY_KEY, MAX_IDEMPOTENCY_KEY

MAX_PAGE: Final = 100
DEFAULT_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `schema` is its JSON Schema. Parameters in the path are always required."""

    name: str
    description: str
    schema: Mapping[str, Any]
    required: bool = False


def whole(pattern: str) -> str:
    """The pattern with anchors: JSON Schema would else let it match any part of a text."""
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
            "A user's handle, in capital or small letters, without the @. A text that cannot be a"
            " handle is answered with 404.",
            {
                "type": "string",
                "minLength": users.MIN_HANDLE,
                "maxLength": users.MAX_HANDLE,
                "pattern": whole(users.HANDLE),
            },
        ),
        Parameter(
            "id",
            "The id of a post. A text that cannot be a post's id is answered with 404.",
            {"type": "string", "pattern": whole(ids.POST_ID)},
        ),
        Parameter(
            "comment_id",
            "The id of a comment. A text that cannot be a comment's id is answered with 404.",
            {"type": "string", "pattern": whole(COMMENT_ID)},
        ),
        Parameter(
            "media_id",
            "The id of a photo or video. A text that cannot be such an id is answered with 404.",
            {"type": "string", "pattern": whole(ids.ULID)},
        ),
        Parameter(
            "collection_id",
            "The id of a collection of the caller's. Another text is answered with 404.",
            {"type": "string", "pattern": whole(ids.ULID)},
        ),
        Parameter(
            "export_id",
            "The id of the caller's last export. Another text is answered with 404.",
            {"type": "string", "pattern": whole(ids.ULID)},
        ),
        Parameter(
            "subscription_id",
            "The id of a push subscription: the first 16 bytes of the endpoint's SHA-256, in"
            " base64url without padding.",
            {"type": "string", "pattern": whole(DEVICE_ID)},
        ),
        Parameter(
            "case_id",
            "The id of a case. A text that cannot be a case's id is answered with 404.",
            {"type": "string", "pattern": whole(CASE_ID)},
        ),
        Parameter(
            "tag",
            "A hashtag, with or without `#`: up to 100 letters, digits, emoji and underscores, but"
            " not only digits. Anything else is refused with 400 `invalid_hashtag`.",
            {"type": "string", "minLength": 1},
        ),
        Parameter(
            "place",
            "The name of a place, or its `place` from `GET /places/{place}`. A text without"
            " letters, digits and emoji is refused with 400 `invalid_place_name`.",
            {"type": "string", "minLength": 1},
        ),
    )
}

KEY: Final = Parameter(
    "Idempotency-Key",
    "A text that the client chooses, a different one for every creation. A request that is repeated"
    " with the same key within 24 hours creates nothing more.",
    {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_IDEMPOTENCY_KEY,
        "pattern": whole(IDEMPOTENCY_KEY),
    },
    required=True,
)

LIMIT: Final = Parameter(
    "limit",
    "The highest number of entries that the page may hold.",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
)
IDS: Final = Parameter(
    "ids",
    f"The ids of 1 to {MAX_POSTS} posts, with a comma between them. Anything else is refused with"
    " 400 `invalid_ids`.",
    {
        "type": "string",
        "pattern": whole(f"{ids.POST_ID}(,{ids.POST_ID}){{0,{MAX_POSTS - 1}}}"),
    },
    required=True,
)
FEW: Final = Parameter(
    "limit",
    "The highest number of users to suggest.",
    {"type": "integer", "minimum": 1, "maximum": MAX_SUGGESTIONS, "default": 10},
)

PAGING: Final = (
    Parameter(
        "cursor",
        "The `next_cursor` of the page before; leave it out to get the first page. A cursor is"
        " valid only for the same list, the same other parameters and the same user: any other use"
        " is refused with 400 `invalid_cursor`.",
        _CURSOR_TEXT,
    ),
    LIMIT,
)

ORDER: Final = Parameter(
    "order",
    "The order of the comments.",
    {"type": "string", "enum": list(Order), "default": Order.OLDEST},
)

POST_ORDER: Final = Parameter(
    "order",
    "The order of the posts.",
    {"type": "string", "enum": list(PostOrder), "default": PostOrder.NEWEST},
)

QUEUE: Final = (
    Parameter(
        "state",
        "Whether the cases wait for a decision, or for that of an appeal, or are decided.",
        {"type": "string", "enum": list(CaseState), "default": CaseState.OPEN},
    ),
    Parameter(
        "reason",
        "Only the cases of which this is the gravest reason.",
        {"type": "string", "enum": list(ReportReason)},
    ),
)

SINCE: Final = Parameter(
    "since",
    "The `latest` of an earlier page. The answer then has no posts; its `new` says how many posts"
    " of other users have come since that page.",
    _CURSOR_TEXT,
)

UNTIL: Final = Parameter(
    "until",
    "The moment at which the mute ends: in the future, and before the year 2100. If it is left out,"
    " the mute does not end.",
    {"type": "string", "format": "date-time", "examples": ["2027-05-04T12:00:00Z"]},
)

WANTED: Final = Parameter(
    "handle",
    "The handle to check. One that nobody can have is refused with 400 `invalid_handle` or"
    " `reserved_handle`.",
    {"type": "string", "pattern": whole(users.TYPED_HANDLE)},
    required=True,
)

BEFORE: Final = Parameter(
    "before",
    "Only posts that were published before this moment. A cursor of such a list is used together"
    " with the same moment.",
    {"type": "string", "format": "date-time", "examples": ["2026-05-01T00:00:00Z"]},
)

_QUERY_TEXT: Final = {"type": "string", "maxLength": MAX_QUERY, "pattern": whole(QUERY)}
TYPED: Final = Parameter(
    "q",
    "The text that the user has typed so far. It is refused with 400 `empty_query` if it has no"
    " letter, digit or emoji.",
    {"minLength": 1, **_QUERY_TEXT},
    required=True,
)
SEARCH: Final = (
    Parameter(
        "q",
        "Words, #hashtags, or a @handle; the last word may be only a beginning. It needs a letter,"
        " digit or emoji, or is refused with 400 `empty_query`. It may be left out only if `near`"
        " is given and `type` is `all` or `posts`.",
        _QUERY_TEXT,
    ),
    Parameter(
        "type",
        "The kind of results to look for.",
        {"type": "string", "enum": list(SearchKind), "default": SearchKind.ALL},
    ),
    Parameter(
        "media",
        "Find only posts with a photo, or only posts with a video.",
        {"type": "string", "enum": list(MediaKind)},
    ),
    Parameter(
        "near",
        "Find only posts whose place is near this point: latitude and longitude in degrees.",
        {"type": "string", "pattern": whole(POINT), "examples": ["52.52,13.405"]},
    ),
    Parameter(
        "km",
        "The greatest distance from the point `near`, in kilometres. It has no effect without"
        " `near`.",
        {"type": "number", "exclusiveMinimum": 0, "maximum": MAX_KM, "default": DEFAULT_KM},
    ),
)

PLACES: Final = (
    Parameter(
        "q",
        "What the user has typed of a name. A text that is not blank is refused with 400"
        " `empty_query` if it has no letter, digit or emoji.",
        _QUERY_TEXT,
    ),
    Parameter(
        "near",
        "Find places near this point, too: latitude and longitude in degrees.",
        {"type": "string", "pattern": whole(POINT), "examples": ["52.52,13.405"]},
    ),
)

# CloudFront's function asks with these for the pages `/p/<id>` and `/u/<handle>`.
PAGE: Final = (
    Parameter(
        "post",
        "The id of the post whose page it is.",
        {"type": "string"},
    ),
    Parameter(
        "user",
        "The handle of the user whose page it is.",
        {"type": "string"},
    ),
)

_PIXELS: Final = {"type": "integer", "minimum": 1, "maximum": 999_999}
EMBEDDED: Final = (
    Parameter(
        "url",
        "The address of a post or a user on this site.",
        {"type": "string"},
        required=True,
    ),
    Parameter("maxwidth", "The greatest width of the picture, in pixels.", _PIXELS),
    Parameter("maxheight", "The greatest height of the picture, in pixels.", _PIXELS),
    Parameter(
        "format",
        "The format of the answer. Any other one is refused with 501 `unsupported_format`.",
        {"type": "string", "enum": ["json"], "default": "json"},
    ),
)
