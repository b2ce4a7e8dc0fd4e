"""Ada, who has posts, people who answer them, and what they are told of each other."""

from __future__ import annotations

from datetime import timedelta

from shutterfeed.domain.activity import APPEARS_AFTER, WAIT
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import PostState
from shutterfeed.services.activity_views import GroupView
from tests import samples
from tests.fakes.backend import Backend

ADA = samples.user_id(1)
DELAY = WAIT + APPEARS_AFTER + timedelta(seconds=1)
PHOTO = b"\xff\xd8\xff a photo"
MINUTE = timedelta(minutes=1)


class World(Backend):
    """Ada, who has posts, and people with the numbers 2 and up."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for number in range(1, 30):
            self.sign_up(number)

    def handle(self, number: int) -> str:
        return self.metadata.profiles[samples.user_id(number)].handle

    def post(self, number: int = 1) -> PostId:
        """A published post of Ada's."""
        post = self.create_post(1, [PHOTO], f"key-{number}")
        self.upload(post, 0, PHOTO)
        self.drain()
        assert self.metadata.posts[post.id].state is PostState.PUBLISHED
        return post.id

    def like(self, number: int, post_id: PostId) -> None:
        self.likes.like(samples.user_id(number), str(post_id))

    def unlike(self, number: int, post_id: PostId) -> None:
        self.likes.unlike(samples.user_id(number), str(post_id))

    def follow(self, number: int, followee: int = 1) -> None:
        self.follows.follow(samples.user_id(number), self.handle(followee))

    def comment(
        self, number: int, post_id: PostId, reply_to: str | None = None, text: str = "Nice"
    ) -> str:
        """The id of a new comment."""
        key = f"comment-{len(self.metadata.comments)}"
        author_id = samples.user_id(number)
        view = self.comments.create(author_id, str(post_id), text, reply_to, key)
        return str(view.comment.id)

    def told(self) -> None:
        """Let the workers work, and time pass until what they tell of appears."""
        self.wait(WAIT)
        self.drain()
        self.wait(DELAY)

    def groups(self, number: int = 1) -> list[GroupView]:
        return list(self.activity.page(samples.user_id(number), None, 20).items)

    def said(self, number: int = 1) -> list[tuple[str, list[int], int]]:
        """Kind, the numbers of those who are named, and the count of each entry."""
        numbers = {samples.user_id(n): n for n in range(1, 30)}
        return [
            (
                group.notice.kind.value,
                [numbers[person.profile.user_id] for person in group.people],
                group.count,
            )
            for group in self.groups(number)
        ]

    def badge(self, number: int = 1) -> int:
        return self.activity.badge(samples.user_id(number))
