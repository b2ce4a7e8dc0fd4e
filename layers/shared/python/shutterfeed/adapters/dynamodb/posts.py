"""Posts. The one write of `publish` makes a post visible for others than its author."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.allowances import transact
from shutterfeed.adapters.dynamodb.recent_posts import DynamoRecentPosts
from shutterfeed.adapters.dynamodb.records import (
    ALT_TEXTS,
    CASES,
    LABELLED,
    POPULARITY,
    SENSITIVE,
    TAKEN_DOWN,
    WITHHELD,
    denial_item,
    epoch,
    media_text,
    medium_beginning,
    people_texts,
    plain,
    post_item,
    timestamp,
    to_post,
    upload_item,
)
from shutterfeed.adapters.dynamodb.table import (
    Check,
    ConditionFailed,
    Delete,
    Put,
    Table,
    Update,
    Write,
    is_now,
    item_key,
    key_item,
)
from shutterfeed.domain.delivery import Delivery, RecentPosts, entry_of
from shutterfeed.domain.drafts import drafted
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.marks import denied_blob_ids, withheld_mark
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.pages import Page
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import (
    ERASED_GRACE,
    TO_PUBLISH,
    UNFINISHED_RETENTION,
    UNPUBLISHED,
    Place,
    Post,
    PostState,
    has_media,
)
from shutterfeed.domain.retention import DENIAL_RETENTION, IDEMPOTENCY_RETENTION
from shutterfeed.domain.scheduling import Due
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.ports.posts import KEEP, Creation, Keep
from shutterfeed.schema import (
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    SK,
    TTL_ATTRIBUTE,
)

_STATE: Final = "state"
_CAPTION: Final = "caption"
_OPEN: Final = (OPEN_PK, OPEN_SK)
_DELETED_FROM: Final = "deleted_from"
_DELETED_AT: Final = "deleted_at"
_ERASED_AT: Final = "erased_at"
_PULLED: Final = "pulled"
_ATTEMPTS: Final = 10
"""How often a change is tried while others change the same recent posts."""
_REVISION: Final = "revision"
_COMMENTS_FROM: Final = "comments_from"
_PUBLISH_AT: Final = "publish_at"
DRAFT_UNTIL: Final = "draft_until"
_UNPUBLISHED: Final = Attr(_STATE).is_in(UNPUBLISHED)
_TO_PUBLISH: Final = Attr(_STATE).is_in(TO_PUBLISH)
_IN_GOOD_STANDING: Final = Attr("closed_at").not_exists() & Attr("suspension").not_exists()
"""The condition that an author's account is neither closed nor suspended."""


@dataclass(frozen=True, slots=True)
class Change:
    """The writes of one call: the post, its author's new recent posts, and the change of the
    author's count."""

    post: Update
    recent_posts: RecentPosts
    count: int = 0
    author: ConditionBase | None = None
    """What has to be so of the profile that is counted in."""
    checks: Sequence[Check] = ()
    """What else has to be so."""
    more: Sequence[Put] = ()
    """What is written besides."""


@dataclass(frozen=True, slots=True)
class DynamoPosts:
    table: Table

    def create(
        self,
        post: Post,
        uploads: Sequence[Upload],
        idempotency_key: str,
        fingerprint: str,
        spending: Spending = NOTHING,
    ) -> Creation | None:
        # If the files never come, the post expires by itself, and the collector then removes its
        # ledger entries.
        unfinished = expiry(post, post.created_at)
        claim = keys.idempotency(post.author_id, idempotency_key)
        record = {
            **key_item(claim),
            "post_ulid": post.id.ulid,
            "fingerprint": fingerprint,
            TTL_ATTRIBUTE: epoch(post.created_at + IDEMPOTENCY_RETENTION),
        }
        # TTL removes items late; a record past its time is as good as gone.
        free = Attr(PK).not_exists() | Attr(TTL_ATTRIBUTE).lt(epoch(post.created_at))
        writes: list[Write] = [
            Put(record, free),
            Put(post_item(post) | unfinished | open_entry(post.id) | own_entry(post)),
        ]
        writes += [Put(upload_item(upload)) for upload in uploads]
        try:
            transact(self.table, writes, spending)
        except ConditionFailed:
            earlier = self.created(post.author_id, idempotency_key)
            if earlier is None:
                raise
            return earlier
        return None

    def created(self, author_id: str, idempotency_key: str) -> Creation | None:
        item = self.table.get(keys.idempotency(author_id, idempotency_key))
        if item is None:
            return None
        return Creation(PostId(author_id, item["post_ulid"]), item["fingerprint"])

    def get(self, post_id: PostId) -> Post | None:
        item = self.table.get(keys.post(post_id))
        return to_post(item) if item else None

    def get_many(self, post_ids: Collection[PostId]) -> dict[PostId, Post]:
        items = self.table.get_many(map(keys.post, post_ids), consistent=True)
        return {post.id: post for post in map(to_post, items)}

    def edit(
        self,
        post_id: PostId,
        caption: str,
        place: Place | None,
        alt_texts: Sequence[str],
        spending: Spending = NOTHING,
        *,
        sensitive: bool | None = None,
        comments_from: CommentsFrom | Keep | None = KEEP,
        mentions: Sequence[Mention] | None = None,
        people: Sequence[TaggedPerson] | None = None,
        draft_until: datetime | None = None,
    ) -> bool:
        def edited(post: Post, recent: RecentPosts) -> Change | None:
            if post.state is PostState.DELETED:
                return None
            wanted = post.people if people is None else people
            after = replace(
                post,
                caption=caption,
                place=place,
                alt_texts=tuple(alt_texts),
                sensitive=post.sensitive if sensitive is None else sensitive,
                comments_from=(
                    post.comments_from if isinstance(comments_from, Keep) else comments_from
                ),
                mentions=post.mentions if mentions is None else tuple(mentions),
                people=tuple(person for person in wanted if person.user_id not in post.untagged),
                draft_until=post.draft_until and (draft_until or post.draft_until),
            )
            # Whoever removes their tag in this moment must not be tagged again by this edit, nor
            # may what is posted in this moment be a draft again.
            condition = Attr(_STATE).eq(post.state) & _as_read(post) & _same_draft(post)
            update = _setting(post_id, _editable(after) | draft_expiry(after), condition)
            # The recent posts change even if they do not hold the post whole: a migration that has
            # read the post, to put it there, must read it again.
            is_recent = post.state is PostState.PUBLISHED and entry_of(post) in recent.entries
            return Change(update, recent.with_post(after) if is_recent else recent)

        return self.changed(post_id, edited, spending)

    def untag(
        self, post_id: PostId, user_id: str, spending: Spending = NOTHING, *, remember: bool = True
    ) -> bool:
        def untagged(post: Post, recent: RecentPosts) -> Change | None:
            after = post.without_person(user_id, remember=remember)
            if after is post:
                return None
            # The recent posts must not get what an edit has replaced since.
            update = _setting(post_id, people_texts(after), _as_read(post))
            is_recent = post.state is PostState.PUBLISHED and entry_of(post) in recent.entries
            return Change(update, recent.with_post(after) if is_recent else recent)

        return self.changed(post_id, untagged, spending)

    def mark_processing(self, post_id: PostId) -> None:
        self._applied(
            Update(
                keys.post(post_id),
                set={_STATE: PostState.PROCESSING},
                remove=(TTL_ATTRIBUTE,),
                condition=Attr(_STATE).eq(PostState.PENDING),
            )
        )

    def publish(
        self,
        post_id: PostId,
        media: Sequence[Medium],
        position: str,
        at: datetime,
        *,
        without: Collection[str] = (),
    ) -> bool:
        def published(post: Post, recent: RecentPosts) -> Change | None:
            if post.state not in TO_PUBLISH or post.is_draft or not has_media(post, media):
                return None
            if not post.is_due(at):
                return None
            marks, checks = self.withheld(media)
            after = replace(
                post.without_people(without),
                state=PostState.PUBLISHED,
                media=tuple(media),
                position=position,
                published_at=at,
                pulled=recent.delivery is Delivery.PULL,
                withheld=post.withheld | marks,
            )
            people = people_texts(after) if post.person_ids.intersection(without) else {}
            update = Update(
                keys.post(post_id),
                set={
                    _STATE: PostState.PUBLISHED,
                    "media": media_text(media),
                    "position": position,
                    "published_at": timestamp(at),
                    _PULLED: after.pulled,
                    **({WITHHELD: set(after.withheld)} if marks else {}),
                    PUBLISHED_PK: keys.published_partition(post_id.author_id),
                    PUBLISHED_SK: position,
                    **{name: text for name, text in people.items() if text is not None},
                },
                remove=(
                    *(TTL_ATTRIBUTE, *_OPEN),
                    *(name for name, text in people.items() if text is None),
                ),
                condition=(
                    (_TO_PUBLISH & _as_read(post) & same_media(media))
                    & (_as_marked(post) & same_time(post))
                ),
            )
            author = None if post.publish_at is None else _IN_GOOD_STANDING
            denied = tuple(denying_cropped(after, at))
            return Change(update, recent.with_post(after), 1, author, checks, denied)

        return self.changed(post_id, published)

    def withheld(self, media: Sequence[Medium]) -> tuple[frozenset[str], list[Check]]:
        """The marks of a post with these media whose contents are withheld, and the checks that
        they still are when it is published, or becomes an avatar.

        A content that is withheld after this read marks the post by its reference, which was there
        before."""
        contents = {medium.sha256 for medium in media}
        items = self.table.get_many(map(keys.withheld, sorted(contents)), consistent=True)
        marks: set[str] = set()
        checks = []
        for item in items:
            sha256 = keys.parse_withheld(item_key(item))
            marks |= {withheld_mark(sha256, case_id) for case_id in item[CASES]}
            checks.append(Check(item_key(item), Attr(CASES).eq(item[CASES])))
        return frozenset(marks), checks

    def marking(self, before: Post, after: Post, fields: Mapping[str, object]) -> list[Write]:
        """The writes that change marks of moderators on a post that was just read, and on what its
        author's recent posts have of it. `fields` are the attributes that change; None for one that
        goes."""
        recent_posts, author_id = DynamoRecentPosts(self.table), before.author_id
        recent = recent_posts.get_many([author_id])[author_id]
        condition = Attr(_STATE).eq(before.state) & _as_read(before) & _as_marked(before)
        update = replace(_setting(before.id, fields, condition), add={_REVISION: 1})
        is_recent = before.state is PostState.PUBLISHED and entry_of(before) in recent.entries
        if not is_recent:
            return [update]
        return [update, recent_posts.replacing(recent, recent.with_post(after))]

    def fail(self, post_id: PostId, media: Sequence[Medium], at: datetime) -> bool:
        final = all(medium.is_final for medium in media)
        awaits_media = Attr(_STATE).eq(PostState.FAILED) & Attr(OPEN_PK).exists()
        return self._applied(
            Update(
                keys.post(post_id),
                set={
                    _STATE: PostState.FAILED,
                    "media": media_text(media),
                    TTL_ATTRIBUTE: epoch(at + UNFINISHED_RETENTION),
                },
                remove=_OPEN if final else (),
                condition=(_UNPUBLISHED | awaits_media) & same_media(media),
            )
        )

    def mend(
        self,
        before: Post,
        after: Post,
        failed: Upload,
        at: datetime,
        *,
        replacement: Upload | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        as_read = Attr(_STATE).eq(before.state) & _as_read(before) & same_media(before.media)
        if before.is_draft:
            # Another medium may have been added to it.
            as_read = as_read & same_revision(before)
        entry = keys.upload(before.author_id, failed.medium.media_id)
        writes: list[Write | Check] = [
            replace(_setting(before.id, _mended(after, at), as_read), add={_REVISION: 1}),
            Check(entry, Attr(_STATE).eq(failed.medium.state)),
        ]
        if replacement is not None:
            writes.append(Put(upload_item(replacement)))
        try:
            transact(self.table, writes, spending)
        except ConditionFailed:
            return False
        return True

    def delete(self, post: Post, at: datetime) -> bool:
        def deleted(current: Post, recent: RecentPosts) -> Change | None:
            if current.state is not post.state or current.state is PostState.DELETED:
                return None
            unchanged = Attr(_STATE).eq(post.state) & _same_draft(current)
            update = Update(
                keys.post(post.id),
                set={
                    _STATE: PostState.DELETED,
                    _DELETED_FROM: post.state,
                    _DELETED_AT: timestamp(at),
                    TTL_ATTRIBUTE: epoch(at + current.kept_deleted),
                    PUBLISHED_PK: keys.deleted_partition(post.author_id),
                    PUBLISHED_SK: keys.deleted_sort(at, post.id),
                },
                remove=_OPEN,
                condition=unchanged,
            )
            if current.state is not PostState.PUBLISHED:
                return Change(update, recent)
            is_recent = entry_of(current) in recent.entries
            return Change(update, recent.without_post(post.id) if is_recent else recent, -1)

        return self.changed(post.id, deleted)

    def restore(self, post: Post, at: datetime, spending: Spending = NOTHING) -> bool:
        def restored(current: Post, recent: RecentPosts) -> Change | None:
            if post.deleted_at is None or current.deleted_at != post.deleted_at:
                return None
            if current.erased_at is not None:
                return None
            after = replace(current.restored(), pulled=recent.delivery is Delivery.PULL)
            after = drafted(after, at) if after.is_draft else after
            # A post that was deleted a second time has changed since it was read.
            condition = Attr(_DELETED_AT).eq(timestamp(post.deleted_at)) & _as_read(current)
            condition = condition & _as_marked(current)
            update = _restoring(after, at, Attr(_STATE).eq(PostState.DELETED) & condition)
            if after.state is not PostState.PUBLISHED:
                return Change(update, recent)
            return Change(update, recent.with_post(after), 1)

        return self.changed(post.id, restored, spending)

    def erase(
        self,
        post_id: PostId,
        at: datetime,
        *,
        denied_until: datetime | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        def erased(post: Post, recent: RecentPosts) -> Change | None:
            if post.erased_at is not None or post.state is PostState.AVATAR:
                return None
            denials = () if denied_until is None else tuple(_denials(post, denied_until))
            update = _erasing(post, post.erased(at))
            if post.state is not PostState.PUBLISHED:
                return Change(update, recent, more=denials)
            is_recent = entry_of(post) in recent.entries
            rest = recent.without_post(post_id) if is_recent else recent
            return Change(update, rest, -1, more=denials)

        return self.changed(post_id, erased, spending)

    def remove(self, post_id: PostId) -> None:
        with suppress(ConditionFailed):
            self.table.write(Delete(keys.post(post_id), Attr(_ERASED_AT).exists()))

    def note_popularity(self, post_id: PostId, old: int, new: int) -> None:
        noted: ConditionBase = Attr(POPULARITY).eq(old)
        if old == 0:
            noted = noted | Attr(POPULARITY).not_exists()
        condition = Attr(PK).exists() & noted
        self._applied(Update(keys.post(post_id), set={POPULARITY: new}, condition=condition))

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        partition = keys.user_partition(author_id)
        rows = self.table.query(
            Key(PK).eq(partition) & Key(SK).begins_with(keys.POST_PREFIX),
            after=None if before is None else key_item(keys.post(PostId(author_id, before))),
            limit=limit,
            newest_first=True,
            consistent=True,
        )
        posts = tuple(map(to_post, rows.items))
        return Page(posts, posts[-1].id.ulid if rows.last else None)

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        return self._listed(keys.published_partition(author_id), before, limit)

    def deleted_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        return self._listed(keys.deleted_partition(author_id), before, limit)

    def _listed(self, partition: str, before: str | None, limit: int) -> Page[Post]:
        condition: ConditionBase = Key(PUBLISHED_PK).eq(partition)
        if before is not None:
            condition = condition & Key(PUBLISHED_SK).lt(before)
        rows = self.table.query(condition, index=PUBLISHED_INDEX, limit=limit, newest_first=True)
        posts = tuple(map(to_post, rows.items))
        return Page(posts, rows.items[-1][PUBLISHED_SK] if rows.last else None)

    def changed(
        self,
        post_id: PostId,
        change: Callable[[Post, RecentPosts], Change | None],
        spending: Spending = NOTHING,
    ) -> bool:
        """Write what `change` makes of the present post and its author's recent posts, and repeat
        that if one of them has changed meanwhile. False if `change` returns None."""
        recent_posts, author_id = DynamoRecentPosts(self.table), post_id.author_id
        for _ in range(_ATTEMPTS):
            post = self.get(post_id)
            if post is None:
                return False
            recent = recent_posts.get_many([author_id])[author_id]
            changed = change(post, recent)
            if changed is None:
                return False
            revised = replace(changed.post, add={_REVISION: 1})
            writes: list[Write | Check] = [revised, *changed.more]
            if changed.recent_posts is not recent:
                writes.append(recent_posts.replacing(recent, changed.recent_posts))
            if changed.count:
                add = {"posts": changed.count}
                standing: ConditionBase = Attr(PK).exists()
                if changed.author is not None:
                    standing = standing & changed.author
                writes.append(Update(keys.profile(author_id), add=add, condition=standing))
            count = len(writes) - 1
            writes += changed.checks
            try:
                if len(writes) > 1 or spending.charges:
                    transact(self.table, writes, spending)
                else:
                    self.table.write(revised)
            except ConditionFailed as error:
                if not changed.count or count not in error.failed:
                    continue
                if changed.author is None:
                    raise
                return False
            return True
        raise Busy

    def _applied(self, update: Update) -> bool:
        try:
            self.table.write(replace(update, add={_REVISION: 1}))
        except ConditionFailed:
            return False
        return True


def _editable(post: Post) -> dict[str, object]:
    """The attributes that an author can edit, and those that go with them."""
    return {
        _CAPTION: post.caption,
        "place": post.place and plain(post.place),
        ALT_TEXTS: list(post.alt_texts),
        SENSITIVE: post.sensitive,
        _COMMENTS_FROM: post.comments_from,
        **people_texts(post),
    }


def _mended(post: Post, at: datetime) -> dict[str, object]:
    """The attributes that change when a medium is removed or replaced; None for those that go."""
    fields: dict[str, object] = {
        _STATE: post.state,
        "media": media_text(post.media),
        ALT_TEXTS: list(post.alt_texts),
        **people_texts(post),
        **(open_entry(post.id) if post.awaits_media else dict.fromkeys(_OPEN)),
    }
    if post.is_draft:
        return fields | draft_expiry(post)
    if post.state is not PostState.PENDING:
        # What still waits for its first file expires as before.
        fields[TTL_ATTRIBUTE] = expiry(post, at).get(TTL_ATTRIBUTE)
    return fields


def same_media(media: Sequence[Medium]) -> ConditionBase:
    """The condition that a post has these media: none of them was removed, replaced or cropped in
    another way. They are looked for in the text that has the media."""
    return reduce(and_, (Attr("media").contains(medium_beginning(m)) for m in media))


def _setting(post_id: PostId, fields: Mapping[str, object], condition: ConditionBase) -> Update:
    """The update that sets the fields that have a value, and removes the others. A caption is
    always there."""
    kept = {name: value for name, value in fields.items() if value or name == _CAPTION}
    return Update(
        keys.post(post_id),
        set=kept,
        remove=[name for name in fields if name not in kept],
        condition=condition,
    )


def _as_read(post: Post) -> ConditionBase:
    """The condition that the fields which an author can edit are unchanged."""
    fields = {name: value for name, value in _editable(post).items() if name != _CAPTION}
    same: ConditionBase = Attr(_CAPTION).eq(post.caption)
    for name, value in fields.items():
        same = same & is_now(name, value)
    return same


def _as_marked(post: Post) -> ConditionBase:
    """The condition that the marks of moderators on a post are unchanged."""
    return (
        is_now(WITHHELD, set(post.withheld))
        & is_now(TAKEN_DOWN, post.taken_down)
        & is_now(LABELLED, post.labelled)
    )


def _erasing(before: Post, erased: Post) -> Update:
    assert erased.deleted_at is not None
    assert erased.erased_at is not None
    return Update(
        keys.post(before.id),
        set={
            _STATE: PostState.DELETED,
            _DELETED_FROM: erased.deleted_from,
            _DELETED_AT: timestamp(erased.deleted_at),
            _ERASED_AT: timestamp(erased.erased_at),
            # In case that the message is lost which removes the item.
            TTL_ATTRIBUTE: epoch(erased.erased_at + ERASED_GRACE),
        },
        remove=(PUBLISHED_PK, PUBLISHED_SK, *_OPEN),
        condition=Attr(_STATE).eq(before.state) & Attr(_ERASED_AT).not_exists(),
    )


def denying_cropped(post: Post, at: datetime) -> Iterator[Put]:
    """The writes that let the edge deny what a post, which is about to be shown, has cropped of
    contents that are withheld. Only its author has links to that, and nobody gets others: once they
    have expired, nothing is left to deny. So nobody fills the room that there is for takedowns."""
    until = at + DENIAL_RETENTION
    return (Put(denial_item(blob_id, until)) for blob_id in denied_blob_ids(post))


def _denials(post: Post, until: datetime) -> Iterator[Put]:
    return (Put(denial_item(medium.media_id, until)) for medium in post.all_media)


def _restoring(restored: Post, at: datetime, condition: ConditionBase) -> Update:
    changes: dict[str, object] = {_STATE: restored.state, _PULLED: restored.pulled}
    remove = [_DELETED_FROM, _DELETED_AT]
    if restored.state is PostState.PUBLISHED:
        changes[PUBLISHED_PK] = keys.published_partition(restored.author_id)
        changes[PUBLISHED_SK] = restored.position
    elif entry := own_entry(restored):
        changes |= entry
    else:
        remove += [PUBLISHED_PK, PUBLISHED_SK]
    if restored.draft_until is not None:
        changes[DRAFT_UNTIL] = timestamp(restored.draft_until)
    if expires := expiry(restored, at):
        changes |= expires
    else:
        remove.append(TTL_ATTRIBUTE)
    if restored.awaits_media:
        changes |= open_entry(restored.id)
    elif restored.due_at is not None:
        changes |= due_entry(Due(restored.id, restored.due_at))
    return Update(keys.post(restored.id), set=changes, remove=remove, condition=condition)


def open_entry(post_id: PostId) -> dict[str, str]:
    """The attributes of the index that lists a post while it awaits media."""
    return {
        OPEN_PK: keys.open_partition(keys.open_shard(post_id)),
        OPEN_SK: keys.open_sort(post_id),
    }


def due_entry(due: Due) -> dict[str, str]:
    """The attributes of the same index that list a post while it is scheduled."""
    return {
        OPEN_PK: keys.due_partition(keys.due_shard(due.post_id)),
        OPEN_SK: keys.due_sort(due),
    }


def scheduled_entry(post: Post) -> dict[str, str]:
    """The attributes of the index that lists a post for its author while it is scheduled; none if
    it is not."""
    if not post.is_scheduled or post.publish_at is None:
        return {}
    return {
        PUBLISHED_PK: keys.scheduled_partition(post.author_id),
        PUBLISHED_SK: keys.scheduled_sort(post.publish_at, post.id),
    }


def drafted_entry(post: Post) -> dict[str, str]:
    """The attributes of the index that lists a post for its author while it is a draft; none if it
    is not."""
    if not post.is_draft:
        return {}
    return {
        PUBLISHED_PK: keys.drafts_partition(post.author_id),
        PUBLISHED_SK: post.id.ulid,
    }


def own_entry(post: Post) -> dict[str, str]:
    """The attributes that list a post for its author before it is published; none if it is neither
    a draft nor scheduled."""
    return drafted_entry(post) or scheduled_entry(post)


def expiry(post: Post, at: datetime) -> dict[str, int]:
    """The attribute by which an unpublished post expires, if it stays as it is from now on; none if
    it does not."""
    if post.draft_until is not None and post.state is not PostState.PROCESSING:
        return {TTL_ATTRIBUTE: epoch(post.draft_until)}
    if post.state in (PostState.PENDING, PostState.FAILED):
        return {TTL_ATTRIBUTE: epoch(at + UNFINISHED_RETENTION)}
    return {}


def draft_expiry(post: Post) -> dict[str, object]:
    """The attributes that say when a draft expires, None for one that goes; none for any other
    post."""
    if post.draft_until is None:
        return {}
    ttl = expiry(post, post.draft_until).get(TTL_ATTRIBUTE)
    return {DRAFT_UNTIL: timestamp(post.draft_until), TTL_ATTRIBUTE: ttl}


def same_revision(post: Post) -> ConditionBase:
    """The condition that nothing of a post has changed since it was read."""
    same: ConditionBase = Attr(_REVISION).eq(post.revision)
    return same if post.revision else same | Attr(_REVISION).not_exists()


def _same_draft(post: Post) -> ConditionBase:
    """The condition that a post is a draft for as long as it was read, or is none."""
    return is_now(DRAFT_UNTIL, post.draft_until and timestamp(post.draft_until))


def same_time(post: Post) -> ConditionBase:
    """The condition that the time at which a post is to be published is as it was read."""
    return is_now(_PUBLISH_AT, post.publish_at and timestamp(post.publish_at))
