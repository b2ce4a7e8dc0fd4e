"""The codes of all errors, for the OpenAPI document: programs go by them, and they stay the same.

`tests/integration/test_error_codes.py` holds them against the code that raises the errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ERRORS: Final[Mapping[int, Mapping[str, str]]] = {
    400: {
        "malformed_json": "The body is not valid JSON.",
        "invalid_body": "A field of the body is missing, unknown, or of the wrong type or size.",
        "invalid_cursor": "The cursor was altered, or belongs to another list or user.",
        "invalid_limit": "`limit` is not a whole number from 1 to 100.",
        "invalid_type": "`type` is none of the kinds of results.",
        "invalid_media": "A post has too few or too many media; in a search, `media` is unknown.",
        "invalid_near": "`near` is not a latitude and a longitude in degrees.",
        "invalid_km": "`km` is not a distance within the limits.",
        "empty_query": "The search has no letter, digit or emoji.",
        "query_too_long": "The search text is too long.",
        "invalid_hashtag": "The hashtag has other characters than a hashtag may have.",
        "invalid_text": "A text has characters that are not allowed in it.",
        "caption_too_long": "The caption is too long.",
        "alt_text_too_long": "An alt text is too long.",
        "display_name_too_long": "The display name is too long.",
        "bio_too_long": "The bio is too long.",
        "invalid_place": "The place has no proper name, or no point on the earth.",
        "invalid_handle": "The handle does not have the form of one.",
        "reserved_handle": "The handle is kept for the service.",
        "unsupported_type": "The declared content type is not accepted.",
        "invalid_sha256": "The declared SHA-256 is not 64 lower-case hexadecimal digits.",
        "invalid_size": "The declared file is empty or too large.",
        "invalid_video": "A video's width, height or duration is not declared.",
        "too_long": "The declared video lasts too long.",
        "too_many_pixels": "The declared video has too many pixels on a side.",
        "too_much_work": "The declared video would take too long to process.",
        "invalid_idempotency_key": "The header `Idempotency-Key` is missing or has another form.",
        "unknown_medium": "The post has no medium with this id.",
        "follow_oneself": "Nobody can follow themselves.",
        "block_oneself": "Nobody can block themselves.",
        "mute_oneself": "Nobody can mute themselves.",
        "invalid_until": "`until` is no moment with a time zone.",
        "until_out_of_range": "`until` is not in the future, or too far off.",
        "missing_url": "The address of a page, `url`, is missing.",
        "invalid_dimensions": "`maxwidth` or `maxheight` is no whole number of pixels.",
    },
    401: {
        "unauthenticated": "There is no access token, or another kind of token.",
        "session_ended": "The caller was signed out everywhere since this session began.",
    },
    403: {
        "not_your_post": "Only its author may change a post.",
        "private_account": "The account is private, and the caller does not follow it.",
    },
    404: {
        "post_not_found": "There is no such post, or the caller may not see it.",
        "user_not_found": "There is no user with this handle.",
        "request_not_found": "The user does not ask to follow the caller.",
        "upload_not_found": "The caller has no such upload.",
        "page_not_found": "There is no such page, or only those who are signed in may see it.",
        "route_not_found": "There is no such path, or not with this method.",
    },
    409: {
        "handle_taken": "Somebody else has the handle, or gave it up less than 30 days ago.",
        "idempotency_key_reused": "The `Idempotency-Key` was used for another request.",
        "post_deleted": "The post was deleted.",
        "avatar_replaced": "The avatar made with this `Idempotency-Key` was replaced or removed.",
        "restore_expired": "The post was deleted too long ago.",
        "not_stored": "The file has not arrived yet, or was refused.",
        "not_in_parts": "The file is uploaded whole, so there is nothing to complete.",
        "parts_missing": "Parts of the file have not arrived.",
        "upload_expired": "The parts were not completed in time: declare the file again.",
        "too_many_blocks": "The caller has blocked as many users as are possible.",
        "too_many_mutes": "The caller has muted as many users as are possible.",
        "storage_full": "The caller's storage has no room for the files.",
    },
    429: {"limit_reached": "The caller did too much of `limit`: wait for `retry_after` seconds."},
    500: {"internal_error": "Something went wrong on our side: ask again."},
    501: {"unsupported_format": "`format` is another one than `json`."},
    503: {"busy": "Too many changes of one thing at once: ask again in a moment."},
}
"""What each code of an error means, by status."""

REFUSALS: Final[Mapping[str, str]] = {
    "never_arrived": "The file did not arrive before its link expired.",
    "bytes_mismatch": "The file has another size than declared.",
    "sha256_mismatch": "The file has another SHA-256 than declared.",
    "content_type_mismatch": "The file is of another type than declared.",
    "unsupported_type": "The file is no photo or video of an accepted kind.",
    "unsupported_codec": "The video is coded in a way that is not accepted.",
    "undecodable": "The file is damaged: nothing of it can be shown.",
    "truncated": "The end of the file is missing.",
    "no_video": "There is no moving picture in the file.",
    "too_long": "The video lasts too long.",
    "too_many_frames": "The file has too many pictures in it.",
    "too_many_pixels": "The picture has too many pixels, on a side or in all.",
    "too_much_work": "The file would take too long to process.",
    "too_slow": "Processing the file took too long.",
}
"""What each code of a refused file means, in `failure` of an upload or medium."""
