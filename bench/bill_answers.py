"""What it takes to answer a photo, to read what others have answered, and to be told of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from bench.bill_bench import Bench
from bench.bill_measured import Operation
from tests.integration.client import Answer
from tests.integration.world import Person

_TEXT: Final = "Where is this? It looks like the harbour, but from the other side."
_PAGE: Final = "20"


def measure(bench: Bench, post_ids: Sequence[str], comments: int) -> None:
    """Measure the answers to the last of an author's posts, which gets `comments` comments."""
    client, post_id = bench.client, post_ids[-1]
    author, first, second, third = map(Person.number, range(1, 5))
    post = f"/posts/{post_id}"

    def comment(number: int) -> Answer:
        headers = {"Idempotency-Key": f"comment-{number}"}
        return client.request(
            "POST", f"{post}/comments", third, body={"text": _TEXT}, headers=headers
        )

    def read() -> None:
        client.get(post, second)
        listed = client.get(f"{post}/comments", second, limit=_PAGE)
        assert len(listed.json["items"]) == comments

    def look() -> None:
        assert client.get("/me/activity", author, limit=_PAGE).json["items"]
        client.put("/me/activity/seen", author)

    for other in post_ids[:-1]:
        client.put(f"/posts/{other}/like", first)
    bench.pipeline.run()
    bench.measure(Operation.FIRST_LIKE, lambda: client.put(f"{post}/like", first))
    bench.measure(Operation.LIKE, lambda: client.put(f"{post}/like", second))
    bench.measure(Operation.SAVE, lambda: client.put(f"{post}/save", second))
    for number in range(comments):
        bench.measure(Operation.COMMENT, partial(comment, number))
    bench.measure(Operation.READ_POST, read)
    bench.measure(Operation.LIKERS, lambda: client.get(f"{post}/likes", second, limit=_PAGE))
    bench.measure(Operation.BADGE, lambda: client.get("/me/activity/count", author))
    bench.measure(Operation.ACTIVITY, look)
