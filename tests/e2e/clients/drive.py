"""Drives every operation of the API with the Python client generated from its document.

Run in the generators' environment, beside the generated package, with the path of a JSON file that
holds what `tests/e2e/test_generated_clients.py` calls a task.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from shutterfeed_client import AuthenticatedClient, Client, models
from shutterfeed_client.api.comments import (
    approve_comment,
    delete_comment,
    edit_comment,
    get_comment,
    hide_comment,
    like_comment,
    list_replies,
    pin_comment,
    show_comment,
    unlike_comment,
    unpin_comment,
)
from shutterfeed_client.api.explore import list_explored
from shutterfeed_client.api.feed import get_feed
from shutterfeed_client.api.hashtags import get_hashtag, list_tagged
from shutterfeed_client.api.me import (
    accept_request,
    add_to_collection,
    block,
    check_handle,
    close_account,
    complete_upload,
    count_activity,
    create_appeal,
    create_avatar,
    create_collection,
    create_export,
    decline_request,
    delete_avatar,
    delete_collection,
    delete_export,
    delete_push_subscription,
    edit_me,
    follow,
    follow_hashtag,
    get_me,
    get_original,
    get_upload,
    list_activity,
    list_appearances,
    list_blocks,
    list_collected,
    list_collections,
    list_deleted,
    list_drafts,
    list_exports,
    list_followed_hashtags,
    list_held_comments,
    list_likes,
    list_mutes,
    list_own_comments,
    list_push_subscriptions,
    list_reports,
    list_requests,
    list_saved,
    list_scheduled,
    list_statements,
    list_uploads,
    mute,
    put_push_subscription,
    remove_follower,
    rename_collection,
    reopen_account,
    see_activity,
    sign_out_everywhere,
    take_out_of_collection,
    unblock,
    unfollow,
    unfollow_hashtag,
    unmute,
)
from shutterfeed_client.api.moderation import (
    create_action,
    decide_appeal,
    get_case,
    get_moderation_statistics,
    list_cases,
    list_moderation_log,
    undo_action,
)
from shutterfeed_client.api.places import find_places, get_place, list_at_place
from shutterfeed_client.api.posts import (
    change_album,
    change_draft,
    create_comment,
    create_post,
    crop_medium,
    delete_post,
    edit_post,
    erase_post,
    get_album,
    get_post,
    like_post,
    list_comments,
    list_likers,
    name_likers,
    publish_post,
    remove_medium,
    replace_medium,
    restore_post,
    save_post,
    schedule_post,
    unlike_post,
    unsave_post,
    untag_me,
    zoom_medium,
)
from shutterfeed_client.api.reports import create_report
from shutterfeed_client.api.search import search, suggest
from shutterfeed_client.api.service import (
    find_zoom,
    get_health,
    get_oembed,
    get_page,
    get_public_post,
    get_public_user,
    get_public_user_feed,
    list_public_at_place,
    list_public_explored,
    list_public_tagged,
    list_public_user_posts,
)
from shutterfeed_client.api.suggestions import list_suggestions
from shutterfeed_client.api.users import (
    get_user,
    list_followers,
    list_following,
    list_user_posts,
)

T = TypeVar("T")
PATIENCE_SECONDS = 60.0
DEVICE_KEY = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
DEVICE_SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of the browser in the example of RFC 8291."""


def main(task: dict[str, Any]) -> None:
    nobody = Client(base_url=task["url"], raise_on_unexpected_status=True)
    me = AuthenticatedClient(
        base_url=task["url"], token=task["token"], raise_on_unexpected_status=True
    )
    small, large = (Path(task[name]).read_bytes() for name in ("small", "large"))
    drive_service(nobody)
    post_id, media_id = drive_small_post(me, small)
    drive_large_upload(me, large)
    drive_failed_post(me, small)
    drive_post(me, post_id)
    other, *moderators = (
        AuthenticatedClient(base_url=task["url"], token=token, raise_on_unexpected_status=True)
        for token in (task["other_token"], *task["moderator_tokens"])
    )
    drive_comments(me, other, post_id)
    drive_people(me, task["handle"], task["other"])
    drive_requests(me, task["handle"], other, task["other"])
    drive_moderation(me, other, moderators, answer(get_me.sync_detailed(client=other)).id)
    drive_feed_and_search(me, post_id)
    drive_places(me)
    drive_public(nobody, task["handle"], post_id)
    drive_avatar(me, small)
    drive_original(me, media_id, small)
    drive_refusals(nobody, me)
    drive_leaving(me)


def drive_service(nobody: Any) -> None:
    assert answer(get_health.sync_detailed(client=nobody)).status == "ok"


def drive_small_post(me: Any, photo: bytes) -> tuple[str, str]:
    body = models.CreatePost(
        caption="Driven by Python #generated",
        place=models.PlaceBody(name="Lindau", latitude=47.5436, longitude=9.6835),
        # With every default of the document, which the client sends by itself.
        media=[
            models.MediumBody(
                content_type=models.MediumBodyContentType.IMAGEJPEG,
                bytes_=len(photo),
                sha256=hashlib.sha256(photo).hexdigest(),
                alt_text="A lake",
            )
        ],
    )
    created = answer(create_post.sync_detailed(client=me, body=body, idempotency_key="small"))
    [link] = created.uploads
    post_form(link, photo)
    post = until(
        lambda: answer(get_post.sync_detailed(created.post.id, client=me)),
        lambda post: post.state is models.PostState.PUBLISHED,
    )
    assert post.media[0].alt_text == "A lake"
    assert post.published_at is not None
    return post.id, link.media_id


def drive_large_upload(me: Any, photo: bytes) -> None:
    body = models.CreatePost.from_dict({"media": [medium(photo)]})
    created = answer(create_post.sync_detailed(client=me, body=body, idempotency_key="large"))
    [link] = created.uploads
    for part in link.multipart.parts:
        start = (part.number - 1) * link.multipart.part_size
        sent = httpx.put(part.url, content=photo[start : start + part.size])
        sent.raise_for_status()
    state = answer(get_upload.sync_detailed(link.media_id, client=me))
    assert [part.number for part in state.arrived] == [part.number for part in link.multipart.parts]
    done = answer(complete_upload.sync_detailed(link.media_id, client=me))
    assert done.link is None
    listed = answer(list_uploads.sync_detailed(client=me)).items
    assert link.media_id in [upload.media_id for upload in listed]
    post = until(
        lambda: answer(get_post.sync_detailed(created.post.id, client=me)),
        lambda post: post.state is models.PostState.PUBLISHED,
    )
    assert post.media[0].zoomable
    zoom = answer(zoom_medium.sync_detailed(post.id, link.media_id, client=me))
    assert zoom.rendition is None  # it is being made


def drive_failed_post(me: Any, photo: bytes) -> None:
    broken = b"\xff\xd8\xff"
    body = models.CreatePost.from_dict({"media": [medium(broken)]})
    created = answer(create_post.sync_detailed(client=me, body=body, idempotency_key="broken"))
    [link] = created.uploads
    post_form(link, broken)
    post_id = created.post.id
    until(
        lambda: answer(get_post.sync_detailed(post_id, client=me)),
        lambda post: post.state is models.PostState.FAILED,
    )
    file = models.FileBody.from_dict(medium(photo))
    mended = answer(replace_medium.sync_detailed(post_id, link.media_id, client=me, body=file))
    assert [upload.media_id for upload in mended.uploads] == [one.id for one in mended.post.media]
    same = answer(remove_medium.sync_detailed(post_id, link.media_id, client=me))
    assert same.state is models.PostState.PROCESSING
    assert [one.id for one in same.media] == [one.id for one in mended.post.media]
    drive_crop(me, post_id, mended.post.media[0].id)
    drive_schedule(me, post_id)
    drive_draft(me, photo)
    assert erase_post.sync_detailed(post_id, client=me).status_code == 204


def drive_crop(me: Any, post_id: str, media_id: str) -> None:
    crop = {"x": 0, "y": 0.25, "width": 1, "height": 0.5}
    body = models.ChangeCrop.from_dict({"crop": crop})
    cropped = answer(crop_medium.sync_detailed(post_id, media_id, client=me, body=body))
    assert [one.crop.to_dict() for one in cropped.post.media if one.crop] == [crop]


def drive_draft(me: Any, photo: bytes) -> None:
    body = models.CreatePost.from_dict({"media": [medium(photo)], "draft": True})
    created = answer(create_post.sync_detailed(client=me, body=body, idempotency_key="draft"))
    [begun] = answer(list_drafts.sync_detailed(client=me)).items
    assert begun.id == created.post.id
    media = [{"id": begun.media[0].id, "alt_text": "A lake"}]
    wanted = models.ChangeDraft.from_dict({"media": media, "publish": True})
    posted = answer(change_draft.sync_detailed(begun.id, client=me, body=wanted)).post
    assert (posted.draft_until, posted.media[0].alt_text) == (None, "A lake")
    assert erase_post.sync_detailed(begun.id, client=me).status_code == 204


def drive_schedule(me: Any, post_id: str) -> None:
    publish_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    body = models.Schedule(publish_at=publish_at)
    scheduled = answer(schedule_post.sync_detailed(post_id, client=me, body=body))
    assert scheduled.publish_at == publish_at
    assert [one.id for one in answer(list_scheduled.sync_detailed(client=me)).items] == [post_id]
    assert answer(publish_post.sync_detailed(post_id, client=me)).publish_at is None


def drive_post(me: Any, post_id: str) -> None:
    body = models.EditPost(caption="Edited by Python #generated", place=None)
    edited = answer(edit_post.sync_detailed(post_id, client=me, body=body))
    assert (edited.caption, edited.place) == (body.caption, None)
    drive_album(me, post_id)
    assert untag_me.sync_detailed(post_id, client=me).status_code == 204
    [photo] = edited.media
    refused = zoom_medium.sync_detailed(post_id, photo.id, client=me)
    assert (photo.zoomable, refused.status_code) == (False, 409)
    assert delete_post.sync_detailed(post_id, client=me).status_code == 204
    deleted, *_ = answer(list_deleted.sync_detailed(client=me)).items
    assert deleted.returns_to is models.PostState.PUBLISHED
    restored = answer(restore_post.sync_detailed(post_id, client=me))
    assert restored == edited
    drive_likes(me, post_id)
    drive_saves(me, post_id)


def drive_album(me: Any, post_id: str) -> None:
    album = answer(get_album.sync_detailed(post_id, client=me))
    ids = [one.id for one in album.post.media]
    wanted = [models.AlbumItem(id=media_id) for media_id in ids]
    body = models.ChangeAlbum(media=wanted, seen=ids)
    changed = answer(change_album.sync_detailed(post_id, client=me, body=body))
    assert [one.id for one in changed.post.media] == ids
    assert (changed.coming, changed.removed, changed.uploads) == ([], [], [])


def drive_likes(me: Any, post_id: str) -> None:
    liked = answer(like_post.sync_detailed(post_id, client=me))
    assert (liked.liked_by_me, liked.counts.likes) == (True, 1)
    mine = answer(get_me.sync_detailed(client=me))
    likers = answer(list_likers.sync_detailed(post_id, client=me)).items
    assert [user.handle for user in likers] == [mine.handle]
    named = answer(name_likers.sync_detailed(client=me, ids=post_id)).items
    assert named == [], "nobody but oneself"
    assert answer(list_appearances.sync_detailed(client=me)).items == []
    likes = answer(list_likes.sync_detailed(client=me)).items
    assert [(post.id, post.liked_by_me) for post in likes] == [(post_id, True)]
    assert answer(unlike_post.sync_detailed(post_id, client=me)).counts.likes == 0


def drive_comments(me: Any, other: Any, post_id: str) -> None:
    held = models.EditProfile(held_words=["spoiler"])
    assert answer(edit_me.sync_detailed(client=me, body=held)).held_words == ["spoiler"]
    waiting = said(other, post_id, "A spoiler!")
    assert waiting.held
    assert answer(list_held_comments.sync_detailed(client=me)).items[0].id == waiting.id
    assert not answer(approve_comment.sync_detailed(waiting.id, client=me)).held
    reply = said(me, post_id, "A reply", reply_to=waiting.id)
    assert reply.reply_to == waiting.id
    assert answer(list_replies.sync_detailed(waiting.id, client=me)).items == [reply]
    body = models.EditComment(text="A better reply")
    assert answer(edit_comment.sync_detailed(reply.id, client=me, body=body)).edited_at
    assert answer(list_own_comments.sync_detailed(client=me)).items[0].text == body.text
    assert answer(hide_comment.sync_detailed(waiting.id, client=me)).hidden
    assert not answer(show_comment.sync_detailed(waiting.id, client=me)).hidden
    assert answer(pin_comment.sync_detailed(waiting.id, client=me)).pinned
    assert answer(like_comment.sync_detailed(waiting.id, client=me)).likes == 1
    order = models.ListCommentsOrder.NEWEST
    listed = answer(list_comments.sync_detailed(post_id, client=me, order=order)).items
    assert [(c.id, c.pinned, c.replies) for c in listed] == [(waiting.id, True, 1)]
    first = answer(get_post.sync_detailed(post_id, client=me)).first_comments
    assert [comment.id for comment in first] == [waiting.id]
    assert answer(unlike_comment.sync_detailed(waiting.id, client=me)).likes == 0
    assert not answer(unpin_comment.sync_detailed(waiting.id, client=me)).pinned
    for comment in (reply, waiting):
        assert answer(get_comment.sync_detailed(comment.id, client=me)).id == comment.id
        assert delete_comment.sync_detailed(comment.id, client=me).status_code == 204


def said(who: Any, post_id: str, text: str, **more: Any) -> Any:
    body = models.CreateComment(text=text, **more)
    key = text.replace(" ", "-")
    return answer(create_comment.sync_detailed(post_id, client=who, body=body, idempotency_key=key))


def drive_saves(me: Any, post_id: str) -> None:
    assert answer(save_post.sync_detailed(post_id, client=me)).saved_by_me
    assert not answer(unsave_post.sync_detailed(post_id, client=me)).saved_by_me
    body = models.NameCollection(name="Driven")
    created = answer(create_collection.sync_detailed(client=me, body=body))
    filled = answer(add_to_collection.sync_detailed(created.id, post_id, client=me))
    assert (filled.name, filled.count) == ("Driven", 1)
    saved = answer(list_saved.sync_detailed(client=me)).items
    assert [(post.id, post.saved_by_me) for post in saved] == [(post_id, True)]
    collected = answer(list_collected.sync_detailed(created.id, client=me)).items
    assert [post.id for post in collected] == [post_id]
    assert answer(take_out_of_collection.sync_detailed(created.id, post_id, client=me)).count == 0
    body = models.NameCollection(name="Driven on")
    renamed = answer(rename_collection.sync_detailed(created.id, client=me, body=body))
    assert answer(list_collections.sync_detailed(client=me)).items == [renamed]
    assert delete_collection.sync_detailed(created.id, client=me).status_code == 204
    assert not answer(unsave_post.sync_detailed(post_id, client=me)).saved_by_me


def drive_people(me: Any, handle: str, other: str) -> None:
    assert answer(follow.sync_detailed(other, client=me)).followed_by_me
    following = answer(list_following.sync_detailed(handle, client=me, limit=100)).items
    assert [user.handle for user in following] == [other]
    followers = answer(list_followers.sync_detailed(other, client=me)).items
    assert handle in [user.handle for user in followers]
    assert answer(get_user.sync_detailed(other, client=me)).followed_by_me
    assert answer(list_user_posts.sync_detailed(handle, client=me)).items
    assert not answer(unfollow.sync_detailed(other, client=me)).followed_by_me
    drive_blocks_and_mutes(me, other)
    drive_hashtags(me)
    drive_devices(me)
    drive_exports(me)
    suggested = answer(list_suggestions.sync_detailed(client=me, limit=20)).items
    assert handle not in [user.handle for user in suggested]
    body = models.EditProfile(display_name="Driven by Python")
    assert not answer(check_handle.sync_detailed(client=me, handle=other)).free
    edited = answer(edit_me.sync_detailed(client=me, body=body))
    assert edited == answer(get_me.sync_detailed(client=me))


def drive_requests(me: Any, handle: str, other: Any, other_handle: str) -> None:
    """The other one asks to follow, is let in and put out again."""
    assert switched(me, private=True).requests == 0
    refused = accept_request.sync_detailed(other_handle, client=me)
    assert (refused.status_code, refused.parsed.error.code) == (404, "request_not_found")
    assert answer(follow.sync_detailed(handle, client=other)).requested_by_me
    asking = answer(list_requests.sync_detailed(client=me)).items
    assert [user.handle for user in asking] == [other_handle]
    assert answer(accept_request.sync_detailed(other_handle, client=me)).follows_me
    drive_activity(me, other_handle)
    answer(decline_request.sync_detailed(other_handle, client=me))
    assert not answer(remove_follower.sync_detailed(other_handle, client=me)).follows_me
    assert switched(me, private=False).requests == 0


def drive_activity(me: Any, other_handle: str) -> None:
    """The other one has asked to follow, was let in, and follows."""
    groups = answer(list_activity.sync_detailed(client=me, limit=20)).items
    assert all(group.users[0].handle == other_handle for group in groups)
    assert answer(count_activity.sync_detailed(client=me)).count >= 0
    assert see_activity.sync_detailed(client=me).status_code == 204


def switched(me: Any, *, private: bool) -> Any:
    edited = answer(edit_me.sync_detailed(client=me, body=models.EditProfile(private=private)))
    assert edited.private is private
    return edited


def drive_blocks_and_mutes(me: Any, other: str) -> None:
    muted = answer(mute.sync_detailed(other, client=me, until=datetime(2099, 12, 31, tzinfo=UTC)))
    assert answer(list_mutes.sync_detailed(client=me)).items == [muted]
    assert unmute.sync_detailed(other, client=me).status_code == 204
    assert answer(list_mutes.sync_detailed(client=me)).items == []
    blocked = answer(block.sync_detailed(other, client=me))
    assert answer(list_blocks.sync_detailed(client=me)).items == [blocked]
    assert unblock.sync_detailed(other, client=me).status_code == 204
    assert answer(list_blocks.sync_detailed(client=me)).items == []


def drive_hashtags(me: Any) -> None:
    followed = answer(follow_hashtag.sync_detailed("Generated", client=me))
    assert followed.hashtag == "generated"
    assert answer(list_followed_hashtags.sync_detailed(client=me)).items == [followed]
    assert unfollow_hashtag.sync_detailed("generated", client=me).status_code == 204
    assert answer(list_followed_hashtags.sync_detailed(client=me)).items == []


def drive_exports(me: Any) -> None:
    """Begin an export, and stop it, or discard it if it is complete by then."""
    begun = answer(create_export.sync_detailed(client=me))
    assert [export.id for export in answer(list_exports.sync_detailed(client=me)).items] == [
        begun.id
    ]
    assert delete_export.sync_detailed(begun.id, client=me).status_code == 204
    assert answer(list_exports.sync_detailed(client=me)).items == []


def drive_moderation(me: Any, other: Any, moderators: list[Any], other_id: str) -> None:
    """Report somebody: one moderator limits them, and another one decides about their appeal."""
    body = models.CreateReport(models.SubjectKind.USER, other_id, models.ReportReason.SPAM)
    case_id = answer(create_report.sync_detailed(client=me, body=body)).id
    assert [one.id for one in answer(list_reports.sync_detailed(client=me)).items] == [case_id]
    one, another = moderators
    assert case_id in [case.id for case in answer(list_cases.sync_detailed(client=one)).items]
    version = answer(get_case.sync_detailed(case_id, client=one)).version
    limit = models.CreateAction(models.ActionKind.LIMIT, models.ReportReason.SPAM, version)
    done = answer(create_action.sync_detailed(case_id, client=one, body=limit))
    told = answer(list_statements.sync_detailed(client=other)).items
    assert [statement.case_id for statement in told] == [case_id]
    appeal = models.CreateAppeal(case_id, "It is a play.")
    assert answer(create_appeal.sync_detailed(client=other, body=appeal)).text == appeal.text
    version = answer(get_case.sync_detailed(case_id, client=another)).version
    upheld = models.DecideAppeal(overturn=False, version=version)
    decided = answer(decide_appeal.sync_detailed(case_id, client=another, body=upheld))
    undo = models.UndoAction(done.actions[-1].id, decided.version)
    answer(undo_action.sync_detailed(case_id, client=one, body=undo))
    assert answer(get_moderation_statistics.sync_detailed(client=one)).undone > 0
    logged = answer(list_moderation_log.sync_detailed(client=one)).items
    assert case_id in [entry.case_id for entry in logged]


def drive_devices(me: Any) -> None:
    """Subscribe a device, with the keys of a browser."""
    endpoint = "https://push.example.com/python"
    path = base64.urlsafe_b64encode(hashlib.sha256(endpoint.encode()).digest()[:16]).decode()[:22]
    body = models.PutPushSubscription(endpoint, DEVICE_KEY, DEVICE_SECRET)
    subscribed = answer(put_push_subscription.sync_detailed(path, client=me, body=body))
    assert subscribed.id == path
    assert answer(list_push_subscriptions.sync_detailed(client=me)).items == [subscribed]
    assert delete_push_subscription.sync_detailed(path, client=me).status_code == 204
    assert answer(list_push_subscriptions.sync_detailed(client=me)).items == []


def drive_feed_and_search(me: Any, post_id: str) -> None:
    feed = answer(get_feed.sync_detailed(client=me))
    assert post_id in [post.id for post in feed.items]
    assert answer(get_feed.sync_detailed(client=me, since=feed.latest)).new.count == 0
    # With every default of the document, which the client sends by itself.
    until(
        lambda: answer(search.sync_detailed(client=me, q="Python")).posts,
        lambda posts: post_id in [post.id for post in posts],
    )
    kind = models.SearchType.POSTS
    answer(search.sync_detailed(client=me, near="47.5436,9.6835", km=1.5, type_=kind))
    assert answer(suggest.sync_detailed(client=me, q="#gener")).items
    until(
        lambda: answer(list_tagged.sync_detailed("generated", client=me)).items,
        lambda posts: len(posts) > 0,
    )
    assert answer(get_hashtag.sync_detailed("generated", client=me)).posts > 0
    # Nobody waits here until the list has been made.
    answer(list_explored.sync_detailed(client=me))


def drive_places(me: Any) -> None:
    assert answer(get_place.sync_detailed("Lindau", client=me)).place == "lindau"
    best = models.ListAtPlaceOrder.BEST
    answer(list_at_place.sync_detailed("lindau", client=me, order=best))
    answer(find_places.sync_detailed(client=me, q="Lin", near="47.5436,9.6835"))


def drive_public(nobody: Any, handle: str, post_id: str) -> None:
    post = answer(get_public_post.sync_detailed(post_id, client=nobody))
    assert (post.id, post.sensitive) == (post_id, False)
    zoom = answer(find_zoom.sync_detailed(post_id, post.media[0].id, client=nobody))
    assert zoom.rendition is None  # nobody has asked for one
    assert answer(get_public_user.sync_detailed(handle, client=nobody)).handle == handle
    assert answer(list_public_user_posts.sync_detailed(handle, client=nobody)).items
    assert answer(list_public_tagged.sync_detailed("generated", client=nobody)).items
    best = models.ListPublicAtPlaceOrder.BEST
    answer(list_public_at_place.sync_detailed("lindau", client=nobody, order=best))
    answer(list_public_explored.sync_detailed(client=nobody))
    feed = answer(get_public_user_feed.sync_detailed(handle, client=nobody))
    assert post_id in feed
    page = answer(get_page.sync_detailed(client=nobody, post=post_id))
    assert post_id in page
    [address] = [part for part in page.split('"') if part.endswith(f"/p/{post_id}")][:1]
    embedded = answer(get_oembed.sync_detailed(client=nobody, url_query=address, maxwidth=640))
    assert embedded.type_ == "photo"


def drive_avatar(me: Any, photo: bytes) -> None:
    body = models.CreateAvatar.from_dict(medium(photo))
    created = answer(create_avatar.sync_detailed(client=me, body=body, idempotency_key="avatar"))
    post_form(created.upload, photo)
    until(
        lambda: answer(get_me.sync_detailed(client=me)).avatar,
        lambda avatar: avatar is not None,
    )
    assert delete_avatar.sync_detailed(client=me).status_code == 204
    assert answer(get_me.sync_detailed(client=me)).avatar is None


def drive_original(me: Any, media_id: str, photo: bytes) -> None:
    link = answer(get_original.sync_detailed(media_id, client=me))
    assert httpx.get(link.url).content == photo


def drive_refusals(nobody: Any, me: Any) -> None:
    """Errors have the bodies that the document says."""
    missing = get_user.sync_detailed("nobody.has.it", client=me)
    assert missing.status_code == 404
    assert missing.parsed.error.code == "user_not_found"
    refused = search.sync_detailed(client=me, q="")
    assert (refused.status_code, refused.parsed.error.field) == (400, "q")
    stranger = get_me.sync_detailed(client=nobody)
    assert stranger.status_code == 401
    assert isinstance(stranger.parsed, models.GatewayError | models.ErrorBody)


def drive_leaving(me: Any) -> None:
    assert reopen_account.sync_detailed(client=me).status_code == 204
    closing = answer(close_account.sync_detailed(client=me))
    assert closing.closed_at < closing.erased_at
    for _ in range(2):
        assert sign_out_everywhere.sync_detailed(client=me).status_code == 204
    ended = get_me.sync_detailed(client=me)
    assert (ended.status_code, ended.parsed.error.code) == (401, "session_ended")


def medium(photo: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(photo).hexdigest()
    return {"content_type": "image/jpeg", "bytes": len(photo), "sha256": digest}


def post_form(link: Any, photo: bytes) -> None:
    fields = link.fields.to_dict()
    sent = httpx.post(link.url, data=fields, files={"file": ("photo", photo)})
    sent.raise_for_status()


def answer(response: Any) -> Any:
    """What a successful answer holds, as the client's own model of it."""
    assert response.status_code < 300, response
    assert not isinstance(response.parsed, models.ErrorBody | models.GatewayError)
    return response.parsed


def until(read: Callable[[], T], accept: Callable[[T], bool]) -> T:
    """What `read` gives once `accept` takes it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        value = read()
        if accept(value):
            return value
        assert time.monotonic() < deadline, value
        time.sleep(0.2)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
