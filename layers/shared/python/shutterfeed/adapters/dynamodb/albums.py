"""The albums of published posts: one conditional write shows another album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from boto3.dynamodb.conditions import Attr

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.posts import (
    Change,
    DynamoPosts,
    denying_cropped,
    due_entry,
    open_entry,
)
from shutterfeed.adapters.dynamodb.records import (
    ALT_TEXTS,
    WITHHELD,
    hidden_texts,
    media_text,
    people_texts,
    upload_item,
)
from shutterfeed.adapters.dynamodb.table import Check, Put, Table, Update, is_now
from shutterfeed.domain.delivery import RecentPosts, entry_of
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.media import Upload
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.scheduling import Due
from shutterfeed.schema import OPEN_PK, OPEN_SK

_REVISION: Final = "revision"


@dataclass(frozen=True, slots=True)
class DynamoAlbums:
    table: Table

    def rearrange(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        posts = DynamoPosts(self.table)

        def changed(post: Post, recent: RecentPosts) -> Change | None:
            if post.revision != before.revision or post.state is not PostState.PUBLISHED:
                return None
            shown, checks = self._marked(posts, before, after)
            more = [Put(upload_item(upload)) for upload in uploads]
            more += denying_cropped(shown, at)
            is_recent = entry_of(post) in recent.entries
            lists_it = is_recent and shown.media != before.media
            recent = recent.with_post(shown) if lists_it else recent
            return Change(_writing(before, shown), recent, checks=checks, more=more)

        return posts.changed(before.id, changed, spending)

    def _marked(
        self, posts: DynamoPosts, before: Post, after: Post
    ) -> tuple[Post, Sequence[Check]]:
        """The post with the marks of those of its media that are shown from now on and whose
        contents are withheld, and the checks that they still are."""
        shown = {medium.media_id for medium in before.media}
        new = [medium for medium in after.media if medium.media_id not in shown]
        if not new:
            return after, ()
        marks, checks = posts.withheld(new)
        return replace(after, withheld=after.withheld | marks), checks


def _writing(before: Post, after: Post) -> Update:
    fields: dict[str, object] = {
        "media": media_text(after.media),
        ALT_TEXTS: list(after.alt_texts),
        WITHHELD: set(after.withheld),
        **people_texts(after),
        **hidden_texts(after),
        **_listed(after),
    }
    return Update(
        keys.post(before.id),
        set={name: value for name, value in fields.items() if value},
        remove=[name for name, value in fields.items() if not value],
        condition=is_now(_REVISION, before.revision) & Attr("state").eq(PostState.PUBLISHED),
    )


def _listed(post: Post) -> dict[str, str | None]:
    """The attributes by which the post is looked at again; None for those that go."""
    if post.awaits_media:
        return {**open_entry(post.id)}
    if post.due_at is not None:
        return {**due_entry(Due(post.id, post.due_at))}
    return dict.fromkeys((OPEN_PK, OPEN_SK))
