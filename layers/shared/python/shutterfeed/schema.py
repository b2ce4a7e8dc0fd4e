"""Names of the tables' attributes and indexes and of the tokens' scopes, shared with the
infrastructure code.

It has only constants: `infra/` may import no other module of the package. `keys.py` builds and
parses keys.
"""

from typing import Final

PK: Final = "pk"
SK: Final = "sk"
TTL_ATTRIBUTE: Final = "expires_at"
"""Epoch seconds; DynamoDB removes the item some time afterwards."""

FOLLOWERS_INDEX: Final = "followers"
"""A sparse index of follow edges by followee; read backwards, newest first."""
FOLLOWERS_PK: Final = "followers_pk"
FOLLOWERS_SK: Final = "followers_sk"

PUBLISHED_INDEX: Final = "published"
"""A sparse index of an author's published posts in the order of publishing, and of their deleted
posts in the order of deletion."""
PUBLISHED_PK: Final = "published_pk"
PUBLISHED_SK: Final = "published_sk"

OPEN_INDEX: Final = "open"
"""A sparse index of the posts that await media, oldest first."""
OPEN_PK: Final = "open_pk"
OPEN_SK: Final = "open_sk"

STREAM_SORT_KEY_PREFIXES: Final = (
    "POST#",
    "FOLLOWS#",
    "FOLLOW_REQUEST#",
    "LIKES#",
    "COMMENT#",
    "REPLY#",
    "COMMENT_LIKES#",
    "REF#",
    "REF_CROPPED#",
    "PROFILE",
    "COUNTS",
    "DENIED",
    "CASE",
    "WITHHELD",
    "EXPORT",
)
"""The beginnings of sort keys whose changes cause other work; the other records of the stream are
filtered out."""

STREAM_PUSHED_SORT_KEY_PREFIX: Final = "ACTIVITY#"
"""The beginning of the sort keys of items of which the making causes other work, in a deployment
that tells devices of activity."""

STREAM_REMOVED_SORT_KEY_PREFIXES: Final = ("BLOB", "CLOSING")
"""The beginnings of the sort keys of items of which only the removal causes other work."""

MOST_ACTIVE_DAYS: Final = 60
"""The highest number of days for which a deployment may push posts to a reader after their last
visit. An unfollowing is remembered for longer than posts that were pushed by then can be seen."""

LIMITS: Final = (
    *("posts", "files", "bytes", "follows", "likes", "comments", "changes", "originals"),
    *("reports", "zooms"),
)
"""The kinds of actions that are limited for each user; `domain/limits.py` says what each is."""
REPORT_REASONS: Final = (
    *("illegal", "self_harm", "violence", "hate", "harassment", "nudity", "impersonation", "spam"),
    "other",
)
"""The reasons of reports; `domain/moderation.py` says what they are for."""
LIMITS_FULL_WITHIN_HOURS: Final = 168
"""The longest time after which an allowance is full again: what is left of it is kept for a day
more."""
API_SCOPE: Final = "shutterfeed/use"
"""The scope of the access tokens that the API takes."""
ACCOUNT_SCOPE: Final = "aws.cognito.signin.user.admin"
"""Cognito's scope of access tokens that change the account itself: its address, password and second
factor, or delete it."""
FORMER_ACCOUNT: Final = "account"
"""The user pool's own attribute (`custom:account`) and the claim of access tokens that hold the id
which an account had in the pool before: a pool that was lost is made again, with new ids."""

GROUPS_CLAIM: Final = "cognito:groups"
"""The claim of access tokens with the names of the groups that the account is in."""
MODERATORS: Final = "moderators"
"""The group of the user pool whose members are moderators."""

CACHED_RECENT_POSTS: Final = "recent_posts:"
"""The beginning of the keys in the shared cache."""
