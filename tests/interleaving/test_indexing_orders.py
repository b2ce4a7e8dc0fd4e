"""Whatever the order of changes and messages, what is found in the end is what may be seen."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import Conflict, NotFound
from shutterfeed.domain.posts import PostState
from tests import samples
from tests.fakes.backend import Backend

ADA = samples.user_id(1)


@given(st.data())
def test_whatever_is_delivered_when_and_how_often_the_index_ends_as_the_table(
    data: st.DataObject,
) -> None:
    backend = Backend()
    backend.sign_up(1)
    posts = [backend.create_post(1, [bytes([n])], f"key-{n}") for n in range(2)]
    for number, post in enumerate(posts):
        backend.upload(post, 0, bytes([number]))
    backend.drain()
    kinds = ["delete", "restore", "edit", "switch", "deliver"]
    actions = data.draw(st.lists(st.sampled_from(kinds)))
    for action in actions:
        post = data.draw(st.sampled_from(posts))
        with suppress(NotFound, Conflict):  # the state may forbid it
            if action == "delete":
                backend.delete_post(post.id)
            elif action == "restore":
                backend.posts.restore(str(post.id), post.author_id)
            elif action == "edit":
                backend.posts.edit(str(post.id), post.author_id, f"{len(actions)}", None, False)  # noqa: FBT003
            elif action == "switch":
                backend.users.edit(ADA, private=not backend.metadata.profiles[ADA].private)
            elif waiting := backend.waiting():
                name = data.draw(st.sampled_from(waiting))
                backend.deliver(name, again=data.draw(st.booleans()))
    backend.drain()
    ada = backend.metadata.profiles[ADA]
    published = {
        i for i, post in backend.metadata.posts.items() if post.state is PostState.PUBLISHED
    }
    shown = set() if ada.private else published
    assert {s for s in backend.found.shown() if not isinstance(s, str)} == shown
    for post_id in shown:
        document = backend.found.documents[post_id]
        assert document.version == backend.metadata.posts[post_id].revision + ada.switches
