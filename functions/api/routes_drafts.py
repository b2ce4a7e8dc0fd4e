"""The routes of drafts."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostCreated, PostPage
from api.models_drafts import ChangeDraft
from api.routes import post_page


@route("GET", "/me/drafts", returns=PostPage, paged=True)
def list_drafts(call: Call) -> PostPage:
    """List the caller's drafts, the last created first, whatever has become of their files.

    One that is not posted expires at `draft_until`: 7 days after it was changed last.
    """
    page = call.services.drafts.own(call.user_id, call.position, call.limit)
    return post_page(call, page)


@route(
    "PUT",
    "/posts/{id}/draft",
    body=ChangeDraft,
    returns=PostCreated,
    errors=(403, 404, 409),
    limited=True,
)
def change_draft(call: Call) -> PostCreated:
    """Change one of the caller's drafts as a whole: its texts, and which photos and videos it has,
    in which order. With `publish` post it, in the same step.

    What the draft has and the body has not is removed from it; a new file gets a link, as in `POST
    /posts`. A new file with the same content as one that the draft has is that one, unless it has
    failed. So a repeated request changes nothing more, and gets fresh links for what has not
    arrived; one that posts the draft gets the post. Any other change of a post that is not a draft,
    or not any more, is answered with 409 `not_a_draft`. The answer is 409 `draft_expired` if nobody
    has changed the draft for 7 days, and 409 `storage_full` if the caller's storage has no room.
    """
    wanted = call.parse(ChangeDraft).to_domain()
    changed = call.services.drafts.change(call.path["id"], call.user_id, wanted)
    return PostCreated.of(changed, call.services.links)
