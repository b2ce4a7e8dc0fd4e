"""The examples in the OpenAPI document: a request and an answer for every operation.

The requests are the samples in `events/api/`, which the tests send to the API. An answer stands
here under the name of its model, or of its operation if that shows something else of the model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tools import paths

Json = dict[str, Any]

_SAMPLES: Final = paths.ROOT / "events" / "api"
_SITE: Final = "https://photos.example.com"
_ADA: Final = "3Z7TD5472D9E79YR1ABP61WYSM"
_BEN: Final = "60BCEQX0X29WCVDN4HWZSA632R"
_POST: Final = f"{_ADA}-01KJMMA2G038NKRKAYDXX8Q70D"
_MEDIUM: Final = "01KJMVYEG0000000000000000X"
_BLOB: Final = "01KJMMA4EG4HMASR0KAYDXY0J6"
_SHA256: Final = "f2e40ed4875e649d794563627aba52f316f5dc191ad30dfda48f643c242d1e48"
_PLACEHOLDER: Final = "1QcSHQRnh493V4dIh4eXh1h4kJUI"
_CURSOR: Final = "MDFLSk1NQTJHMDM4TktSS0FZRFhYOFE3MEQ"


@dataclass(frozen=True, slots=True)
class Request:
    """A sample request: its parameters as texts, by name, and its body if it has one."""

    parameters: Mapping[str, str]
    body: Any


def request(operation: str) -> Request:
    """The sample request of an operation. Raises `FileNotFoundError` if there is none."""
    event = json.loads((_SAMPLES / f"{operation}.json").read_text())
    key = event["headers"].get("idempotency-key")
    given = event.get("pathParameters", {}) | event.get("queryStringParameters", {})
    given |= {} if key is None else {"Idempotency-Key": key}
    return Request(given, json.loads(event["body"]) if "body" in event else None)


def answer(operation: str, model: str) -> Any:
    """The example of an operation's answer. Raises `KeyError` if there is none."""
    return ANSWERS[operation if operation in ANSWERS else model]


def _url(name: str) -> str:
    return f"{_SITE}/media/{_BLOB}/{name}?m={_MEDIUM}&e=1772366400&s=LyLvdCn_ZQp0lIXi3ndpcj"


def _rendition(name: str, width: int, height: int) -> Json:
    kind = "image/webp" if name.endswith("webp") else "image/jpeg"
    return {
        "name": name,
        "url": _url(name),
        "content_type": kind,
        "width": width,
        "height": height,
    }


_AUTHOR: Final = {
    "id": _ADA,
    "handle": "ada",
    "display_name": "Ada Linde",
    "avatar": {"url": _url("150.jpg"), "placeholder": _PLACEHOLDER},
}
_OWN: Final = {
    **_AUTHOR,
    "bio": "Lighthouses and what the sea leaves.",
    "counts": {"followers": 128, "following": 64, "posts": 12},
    "created_at": "2026-01-12T08:30:00Z",
    "private": False,
}
_OTHER_COUNTS: Final = {"followers": 9, "following": 31, "posts": 4}
_OTHER: Final = {
    "id": _BEN,
    "handle": "ben",
    "display_name": "Ben Okafor",
    "bio": "",
    "counts": _OTHER_COUNTS,
    "created_at": "2026-02-03T19:05:12Z",
    "private": False,
    "avatar": None,
}
_OTHER_AUTHOR: Final = {name: _OTHER[name] for name in _AUTHOR}
_CASE: Final = f"post-{_POST}"
_ACTION: Final = "01KJMVYEG0000000000000000Z"
_PERSON: Final = {**_AUTHOR, "limited": False, "suspended": False, "suspended_until": None}
_SUMMARY: Final = {
    "id": _CASE,
    "kind": "post",
    "subject_id": _POST,
    "owner": _PERSON,
    "state": "appealed",
    "reason": "hate",
    "reasons": {"hate": 2, "other": 1},
    "reports": 3,
    "opened_at": "2026-03-04T18:20:00Z",
    "reported_at": "2026-03-04T19:02:11Z",
    "version": 2,
}
_REPORT: Final = {
    "id": _CASE,
    "kind": "post",
    "subject_id": _POST,
    "reason": "hate",
    "note": "This is about my neighbours.",
    "at": "2026-03-04T18:20:00Z",
    "outcome": "acted",
    "decided_at": "2026-03-04T20:00:00Z",
}
_APPEAL: Final = {
    "text": "It is a photo of a play.",
    "at": "2026-03-05T08:00:00Z",
    "outcome": "pending",
    "statement": "",
    "decided_at": None,
}
_STATEMENT: Final = {
    "case_id": _CASE,
    "kind": "post",
    "subject_id": _POST,
    "action": "hide_post",
    "rule": "hate",
    "statement": "It insults a group of people.",
    "at": "2026-03-04T20:00:00Z",
    "until": None,
    "undone_at": None,
    "can_appeal": False,
    "appeal": _APPEAL,
}
_DONE: Final = {
    "id": _ACTION,
    "kind": "hide_post",
    "rule": "hate",
    "statement": "It insults a group of people.",
    "moderator_id": _BEN,
    "at": "2026-03-04T20:00:00Z",
    "until": None,
    "undone_at": None,
    "undone_by": None,
}
_EVIDENCE: Final = {
    "at": "2026-03-04T18:20:00Z",
    "handle": "ada",
    "display_name": "Ada Linde",
    "bio": "Lighthouses and what the sea leaves.",
    "text": "First frost",
    "created_at": "2026-03-01T12:00:00Z",
    "place": "",
    "media": [
        {
            "media_id": _MEDIUM,
            "content_type": "image/jpeg",
            "placeholder": _PLACEHOLDER,
            "url": _url("640.jpg"),
            "clip_url": None,
            "alt_text": "",
        }
    ],
}
_REPORTED_BY: Final = {
    "reporter": {**_PERSON, "id": _BEN, "handle": "ben", "display_name": "Ben Okafor"},
    "detector": None,
    "reason": "hate",
    "note": "This is about my neighbours.",
    "at": "2026-03-04T18:20:00Z",
}
_WHOLE_CASE: Final = {
    **_SUMMARY,
    "evidence": [_EVIDENCE],
    "reported_by": [_REPORTED_BY],
    "actions": [_DONE],
    "appeal": _APPEAL,
    "possible": ["label_sensitive", "withhold_content", "limit", "suspend", "dismiss"],
    "can_decide_appeal": True,
}
_STATISTICS: Final = {
    "open": {"hate": 3, "spam": 12},
    "appealed": 1,
    "oldest_open": "2026-03-04T18:20:00Z",
    "decisions": {"hide_post": 8, "dismiss": 21},
    "undone": 1,
    "appeals_upheld": 2,
    "appeals_overturned": 1,
    "minutes_to_decision": 42.5,
}
_LOGGED: Final = {
    "number": 1,
    "at": "2026-03-04T20:00:00Z",
    "moderator_id": _BEN,
    "case_id": _CASE,
    "kind": "acted",
    "action": "hide_post",
    "rule": "hate",
    "statement": "It insults a group of people.",
    "previous": "0" * 64,
    "hash": "5f6c8bd3f0a0d6c0a9ddb1f7a25b3fe54b6f7e3f5c1d4a0b9e8d7c6b5a493827",
}
_BLOCKED: Final = {
    "handle": "ben",
    "user": _OTHER_AUTHOR,
    "blocked_at": "2026-03-04T18:20:00Z",
}
_MUTED: Final = {
    "user": _BLOCKED["user"],
    "muted_at": "2026-03-04T18:20:00Z",
    "until": "2027-05-04T12:00:00Z",
}
_PUSH: Final = {
    "id": "CXBhEgpHzN6cmBQM2Q2fzw",
    "service": "push.example.com",
    "created_at": "2026-03-04T18:20:00Z",
    "renewed_at": "2026-03-09T07:05:00Z",
}
_EXPORT_PART: Final = {
    "number": 1,
    "bytes": 1_734_112_004,
    "files": 2_310,
    "url": "https://shutterfeed-uploads-123456789012-eu-central-1.s3.eu-central-1.amazonaws.com/exports/…",
    "url_expires_at": "2026-03-05T08:20:00Z",
}
_EXPORT: Final = {
    "id": "01KJX2V8Q0T6Y9ZB3M5N7P1R4S",
    "state": "ready",
    "begun_at": "2026-03-04T18:20:00Z",
    "ready_at": "2026-03-04T18:26:00Z",
    "expires_at": "2026-03-08T18:26:00Z",
    "posts_done": 2_204,
    "posts_total": 2_198,
    "bytes_done": 1_732_866_101,
    "bytes_total": 1_730_040_512,
    "bytes": 1_734_112_004,
    "parts": [_EXPORT_PART],
}
_HASHTAG: Final = {"hashtag": "winter", "followed_at": "2026-03-04T18:20:00Z"}
_STRANGERS: Final = {
    "followed_by_me": False,
    "follows_me": False,
    "requested_by_me": False,
    "blocked_by_me": False,
    "muted_by_me": False,
}
_FOLLOWED: Final = {**_STRANGERS, "followed_by_me": True}
_ASKED: Final = {
    **_STRANGERS,
    "user": {**_OTHER, "private": True, "counts": {**_OTHER_COUNTS, "posts": None}},
    "requested_by_me": True,
}
_WAITING_MEDIUM: Final[Json] = {
    "id": _MEDIUM,
    "state": "awaiting",
    "content_type": "image/jpeg",
    "width": None,
    "height": None,
    "placeholder": None,
    "renditions": [],
    "capture": None,
    "clip": None,
    "progress": None,
    "failure": None,
    "notes": [],
    "zoomable": False,
    "alt_text": "A white lighthouse in front of a red sky",
    "crop": None,
    "people": [{"user": _OTHER_AUTHOR, "x": 0.62, "y": 0.48}],
}
_READY_MEDIUM: Final = {
    **_WAITING_MEDIUM,
    "state": "ready",
    "width": 4032,
    "height": 3024,
    "placeholder": _PLACEHOLDER,
    "renditions": [_rendition("640.webp", 640, 480), _rendition("150.jpg", 150, 150)],
    "zoomable": True,
}
_PENDING: Final = {
    "id": _POST,
    "state": "pending",
    "author": _AUTHOR,
    "caption": "The lighthouse at dawn 🌅 with @ben",
    "place": {"name": "Lindau", "latitude": 47.5436, "longitude": 9.6835},
    "media": [_WAITING_MEDIUM],
    "counts": {"likes": 0, "comments": 0},
    "liked_by_me": False,
    "saved_by_me": False,
    "reported_by_me": False,
    "can_comment": False,
    "comments_from": None,
    "first_comments": None,
    "created_at": "2026-03-01T12:00:00Z",
    "published_at": None,
    "taken_at": "2026-02-28T06:12:40Z",
    "sensitive": False,
    "mentions": ["ben"],
    "hashtag": None,
}
_PUBLISHED: Final = {
    **_PENDING,
    "state": "published",
    "media": [_READY_MEDIUM],
    "published_at": "2026-03-01T12:00:04Z",
    "can_comment": True,
}
_SCHEDULED: Final = {
    **_PUBLISHED,
    "state": "scheduled",
    "published_at": None,
    "publish_at": "2026-03-09T18:00:00Z",
    "can_comment": False,
}
_DRAFT: Final = {
    **_SCHEDULED,
    "state": "draft",
    "publish_at": None,
    "draft_until": "2026-03-08T12:00:00Z",
}
_COMMENT_ID: Final = f"{_POST}-01KJMR0T5G5E2P7W9V3N6QZB8K"
_COMMENT: Final = {
    "id": _COMMENT_ID,
    "post_id": _POST,
    "author": _OTHER_AUTHOR,
    "text": "What a light! @ada, where is this?",
    "mentions": ["ada"],
    "created_at": "2026-03-01T13:04:10Z",
    "edited_at": None,
    "reply_to": None,
    "pinned": False,
    "hidden": False,
    "held": False,
    "deleted": False,
    "likes": 2,
    "liked_by_me": False,
    "replies": 1,
    "can_edit": False,
    "can_delete": True,
    "can_moderate": True,
}
_REPLY: Final = {
    **_COMMENT,
    "id": f"{_COMMENT_ID}-01KJMR9Z3M8T4C6X1B5V7N2QAH",
    "author": _AUTHOR,
    "text": "On the lake, at Lindau.",
    "mentions": [],
    "created_at": "2026-03-01T13:09:02Z",
    "reply_to": _COMMENT_ID,
    "likes": 0,
    "replies": 0,
    "can_edit": True,
}
_OWN_COMMENT: Final = {**_COMMENT, "can_edit": True, "can_moderate": False}
_LINK: Final = {
    "media_id": _MEDIUM,
    "expires_at": "2026-03-01T12:15:00Z",
    "url": "https://uploads.example.com/",
    "fields": {
        "key": f"uploads/{_POST}/{_MEDIUM}",
        "Content-Type": "image/jpeg",
        "policy": "eyJleHBpcmF0aW9uIjogIjIwMjYtMDMtMDFUMTI6MTU6MDBaIn0=",
        "x-amz-signature": "5e1f…",
    },
}
_UPLOAD: Final = {
    "post_id": _POST,
    "media_id": _MEDIUM,
    "state": "ready",
    "content_type": "image/jpeg",
    "bytes": 248113,
    "sha256": _SHA256,
    "failure": None,
    "notes": [],
    "created_at": "2026-03-01T12:00:00Z",
    "purpose": "post",
    "thumbnail": _url("150.jpg"),
}
_LARGE: Final = {
    **_UPLOAD,
    "state": "awaiting",
    "content_type": "video/mp4",
    "bytes": 20000000,
    "thumbnail": None,
}
_REFUSED: Final = {
    **_UPLOAD,
    "media_id": "01KJMVYEG0000000000000000Y",
    "state": "failed",
    "failure": {
        "code": "bytes_mismatch",
        "message": "The file has 248,112 bytes, but 248,113 were declared.",
        "field": "bytes",
    },
    "thumbnail": None,
}

_COLLECTION: Final = {
    "id": "2M8ZQ4R7T0V5X9Y1B3C6D8F0GH",
    "name": "Lighthouses",
    "count": 7,
    "created_at": "2026-02-11T20:15:00Z",
}

ANSWERS: Final[Mapping[str, Any]] = {
    "Health": {"status": "ok"},
    "User": _OWN,
    "Me": {
        **_OWN,
        "requests": 0,
        "sensitive": "blur",
        "public_page": True,
        "comments_from": "everyone",
        "held_words": ["spoiler"],
        "activity": {
            "likes": "everyone",
            "comments": "everyone",
            "mentions": "followed",
            "tags": "followed",
            "follows": "everyone",
        },
        "mentions_from": "everyone",
        "closing": None,
        "handle_chosen": True,
        "welcomed": True,
        "suspension": None,
    },
    "HandleBody": {"handle": "maya.lindqvist", "free": True},
    "Closing": {"closed_at": "2026-03-01T12:00:00Z", "erased_at": "2026-03-31T12:00:00Z"},
    "UserAsSeen": {"user": _OTHER, **_FOLLOWED},
    "follow_waits": _ASKED,
    "unfollow": {"user": _OTHER, **_STRANGERS},
    "remove_follower": {"user": _OTHER, **_STRANGERS},
    "accept_request": {"user": _OTHER, **_STRANGERS, "follows_me": True},
    "decline_request": {"user": _OTHER, **_STRANGERS},
    "UserPage": {"items": [{**_OTHER, **_FOLLOWED}], "next_cursor": _CURSOR},
    "SuggestedUsers": {"items": [{**_OTHER_AUTHOR, **_STRANGERS, "reason": "acquaintance"}]},
    "list_requests": {"items": [{**_OTHER, **_STRANGERS}], "next_cursor": None},
    "ActivityPage": {
        "items": [
            {
                "id": "01KJMVYEG0000000000000000Z",
                "kind": "follow",
                "at": "2026-03-01T12:00:00Z",
                "new": True,
                "users": [
                    {
                        **_OTHER_AUTHOR,
                        "private": False,
                        "followed_by_me": False,
                        "requested_by_me": False,
                    }
                ],
                "count": 14,
                "post": None,
                "comment": None,
                "upload": None,
                "case_id": None,
            }
        ],
        "next_cursor": _CURSOR,
    },
    "ActivityCount": {"count": 1},
    "BlockedUser": _BLOCKED,
    "BlockedPage": {
        "items": [_BLOCKED, {**_BLOCKED, "handle": "gone", "user": None}],
        "next_cursor": None,
    },
    "PushSubscriptionBody": _PUSH,
    "PushSubscriptions": {"items": [_PUSH]},
    "ExportPartBody": _EXPORT_PART,
    "ExportBody": _EXPORT,
    "Exports": {"items": [_EXPORT]},
    "HashtagFollowed": _HASHTAG,
    "HashtagsFollowed": {"items": [_HASHTAG], "next_cursor": None},
    "MutedUser": _MUTED,
    "MutedPage": {"items": [_MUTED], "next_cursor": None},
    "AvatarCreated": {"media_id": _MEDIUM, "upload": _LINK},
    "PostCreated": {"post": _PENDING, "uploads": [_LINK]},
    "PostBody": _PUBLISHED,
    "remove_medium": {**_PENDING, "state": "processing"},
    "crop_medium": {"post": {**_PENDING, "state": "processing"}, "uploads": []},
    "replace_medium": {"post": {**_PENDING, "state": "processing"}, "uploads": [_LINK]},
    "edit_post": {
        **_PUBLISHED,
        "caption": "The lighthouse, again",
        "mentions": [],
        "place": None,
    },
    "Comment": _COMMENT,
    "create_comment": {**_OWN_COMMENT, "text": "What a light!", "mentions": [], "replies": 0},
    "edit_comment": {**_OWN_COMMENT, "edited_at": "2026-03-01T13:20:00Z"},
    "hide_comment": {**_COMMENT, "hidden": True},
    "pin_comment": {**_COMMENT, "pinned": True},
    "CommentPage": {"items": [_COMMENT], "next_cursor": _CURSOR},
    "list_replies": {"items": [_REPLY], "next_cursor": None},
    "list_own_comments": {"items": [_OWN_COMMENT], "next_cursor": None},
    "list_held_comments": {"items": [{**_COMMENT, "held": True}], "next_cursor": None},
    "CommentLiked": {"liked_by_me": True, "likes": 3},
    "unlike_comment": {"liked_by_me": False, "likes": 2},
    "get_post": {**_PUBLISHED, "first_comments": [_COMMENT]},
    "Liked": {"liked_by_me": True, "counts": {"likes": 13, "comments": 3}},
    "unlike_post": {"liked_by_me": False, "counts": {"likes": 12, "comments": 3}},
    "PostLikers": {"items": [{"post_id": _POST, "user": _OTHER_AUTHOR}]},
    "Saved": {"saved_by_me": True},
    "unsave_post": {"saved_by_me": False},
    "CollectionBody": _COLLECTION,
    "CollectionPage": {"items": [_COLLECTION], "next_cursor": None},
    "PostPage": {"items": [_PUBLISHED], "next_cursor": _CURSOR},
    "Album": {
        "post": _PUBLISHED,
        "coming": [],
        "removed": [{"medium": _READY_MEDIUM, "until": "2026-04-04T09:00:00Z"}],
        "uploads": [],
    },
    "list_scheduled": {"items": [_SCHEDULED], "next_cursor": None},
    "schedule_post": _SCHEDULED,
    "publish_post": {**_SCHEDULED, "state": "processing", "publish_at": None},
    "list_drafts": {"items": [_DRAFT], "next_cursor": None},
    "change_draft": {
        "post": {**_DRAFT, "state": "processing", "draft_until": None},
        "uploads": [],
    },
    "FeedPageBody": {
        "items": [_PUBLISHED],
        "next_cursor": _CURSOR,
        "latest": "MDFLSk1NQTJHMDM4",
        "new": None,
    },
    "DeletedPage": {
        "items": [
            {
                "post": {**_PUBLISHED, "state": "deleted"},
                "returns_to": "published",
                "deleted_at": "2026-03-05T09:00:00Z",
                "restorable_until": "2026-04-04T09:00:00Z",
            }
        ],
        "next_cursor": None,
    },
    "UploadPage": {"items": [_UPLOAD, _REFUSED], "next_cursor": None},
    "UploadState": {
        "upload": _LARGE,
        "arrived": [{"number": 1, "size": 8388608}],
        "link": {
            "media_id": _MEDIUM,
            "expires_at": "2026-03-01T13:00:00Z",
            "multipart": {
                "part_size": 8388608,
                "parts": [
                    {"number": 2, "url": "https://uploads.example.com/2", "size": 8388608},
                    {"number": 3, "url": "https://uploads.example.com/3", "size": 3222784},
                ],
            },
        },
    },
    "complete_upload": {
        "upload": {**_LARGE, "state": "processing"},
        "arrived": [
            {"number": 1, "size": 8388608},
            {"number": 2, "size": 8388608},
            {"number": 3, "size": 3222784},
        ],
        "link": None,
    },
    "ReportBody": _REPORT,
    "ReportPage": {"items": [_REPORT], "next_cursor": _CURSOR},
    "StatementPage": {"items": [_STATEMENT], "next_cursor": _CURSOR},
    "AppealBody": _APPEAL,
    "CasePage": {"items": [_SUMMARY], "next_cursor": _CURSOR},
    "CaseBody": _WHOLE_CASE,
    "ModerationStatistics": _STATISTICS,
    "LogPage": {"items": [_LOGGED], "next_cursor": _CURSOR},
    "zoom_medium_waits": {"rendition": None},
    "ZoomBody": {"rendition": _rendition("2048-5b1f9c0a7d3e2846.webp", 2048, 1536)},
    "OriginalLink": {
        "url": "https://originals.example.com/lighthouse.jpg?X-Amz-Signature=5e1f",
        "expires_at": "2026-03-01T12:15:00Z",
        "content_type": "image/jpeg",
        "bytes": 248113,
        "sha256": _SHA256,
    },
    "get_page": '<!doctype html><html lang="en">…</html>',
    "get_public_user_feed": '<feed xmlns="http://www.w3.org/2005/Atom">…</feed>',
    "OEmbed": {
        "version": "1.0",
        "type": "photo",
        "title": "Ada Linde on Shutterfeed: “The lighthouse at dawn 🌅”",
        "author_name": "Ada Linde",
        "author_url": f"{_SITE}/u/ada",
        "provider_name": "Shutterfeed",
        "provider_url": _SITE,
        "url": _url("640.jpg"),
        "width": 640,
        "height": 480,
    },
    "SearchPage": {"posts": [_PUBLISHED], "users": [], "hashtags": [], "next_cursor": _CURSOR},
    "HashtagBody": {"hashtag": "winter", "posts": 412},
    "PlacePageBody": {"place": "lindau", "name": "Lindau", "posts": 57},
    "FoundPlaces": {
        "items": [
            {"name": "Lindau", "latitude": 47.5436, "longitude": 9.6835, "used_before": True},
            {"name": "Linz", "latitude": None, "longitude": None, "used_before": False},
        ]
    },
    "Suggestions": {
        "items": [
            {"kind": "user", "text": "winter_ada", "user": {**_AUTHOR, "handle": "winter_ada"}},
            {"kind": "hashtag", "text": "winter", "user": None},
            {"kind": "place", "text": "Winterthur", "user": None},
        ]
    },
}
