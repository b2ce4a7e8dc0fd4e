"""The messages in the workers' queues, and the changes of the metadata table that cause them.

Every message may come late, twice or out of order. `topology.py` says which worker gets which
messages, by the names of these classes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, get_args

from shutterfeed.domain.activity import Act, Notice
from shutterfeed.domain.changes import (
    BlobRemoved,
    CaseDecided,
    Change,
    ClosingEnded,
    CommentChanged,
    CountsChanged,
    DenialChanged,
    ExportChanged,
    FollowChanged,
    LikesCountedApart,
    NoticeOpened,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
    WithholdingChanged,
)
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.crops import sha256_of
from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.exports import Export, ExportState
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, MediaState, Medium, Reference
from shutterfeed.domain.posts import TO_PUBLISH, Post, PostCounts, PostState, appearing_in
from shutterfeed.domain.search import popularity
from shutterfeed.domain.telling import acts_of
from shutterfeed.domain.users import Profile


@dataclass(frozen=True, slots=True)
class IngestUpload:
    """The bytes of a medium are in the uploads bucket. `bulk`: the message comes by the bulk queue,
    and what follows from it takes the bulk queues, too."""

    post_id: PostId
    media_id: str
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class RenderPhoto:
    """A stored photo needs its renditions. `reference` is the upload's reference to the blob, which
    counts once they are made; None if no upload asked for them."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class RenderZoom:
    """Somebody has asked for the zoom size of a medium: `reference` is its reference to the blob,
    and `viewer_id` who asked."""

    reference: Reference
    blob_id: str
    viewer_id: str


@dataclass(frozen=True, slots=True)
class TranscodeVideo:
    """A stored video or animated picture needs its clip and poster. `reference` has the same
    meaning as in `RenderPhoto`."""

    sha256: str
    blob_id: str
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class PublishMedium:
    """A medium refers to a blob: if the blob is ready or has failed, the medium gets that state."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class PublishPost:
    """All media that a post waits for may be ready or have failed: publish the post, or fail it."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class MarkCopies:
    """A content may have to be withheld in a case, or not any more: mark the posts that refer to
    it, or take these marks away. `after` is the checkpoint at which the previous step stopped."""

    sha256: str
    case_id: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FanOut:
    """Bring an entry to the author's readers: to all of them if they are few, otherwise to those of
    one part of the audience. `after` is the checkpoint at which the previous step stopped."""

    entry: FeedEntry
    part: int | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class MigrateReaders:
    """Continue an author's delivery migration from a checkpoint on, if no later one has begun."""

    author_id: str
    migration: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptRequests:
    """A private account has become public: accept all who have asked to follow it."""

    user_id: str


@dataclass(frozen=True, slots=True)
class BringTagged:
    """A hashtag's list has changed, and has this version now: bring its newest posts to the
    followers. `after` is the checkpoint at which the previous step stopped, and `rows` the number
    that was written by then."""

    tag: str
    version: int
    after: str | None = None
    rows: int = 0


@dataclass(frozen=True, slots=True)
class DeliverEntry:
    """Put one entry into the feeds of some users, who held subscriptions when the audience was
    read. That time is None in messages from before it was recorded."""

    entry: FeedEntry
    owner_ids: tuple[str, ...]
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """`follower_id` has followed `followee_id`: bring them the newest posts, and later ones."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """`follower_id` has unfollowed `followee_id`, who may no longer be a celebrity."""

    follower_id: str
    followee_id: str


@dataclass(frozen=True, slots=True)
class PrepareFeed:
    """A reader has become a regular one: push posts to them from now on."""

    reader_id: str


@dataclass(frozen=True, slots=True)
class FindAcquaintances:
    """A reader has asked for suggestions, and it is time to look for whom those they follow
    follow."""

    reader_id: str


@dataclass(frozen=True, slots=True)
class CountLikes:
    """The likes of a post may have to be copied from the items that count them, their order of
    magnitude noted, and the numbers in a celebrity's recent posts brought up to date."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class ListAppearances:
    """Others may have tagged users in a post, or their tags may be gone: its state says so now."""

    post_id: PostId
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Successor:
    """A medium that has taken the place of another one of the same file, to which `reference` was.
    The file has still to be sent to it."""

    media_id: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class CollectMedia:
    """A post is gone for good, or has lost a medium that failed: give up the references and the
    entries in the ledger. `erased` says that the post was erased, so that its contents hardly cool
    off."""

    references: tuple[Reference, ...]
    erased: bool = False
    successors: tuple[Successor, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovePost:
    """A post was erased at that time: remove its item after `ERASED_GRACE`, instead of waiting
    until it expires."""

    post_id: PostId
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class CollectBlob:
    """A blob's item expired: remove its objects, unless the blob is in use again."""

    blob: Blob


@dataclass(frozen=True, slots=True)
class CollectLikes:
    """A post that was published is gone for good: remove its likes and its counts."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class CollectComments:
    """A post that was published is gone for good: remove its comments."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class DenyOrAllow:
    """What the edge denies of a medium or blob may have changed; the item says whether it is denied
    now."""

    denied_id: str


@dataclass(frozen=True, slots=True)
class IndexPost:
    """What the search index holds of a post may have changed; the post's item says what it should
    hold now."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class IndexUser:
    """What the search index holds of a user may have changed; the profile says what it should hold
    now."""

    user_id: str


@dataclass(frozen=True, slots=True)
class IndexAuthor:
    """Whether strangers find an account has changed, for the time that `switches` counts: what the
    search index holds of its posts may have changed, beginning after the checkpoint `after`."""

    author_id: str
    switches: int
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Somebody did what another user may want to be told of."""

    act: Act


@dataclass(frozen=True, slots=True)
class ReleaseReplies:
    """A root has begun to count, and so have that number of replies that had waited for it: of each
    of them somebody may want to be told."""

    root_id: CommentId
    number: int


@dataclass(frozen=True, slots=True)
class TellCase:
    """Something was decided about a case, which has this version since: tell its owner and its
    reporters. `after` is the checkpoint at which the previous step stopped."""

    case_id: str
    owner_id: str
    version: int
    after: str | None = None


@dataclass(frozen=True, slots=True)
class PushNotice:
    """A notice was opened: tell the devices of its owner, or only the one with this id, which could
    not be told before."""

    notice: Notice
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class EraseAccount:
    """A closed account is to be erased: do the next slice of it. `step` is the step to which the
    slice belongs, None at the beginning, and `after` the position at which the slice before has
    stopped. `late` says that all is erased, and is looked for once more."""

    user_id: str
    step: str | None = None
    after: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class EndSignIns:
    """A moderator has suspended a user: end their sign-ins at the identity provider, and keep their
    drafts until the suspension is over."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ScreenMedium:
    """A medium refers to a blob that is rendered or has failed: screen it, and then publish it."""

    reference: Reference


@dataclass(frozen=True, slots=True)
class ScreenPost:
    """A post was published, or what people wrote in it was edited: look at its words."""

    post_id: PostId


@dataclass(frozen=True, slots=True)
class ScreenComment:
    """A comment was written or edited: look at its words."""

    comment_id: CommentId


@dataclass(frozen=True, slots=True)
class ScreenUser:
    """A user has a new handle, name or bio: look at its words."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ExportData:
    """A user's export waits for the part with this number, counted from 1."""

    user_id: str
    export_id: str
    part: int


@dataclass(frozen=True, slots=True)
class TellExport:
    """A user's export is ready: tell them by mail, if mails are sent."""

    user_id: str
    export_id: str


@dataclass(frozen=True, slots=True)
class DiscardExport:
    """Nobody wants an export any more: remove its parts."""

    user_id: str
    export_id: str


PublishMessage = PublishMedium | PublishPost | MarkCopies
FanOutMessage = FanOut | MigrateReaders | AcceptRequests | BringTagged
DeliverMessage = (
    DeliverEntry
    | Followed
    | Unfollowed
    | PrepareFeed
    | FindAcquaintances
    | CountLikes
    | ListAppearances
)
CollectMessage = RemovePost | CollectMedia | CollectBlob | CollectLikes | CollectComments
DenyMessage = DenyOrAllow
IndexMessage = IndexPost | IndexUser | IndexAuthor
NotifyMessage = Notify | ReleaseReplies | TellCase
PushMessage = PushNotice
EraseMessage = EraseAccount | EndSignIns
ScreenMessage = ScreenMedium | ScreenPost | ScreenComment | ScreenUser
ExportMessage = ExportData | TellExport | DiscardExport
Work = (
    PublishMessage
    | FanOutMessage
    | DeliverMessage
    | CollectMessage
    | DenyMessage
    | IndexMessage
    | NotifyMessage
    | PushMessage
    | EraseMessage
    | ScreenMessage
    | ExportMessage
)
"""The messages that changes cause; workers send each other the rest, and the API some."""
RenderMessage = RenderPhoto | RenderZoom
Message = IngestUpload | RenderMessage | TranscodeVideo | Work

KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Message)}
"""Every kind of message, by its name."""


def work_for(change: Change) -> Iterator[Work]:
    """The messages that a change causes; most changes cause none."""
    match change:
        case PostChanged(before, after):
            yield from _post_work(before, after)
            yield from _post_indexing(before, after)
            yield from _listing(before, after)
        case CountsChanged():
            yield from _counting(change)
        case CommentChanged(before, after) if before is not None and after is not None:
            if before.waiting and after.shows > before.shows:
                yield ReleaseReplies(after.id, before.waiting)
        case ProfileChanged(before, after):
            yield from _user_indexing(before, after)
            if before is not None and after is not None and before.switches != after.switches:
                yield from _switched(after, was_private=before.private)
            yield from _suspended(before, after)
        case ExportChanged(before, after):
            yield from _exporting(before, after)
        case _:
            yield from _single_work(change)
    yield from map(Notify, acts_of(change))


def _single_work(change: Change) -> Iterator[Work]:
    """The message of a change that always causes the same one."""
    match change:
        case FollowChanged(follower_id, followee_id, follows):
            yield (Followed if follows else Unfollowed)(follower_id, followee_id)
        case BlobRemoved(blob):
            yield CollectBlob(blob)
        case ClosingEnded(user_id):
            yield EraseAccount(user_id)
        case ReferenceAdded(reference):
            yield PublishMedium(reference)
        case LikesCountedApart(post_id):
            yield CountLikes(post_id)
        case NoticeOpened(notice):
            yield PushNotice(notice)
        case DenialChanged() | WithholdingChanged() | CaseDecided():
            yield from _withdrawn(change)


def _counting(change: CountsChanged) -> Iterator[Work]:
    before, after = change.before, change.after
    likes = 0 if before is None else before.likes
    # The first like is nothing to note, nor is it if it was the only one and is taken back.
    noted = popularity(max(likes, 1)) != popularity(max(after.likes, 1))
    if noted or _is_to_be_kept(before, after):
        yield CountLikes(change.post_id)


def _withdrawn(change: DenialChanged | WithholdingChanged | CaseDecided) -> Iterator[Work]:
    match change:
        case DenialChanged(denied_id):
            yield DenyOrAllow(denied_id)
        case WithholdingChanged(sha256, cases):
            yield from (MarkCopies(sha256, case_id) for case_id in sorted(cases))
        case CaseDecided(before, after) if before is not None and before.told != after.told:
            yield TellCase(str(after.id), after.owner_id, after.version)


def _is_to_be_kept(before: PostCounts | None, after: PostCounts) -> bool:
    """Whether the numbers in the author's recent posts may have to follow a change."""
    return after.kept and after.rounded != (before or PostCounts()).rounded


def _references(post: Post, media: Iterable[Medium]) -> tuple[Reference, ...]:
    return tuple(Reference.of(post.id, medium) for medium in media)


def _lost_media(before: Post, after: Post) -> tuple[Reference, ...]:
    """The references of the media that were removed from a post, or replaced."""
    kept = {medium.media_id for medium in after.all_media}
    return _references(before, (m for m in before.all_media if m.media_id not in kept))


def _successors(lost: tuple[Reference, ...], after: Post) -> tuple[Successor, ...]:
    """The media that have taken the place of lost ones of the same file."""
    references = {(one.media_id, sha256_of(one.sha256)): one for one in lost}
    return tuple(
        Successor(medium.media_id, references[medium.replaces, medium.sha256])
        for medium in after.all_media
        if medium.replaces is not None
        and medium.state is MediaState.AWAITING
        and (medium.replaces, medium.sha256) in references
    )


def _post_work(before: Post | None, after: Post | None) -> Iterator[Work]:
    was_published = before is not None and before.state is PostState.PUBLISHED
    is_published = after is not None and after.state is PostState.PUBLISHED
    # A deleted post stays in feeds, where nobody sees it any more: whether a post is shown is
    # decided when the feed is read. A restored one goes out again, for readers who came meanwhile.
    if after is not None and is_published and not was_published and not after.pulled:
        yield FanOut(entry_of(after))
    was_deleted = before is not None and before.state is PostState.DELETED
    lost = () if before is None or after is None else _lost_media(before, after)
    if after is not None and lost:
        yield CollectMedia(lost, successors=_successors(lost, after))
    if after is not None and after.awaits_media and (was_deleted or lost):
        # Media that became ready or failed while the post was deleted sent no message; and a medium
        # that is gone may have been all that the post waited for.
        yield PublishPost(after.id)
    elif before is not None and after is not None and _has_moved(before, after):
        # Its time may have come with that, or come before the list of such posts is looked at.
        yield PublishPost(after.id)
    if after is not None and after.erased_at is not None:
        yield RemovePost(after.id, after.erased_at)
    if before is not None and after is None:
        yield CollectMedia(_references(before, before.all_media), before.erased_at is not None)
        if before.position is not None:
            yield CollectLikes(before.id)
            yield CollectComments(before.id)


def _has_moved(before: Post, after: Post) -> bool:
    """Whether the time of a post that is not published has changed, or counts again, or the post
    is no longer a draft."""
    if after.state not in TO_PUBLISH:
        return False
    if before.is_draft and not after.is_draft:
        return True
    restored = before.state is PostState.DELETED and after.state is PostState.SCHEDULED
    return restored or before.publish_at != after.publish_at


def _post_indexing(before: Post | None, after: Post | None) -> Iterator[Work]:
    seen, shown = _found_by(before), _found_by(after)
    changed = before or after
    if changed is not None and seen != shown:
        yield IndexPost(changed.id)


def _listing(before: Post | None, after: Post | None) -> Iterator[Work]:
    changed = before or after
    if changed is not None and (users := appearing_in(before) ^ appearing_in(after)):
        yield ListAppearances(changed.id, tuple(sorted(users)))


def _found_by(post: Post | None) -> object:
    """The values of a post that the search index has; None if the post is not in the index.

    The revision is one of them, since the index keeps it as its version: an edit that is repeated
    because its answer was lost changes nothing else, and the index would keep an older version.
    """
    if post is None or post.state is not PostState.PUBLISHED:
        return None
    shown = post.caption, post.mentions, post.place, post.media, post.position
    return *shown, post.revision


def _switched(account: Profile, *, was_private: bool) -> Iterator[Work]:
    """What follows when an account has become private or public, was closed or has come back, was
    limited or suspended, or is so no longer. The count tells it, as the index goes by the count: a
    switch that is written twice, because its answer was lost, changes nothing else the second
    time."""
    yield IndexAuthor(account.user_id, account.switches)
    if was_private and not account.private:
        yield AcceptRequests(account.user_id)


def _suspended(before: Profile | None, after: Profile | None) -> Iterator[Work]:
    """What follows when a user is suspended, also once more in another case."""
    if after is None or after.suspension is None:
        return
    if before is None or before.suspension != after.suspension:
        yield EndSignIns(after.user_id)


def _exporting(before: Export | None, after: Export | None) -> Iterator[Work]:
    """What follows from a change of an export. The progress within a part leads to nothing."""
    wanted = after if after is not None and after.state is not ExportState.DISCARDED else None
    if before is not None and (wanted is None or wanted.id != before.id):
        yield DiscardExport(before.user_id, before.id)
    if wanted is None or (before is not None and wanted.revision == before.revision):
        return
    if wanted.state is ExportState.BUILDING:
        yield ExportData(wanted.user_id, wanted.id, len(wanted.parts) + 1)
    else:
        yield TellExport(wanted.user_id, wanted.id)


def _user_indexing(before: Profile | None, after: Profile | None) -> Iterator[Work]:
    seen, shown = (
        (p.handle, p.display_name, p.popularity, p.revision) if p else None for p in (before, after)
    )
    changed = before or after
    if changed is not None and seen != shown:
        yield IndexUser(changed.user_id)
