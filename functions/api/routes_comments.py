"""The routes of comments."""

from __future__ import annotations

from api.http import Call, route
from api.models import Comment
from api.models_comments import (
    CommentLiked,
    CommentPage,
    CreateComment,
    EditComment,
)
from api.parameters import KEY, ORDER
from api.routes import choice
from shutterfeed.domain.comments import Order
from shutterfeed.domain.pages import Page
from shutterfeed.services.viewing import CommentView


@route(
    "POST",
    "/posts/{id}/comments",
    body=CreateComment,
    headers=(KEY,),
    returns=Comment,
    status=201,
    errors=(403, 404, 409),
    limited=True,
    reads_session=True,
)
def create_comment(call: Call) -> Comment:
    """Comment on a post, or reply to one of its comments.

    A request that is repeated with the same Idempotency-Key and body returns the same comment. The
    answer is 403 `comments_closed` or `comments_for_followers` if the caller may see the post and
    not comment on it: `can_comment` of a post says so before. A comment with a word that the owner
    holds comments for is `held`.
    """
    body = call.parse(CreateComment)
    view = call.services.comments.create(
        call.user_id,
        call.path["id"],
        body.text,
        body.reply_to,
        call.header(KEY.name),
        session_began=call.session_began,
    )
    return _comment(call, view)


@route(
    "GET",
    "/posts/{id}/comments",
    returns=CommentPage,
    paged=True,
    errors=(404,),
    query=(ORDER,),
)
def list_comments(call: Call) -> CommentPage:
    """List the comments on a post, without replies.

    The pinned ones come first, on the first page. A comment that was deleted, or that the caller
    may not see, is listed as `deleted` as long as there are replies to it.
    """
    order = choice(call, Order, "order") or Order.OLDEST
    page = call.services.discussions.page(
        call.viewer, call.path["id"], order, call.position, call.limit
    )
    return _page(call, page)


@route("GET", "/comments/{comment_id}", returns=Comment, errors=(404,))
def get_comment(call: Call) -> Comment:
    """Get a comment."""
    return _comment(call, call.services.discussions.one(call.viewer, call.path["comment_id"]))


@route("GET", "/comments/{comment_id}/replies", returns=CommentPage, paged=True, errors=(404,))
def list_replies(call: Call) -> CommentPage:
    """List the replies to a comment, oldest first."""
    page = call.services.discussions.replies(
        call.viewer, call.path["comment_id"], call.position, call.limit
    )
    return _page(call, page)


@route(
    "PATCH",
    "/comments/{comment_id}",
    body=EditComment,
    returns=Comment,
    errors=(403, 404),
    limited=True,
    reads_session=True,
)
def edit_comment(call: Call) -> Comment:
    """Change the text of one of the caller's comments.

    If it then has a word that the owner of the post holds comments for, it is `held` again.
    """
    body = call.parse(EditComment)
    comment_id = call.path["comment_id"]
    edit = call.services.comments.edit
    return _comment(call, edit(call.user_id, comment_id, body.text, call.session_began))


@route("DELETE", "/comments/{comment_id}", status=204, errors=(403, 404))
def delete_comment(call: Call) -> None:
    """Delete a comment of the caller's, or one on a post of the caller's. Its replies stay.

    A repeated request changes nothing more and gets the same answer.
    """
    call.services.comments.delete(call.user_id, call.path["comment_id"])


@route(
    "PUT",
    "/comments/{comment_id}/hidden",
    returns=Comment,
    errors=(403, 404),
    limited=True,
    reads_session=True,
)
def hide_comment(call: Call) -> Comment:
    """Hide a comment on a post of the caller's from all but its author, who is not told."""
    return _hidden(call, hidden=True)


@route(
    "DELETE",
    "/comments/{comment_id}/hidden",
    returns=Comment,
    errors=(403, 404),
    limited=True,
    reads_session=True,
)
def show_comment(call: Call) -> Comment:
    """Show a hidden comment again."""
    return _hidden(call, hidden=False)


@route(
    "PUT",
    "/comments/{comment_id}/pinned",
    returns=Comment,
    errors=(400, 403, 404, 409),
    limited=True,
)
def pin_comment(call: Call) -> Comment:
    """Pin a comment on a post of the caller's above the others.

    At most three are pinned: one more is refused with 409 `too_many_pinned`. Replies cannot be
    pinned (400 `not_pinnable`), and no comment that not everybody sees (409 `not_visible`).
    """
    return _pinned(call, pinned=True)


@route(
    "DELETE",
    "/comments/{comment_id}/pinned",
    returns=Comment,
    errors=(400, 403, 404),
    limited=True,
)
def unpin_comment(call: Call) -> Comment:
    """Unpin a comment."""
    return _pinned(call, pinned=False)


@route(
    "PUT",
    "/comments/{comment_id}/approved",
    returns=Comment,
    errors=(403, 404),
    limited=True,
    reads_session=True,
)
def approve_comment(call: Call) -> Comment:
    """Let everybody see a comment that is held because of its words."""
    approve, comment_id = call.services.comments.approve, call.path["comment_id"]
    return _comment(call, approve(call.user_id, comment_id, call.session_began))


@route(
    "PUT",
    "/comments/{comment_id}/like",
    returns=CommentLiked,
    errors=(404,),
    limited=True,
    reads_session=True,
)
def like_comment(call: Call) -> CommentLiked:
    """Note that the caller likes a comment. Nothing changes if they do already."""
    return _liked(call, liked=True)


@route(
    "DELETE",
    "/comments/{comment_id}/like",
    returns=CommentLiked,
    errors=(404,),
    reads_session=True,
)
def unlike_comment(call: Call) -> CommentLiked:
    """Take the like of a comment back. Nothing changes if there is none."""
    return _liked(call, liked=False)


@route("GET", "/me/held-comments", returns=CommentPage, paged=True)
def list_held_comments(call: Call) -> CommentPage:
    """List the comments on the caller's posts that are held because of their words, newest
    first."""
    page = call.services.discussions.held(call.viewer, call.position, call.limit)
    return _page(call, page)


@route("GET", "/me/comments", returns=CommentPage, paged=True)
def list_own_comments(call: Call) -> CommentPage:
    """List the caller's own comments, newest first, without the numbers of replies."""
    page = call.services.discussions.own(call.viewer, call.position, call.limit)
    return _page(call, page)


def _hidden(call: Call, *, hidden: bool) -> Comment:
    comment_id = call.path["comment_id"]
    view = call.services.comments.hide(
        call.user_id, comment_id, hidden=hidden, session_began=call.session_began
    )
    return _comment(call, view)


def _pinned(call: Call, *, pinned: bool) -> Comment:
    comment_id = call.path["comment_id"]
    return _comment(call, call.services.comments.pin(call.user_id, comment_id, pinned=pinned))


def _liked(call: Call, *, liked: bool) -> CommentLiked:
    view = call.services.comments.like(
        call.user_id, call.path["comment_id"], liked=liked, session_began=call.session_began
    )
    return CommentLiked(view.liked_by_me, view.comment.likes)


def _comment(call: Call, view: CommentView) -> Comment:
    return Comment.of(view, call.services.links)


def _page(call: Call, page: Page[CommentView]) -> CommentPage:
    items = [Comment.of(view, call.services.links) for view in page.items]
    return CommentPage(items, call.cursor(page.next_position))
