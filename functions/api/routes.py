"""Every route of the API: each parses the request, calls one service, and answers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, TypeVar

from msgspec import UNSET

from api import atom, cards, oembed
from api.http import PREFIX, Call, Text, Waits, route
from api.models import (
    AvatarCreated,
    BlockedPage,
    BlockedUser,
    Comment,
    CreateAvatar,
    CreatePost,
    DeletedPage,
    DeletedPost,
    EditPost,
    EditProfile,
    FeedPageBody,
    HandleBody,
    Health,
    ListedUser,
    Me,
    MutedPage,
    MutedUser,
    NewPostsBody,
    OEmbed,
    OriginalLink,
    PostBody,
    PostCreated,
    PostPage,
    SearchPage,
    SuggestedUser,
    SuggestedUsers,
    SuggestionBody,
    Suggestions,
    UploadBody,
    UploadPage,
    UploadState,
    User,
    UserAsSeen,
    UserPage,
    to_people,
)
from api.parameters import BEFORE, EMBEDDED, FEW, KEY, PAGE, SEARCH, SINCE, TYPED, UNTIL, WANTED
from shutterfeed.domain.errors import InvalidInput, NotFound
from shutterfeed.domain.ids import first_ulid
from shutterfeed.domain.mutes import parse_moment
from shutterfeed.domain.pages import Page
from shutterfeed.domain.search import MediaKind, Query, SearchKind, parse_circle, parse_query
from shutterfeed.domain.users import EVERY_STANDING, Profile
from shutterfeed.ports.posts import KEEP
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.viewing import PostView, ProfileView

E = TypeVar("E", bound=StrEnum)
_FEED_ENTRIES: Final = 20


@route("GET", "/health", returns=Health, public=True)
def get_health(_: Call) -> Health:
    """Check that the API answers."""
    return Health("ok")


@route("GET", "/me", returns=Me, reads_session=True, open_to=EVERY_STANDING)
def get_me(call: Call) -> Me:
    """Get the caller's profile and settings, and the number of requests to follow them. The first
    call creates it."""
    profile = call.services.users.me(call.user_id)
    profile.check_session(call.session_began, open_to=call.route.open_to)
    return _own(call, profile)


@route("PATCH", "/me", body=EditProfile, returns=Me, errors=(409,), limited=True)
def edit_me(call: Call) -> Me:
    """Change the caller's handle, display name, bio or settings, and whether the account is
    private.

    An account that becomes private keeps its followers, and its posts can no longer be searched
    for. When it becomes public again, everybody who has asked to follow it is accepted.

    A handle that is given up is kept for its former owner for 30 days: nobody is found by it, only
    the former owner can take it back, and everybody else gets 409 `handle_taken`. Whoever has
    changed the handle too often within these days gets 429 `limit_reached` with the limit
    `renames` and `Retry-After`.
    """
    change = call.parse(EditProfile)
    profile = call.services.users.edit(
        call.user_id,
        handle=_given(change.handle),
        display_name=_given(change.display_name),
        bio=_given(change.bio),
        private=_given(change.private),
        sensitive=_given(change.sensitive),
        public_page=_given(change.public_page),
        comments_from=_given(change.comments_from),
        held_words=_given(change.held_words),
        activity=None if change.activity is UNSET else change.activity.given(),
        mentions_from=_given(change.mentions_from),
        welcomed=_given(change.welcomed),
    )
    return _own(call, profile)


@route("GET", "/me/handle", returns=HandleBody, query=(WANTED,))
def check_handle(call: Call) -> HandleBody:
    """Check whether the caller could take a handle now: nobody has it, and nobody else gave it up
    within the last 30 days. The caller's own handle is free for the caller.

    Until the handle is taken with `PATCH /me`, somebody else may take it.
    """
    wanted = call.asked(WANTED.name) or ""
    return HandleBody(*call.services.users.check_handle(call.user_id, wanted))


@route("POST", "/me/sign-out-everywhere", status=204, checks_session=False)
def sign_out_everywhere(call: Call) -> None:
    """End all sessions of the caller, this one too.

    No session can be refreshed any more, and access tokens that were made before are refused with
    401 `session_ended`. A repeated request of the same session changes nothing more.
    """
    call.services.sessions.end_all(call.user_id, call.account_name, call.session_began)


@route(
    "POST",
    "/me/avatar",
    body=CreateAvatar,
    headers=(KEY,),
    returns=AvatarCreated,
    status=201,
    errors=(409,),
    limited=True,
)
def create_avatar(call: Call) -> AvatarCreated:
    """Declare a photo as the caller's new avatar, and get a link to upload it to.

    The photo becomes the avatar once it has arrived and been processed;
    `GET /me/uploads/{media_id}` says how far it is. If several are on their way, the one declared
    last stays. A request that is repeated with the same Idempotency-Key and body returns the same
    photo with a fresh link.
    """
    body = call.parse(CreateAvatar)
    draft = MediumDraft(body.content_type, body.bytes, body.sha256)
    created = call.services.avatars.create(call.user_id, draft, call.header(KEY.name))
    return AvatarCreated.of(created)


@route("DELETE", "/me/avatar", status=204)
def delete_avatar(call: Call) -> None:
    """Remove the caller's avatar, and any new one that is still on its way.

    Links to the avatar end at once.
    """
    call.services.avatars.remove(call.user_id)


@route("GET", "/me/uploads", returns=UploadPage, paged=True)
def list_uploads(call: Call) -> UploadPage:
    """List the caller's uploads, newest first: which are on their way, which failed and why."""
    page = call.services.uploads.list(call.user_id, call.position, call.limit)
    items = [UploadBody.of(upload, call.services.links) for upload in page.items]
    return UploadPage(items, call.cursor(page.next_position))


@route("GET", "/me/uploads/{media_id}", returns=UploadState, errors=(404,))
def get_upload(call: Call) -> UploadState:
    """Get one of the caller's uploads: which parts arrived, and fresh links for the others."""
    view = call.services.uploads.get(call.user_id, call.path["media_id"])
    return UploadState.of(view, call.services.links)


@route("POST", "/me/uploads/{media_id}/complete", returns=UploadState, errors=(404, 409))
def complete_upload(call: Call) -> UploadState:
    """Complete the upload of a large file, once all its parts have been sent.

    The answer is 409 `parts_missing` if a part has not arrived. A repeated request changes nothing
    more.
    """
    view = call.services.uploads.complete(call.user_id, call.path["media_id"])
    return UploadState.of(view, call.services.links)


@route(
    "GET",
    "/me/uploads/{media_id}/original",
    returns=OriginalLink,
    errors=(404, 409),
    limited=True,
)
def get_original(call: Call) -> OriginalLink:
    """Get a link to the original file of one of the caller's uploads, exactly as it was uploaded.

    The answer is 409 `not_stored` if the file has not arrived yet, or was refused, and 409
    `not_given_out` if nobody gets it.
    """
    return OriginalLink.of(call.services.downloads.original(call.user_id, call.path["media_id"]))


@route("GET", "/me/deleted", returns=DeletedPage, paged=True)
def list_deleted(call: Call) -> DeletedPage:
    """List the caller's deleted posts that can still be restored, last deleted first."""
    page = call.services.posts.deleted(call.user_id, call.position, call.limit)
    items = [DeletedPost.of(view, call.services.links) for view in page.items]
    return DeletedPage(items, call.cursor(page.next_position))


@route(
    "PUT",
    "/me/following/{handle}",
    returns=UserAsSeen,
    errors=(400, 404),
    limited=True,
    may_wait=True,
)
def follow(call: Call) -> UserAsSeen | Waits:
    """Follow a user. Nothing changes if the caller follows them already.

    If the account is private, this is a request: the answer is 202 with `requested_by_me` until the
    user accepts or declines it.
    """
    seen = _seen(call, call.services.follows.follow(call.user_id, call.path["handle"]))
    return seen if seen.followed_by_me else Waits(seen)


@route("DELETE", "/me/following/{handle}", returns=UserAsSeen, errors=(404,))
def unfollow(call: Call) -> UserAsSeen:
    """Stop following a user, or withdraw the request to. Nothing changes if the caller does not
    follow them, and has not asked."""
    return _seen(call, call.services.follows.unfollow(call.user_id, call.path["handle"]))


@route("DELETE", "/me/followers/{handle}", returns=UserAsSeen, errors=(404,))
def remove_follower(call: Call) -> UserAsSeen:
    """Let a user no longer follow the caller. Nothing changes if they do not.

    The caller's posts leave their feed at once. They are not told, and may follow again, or ask to
    if the caller's account is private.
    """
    return _seen(call, call.services.follows.remove_follower(call.user_id, call.path["handle"]))


@route("GET", "/me/requests", returns=UserPage, paged=True)
def list_requests(call: Call) -> UserPage:
    """List the users who ask to follow the caller, newest request first."""
    page = call.services.follows.waiting(call.user_id, call.position, call.limit)
    return user_page(call, page)


@route("PUT", "/me/requests/{handle}", returns=UserAsSeen, errors=(404,))
def accept_request(call: Call) -> UserAsSeen:
    """Accept a user's request to follow the caller. Nothing changes if they follow already.

    The answer is 404 `request_not_found` if the user neither asks to follow the caller nor follows
    already: the request may have been withdrawn.
    """
    return _seen(call, call.services.follows.accept(call.user_id, call.path["handle"]))


@route("DELETE", "/me/requests/{handle}", returns=UserAsSeen, errors=(404,))
def decline_request(call: Call) -> UserAsSeen:
    """Decline a user's request to follow the caller. Nothing changes if there is none.

    The user is not told, and may ask again.
    """
    return _seen(call, call.services.follows.decline(call.user_id, call.path["handle"]))


@route(
    "PUT",
    "/me/blocks/{handle}",
    returns=BlockedUser,
    errors=(400, 404, 409),
    limited=True,
)
def block(call: Call) -> BlockedUser:
    """Block a user. Nothing changes if the caller has blocked them already.

    From then on the two are not there for each other: neither finds the other, or anything of
    theirs. Whatever they followed of each other ends at once, and does not come back when the
    block is taken back. The answer is 409 `too_many_blocks` if the caller has blocked 5,000 users.
    """
    blocked = call.services.blocks.block(call.user_id, call.path["handle"])
    return BlockedUser.of(blocked, call.services.links)


@route("DELETE", "/me/blocks/{handle}", status=204, errors=(404,))
def unblock(call: Call) -> None:
    """Take a block back. Nothing changes if there is none, or no such user."""
    call.services.blocks.unblock(call.user_id, call.path["handle"])


@route("GET", "/me/blocks", returns=BlockedPage, paged=True)
def list_blocks(call: Call) -> BlockedPage:
    """List the users whom the caller has blocked."""
    page = call.services.blocks.page(call.user_id, call.position, call.limit)
    items = [BlockedUser.of(view, call.services.links) for view in page.items]
    return BlockedPage(items, call.cursor(page.next_position))


@route(
    "PUT",
    "/me/mutes/{handle}",
    returns=MutedUser,
    errors=(400, 404, 409),
    query=(UNTIL,),
    limited=True,
)
def mute(call: Call) -> MutedUser:
    """Mute a user, for ever or until a moment. A later request changes when the mute ends.

    Their posts no longer come up in the caller's feed and its number of new posts, in searches for
    posts and under hashtags. Their profile shows them as before, nothing else changes, and they
    learn nothing of it. The answer is 409 `too_many_mutes` if the caller has muted 5,000 users.
    """
    until = parse_moment(call.asked("until"))
    muted = call.services.mutes.mute(call.user_id, call.path["handle"], until)
    return MutedUser.of(muted, call.services.links)


@route("DELETE", "/me/mutes/{handle}", status=204, errors=(404,))
def unmute(call: Call) -> None:
    """Take a mute back. Nothing changes if there is none, or no such user."""
    call.services.mutes.unmute(call.user_id, call.path["handle"])


@route("GET", "/me/mutes", returns=MutedPage, paged=True)
def list_mutes(call: Call) -> MutedPage:
    """List the users whom the caller has muted, except those whose mute is over."""
    page = call.services.mutes.page(call.user_id, call.position, call.limit)
    items = [MutedUser.of(view, call.services.links) for view in page.items]
    return MutedPage(items, call.cursor(page.next_position))


@route("GET", "/users/{handle}", returns=UserAsSeen, errors=(404,))
def get_user(call: Call) -> UserAsSeen:
    """Get a user's profile with exact counts, and what the caller is to them."""
    return _seen(call, call.services.viewing.find(call.viewer, call.path["handle"]))


@route(
    "GET",
    "/users/{handle}/posts",
    returns=PostPage,
    paged=True,
    query=(BEFORE,),
    errors=(403, 404),
)
def list_user_posts(call: Call) -> PostPage:
    """List a user's published posts, newest first; all of them, or those before a moment.

    The answer is 403 `private_account` if the account is private and the caller does not follow it.
    """
    handle, moment = call.path["handle"], parse_moment(call.asked("before"), "before")
    first = None if moment is None else first_ulid(moment)
    page = call.services.posts.by_author(handle, call.viewer, call.position or first, call.limit)
    return post_page(call, page)


@route("GET", "/users/{handle}/followers", returns=UserPage, paged=True, errors=(403, 404))
def list_followers(call: Call) -> UserPage:
    """List the users who follow a user, newest follower first.

    The answer is 403 `private_account` if the account is private and the caller does not follow it.
    """
    handle = call.path["handle"]
    page = call.services.follows.followers(handle, call.viewer, call.position, call.limit)
    return user_page(call, page)


@route("GET", "/users/{handle}/following", returns=UserPage, paged=True, errors=(403, 404))
def list_following(call: Call) -> UserPage:
    """List the users whom a user follows.

    The answer is 403 `private_account` if the account is private and the caller does not follow it.
    """
    handle = call.path["handle"]
    page = call.services.follows.following(handle, call.viewer, call.position, call.limit)
    return user_page(call, page)


@route(
    "POST",
    "/posts",
    body=CreatePost,
    headers=(KEY,),
    returns=PostCreated,
    status=201,
    errors=(409,),
    limited=True,
)
def create_post(call: Call) -> PostCreated:
    """Declare a post and its files, and get a link to upload each file to.

    The post publishes itself once every file has arrived and been processed. A request that is
    repeated with the same Idempotency-Key and body returns the same post with fresh links. The
    answer is 409 `storage_full` if the caller's storage has no room for the files.

    With `publish_at`, it is published at that time, and nobody else sees it before. If its files
    are not ready by then, it is published once they are. With `draft`, it is not published before
    its author posts it.
    """
    body = call.parse(CreatePost)
    draft = PostDraft(
        body.caption,
        body.place.to_domain() if body.place else None,
        tuple(
            MediumDraft(
                m.content_type,
                m.bytes,
                m.sha256,
                m.keep_capture_details,
                m.width,
                m.height,
                m.duration_ms,
                m.alt_text,
                to_people(m.people),
                m.cropped(f"media[{index}]."),
            )
            for index, m in enumerate(body.media)
        ),
        body.taken_at,
        body.sensitive,
        body.comments_from,
        body.publish_at,
        body.draft,
    )
    created = call.services.posts.create(call.user_id, draft, call.header(KEY.name))
    return PostCreated.of(created, call.services.links)


@route("GET", "/posts/{id}", returns=PostBody, errors=(404,))
def get_post(call: Call) -> PostBody:
    """Get a published post, or one of the caller's own posts in any state but `deleted`; with up to
    two of its comments in `first_comments`, pinned ones first, then the most liked of the newest.
    """
    view = call.services.posts.get(call.path["id"], call.viewer)
    first = call.services.discussions.first(call.viewer, view)
    body = _post(call, view)
    body.first_comments = [Comment.of(comment, call.services.links) for comment in first]
    return body


@route(
    "PATCH",
    "/posts/{id}",
    body=EditPost,
    returns=PostBody,
    errors=(403, 404, 409),
    limited=True,
)
def edit_post(call: Call) -> PostBody:
    """Change the caption, the place, the alt texts, the people tagged or the mark `sensitive` of
    one of the caller's posts, or who may comment on it.

    The answer is 409 `draft_expired` if it is a draft that nobody has changed for 7 days.
    """
    change = call.parse(EditPost)
    place, people = _given(change.place), _given(change.people)
    view = call.services.posts.edit(
        call.path["id"],
        call.user_id,
        caption=_given(change.caption),
        place=place.to_domain() if place else None,
        drop_place=change.place is None,
        alt_texts=_given(change.alt_texts),
        sensitive=_given(change.sensitive),
        comments_from=KEEP if change.comments_from is UNSET else change.comments_from,
        people=people and {media_id: to_people(of) for media_id, of in people.items()},
    )
    return _post(call, view)


@route("DELETE", "/posts/{id}", status=204, errors=(403, 404))
def delete_post(call: Call) -> None:
    """Delete one of the caller's posts.

    It disappears from lists and feeds at once, can be restored for 30 days, and is then removed
    from storage. A repeated request changes nothing more and gets the same answer.
    """
    call.services.posts.delete(call.path["id"], call.user_id)


@route("POST", "/posts/{id}/erasure", status=204, errors=(403, 404), limited=True)
def erase_post(call: Call) -> None:
    """Erase one of the caller's posts, deleted or not. This cannot be undone.

    The post disappears at once with its likes and comments, links to its media stop working within
    seconds, and its files are removed as soon as no other post shows the same. A repeated request
    changes nothing more and gets the same answer, also once the post is gone.
    """
    call.services.posts.erase(call.path["id"], call.user_id)


@route("POST", "/posts/{id}/restore", returns=PostBody, errors=(404, 409), limited=True)
def restore_post(call: Call) -> PostBody:
    """Restore one of the caller's deleted posts as it was, within 30 days of its deletion.

    A post that is not deleted is returned as it is, so a repeated request changes nothing more. The
    answer is 409 `restore_expired` if the post was deleted too long ago.
    """
    return _post(call, call.services.posts.restore(call.path["id"], call.user_id))


@route("GET", "/feed", returns=FeedPageBody, paged=True, query=(SINCE,), reads_session=True)
def get_feed(call: Call) -> FeedPageBody:
    """Get the caller's feed, newest first: their own posts, those of the users whom they follow,
    and some posts with hashtags that they follow.

    With `since`, get only the number of new posts.
    """
    feed, since = call.services.feed, call.open_token("since")
    if since is not None:
        new = feed.new_posts(call.user_id, since, call.session_began)
        return FeedPageBody(new=NewPostsBody.of(new))
    page = feed.page(call.user_id, call.position, call.limit, call.session_began)
    items = [_post(call, view) for view in page.posts]
    return FeedPageBody(
        items, call.cursor(page.next_position), call.seal_token("since", page.latest)
    )


@route("GET", "/suggestions", returns=SuggestedUsers, query=(FEW,))
def list_suggestions(call: Call) -> SuggestedUsers:
    """Suggest users whom the caller may like to follow.

    They are followed by people whom the caller follows, or popular or active in the last days. The
    caller follows none of them, and private accounts are not among them. A later request may get
    others: the lists behind it are made in the background, from the first request on.
    """
    views = call.services.suggestions.suggest(call.user_id, call.whole(FEW))
    return SuggestedUsers([SuggestedUser.seen(view, call.services.links) for view in views])


@route("GET", "/search", returns=SearchPage, paged=True, query=SEARCH)
def search(call: Call) -> SearchPage:
    """Find posts, users and hashtags, best match first.

    Typing errors are forgiven: one in words of four letters or more, two in words of eight or more.
    The last word may be only a beginning. With a `type`, the list continues on further pages;
    without, the answer holds the best matches of each kind.
    """
    kind = choice(call, SearchKind, "type") or SearchKind.ALL
    media = choice(call, MediaKind, "media")
    near = parse_circle(call.asked("near"), call.asked("km"))
    query = parse_query(call.asked("q") or "", near, media)
    limit, position = call.limit, call.position
    found = call.services.search
    page = SearchPage([], [], [], None)
    if kind in (SearchKind.POSTS, SearchKind.ALL):
        posts = found.posts(call.viewer, query, position, limit)
        page.posts = [_post(call, view) for view in posts.items]
        page.next_cursor = call.cursor(posts.next_position)
    if kind is SearchKind.USERS or _also(kind, query):
        users = found.users(call.viewer, query, position, limit)
        page.users = _listed(call, users.items)
        page.next_cursor = call.cursor(users.next_position)
    if kind is SearchKind.HASHTAGS or _also(kind, query):
        page.hashtags = list(found.hashtags(query, limit))
    if kind is SearchKind.ALL:
        page.next_cursor = None
    return page


@route("GET", "/search/suggest", returns=Suggestions, query=(TYPED,))
def suggest(call: Call) -> Suggestions:
    """Suggest users, hashtags and places for what has been typed so far.

    A text that begins with `@` gets only users, one that begins with `#` only hashtags.
    """
    found = call.services.search.suggest(call.viewer, call.asked("q") or "")
    links = call.services.links
    return Suggestions([SuggestionBody.of(view, links) for view in found])


@route("GET", "/public/posts/{id}", returns=PostBody, public=True, cached=True, errors=(404,))
def get_public_post(call: Call) -> PostBody:
    """Get a published post as it is shown to people who are not signed in.

    The post of a private account, or of somebody who does not want to be shown to such people, is
    answered like one that does not exist.
    """
    return _post(call, call.services.posts.get(call.path["id"], call.viewer))


@route("GET", "/public/users/{handle}", returns=User, public=True, cached=True, errors=(404,))
def get_public_user(call: Call) -> User:
    """Get a user's profile as it is shown to people who are not signed in.

    A private account, or somebody who does not want to be shown to such people, is answered like
    one that does not exist.
    """
    return _found(call, call.path["handle"])


@route(
    "GET",
    "/public/users/{handle}/posts",
    returns=PostPage,
    paged=True,
    public=True,
    cached=True,
    errors=(404,),
)
def list_public_user_posts(call: Call) -> PostPage:
    """List a user's published posts, newest first, for people who are not signed in."""
    handle = call.path["handle"]
    page = call.services.posts.by_author(handle, call.viewer, call.position, call.limit)
    return post_page(call, page)


@route(
    "GET",
    "/public/users/{handle}/feed.atom",
    text=atom.MEDIA_TYPE,
    public=True,
    cached=True,
    errors=(404,),
)
def get_public_user_feed(call: Call) -> Text:
    """Get a user's newest posts as an Atom feed."""
    user = get_public_user(call)
    page = call.services.posts.by_author(user.handle, call.viewer, None, _FEED_ENTRIES)
    site_url = call.services.site_url
    url = f"{site_url}{PREFIX}/public/users/{user.handle}/feed.atom"
    return Text(atom.feed(user, [_post(call, view) for view in page.items], url, site_url))


@route(
    "GET",
    "/public/index.html",
    text="text/html",
    query=PAGE,
    public=True,
    cached=True,
    alike=(404,),
)
def get_page(call: Call) -> Text:
    """Get the web client's page with what messengers and search engines show of a link to it.

    CloudFront serves it as `/p/<id>` and `/u/<handle>`. What does not exist, or is not shown to
    people who are not signed in, gets the same page without a card and with the status 404.
    Without any parameter it is the page as it is.
    """
    page, site_url = call.services.site_page.read(), call.services.site_url
    post_id, handle = call.asked("post"), call.asked("user")
    try:
        if post_id is not None:
            post = _post(call, call.services.posts.get(post_id, call.viewer))
            return Text(cards.filled(page, cards.of_post(post, site_url)))
        if handle is not None:
            return Text(cards.filled(page, cards.of_user(_found(call, handle), site_url)))
    except NotFound:
        return Text(cards.filled(page, None), 404)
    return Text(page)


@route(
    "GET",
    "/oembed",
    returns=OEmbed,
    query=EMBEDDED,
    public=True,
    cached=True,
    errors=(404, 501),
)
def get_oembed(call: Call) -> OEmbed:
    """Get what other sites need in order to show a post or a user (oEmbed 1.0)."""
    return oembed.answer(
        call,
        lambda post_id: _post(call, call.services.posts.get(post_id, call.viewer)),
        lambda handle: _found(call, handle),
    )


def _also(kind: SearchKind, query: Query) -> bool:
    """Whether a search for everything also looks for users and hashtags: it needs words for that;
    a place alone finds only posts."""
    return kind is SearchKind.ALL and bool(query.terms)


def choice(call: Call, kind: type[E], name: str) -> E | None:
    """A parameter with a fixed set of values. Raises `InvalidInput`."""
    text = call.asked(name)
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidInput(f"invalid_{name}", f"{name} must be one of {allowed}.", name) from None


def _own(call: Call, profile: Profile) -> Me:
    words = call.services.users.held_words(profile)
    return Me.own(call.services.viewing.own(profile), call.services.links, words)


def _seen(call: Call, view: ProfileView) -> UserAsSeen:
    return UserAsSeen.of(view, call.services.links)


def _found(call: Call, handle: str) -> User:
    """A user by their handle."""
    return User.of(call.services.viewing.find(call.viewer, handle), call.services.links)


def _post(call: Call, view: PostView) -> PostBody:
    return PostBody.of(view, call.services.links)


def post_page(call: Call, page: Page[PostView]) -> PostPage:
    return PostPage([_post(call, view) for view in page.items], call.cursor(page.next_position))


def user_page(call: Call, page: Page[ProfileView]) -> UserPage:
    return UserPage(_listed(call, page.items), call.cursor(page.next_position))


def _listed(call: Call, views: Sequence[ProfileView]) -> list[ListedUser]:
    return [ListedUser.seen(view, call.services.links) for view in views]


def _given(value: Any) -> Any:
    """A field's value; None if the request left it out."""
    return None if value is UNSET else value
