"""The calls of the API that answer posts: likes, saves, comments, reports, activity and
hashtags."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from urllib.parse import quote

from shutterfeed_cli.client.content import Json

Query = Mapping[str, str | int | None]


class Answering(ABC):
    """A part of `Api`, which says what the methods raise."""

    @abstractmethod
    def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Make one call and return the answer."""

    # --- Likes and saves

    def like(self, post_id: str) -> Json:
        """Note that the caller likes a post. Returns `liked_by_me` and the post's `counts`."""
        return self.call("PUT", f"/posts/{quote(post_id)}/like")

    def unlike(self, post_id: str) -> Json:
        return self.call("DELETE", f"/posts/{quote(post_id)}/like")

    def save(self, post_id: str) -> Json:
        """Save a post. Returns `saved_by_me`."""
        return self.call("PUT", f"/posts/{quote(post_id)}/save")

    def unsave(self, post_id: str) -> Json:
        return self.call("DELETE", f"/posts/{quote(post_id)}/save")

    def create_collection(self, name: str) -> Json:
        """Make a collection of saved posts. Returns it."""
        return self.call("POST", "/me/collections", body={"name": name})

    def rename_collection(self, collection_id: str, name: str) -> Json:
        """Give a collection of the caller's another name. Returns it."""
        return self.call("PATCH", f"/me/collections/{quote(collection_id)}", body={"name": name})

    def delete_collection(self, collection_id: str) -> None:
        """Remove a collection of the caller's. The posts in it stay saved."""
        self.call("DELETE", f"/me/collections/{quote(collection_id)}")

    def add_to_collection(self, collection_id: str, post_id: str) -> Json:
        """Add a post to a collection of the caller's, and save it."""
        path = f"/me/collections/{quote(collection_id)}/posts/{quote(post_id)}"
        return self.call("PUT", path)

    def remove_from_collection(self, collection_id: str, post_id: str) -> Json:
        """Take a post out of a collection of the caller's. It stays saved."""
        path = f"/me/collections/{quote(collection_id)}/posts/{quote(post_id)}"
        return self.call("DELETE", path)

    # --- Tags of the caller in photos

    def untag_me(self, post_id: str) -> None:
        """Remove the caller's tags from the photos and videos of a post, for good."""
        self.call("DELETE", f"/posts/{quote(post_id)}/people/me")

    # --- Comments

    def comment(
        self, post_id: str, text: str, idempotency_key: str, *, reply_to: str | None = None
    ) -> Json:
        """Comment on a post, or answer the comment `reply_to` of it. Returns the comment."""
        return self.call(
            "POST",
            f"/posts/{quote(post_id)}/comments",
            body={"text": text, "reply_to": reply_to},
            headers={"Idempotency-Key": idempotency_key},
        )

    def edit_comment(self, comment_id: str, text: str) -> Json:
        """Change the text of a comment of the caller's. Returns the comment."""
        return self.call("PATCH", f"/comments/{quote(comment_id)}", body={"text": text})

    def delete_comment(self, comment_id: str) -> None:
        self.call("DELETE", f"/comments/{quote(comment_id)}")

    def like_comment(self, comment_id: str) -> Json:
        """Note that the caller likes a comment. Returns `liked_by_me` and its `likes`."""
        return self.call("PUT", f"/comments/{quote(comment_id)}/like")

    def unlike_comment(self, comment_id: str) -> Json:
        return self.call("DELETE", f"/comments/{quote(comment_id)}/like")

    def hide_comment(self, comment_id: str) -> Json:
        """Hide a comment on a post of the caller's from all but its author."""
        return self.call("PUT", f"/comments/{quote(comment_id)}/hidden")

    def show_comment(self, comment_id: str) -> Json:
        return self.call("DELETE", f"/comments/{quote(comment_id)}/hidden")

    def pin_comment(self, comment_id: str) -> Json:
        """Show a comment on a post of the caller's above the others."""
        return self.call("PUT", f"/comments/{quote(comment_id)}/pinned")

    def unpin_comment(self, comment_id: str) -> Json:
        return self.call("DELETE", f"/comments/{quote(comment_id)}/pinned")

    def approve_comment(self, comment_id: str) -> Json:
        """Let everybody see a comment that was held because of its words."""
        return self.call("PUT", f"/comments/{quote(comment_id)}/approved")

    # --- Reports

    def report(self, kind: str, subject_id: str, reason: str, note: str) -> Json:
        """Report a `post`, a `comment` or a `user` by its id. Returns the report; an earlier one if
        the caller has reported the same before."""
        body = {"kind": kind, "id": subject_id, "reason": reason, "note": note}
        return self.call("POST", "/reports", body=body)

    # --- Activity

    def activity(self, *, cursor: str | None = None, limit: int | None = None) -> Json:
        """One page of what others did that concerns the caller: `items` and `next_cursor`."""
        return self.call("GET", "/me/activity", query={"cursor": cursor, "limit": limit})

    def activity_count(self) -> int:
        """How many groups of the caller's activity are new."""
        count: int = self.call("GET", "/me/activity/count")["count"]
        return count

    def activity_seen(self) -> None:
        """Note that the caller has seen all of their activity."""
        self.call("PUT", "/me/activity/seen")

    # --- Hashtags

    def follow_hashtag(self, hashtag: str) -> Json:
        return self.call("PUT", f"/me/hashtags/{quote(hashtag)}")

    def unfollow_hashtag(self, hashtag: str) -> None:
        self.call("DELETE", f"/me/hashtags/{quote(hashtag)}")
