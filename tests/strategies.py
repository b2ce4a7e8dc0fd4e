"""What hypothesis may draw: anything of the domain that can exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar, get_args

from hypothesis import strategies as st

from shutterfeed.domain.albums import Described, Removed
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import (
    Blob,
    BlobState,
    Failure,
    MediaState,
    Medium,
    Picture,
    Reference,
    Upload,
)
from shutterfeed.domain.notes import Note, NoteCode
from shutterfeed.domain.photos import PHOTO_TYPES, Rendition
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.users import Avatar, Profile

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(0, 10**14).map(lambda ms: _EPOCH + timedelta(milliseconds=ms))
"""Instants to the millisecond, as the clock gives them."""
ulids = st.integers(0, 10**14 << 80).map(
    lambda n: ulid(_EPOCH + timedelta(milliseconds=n >> 80), n & 2**80 - 1)
)
"""Drawn as one number: most things that are drawn have several, and each draw takes its time."""
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
counts = st.integers(0, 10**9)
post_ids = st.builds(PostId, ulids, ulids)
entries = st.builds(FeedEntry, ulids, post_ids)
failures = st.builds(Failure, texts, texts)
content_types = st.sampled_from(sorted(PHOTO_TYPES))
renditions = st.builds(Rendition, texts, content_types, counts, counts)
notes = st.builds(Note, st.sampled_from(get_args(NoteCode)), texts)
pictures = st.builds(
    Picture,
    ulids,
    counts,
    counts,
    texts,
    st.lists(renditions, max_size=3).map(tuple),
    notes=st.lists(notes, max_size=2).map(tuple),
)
media = st.builds(
    Medium,
    ulids,
    content_types,
    counts,
    digests,
    st.sampled_from(MediaState),
    st.none() | pictures,
    st.none() | failures,
)
uploads = st.builds(Upload, post_ids, media, instants, st.none() | texts)
blobs = st.builds(
    Blob,
    digests,
    ulids,
    content_types,
    counts,
    st.sampled_from(BlobState),
    st.none() | pictures,
    st.none() | failures,
)
references = st.builds(Reference, digests, post_ids, ulids)


def _degrees(limit: int) -> st.SearchStrategy[float]:
    """Degrees as places store them: with seven digits after the point."""
    return st.integers(-limit * 10**7, limit * 10**7).map(lambda n: n / 10**7)


places = st.builds(Place, texts, _degrees(90), _degrees(180))
posts = st.builds(
    Post,
    id=post_ids,
    caption=texts,
    media=st.lists(media, max_size=3).map(tuple),
    state=st.sampled_from(PostState),
    created_at=instants,
    place=st.none() | places,
    publish_at=st.none() | instants,
    draft_until=st.none() | instants,
    posted_as=st.none() | texts,
    published_at=st.none() | instants,
    position=st.none() | ulids,
    deleted_from=st.none() | st.sampled_from(PostState),
    deleted_at=st.none() | instants,
    coming=st.lists(st.builds(Described, media, texts), max_size=2).map(tuple),
    removed=st.lists(st.builds(Removed, media, texts, instants), max_size=2).map(tuple),
)
avatars = st.builds(Avatar, ulids, ulids, ulids, texts)
profiles = st.builds(
    Profile,
    ulids,
    texts,
    instants,
    texts,
    texts,
    counts,
    counts,
    counts,
    st.integers(1, 1000),
    avatar=st.none() | avatars,
)


@dataclass(frozen=True)
class Drawn:
    """All choices of a world, as Hypothesis draws them."""

    data: st.DataObject

    def pick(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def number(self, lowest: int, highest: int) -> int:
        return self.data.draw(st.integers(lowest, highest))
