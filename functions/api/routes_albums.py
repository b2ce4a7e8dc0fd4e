"""The routes of the albums of published posts."""

from __future__ import annotations

from api.http import Call, route
from api.models_albums import Album, ChangeAlbum


@route("GET", "/posts/{id}/album", returns=Album, errors=(403, 404, 409))
def get_album(call: Call) -> Album:
    """Get the album of one of the caller's published posts, with what waits to be shown and what
    was removed.

    The answer is 409 `not_published` if the post is not published.
    """
    found = call.services.albums.get(call.path["id"], call.user_id)
    return Album.of(found, call.services.links)


@route(
    "PUT",
    "/posts/{id}/album",
    body=ChangeAlbum,
    returns=Album,
    errors=(403, 404, 409),
    limited=True,
)
def change_album(call: Call) -> Album:
    """Change the order of the photos and videos of one of the caller's published posts, remove some
    of them, put removed ones back, or add files.

    All of it is shown at once, and at one moment: with new files that is when all of them are
    ready, and until then the post shows what it did. What is removed can be put back for 30 days.
    The answer is 409 `album_changed` if the post has another album than the one in `seen`, 409
    `not_published` if the post is not published, and 409 `storage_full` if the caller's storage has
    no room. A repeated request with the same body changes nothing more, and gets fresh links.
    """
    body = call.parse(ChangeAlbum)
    wanted = [item.to_domain(index) for index, item in enumerate(body.media)]
    changed = call.services.albums.change(call.path["id"], call.user_id, wanted, body.seen)
    return Album.of(changed, call.services.links)
