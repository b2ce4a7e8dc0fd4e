"""A deleted post comes back, to lists, feeds and counts."""

from __future__ import annotations

from collections.abc import Callable

from shutterfeed_cli.client.content import Photo
from tests import pictures
from tests.e2e.conftest import Person, eventually, feed_ids, published, without_tokens


def test_a_restored_post_is_where_it_was(person: Callable[[], Person]) -> None:
    author, reader = person(), person()
    reader.api.follow(author.handle)
    ids = []
    for seed in (50, 51, 52):
        post_id = author.api.publish([Photo(pictures.jpeg(160, 120, seed=seed))])
        ids.append(published(author.api, post_id)["id"])
    eventually(lambda: feed_ids(reader.api), lambda seen: seen == ids[::-1])
    path = f"/posts/{ids[1]}"
    before = author.api.post(ids[1])
    author.api.call("DELETE", path)
    eventually(lambda: feed_ids(reader.api), lambda seen: seen == [ids[2], ids[0]])
    assert author.api.send("GET", path).status_code == 404
    assert reader.api.send("POST", f"{path}/restore").status_code == 404
    [deleted] = eventually(
        lambda: list(author.api.items("/me/deleted")), lambda posts: len(posts) == 1
    )
    # Whoever looks at what was deleted gets links for a shorter time. Nobody comments on it.
    # Only a post that is read by its id comes with comments.
    listed_post = {**before, "first_comments": None}
    shown = {**listed_post, "state": "deleted", "can_comment": False}
    assert without_tokens(deleted["post"]) == without_tokens(shown)
    assert deleted["returns_to"] == "published"

    restored = author.api.call("POST", f"{path}/restore")
    assert without_tokens(restored) == without_tokens(listed_post)

    eventually(lambda: feed_ids(reader.api), lambda seen: seen == ids[::-1])
    listed = eventually(
        lambda: [post["id"] for post in author.api.items(f"/users/{author.handle}/posts")],
        lambda seen: len(seen) == len(ids),
    )
    assert listed == ids[::-1]
    assert author.api.me()["counts"]["posts"] == len(ids)
    assert list(author.api.items("/me/deleted")) == []
    restored = author.api.call("POST", f"{path}/restore")
    assert without_tokens(restored) == without_tokens(listed_post)
