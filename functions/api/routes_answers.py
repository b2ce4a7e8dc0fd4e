"""The routes of likes, saves and collections."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostPage, UserPage
from api.models_answers import (
    CollectionBody,
    CollectionPage,
    Liked,
    NameCollection,
    PostLikers,
    Saved,
)
from api.parameters import IDS
from api.routes import post_page, user_page


@route(
    "PUT",
    "/posts/{id}/like",
    returns=Liked,
    errors=(404,),
    limited=True,
    reads_session=True,
)
def like_post(call: Call) -> Liked:
    """Let the caller like a post. Nothing changes if the caller likes it already."""
    counts = call.services.likes.like(call.user_id, call.path["id"], call.session_began)
    return Liked.of(counts, liked=True)


@route("DELETE", "/posts/{id}/like", returns=Liked, errors=(404,), reads_session=True)
def unlike_post(call: Call) -> Liked:
    """Take a like back. Nothing changes if the caller does not like the post.

    A like of a post that the caller cannot see any more can be taken back, too. The counts are zero
    then.
    """
    counts = call.services.likes.unlike(call.user_id, call.path["id"], call.session_began)
    return Liked.of(counts, liked=False)


@route("GET", "/posts/{id}/likes", returns=UserPage, paged=True, errors=(404,))
def list_likers(call: Call) -> UserPage:
    """List the users who like a post, newest like first. Those whom the caller may not see, or
    whom the author of the post has blocked, are left out, so the list can be shorter than the
    number of likes."""
    page = call.services.likes.likers(call.viewer, call.path["id"], call.position, call.limit)
    return user_page(call, page)


@route("GET", "/posts/likers", returns=PostLikers, query=(IDS,))
def name_likers(call: Call) -> PostLikers:
    """Name somebody who likes each of some posts, for a sentence such as "Liked by anna and 12
    others".

    It is somebody whom the caller follows if possible, otherwise who liked the post last. Never
    named are the caller, those whom the caller has muted or may not see, and those whom the author
    of the post has blocked. Posts of which nobody can be named, or which the caller may not see,
    are left out.
    """
    texts = (call.asked(IDS.name) or "").split(",")
    return PostLikers.of(call.services.liked_by.named(call.viewer, texts), call.services.links)


@route("GET", "/me/likes", returns=PostPage, paged=True)
def list_likes(call: Call) -> PostPage:
    """List the posts that the caller likes, the newest post first.

    Posts that the caller may not see any more are left out: deleted ones, those of private accounts
    that the caller does not follow, and those of users who have blocked the caller. They come back
    if they can be seen again.
    """
    page = call.services.likes.liked(call.user_id, call.position, call.limit)
    return post_page(call, page)


@route(
    "PUT",
    "/posts/{id}/save",
    returns=Saved,
    errors=(404,),
    limited=True,
    reads_session=True,
)
def save_post(call: Call) -> Saved:
    """Save a post, for the caller alone. Nothing changes if it is saved already. Nobody is told."""
    call.services.saves.save(call.user_id, call.path["id"], call.session_began)
    return Saved(saved_by_me=True)


@route("DELETE", "/posts/{id}/save", returns=Saved, errors=(404,), reads_session=True)
def unsave_post(call: Call) -> Saved:
    """Take a save back, also out of all collections. Nothing changes if there is none. It can be
    taken back also if the caller cannot see the post any more."""
    call.services.saves.unsave(call.user_id, call.path["id"], call.session_began)
    return Saved(saved_by_me=False)


@route("GET", "/me/saved", returns=PostPage, paged=True)
def list_saved(call: Call) -> PostPage:
    """List the posts that the caller has saved, last saved first.

    Posts that the caller may not see any more are left out, and come back if they can be seen
    again.
    """
    page = call.services.saves.saved(call.user_id, call.position, call.limit)
    return post_page(call, page)


@route("GET", "/me/collections", returns=CollectionPage, paged=True)
def list_collections(call: Call) -> CollectionPage:
    """List the caller's collections of saved posts, the newest first."""
    page = call.services.saves.collections(call.user_id, call.position, call.limit)
    items = [CollectionBody.of(view) for view in page.items]
    return CollectionPage(items, call.cursor(page.next_position))


@route(
    "POST",
    "/me/collections",
    body=NameCollection,
    returns=CollectionBody,
    status=201,
    errors=(409,),
    limited=True,
)
def create_collection(call: Call) -> CollectionBody:
    """Make a collection of saved posts.

    If the caller has one with this name, in small or capital letters, the answer is that one. The
    answer is 409 `too_many_collections` if the caller has 100.
    """
    body = call.parse(NameCollection)
    return CollectionBody.of(call.services.saves.create(call.user_id, body.name))


@route(
    "PATCH",
    "/me/collections/{collection_id}",
    body=NameCollection,
    returns=CollectionBody,
    errors=(404, 409),
    limited=True,
)
def rename_collection(call: Call) -> CollectionBody:
    """Give a collection another name.

    The answer is 409 `collection_exists` if another collection of the caller's has it.
    """
    body = call.parse(NameCollection)
    saves, collection_id = call.services.saves, call.path["collection_id"]
    return CollectionBody.of(saves.rename(call.user_id, collection_id, body.name))


@route("DELETE", "/me/collections/{collection_id}", status=204, errors=(404,))
def delete_collection(call: Call) -> None:
    """Remove a collection. The posts in it stay saved. Nothing changes if there is none."""
    call.services.saves.delete(call.user_id, call.path["collection_id"])


@route("GET", "/me/collections/{collection_id}", returns=PostPage, paged=True, errors=(404,))
def list_collected(call: Call) -> PostPage:
    """List the posts in a collection, last saved first. Posts that the caller may not see any more
    are left out."""
    saves, collection_id = call.services.saves, call.path["collection_id"]
    page = saves.collected(call.user_id, collection_id, call.position, call.limit)
    return post_page(call, page)


@route(
    "PUT",
    "/me/collections/{collection_id}/posts/{id}",
    returns=CollectionBody,
    errors=(404,),
    limited=True,
)
def add_to_collection(call: Call) -> CollectionBody:
    """Save a post and put it into a collection. Nothing changes if it is in there already."""
    saves, collection_id = call.services.saves, call.path["collection_id"]
    return CollectionBody.of(saves.add(call.user_id, collection_id, call.path["id"]))


@route(
    "DELETE",
    "/me/collections/{collection_id}/posts/{id}",
    returns=CollectionBody,
    errors=(404,),
)
def take_out_of_collection(call: Call) -> CollectionBody:
    """Take a post out of a collection. It stays saved. Nothing changes if it is not in there."""
    saves, collection_id = call.services.saves, call.path["collection_id"]
    return CollectionBody.of(saves.take_out(call.user_id, collection_id, call.path["id"]))
