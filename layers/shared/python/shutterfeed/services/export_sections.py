"""What an export consists of: sections, each of which is read step by step, from any position on.

People and posts of others go through the same decisions as everywhere (`services/viewing.py`), so
nothing of those whom the owner may not see is exported. The owner's own posts are read as they are
stored: also those that nobody sees any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shutterfeed.domain import exported
from shutterfeed.domain.exported import Json, ListKind
from shutterfeed.domain.exports import Export
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.media import Blob, Medium, Purpose, Reference
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.blocks import Blocks, Mutes
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.devices import Devices
from shutterfeed.ports.exports import Directory
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.hashtags import FollowedHashtags
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.moderation import Cases
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.requests import FollowRequests
from shutterfeed.ports.saves import Saves
from shutterfeed.ports.system import Clock
from shutterfeed.services.viewing import PostView, ViewingService

_PAGE: Final = 100
_POSTS: Final = 25


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of the owner's, with the originals that are stored of its media."""

    post: Post
    originals: tuple[tuple[Medium, Blob], ...]
    counts: PostCounts | None
    """None unless it is published."""
    handles: Mapping[str, str]
    """The handles of the people in it whom its author may see, by their ids."""

    @property
    def size(self) -> int:
        """The bytes of its originals."""
        return sum(blob.size for _, blob in self.originals)


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of a section, which is written as a whole. After it, one goes on at `position`."""

    position: str | None
    rows: Mapping[ListKind, Sequence[Json]] = field(default_factory=dict)
    post: OwnPost | None = None


Section = Callable[[Export, str | None], Iterator[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSections:
    profiles: Profiles
    posts: Posts
    blobs: Blobs
    likes: Likes
    saves: Saves
    comments: Comments
    follows: Follows
    requests: FollowRequests
    blocks: Blocks
    mutes: Mutes
    hashtags: FollowedHashtags
    appearances: Appearances
    cases: Cases
    devices: Devices
    directory: Directory
    viewing: ViewingService
    clock: Clock
    site_url: str

    def all(self) -> Mapping[str, Section]:
        """The sections by their names, in their order: an export notes at which one it is."""
        return {
            "account": self._account,
            "following": self._following,
            "followers": self._followers,
            "requests": self._requests,
            "blocks": self._blocks,
            "mutes": self._mutes,
            "hashtags": self._hashtags,
            "likes": self._likes,
            "saves": self._saves,
            "comments": self._comments,
            "tagged": self._tagged,
            "reports": self._reports,
            "posts": self._posts,
        }

    def handle_of(self, user_id: str) -> str:
        """The owner's handle; empty if they have no profile any more."""
        profile = self.profiles.get(user_id)
        return "" if profile is None else profile.handle

    def _account(self, export: Export, _: str | None) -> Iterator[Step]:
        profile = self.profiles.get(export.user_id)
        if profile is None:
            return
        known = self.directory.known_of(export.account_name)
        words = self.profiles.held_words(profile.user_id) if profile.held_words else ()
        devices = [
            {
                "push_service": device.service,
                "added_at": device.created_at,
                "renewed_at": device.renewed_at,
                "signed_in_at": device.session_began,
            }
            for device in self.devices.of(export.user_id)
        ]
        shown = {
            "Username": profile.handle,
            "Name": profile.display_name,
            "Bio": profile.bio,
            "Email": None if known is None else known.email,
        }
        yield Step(
            None,
            {
                exported.ACCOUNT: [exported.mapped_entry("User Information", shown)],
                exported.OWN_PROFILE: [exported.own_profile(profile, words)],
                exported.SIGN_INS: [
                    {
                        "account": known,
                        "signed_out_everywhere_at": profile.sessions_ended_at,
                        "devices": devices,
                    }
                ],
            },
        )

    def _following(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.follows.following(export.user_id, position, _PAGE)
            yield self._people(export, exported.FOLLOWING, page.items, page.next_position)
            if (position := page.next_position) is None:
                return

    def _followers(self, export: Export, position: str | None) -> Iterator[Step]:
        """Shard by shard. A position is the shard and the position within it."""
        profile = self.profiles.get(export.user_id)
        shards = 0 if profile is None else profile.follower_shards
        first, _, within = (position or "0:").partition(":")
        after = within or None
        for shard in range(int(first), shards):
            while True:
                page = self.follows.followers(export.user_id, shard, after, _PAGE)
                after = page.next_position
                place = f"{shard}:{after}" if after else f"{shard + 1}:"
                yield self._people(export, exported.FOLLOWERS, page.items, place)
                if after is None:
                    break

    def _requests(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.requests.waiting(export.user_id, position, _PAGE)
            yield self._people(export, exported.REQUESTS, page.items, page.next_position)
            if (position := page.next_position) is None:
                return

    def _people(
        self, export: Export, kind: ListKind, ids: Sequence[str], position: str | None
    ) -> Step:
        known = self.viewing.authors(Viewer(export.user_id), ids)
        handles = [known[user_id].profile.handle for user_id in ids if user_id in known]
        rows = [exported.person_entry(handle, self.site_url) for handle in handles]
        return Step(position, {kind: rows})

    def _blocks(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.blocks.page(export.user_id, position, _PAGE)
            ids = [block.user_id for block in page.items]
            known = self.viewing.authors(Viewer(export.user_id), ids, Surface.BLOCKS)
            rows = []
            for block in page.items:
                view = known.get(block.user_id)
                handle = block.handle if view is None else view.profile.handle
                rows.append(exported.person_entry(handle, self.site_url, block.at))
            yield Step(page.next_position, {exported.BLOCKS: rows})
            if (position := page.next_position) is None:
                return

    def _mutes(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.mutes.page(export.user_id, position, _PAGE, self.clock.now())
            ids = [mute.user_id for mute in page.items]
            known = self.viewing.authors(Viewer(export.user_id), ids)
            rows: list[Json] = [
                {
                    "handle": known[mute.user_id].profile.handle,
                    "muted_at": mute.at,
                    "until": mute.until,
                }
                for mute in page.items
                if mute.user_id in known
            ]
            yield Step(page.next_position, {exported.MUTES: rows})
            if (position := page.next_position) is None:
                return

    def _hashtags(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.hashtags.page(export.user_id, position, _PAGE)
            rows = [
                exported.link_entry("", f"{self.site_url}/tags/{one.tag}", one.tag, one.at)
                for one in page.items
            ]
            yield Step(page.next_position, {exported.HASHTAGS: rows})
            if (position := page.next_position) is None:
                return

    def _likes(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.likes.liked_by(export.user_id, position, _PAGE)
            rows = [
                exported.link_entry(view.author.profile.handle, self._address(view), "👍")
                for view in self.viewing.own_list(Viewer(export.user_id), page.items)
            ]
            yield Step(page.next_position, {exported.LIKES: rows})
            if (position := page.next_position) is None:
                return

    def _saves(self, export: Export, position: str | None) -> Iterator[Step]:
        """The saves, last saved first, and with the first of them the collections."""
        saves = self.saves.saved(export.user_id)
        collections = self.saves.collections(export.user_id) if position is None else ()
        rest = [save for save in saves if position is None or save.save_ulid < position]
        for start in range(0, max(len(rest), 1), _PAGE):
            page = rest[start : start + _PAGE]
            at = {save.post_id: ulid_time(save.save_ulid) for save in page}
            views = self.viewing.own_list(Viewer(export.user_id), list(at))
            rows = [
                exported.mapped_entry(
                    view.author.profile.handle,
                    {"Saved on": at[view.post.id]},
                    self._address(view),
                )
                for view in views
            ]
            own: list[Json] = [
                {
                    "name": one.name,
                    "created_at": one.created_at,
                    "posts": [str(s.post_id) for s in saves if one.id in s.collections],
                }
                for one in (collections if start == 0 else ())
            ]
            last = page[-1].save_ulid if page else None
            yield Step(last, {exported.SAVES: rows, exported.COLLECTIONS: own})

    def _comments(self, export: Export, position: str | None) -> Iterator[Step]:
        """The owner's own comments, also those that others do not see, with whose post it is."""
        while True:
            page = self.comments.made_by(export.user_id, position, _PAGE)
            made = self.comments.get_many(page.items) if page.items else {}
            own = [made[one] for one in page.items if one in made and not made[one].removed]
            owners = sorted({comment.owner_id for comment in own})
            known = self.viewing.authors(Viewer(export.user_id), owners)
            rows = []
            for comment in own:
                owner = known.get(comment.owner_id)
                values = {
                    "Comment": comment.text,
                    "Media Owner": None if owner is None else owner.profile.handle,
                    "Time": comment.created_at,
                }
                rows.append(exported.mapped_entry("", values))
            yield Step(page.next_position, {exported.COMMENTS: rows})
            if (position := page.next_position) is None:
                return

    def _tagged(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.appearances.page(export.user_id, position, _PAGE)
            rows: list[Json] = [
                {"post": self._address(view), "author": view.author.profile.handle}
                for view in self.viewing.own_list(Viewer(export.user_id), page.items)
                if any(person.user_id == export.user_id for person in view.post.people)
            ]
            yield Step(page.next_position, {exported.TAGGED: rows})
            if (position := page.next_position) is None:
                return

    def _reports(self, export: Export, position: str | None) -> Iterator[Step]:
        while True:
            page = self.cases.made_by(export.user_id, position, _PAGE)
            rows: list[Json] = [
                {
                    "kind": report.case_id.kind,
                    "id": report.case_id.subject,
                    "reason": report.reason,
                    "note": report.note,
                    "reported_at": report.at,
                }
                for report in page.items
            ]
            yield Step(page.next_position, {exported.REPORTS: rows})
            if (position := page.next_position) is None:
                return

    def _posts(self, export: Export, position: str | None) -> Iterator[Step]:
        viewer = Viewer(export.user_id)
        while True:
            page = self.posts.made_by(export.user_id, position, _POSTS)
            published = [post for post in page.items if post.state is PostState.PUBLISHED]
            views = self.viewing.posts_at_hand(viewer, published, Surface.LIST)
            counts = {view.post.id: view.counts for view in views}
            people = sorted(frozenset().union(*(post.person_ids for post in page.items)))
            known = self.viewing.authors(viewer, people)
            handles = {user_id: view.profile.handle for user_id, view in known.items()}
            for post in page.items:
                if self._is_gone(post):
                    continue
                own = OwnPost(post, self._originals(post), counts.get(post.id), handles)
                yield Step(post.id.ulid, post=own)
            if (position := page.next_position) is None:
                return

    def _is_gone(self, post: Post) -> bool:
        """Whether a post cannot be restored any more, or was a former avatar's."""
        if post.state is not PostState.DELETED:
            return False
        return post.purpose is Purpose.AVATAR or not post.restorable(self.clock.now())

    def _originals(self, post: Post) -> tuple[tuple[Medium, Blob], ...]:
        """The originals of a post. What a moderator withholds is handed out to nobody."""
        if post.withheld:
            return ()
        found = ((medium, self._original(post, medium)) for medium in post.media)
        return tuple((medium, blob) for medium, blob in found if blob is not None)

    def _original(self, post: Post, medium: Medium) -> Blob | None:
        """The blob of a medium, as far as its bytes came and were not refused as no picture. That
        of one that is ready is known without reading it: the post keeps it."""
        if medium.picture is not None:
            size, kind = medium.size, medium.content_type
            return Blob(medium.stored_as, medium.picture.blob_id, kind, size)
        # Who declares a hash has not shown that they have the file.
        reference = Reference.of(post.id, medium)
        if not self.blobs.is_referred_to_by(reference):
            return None
        blob = self.blobs.get(reference.sha256)
        is_refused = blob is not None and blob.failure is not None and blob.failure.is_no_picture
        return None if is_refused else blob

    def _address(self, view: PostView) -> str:
        return f"{self.site_url}/p/{view.post.id}"
