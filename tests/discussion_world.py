"""The world of `social_world.py`, whose people also discuss posts.

Every comment has a text of its own, so that what is stored tells who has asked for it: each request
has left one comment, or none if it was not answered; and what one deleted is gone. What people are
shown of a discussion is compared with what `_sees` says of each comment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from shutterfeed.domain.comments import Comment, CommentId, Order
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.errors import Conflict, Forbidden, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.viewing import CommentView
from tests.fakes.backend import Crash
from tests.feed_world import POLICY, Chance
from tests.graph_model import Act, Kind
from tests.sight import NOBODY, Facts
from tests.social_world import SocialWorld

HELD_WORD = "lake"
"""A comment with this word waits for the owner of the post, if they want that."""


@dataclass(slots=True)
class Remark:
    """What somebody has asked to write."""

    author_id: str
    post_id: PostId
    comment_id: CommentId | None = None
    """The comment with this text, once the request was answered."""
    is_replaced: bool = False
    """Whether its author may have changed it to another text."""


class DiscussionWorld(SocialWorld):
    def __init__(self, chance: Chance, policy: FeedPolicy = POLICY) -> None:
        self.remarks: dict[str, Remark] = {}
        """What people have asked to write, by its text."""
        self.deleted: set[CommentId] = set()
        """The comments whose deletion was answered."""
        self.may_be_deleted: set[CommentId] = set()
        super().__init__(chance, policy)
        for user_id in self.ids[:3]:
            self.backend.users.edit(user_id, held_words=(HELD_WORD,))

    def steps(self) -> list[Callable[[], None]]:
        often = (
            [self.comment] * 14 + [self.block_who_commented] * 2 + [self.answer_what_is_hidden] * 4
        )
        return [*super().steps(), *often, *self._on_comments() * 2]

    def overtaking(self) -> list[Callable[[], None]]:
        return [*super().overtaking(), *[self.comment] * 3, *self._on_comments()]

    def _on_comments(self) -> list[Callable[[], None]]:
        return [self.delete_comment, self.edit_comment, self.moderate, self.like_comment]

    # What people do.

    def comment(self) -> None:
        """Somebody comments on a post, or replies to a comment that there is on it."""
        found = self.someone_and_a_post()
        if found is None:
            return
        who, post_id = found
        comments = self.backend.metadata.comments
        there = sorted((i for i in comments if i.post_id == post_id), key=str)
        reply_to = str(self.chance.pick(there)) if there and self.chance.number(0, 1) else None
        self._say(who, post_id, reply_to)

    def answer_what_is_hidden(self) -> None:
        """The author of a root that others do not see answers it, or the owner of the post does; or
        the owner lets everybody see it. If there is none, the owner hides one."""
        comments = self.backend.metadata.comments.values()
        roots = [c for c in comments if c.id.reply is None and not c.removed]
        unseen = [root for root in roots if not root.counts] or roots
        if not unseen:
            return
        root = self.chance.pick(sorted(unseen, key=lambda comment: str(comment.id)))
        owner, text = root.owner_id, str(root.id)
        hide = partial(self.backend.comments.hide, owner, text)
        if root.counts:
            self._discuss(owner, root.id.post_id, partial(hide, hidden=True))
        elif self.chance.number(0, 2):
            self._say(self.chance.pick([owner, root.author_id]), root.id.post_id, text)
        else:
            approve = partial(self.backend.comments.approve, owner, text)
            self._discuss(owner, root.id.post_id, approve)
            self._discuss(owner, root.id.post_id, partial(hide, hidden=False))

    def _say(self, who: str, post_id: PostId, reply_to: str | None) -> None:
        text = self._new_text(who, post_id)
        key = f"key-{len(self.remarks)}"
        create = partial(self.backend.comments.create, who, str(post_id), text, reply_to, key)
        made = self._discuss(who, post_id, create)
        if isinstance(made, CommentView):
            self.remarks[_name_of(text)].comment_id = made.comment.id
            self.tally["comments made"] += 1

    def edit_comment(self) -> None:
        if comment := self._some_comment():
            who = comment.author_id
            text = self._new_text(who, comment.id.post_id)
            if before := self.remarks.get(_name_of(comment.text)):
                before.is_replaced = True
            edit = partial(self.backend.comments.edit, who, str(comment.id), text)
            self._discuss(who, comment.id.post_id, edit)

    def _new_text(self, who: str, post_id: PostId) -> str:
        text = f"remark {len(self.remarks) + 1}"
        if self.chance.number(0, 3) == 0:
            text += f" of the {HELD_WORD}"
        if self.chance.number(0, 2) == 0:
            text += f", @{self._handle_of(self.chance.pick(self.ids))}"
        self.remarks[_name_of(text)] = Remark(who, post_id)
        return text

    def delete_comment(self) -> None:
        """Its author or the owner of the post deletes a comment; or a third person tries to."""
        if comment := self._some_comment():
            who = self.chance.pick([comment.author_id, comment.owner_id, *self.ids[:1]])
            may = who in (comment.author_id, comment.owner_id)
            if may:
                self.may_be_deleted.add(comment.id)

            def delete() -> bool:
                self.backend.comments.delete(who, str(comment.id))
                return True

            # One's own words one may take back wherever they are.
            is_own = who == comment.author_id
            if self._discuss(who, comment.id.post_id, delete, always=is_own):
                assert may, f"{who} has deleted {comment.id}"
                self.deleted.add(comment.id)
                self.tally["comments deleted"] += 1

    def moderate(self) -> None:
        if comment := self._some_comment():
            owner, text = comment.owner_id, str(comment.id)
            comments = self.backend.comments
            actions: list[Callable[[], object]] = [
                partial(comments.hide, owner, text, hidden=True),
                partial(comments.hide, owner, text, hidden=False),
                partial(comments.approve, owner, text),
            ]
            if comment.id.reply is None:
                actions += [partial(comments.pin, owner, text, pinned=on) for on in (True, False)]
            self._discuss(owner, comment.id.post_id, self.chance.pick(actions))

    def like_comment(self) -> None:
        if comment := self._some_comment():
            who, liked = self.chance.pick(self.ids), bool(self.chance.number(0, 2))
            like = partial(self.backend.comments.like, who, str(comment.id), liked=liked)
            self._discuss(who, comment.id.post_id, like)

    def block_who_commented(self) -> None:
        comment = self._some_comment()
        if comment is not None and comment.author_id != comment.owner_id:
            self.ask_to_block(comment.owner_id, comment.author_id)

    def _some_comment(self) -> Comment | None:
        comments = self.backend.metadata.comments
        there = sorted((i for i, comment in comments.items() if not comment.removed), key=str)
        return comments[self.chance.pick(there)] if there else None

    def _discuss(
        self, who: str, post_id: PostId, call: Callable[[], object], *, always: bool = False
    ) -> object | None:
        """The answer to a request concerning comments; None if it was refused or given up. Only one
        that is `always` open may be answered to somebody who does not see the post."""
        act = self.model.begin(Kind.DISCUSS, who, post_id)
        saw = self._may_answer(who, post_id)
        try:
            with self._disturbed():
                answer = self.insist(call)
        except (NotFound, Forbidden, Conflict):
            self.model.refuse(act)
            return None
        except Crash:
            self.model.give_up(act)
            return None
        else:
            self.model.end(act)
            if not always:
                self._check_open(act, who, post_id, saw)
            return answer
        finally:
            if self.suspended:
                self.look()

    def _check_open(self, act: Act, who: str, post_id: PostId, saw: bool) -> None:
        sees = saw or self._may_answer(who, post_id) or who == post_id.author_id
        assert sees or act.overlapping, f"comments on {post_id} are open to {who}"

    # What has to be so after each step.

    def look_at_post(self, facts: Facts, viewer: str, post_id: PostId) -> None:
        super().look_at_post(facts, viewer, post_id)
        if viewer == NOBODY:
            return
        if not facts.sees_post(viewer, post_id.author_id, post_id):
            if viewer != post_id.author_id:
                shown = self._found(lambda: list(self._roots(viewer, post_id, Order.OLDEST)))
                self._right(shown is not None, False, "discussion", viewer, post_id)  # noqa: FBT003
            return
        stored = self.backend.metadata.comments
        ids = [comment_id for comment_id in stored if comment_id.post_id == post_id]
        comments = [_as_it_is(stored[i], stored[i.root_id]) for i in ids]
        view = self.backend.posts.get(str(post_id), Viewer(viewer))
        counted = sum(comment.counts for comment in comments)
        assert view.counts.comments == counted, f"{view.counts.comments} of {counted} are counted"
        _check_numbers_of_replies(comments)
        self._check_roots(facts, viewer, post_id, comments)
        for root in (comment for comment in comments if comment.id.reply is None):
            self._check_replies(facts, viewer, root.id, comments)

    def _check_roots(
        self, facts: Facts, viewer: str, post_id: PostId, comments: list[Comment]
    ) -> None:
        """Each root stands once in the list: with its text if the viewer sees it, as deleted if
        only replies to it are left, in the order that was asked for after the pinned ones."""
        answered = {c.id.root_id for c in comments if c.id.reply is not None and c.counts}
        roots = [c for c in comments if c.id.reply is None]
        right = {c.id: c.text for c in roots if self._sees(facts, viewer, c)}
        right |= {c.id: "" for c in roots if c.id in answered and c.id not in right}
        for order in Order:
            views = list(self._roots(viewer, post_id, order))
            shown = {v.comment.id: "" if v.is_deleted else v.comment.text for v in views}
            assert len(shown) == len(views), f"a comment twice on {post_id}"
            assert shown == right, f"{viewer} is shown {shown} on {post_id}, and not {right}"
            for view in views:
                self._check_mentions(facts, viewer, view)
            pinned = self.backend.metadata.pinned.get(post_id, ())
            unpinned = [i for i in shown if i.root not in pinned]
            sorted_ids = sorted(unpinned, reverse=order is Order.NEWEST)
            assert unpinned == sorted_ids, f"comments on {post_id} are out of order"
            self.tally["comments found"] += len(shown)

    def _roots(self, viewer: str, post_id: PostId, order: Order) -> Iterator[CommentView]:
        page = self.backend.discussions.page
        yield from self._all_of(
            lambda after, limit: page(Viewer(viewer), str(post_id), order, after, limit)
        )

    def _check_mentions(self, facts: Facts, viewer: str, view: CommentView) -> None:
        """Those who are mentioned stand there with today's handles, if the viewer sees them."""
        if view.shown is None:
            return
        text = view.comment.text
        for mention in view.comment.mentions:
            if facts.sees_profile(viewer, mention.user_id):
                text = text.replace(f"@{mention.handle}", f"@{self._handle_of(mention.user_id)}")
        assert view.shown.text == text, f"{viewer} reads {view.shown.text}, and not {text}"

    def _check_replies(
        self, facts: Facts, viewer: str, root_id: CommentId, comments: list[Comment]
    ) -> None:
        replies = sorted(
            (c for c in comments if c.id.reply is not None and c.id.root_id == root_id),
            key=lambda comment: comment.id,
        )
        right = [c.text for c in replies if self._sees(facts, viewer, c)]
        page = self.backend.discussions.replies
        found = self._found(
            lambda: self._all_of(
                lambda after, limit: page(Viewer(viewer), str(root_id), after, limit)
            )
        )
        if found is None:
            root = self.backend.metadata.comments[root_id]
            is_there = self._sees(facts, viewer, root) or any(reply.counts for reply in replies)
            assert not is_there, f"{viewer} does not find {root_id}"
            return
        shown = [view.comment.text for view in found]
        assert shown == right, f"{viewer} is shown {shown} below {root_id}, and not {right}"

    def _sees(self, facts: Facts, viewer: str, comment: Comment) -> bool:
        """Whether somebody who sees the post sees the text of a comment on it."""
        author, owner = comment.author_id, comment.owner_id
        if comment.removed:
            return False
        if viewer == author:
            return True
        if facts.are_cut(viewer, author) or (owner, author) in facts.blocks:
            return False
        return viewer == owner or comment.counts

    # What has to be so in the end.

    def check(self) -> None:
        super().check()
        self._check_remarks()

    def _check_remarks(self) -> None:
        data = self.backend.metadata
        stored: dict[str, list[Comment]] = {}
        for comment in data.comments.values():
            if comment.removed:
                assert comment.id in self.may_be_deleted, f"{comment.id} was never deleted"
            else:
                stored.setdefault(_name_of(comment.text), []).append(comment)
                assert comment.id not in self.deleted, f"{comment.id} is not deleted"
        for text, comments in stored.items():
            remark = self.remarks[text]
            assert len(comments) == 1, f"{text} is there {len(comments)} times"
            assert (remark.author_id, remark.post_id) == (
                comments[0].author_id,
                comments[0].id.post_id,
            ), f"{text} is another's"
        for text, remark in self.remarks.items():
            made = remark.comment_id
            if made is not None and remark.post_id in data.posts and not remark.is_replaced:
                kept = text in stored or made in self.may_be_deleted
                assert kept, f"{text} was answered, and is not there"


def _name_of(text: str) -> str:
    """What a remark is known by: its text without a mention, as an edit stores the handle that the
    mentioned person had when they were first mentioned in the comment."""
    return text.partition(", @")[0]


def _as_it_is(comment: Comment, root: Comment) -> Comment:
    """A comment, which waits for its root no longer if that has been shown since."""
    still_waits = comment.waits is not None and root.shows == comment.waits
    return comment if still_waits else replace(comment, waits=None)


def _check_numbers_of_replies(comments: list[Comment]) -> None:
    """Every root says how many of its replies count, and how many wait for it."""
    for root in (comment for comment in comments if comment.id.reply is None):
        replies = [c for c in comments if c.id.reply is not None and c.id.root_id == root.id]
        waiting = [c for c in replies if c.stands and c.waits is not None]
        numbers = (sum(reply.counts for reply in replies), len(waiting))
        assert (root.replies, root.waiting) == numbers, f"{root} has {numbers}"
        assert not (waiting and root.counts), f"{waiting} wait for {root}"
