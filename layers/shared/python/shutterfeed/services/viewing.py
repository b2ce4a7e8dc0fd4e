"""Views are what somebody is shown; only this module makes them of stored posts and profiles.

Every answer that holds a post or a user is made of these views, and each of them has gone through
`visibility.decide` for the viewer who asks. What is hidden is left out of lists, and by its own
address it is answered like what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shutterfeed.domain import visibility
from shutterfeed.domain.comments import Comment, CommentId, comment_not_found, may_comment
from shutterfeed.domain.errors import Forbidden, NotFound, quoted
from shutterfeed.domain.ids import PostId, nobodys_id
from shutterfeed.domain.mentions import Mention, Shown, shown
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import Post, PostCounts, PostState
from shutterfeed.domain.text import hashtags
from shutterfeed.domain.users import Profile, canonical_handle
from shutterfeed.domain.visibility import (
    CommentSubject,
    PostSubject,
    Relation,
    Surface,
    UserSubject,
    Viewer,
)
from shutterfeed.ports.likes import OwnLike
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.viewing import Stored, ViewingReads, Wanted
from shutterfeed.services.progress import ProgressService


@dataclass(frozen=True, slots=True)
class AuthorView:
    """The part of a user that goes with a post or a suggestion."""

    profile: Profile


@dataclass(frozen=True, slots=True)
class ProfileView:
    """A user with exact counts, and the viewer's relation to them."""

    profile: Profile
    relation: Relation
    shows_lists: bool
    """Whether the viewer may see the user's posts, how many they are, and who follows whom."""


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with its author and its counts."""

    post: Post
    author: AuthorView
    counts: PostCounts
    liked_by_me: bool = False
    """Whether the viewer likes it."""
    saved_by_me: bool = False
    """Whether the viewer has saved it."""
    reported_by_me: bool = False
    """Whether the viewer has reported it. Then it is only where they have asked for it, and clients
    cover it until they want to look all the same."""
    can_comment: bool = False
    """Whether the viewer may comment on it now."""
    is_own: bool = False
    """Whether the viewer is its author."""
    people: Mapping[str, AuthorView] = field(default_factory=dict)
    """Those of the people whom it mentions or who are tagged in it whom the viewer may see, by
    id."""

    @property
    def caption(self) -> Shown:
        """The caption as the viewer is shown it."""
        return _shown(self.post.caption, self.post.mentions, self.people)

    def people_in(self, media_id: str) -> Iterator[tuple[TaggedPerson, AuthorView]]:
        """The people tagged in one medium whom the viewer may see."""
        for person in self.post.people:
            if person.media_id == media_id and person.user_id in self.people:
                yield person, self.people[person.user_id]

    hashtag: str | None = None
    """The followed hashtag that is why a feed has the post; None if that is its author."""

    @property
    def is_private(self) -> bool:
        """Whether not everybody may see the post, so that links to its media are given for a short
        time."""
        return self.author.profile.private or self.post.state is not PostState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Answering:
    """A post that somebody is about to answer, with what was read together with it."""

    view: PostView
    """The post without the people in it."""
    stored: Post
    """The post with what only its author is told of it."""
    profile: Profile | None
    """The profile of whoever answers it; None if they have none yet."""
    left: Mapping[str, int]
    """What they have left of their limits, if that was asked for."""
    like: OwnLike | None
    """Their like of the post; None if they do not like it."""


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as somebody is shown it. One that is hidden from them is shown as deleted if others
    have replied to it: without its author, text and mentions."""

    comment: Comment
    author: AuthorView | None
    shown: Shown | None
    viewer: Viewer
    replies: int = 0
    pinned: bool = False
    liked_by_me: bool = False

    @property
    def is_deleted(self) -> bool:
        return self.author is None

    @property
    def is_own(self) -> bool:
        """Whether the viewer wrote it."""
        return self.author is not None and self.viewer.is_user(self.comment.author_id)

    @property
    def is_moderated(self) -> bool:
        """Whether the viewer owns the post."""
        return self.author is not None and self.viewer.is_user(self.comment.owner_id)

    @property
    def is_hidden(self) -> bool:
        """Whether it is hidden from others, as far as the viewer is told: not if they wrote it."""
        is_hidden = self.comment.hidden or self.comment.waits is not None
        return self.is_moderated and is_hidden


@dataclass(frozen=True, slots=True)
class NoticedPost:
    """A post as an entry of somebody's activity shows it, without counts."""

    post: Post
    author: AuthorView

    @property
    def is_private(self) -> bool:
        """Whether links to its media are given for a short time, as in `PostView`."""
        return self.author.profile.private or self.post.state is not PostState.PUBLISHED


@dataclass(frozen=True, slots=True)
class Told:
    """What may be shown of the posts and people that a user's notices name."""

    posts: Mapping[PostId, NoticedPost]
    people: Mapping[str, ProfileView]
    """The people by their ids. The followers of a celebrity are not all counted, and nobody's view
    says whether they follow the user."""
    likes: Mapping[PostId, int]
    """The numbers of likes of the posts of which they were asked for."""
    liking: frozenset[tuple[str, PostId]]
    """Those of the likes, as pairs of a user and a post, that still exist."""
    comments: Mapping[CommentId, CommentView]
    """The comments that everybody may see who sees their posts, by their ids."""
    asked_for: frozenset[str]
    """The ids of all people who were looked for, whether they may be shown or not."""

    def __or__(self, later: Told) -> Told:
        return Told(
            {**self.posts, **later.posts},
            {**self.people, **later.people},
            {**self.likes, **later.likes},
            self.liking | later.liking,
            {**self.comments, **later.comments},
            self.asked_for | later.asked_for,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingService:
    """Makes views. Methods for one subject raise `NotFound` if it is hidden, and `SessionEnded` if
    it is the viewer's own and their session was ended; those for many leave out what is hidden."""

    reads: ViewingReads
    profiles: Profiles
    progress: ProgressService

    def post(self, viewer: Viewer, post_id: PostId) -> PostView:
        """A post by its id; for its author with the progress of its media."""
        stored = self._read_one(viewer, Wanted(posts=[post_id]))
        view = _post_by_itself(viewer, post_id, stored)
        (view,) = self._with_people(viewer, [view], stored, self._read_one)
        return replace(view, post=self.progress.of(view.post))

    def published_as_stored(self, viewer: Viewer, post_id: PostId) -> tuple[PostView, Post]:
        """A published post, without the people in it, and the same with what only its author is
        told: to find what belongs to it, and not to be shown."""
        stored = self._read_one(viewer, Wanted(posts=[post_id]))
        view = _post_by_itself(viewer, post_id, stored)
        if view.post.state is not PostState.PUBLISHED:
            raise post_not_found()
        return view, stored.posts[post_id]

    def to_answer(self, viewer: Viewer, post_id: PostId, *, left: bool = False) -> Answering:
        """A post that the viewer is about to answer: in one read with their own profile, which
        tells whether their session has ended, and with what they have `left` of their limits."""
        stored = self.reads.read_now(viewer, Wanted(posts=[post_id], own=True, left=left))
        profile = stored.profiles.get(viewer.user_id or "")
        if profile is not None:
            viewer.check_session(profile)
        view = _post_by_itself(viewer, post_id, stored)
        like = stored.own_likes.get(post_id)
        return Answering(view, stored.posts[post_id], profile, stored.left, like)

    def posts(self, viewer: Viewer, post_ids: Sequence[PostId]) -> tuple[PostView, ...]:
        """The posts of many authors that a search or the list of a hashtag has found."""
        return self._listed(viewer, Wanted(posts=post_ids, mixed=True), Surface.FOUND)

    def explored(self, viewer: Viewer, post_ids: Sequence[PostId]) -> tuple[PostView, ...]:
        """Posts of the list to explore."""
        return self._listed(viewer, Wanted(posts=post_ids, mixed=True), Surface.EXPLORED)

    def own_list(self, viewer: Viewer, post_ids: Sequence[PostId]) -> tuple[PostView, ...]:
        """The posts of many authors that the viewer has put on a list of their own, where mutes
        decide nothing."""
        return self._listed(viewer, Wanted(posts=post_ids), Surface.LIST)

    def _listed(self, viewer: Viewer, wanted: Wanted, surface: Surface) -> tuple[PostView, ...]:
        stored = self.reads.read(viewer, wanted) if wanted.posts else Stored()
        views = _posts(viewer, wanted.posts, stored, surface)
        return self._with_people(viewer, views, stored, self.reads.read)

    def posts_at_hand(
        self,
        viewer: Viewer,
        posts: Sequence[Post],
        surface: Surface,
        authors: Collection[Profile] = (),
    ) -> tuple[PostView, ...]:
        """The posts of a list that holds them whole; the profiles of `authors` are at hand too."""
        if not posts:
            return ()
        ids = [post.id for post in posts]
        known = {author.user_id: author for author in authors}
        missing = {post_id.author_id for post_id in ids} - known.keys()
        people = frozenset().union(*(post.person_ids for post in posts))
        stored = self.reads.read(viewer, Wanted(at_hand=ids, authors=missing, people=people))
        return _posts(viewer, ids, stored.including(posts, known.values()), surface)

    def new_post(self, post: Post, author: Profile, people: Stored) -> PostView:
        """A post as its author sees it right after making it: nothing else is stored of it yet.
        `people` are those whom it mentions or who are tagged in it."""
        stored = people.including([post], [author])
        return _post_by_itself(Viewer(author.user_id), post.id, stored)

    def feed(
        self,
        viewer: Viewer,
        post_ids: Iterable[PostId],
        stored: Stored,
        relation_to: Callable[[str], Relation],
        tagged: Mapping[PostId, str],
    ) -> tuple[PostView, ...]:
        """The posts of a feed page, for which everything was read in the feed's round trips;
        `relation_to` gives the viewer's relation to an author. `tagged` has the posts that followed
        hashtags bring: those of authors whom the viewer follows are shown like any other."""
        views = (
            _tagged(viewer, i, tagged[i], stored, relation_to(i.author_id))
            if i in tagged and not stored.relation_to(i.author_id).follows
            else _post(viewer, i, stored, relation_to(i.author_id), Surface.FEED)
            for i in post_ids
        )
        return tuple(view for view in views if view is not None)

    def _with_people(
        self,
        viewer: Viewer,
        views: Sequence[PostView],
        stored: Stored,
        read: Callable[[Viewer, Wanted], Stored],
    ) -> tuple[PostView, ...]:
        """The views with the people in the posts, who are known only when these have been read. It
        takes another read if there are any, and only for posts that the viewer may see."""
        ids = frozenset().union(*(view.post.person_ids for view in views))
        missing = ids - stored.profiles.keys()
        if missing:
            stored = read(viewer, Wanted(people=missing)) | stored
        return tuple(
            replace(view, people=_people(viewer, view.post.person_ids, stored)) for view in views
        )

    def find(self, viewer: Viewer, handle: str) -> ProfileView:
        """A user by their handle, in any spelling."""
        return self.user(viewer, self._id_of(handle), handle)

    def find_uncounted(self, viewer: Viewer, handle: str) -> ProfileView:
        """A user by their handle, for a caller who does not show the number of followers: those of
        a celebrity are not all counted, which would take a read for each of the items that count
        them."""
        user_id = self._id_of(handle)
        stored = self._read_one(viewer, Wanted(uncounted=[user_id]))
        return _user_by_itself(viewer, user_id, stored, handle)

    def find_owner(self, viewer: Viewer, handle: str) -> Profile:
        """A user by their handle, whose posts, followers or followed the viewer wants to see.
        Raises `Forbidden` if the account is private and shows them to its followers only."""
        view = self.find_uncounted(viewer, handle)
        if view.shows_lists:
            return view.profile
        raise Forbidden(
            "private_account",
            "This account is private. Its posts and lists are for its followers.",
        )

    def find_author(self, viewer: Viewer, handle: str, surface: Surface) -> AuthorView:
        """A user by their handle, as much of them as a post shows."""
        user_id = self._id_of(handle)
        stored = self._read_one(viewer, Wanted(uncounted=[user_id]))
        return AuthorView(_user_by_itself(viewer, user_id, stored, handle, surface).profile)

    def named(self, handle: str) -> tuple[str, str]:
        """A handle as it is stored, and the id of the user who has it, whether the viewer may see
        them or not: nothing of this may be shown.

        If nobody has it, it is an id that no user has, and that is read like any other: so it takes
        no shorter to say that there is no such user than to hide one. Raises `NotFound` for a text
        that cannot be a handle.
        """
        # Any text may come in a path, of any length; only handles can be keys.
        name = canonical_handle(handle)
        if name is None:
            raise _user_not_found(handle)
        return name, self.profiles.id_of(name) or nobodys_id(name)

    def _read_one(self, viewer: Viewer, wanted: Wanted) -> Stored:
        """Read a single subject: at the lower price for somebody who is not signed in, since they
        have changed nothing, and the edge keeps their answers longer than a read lags behind."""
        read = self.reads.read if viewer.user_id is None else self.reads.read_now
        return read(viewer, wanted)

    def _id_of(self, handle: str) -> str:
        _, user_id = self.named(handle)
        return user_id

    def user(self, viewer: Viewer, user_id: str, handle: str) -> ProfileView:
        """A user by their id, of whom the viewer knows the handle."""
        stored = self._read_one(viewer, Wanted(users=[user_id]))
        return _user_by_itself(viewer, user_id, stored, handle)

    def own(self, profile: Profile) -> ProfileView:
        """A user's own profile, which is at hand, as they see it."""
        viewer, stored = Viewer(profile.user_id), Stored().including((), [profile])
        return _user_by_itself(viewer, profile.user_id, stored, profile.handle)

    def users(
        self,
        viewer: Viewer,
        user_ids: Sequence[str],
        host: str | None = None,
        surface: Surface = Surface.LIST,
    ) -> tuple[ProfileView, ...]:
        """The users of a list; if it is about a post, without those whom its owner, the `host`, has
        blocked."""
        guests = [(host, user_id) for user_id in user_ids] if host is not None else []
        wanted = Wanted(users=user_ids, guests=guests)
        stored = self.reads.read(viewer, wanted) if user_ids else Stored()
        barred = stored.barred
        views = (_user(viewer, i, stored, surface, is_barred=(host, i) in barred) for i in user_ids)
        return tuple(view for view in views if view is not None)

    def likers(
        self, viewer: Viewer, likers: Mapping[PostId, Sequence[str]], followed: Collection[str]
    ) -> dict[PostId, tuple[AuthorView, ...]]:
        """Users to name beside posts that they like, by the posts, without those who do not like
        the post, whom its owner has blocked, or of whom the viewer is not told unasked. A post that
        the viewer may not see is left out. `followed` are users whom the viewer is known to
        follow."""
        likes = [(user_id, post_id) for post_id, ids in likers.items() for user_id in ids]
        people = {post_id.author_id for post_id in likers} | {user_id for user_id, _ in likes}
        wanted = Wanted(
            bare=[*likers],
            authors=sorted(people),
            followed=people.intersection(followed),
            guests={(post_id.author_id, user_id) for user_id, post_id in likes},
            likes=likes,
            mixed=True,
        )
        stored = self.reads.read(viewer, wanted) if likers else Stored()
        return {
            post_id: _likers(viewer, post_id, likers[post_id], stored)
            for post_id in likers
            if _posts(viewer, [post_id], stored, Surface.LIST)
        }

    def suggested(self, viewer: Viewer, user_ids: Sequence[str]) -> tuple[ProfileView, ...]:
        """Those of the users whom the viewer may be told of as somebody to follow. Nobody shows
        their numbers of followers: those of celebrities are not all counted."""
        stored = self.reads.read(viewer, Wanted(uncounted=user_ids)) if user_ids else Stored()
        views = (_user(viewer, user_id, stored, Surface.SUGGESTED) for user_id in user_ids)
        return tuple(view for view in views if view is not None)

    def told(
        self,
        owner: Profile,
        post_ids: Collection[PostId],
        user_ids: Collection[str],
        *,
        counted: Collection[PostId] = (),
        likes: Collection[tuple[str, PostId]] = (),
        comments: Iterable[Comment] = (),
    ) -> Told:
        """What a user, whose profile is at hand, is told of in their activity, in one read: posts,
        people, the numbers of likes of `counted` posts, which of the `likes` still exist, and
        comments on the posts."""
        viewer = Viewer(owner.user_id)
        counting = [comment for comment in comments if comment.counts]
        authors = {post_id.author_id for post_id in post_ids}
        authors |= {comment.author_id for comment in counting}
        wanted = Wanted(
            bare=post_ids,
            authors=authors - {owner.user_id},
            named=user_ids,
            counts_of=counted,
            likes=likes,
            people={m.user_id for comment in counting for m in comment.mentions} - {owner.user_id},
            guests={(comment.owner_id, comment.author_id) for comment in counting},
            mixed=True,
        )
        asks = post_ids or user_ids or counted or likes
        read = self.reads.read(viewer, wanted) if asks else Stored()
        stored = read.including((), [owner])
        users = {i: _user(viewer, i, stored, Surface.MIXED) for i in user_ids}
        noticed = {i: _noticed(viewer, i, stored) for i in post_ids}
        posts = {post_id: post for post_id, post in noticed.items() if post is not None}
        shown = [comment for comment in counting if comment.id.post_id in posts]
        views = {comment.id: _comment(viewer, comment, stored) for comment in shown}
        return Told(
            posts,
            {user_id: view for user_id, view in users.items() if view is not None},
            {i: counts.likes for i, counts in stored.counts.items()},
            stored.likes,
            {comment_id: view for comment_id, view in views.items() if view is not None},
            frozenset(user_ids),
        )

    def authors(
        self, viewer: Viewer, user_ids: Sequence[str], surface: Surface = Surface.LIST
    ) -> dict[str, AuthorView]:
        """The users of a list that shows as much of them as a post does, by their ids."""
        wanted = Wanted(authors=user_ids, mixed=surface is Surface.MIXED)
        stored = self.reads.read(viewer, wanted) if user_ids else Stored()
        views = {user_id: _user(viewer, user_id, stored, surface) for user_id in user_ids}
        return {i: AuthorView(view.profile) for i, view in views.items() if view is not None}

    def comments(
        self, viewer: Viewer, comments: Sequence[Comment], *, now: bool = False
    ) -> dict[CommentId, CommentView]:
        """Those of the comments that the viewer may see: comments on the posts of one user, which
        the viewer may see, or else only the viewer's own. `now` reads their authors strongly
        consistently."""
        hosts = {comment.owner_id for comment in comments}
        if len(hosts) > 1:
            comments = [comment for comment in comments if viewer.is_user(comment.author_id)]
        if not comments:
            return {}
        guests = {(c.owner_id, c.author_id) for c in comments} if len(hosts) == 1 else ()
        mentioned = {m.user_id for comment in comments for m in comment.mentions}
        authors = {comment.author_id for comment in comments}
        wanted = Wanted(
            authors=sorted(authors), people=sorted(mentioned), guests=guests, discussed=True
        )
        read = self.reads.read_now if now else self.reads.read
        stored = read(viewer, wanted)
        views = (_comment(viewer, comment, stored) for comment in comments)
        return {view.comment.id: view for view in views if view is not None}


def new_comment(comment: Comment, author: Profile, people: Stored) -> CommentView:
    """A comment as its author sees it right after making it: nothing else is stored of it yet.
    `people` are those whom it mentions. That the owner of the post has not blocked the author is
    known, since they see the post."""
    view = _comment(Viewer(author.user_id), comment, people.including((), [author]))
    if view is None:
        raise comment_not_found()
    return view


def deleted_comment(viewer: Viewer, comment: Comment) -> CommentView:
    """What is shown of a comment that the viewer may not see, so that its replies have a place."""
    return CommentView(Comment(comment.id, "", "", removed=True), None, None, viewer)


def post_not_found() -> NotFound:
    return NotFound("post_not_found", "There is no such post.")


def _user_not_found(handle: str) -> NotFound:
    return NotFound("user_not_found", f"There is no user with the handle {quoted(handle)}.")


def _post_by_itself(viewer: Viewer, post_id: PostId, stored: Stored) -> PostView:
    view = _post(viewer, post_id, stored, stored.relation_to(post_id.author_id), Surface.ITSELF)
    if view is None:
        raise post_not_found()
    viewer.check_session(view.author.profile)
    return view


def _posts(
    viewer: Viewer,
    post_ids: Iterable[PostId],
    stored: Stored,
    surface: Surface,
    relation_to: Callable[[str], Relation] | None = None,
) -> tuple[PostView, ...]:
    relation_to = relation_to or stored.relation_to
    views = (_post(viewer, i, stored, relation_to(i.author_id), surface) for i in post_ids)
    return tuple(view for view in views if view is not None)


def _post(
    viewer: Viewer, post_id: PostId, stored: Stored, relation: Relation, surface: Surface
) -> PostView | None:
    post, author = stored.posts.get(post_id), stored.profiles.get(post_id.author_id)
    subject = PostSubject(post, author, stored.reported.has(str(post_id)))
    reason = visibility.decide(viewer, subject, relation, surface)
    if reason is not None or post is None or author is None:
        return None
    is_own = viewer.is_user(author.user_id)
    return PostView(
        post if is_own else post.for_others(),
        AuthorView(author),
        stored.counts.get(post_id, PostCounts()),
        liked_by_me=post_id in stored.liked,
        saved_by_me=post_id in stored.saved,
        reported_by_me=subject.is_reported,
        can_comment=may_comment(viewer.user_id, post, author, follows=relation.follows),
        is_own=is_own,
        people=_people(viewer, post.person_ids, stored),
    )


def _likers(
    viewer: Viewer, post_id: PostId, user_ids: Iterable[str], stored: Stored
) -> tuple[AuthorView, ...]:
    liking = (user_id for user_id in user_ids if (user_id, post_id) in stored.likes)
    owner_id, barred = post_id.author_id, stored.barred
    views = (
        _user(viewer, i, stored, Surface.MIXED, is_barred=(owner_id, i) in barred) for i in liking
    )
    return tuple(AuthorView(view.profile) for view in views if view is not None)


def _comment(viewer: Viewer, comment: Comment, stored: Stored) -> CommentView | None:
    author, relation = (
        stored.profiles.get(comment.author_id),
        stored.relation_to(comment.author_id),
    )
    subject = CommentSubject(
        comment,
        author,
        (comment.owner_id, comment.author_id) in stored.barred,
        relation.has_reported or stored.reported.has(str(comment.id)),
    )
    if author is None or visibility.decide(viewer, subject, relation, Surface.LIST) is not None:
        return None
    people = _people(viewer, (mention.user_id for mention in comment.mentions), stored)
    text = _shown(comment.text, comment.mentions, people)
    return CommentView(comment, AuthorView(author), text, viewer)


def _noticed(viewer: Viewer, post_id: PostId, stored: Stored) -> NoticedPost | None:
    """A post in somebody's activity; one's own there also if it has failed."""
    own = viewer.is_user(post_id.author_id)
    surface, relation = Surface.ITSELF if own else Surface.MIXED, stored.relation_to
    view = _post(viewer, post_id, stored, relation(post_id.author_id), surface)
    return None if view is None else NoticedPost(view.post, view.author)


def _people(viewer: Viewer, user_ids: Iterable[str], stored: Stored) -> dict[str, AuthorView]:
    """Those of the people in a text or photo whom the viewer may see."""
    views = {user_id: _user(viewer, user_id, stored, Surface.LIST) for user_id in user_ids}
    return {i: AuthorView(view.profile) for i, view in views.items() if view is not None}


def _shown(text: str, mentions: Sequence[Mention], people: Mapping[str, AuthorView]) -> Shown:
    return shown(text, mentions, {i: view.profile.handle for i, view in people.items()})


def _tagged(
    viewer: Viewer, post_id: PostId, tag: str, stored: Stored, in_feed: Relation
) -> PostView | None:
    """A post of somebody whom the viewer does not follow, if it still has the hashtag. A feed knows
    whom its reader has muted; the rest of the relation was read."""
    relation = replace(
        stored.relation_to(post_id.author_id),
        has_muted=in_feed.has_muted,
        has_reported=in_feed.has_reported,
    )
    view = _post(viewer, post_id, stored, relation, Surface.FOUND)
    if view is None or tag not in hashtags(view.post.caption):
        return None
    return replace(view, hashtag=tag)


def _user_by_itself(
    viewer: Viewer,
    user_id: str,
    stored: Stored,
    handle: str,
    surface: Surface = Surface.ITSELF,
) -> ProfileView:
    view = _user(viewer, user_id, stored, surface)
    if view is None:
        raise _user_not_found(handle)
    viewer.check_session(view.profile)
    return view


def _user(
    viewer: Viewer, user_id: str, stored: Stored, surface: Surface, *, is_barred: bool = False
) -> ProfileView | None:
    profile, relation = stored.profiles.get(user_id), stored.relation_to(user_id)
    reason = visibility.decide(viewer, UserSubject(profile, is_barred), relation, surface)
    if reason is not None or profile is None:
        return None
    shows_lists = visibility.decide_on_lists(viewer, profile, relation) is None
    return ProfileView(profile, relation, shows_lists)
