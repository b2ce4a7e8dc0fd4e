"""Changing the album of a published post: its order, without some of its media, or with others.

shown ──another order, fewer media, or removed ones put back──> shown, at once
  └──new files──> shown, another album waits ──all of that are ready──> the other one is shown
                              └──one has failed──> shown, until its author changes the album again

What was removed stays for `REMOVED_RETENTION` and can be put back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shutterfeed.domain.albums import MOST_REMOVED, Described, Removed
from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.media import MediaState, Upload
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Post, alt_texts_of


def album_of(post: Post) -> tuple[Described, ...]:
    """The album as its author sees it last: the one that waits, or else the one that is shown."""
    return post.coming or tuple(Described(medium, text) for medium, text in post.described())


def ids_of(album: Sequence[Described]) -> list[str]:
    return [one.medium.media_id for one in album]


def check_seen(post: Post, seen: Sequence[str]) -> None:
    """Raise `Conflict` unless the post has the album that its author has seen."""
    if ids_of(album_of(post)) != list(seen):
        raise Conflict(
            "album_changed",
            "The post's photos and videos were changed since you saw them. Look at them again.",
            "seen",
        )


def people_in(post: Post, album: Sequence[Described]) -> tuple[TaggedPerson, ...]:
    """Those who are tagged in the media of an album once it is shown. Whoever has removed their
    tags from the post meanwhile is not."""
    ids = frozenset(ids_of(album))
    shown = (person for person in post.people if person.media_id in ids)
    new = (person for one in album for person in one.people)
    return (*shown, *(person for person in new if person.user_id not in post.untagged))


def rearranged(post: Post, album: Sequence[Described], now: datetime) -> Post:
    """The post with another album, which is shown if all of it is ready, and waits otherwise."""
    if any(one.medium.state is not MediaState.READY for one in album):
        return replace(post, coming=tuple(album))
    return _showing(post, album, now)


def concluded(post: Post, uploads: Mapping[str, Upload], now: datetime) -> Post:
    """The post after what has become of its media: an album that waits is shown once all of it is
    ready, and otherwise told of it if one has failed; removed media go when their time is over.
    `uploads` are its entries in the ledger, by media id."""
    post = replace(post, removed=tuple(one for one in post.removed if now < one.until))
    coming = tuple(_as_in(uploads, one) for one in post.coming)
    states = {one.medium.state for one in coming}
    if MediaState.FAILED in states:
        return replace(post, coming=coming)
    return _showing(post, coming, now) if states == {MediaState.READY} else post


def _as_in(uploads: Mapping[str, Upload], one: Described) -> Described:
    """A medium as the ledger has it. One that is ready stays as it is: it was shown before."""
    upload = uploads.get(one.medium.media_id)
    if upload is None or one.medium.state is MediaState.READY:
        return one
    return replace(one, medium=upload.medium.for_viewers())


def _showing(post: Post, album: Sequence[Described], now: datetime) -> Post:
    ids = frozenset(ids_of(album))
    gone = (Removed(m, text, now) for m, text in post.described() if m.media_id not in ids)
    before = (one for one in post.removed if one.medium.media_id not in ids)
    return replace(
        post,
        media=tuple(one.medium for one in album),
        alt_texts=alt_texts_of(one.alt_text for one in album),
        people=people_in(post, album),
        coming=(),
        removed=(*gone, *before)[:MOST_REMOVED],
    )
