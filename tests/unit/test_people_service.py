"""Mentions in captions, and people tagged in photos, from writing to showing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.comments import MAX_COMMENT
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.mentions import MAX_MENTIONS, Mention, Shown
from shutterfeed.domain.people import MAX_TAGGED, PersonDraft
from shutterfeed.domain.posts import (
    MAX_CAPTION,
    Post,
    newly_mentioned_in,
    newly_tagged_in,
)
from shutterfeed.domain.users import MentionsFrom
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.viewing import PostView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))


@pytest.fixture
def backend() -> Backend:
    """Ada, Bob, who follows her and comes often, and Cy."""
    backend = Backend()
    for number, handle in ((1, "ada"), (2, "bob"), (3, "cy.k")):
        user = backend.sign_up(number)
        backend.users.edit(user.user_id, handle=handle)
    backend.follows.follow(BOB, "ada")
    backend.reader.page(BOB, None, 10)
    backend.drain()
    return backend


def _published(backend: Backend, caption: str, *people: PersonDraft) -> Post:
    medium = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO), people=people)
    key = f"key-{len(backend.metadata.posts)}"
    post = backend.posts.create(ADA, PostDraft(caption, None, (medium,)), key).view.post
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return backend.metadata.posts[post.id]


def _seen(backend: Backend, post: Post, viewer_id: str | None) -> PostView:
    return backend.posts.get(str(post.id), Viewer(viewer_id))


def _caption(backend: Backend, post: Post, viewer_id: str | None = ADA) -> Shown:
    return _seen(backend, post, viewer_id).caption


def _tagged(backend: Backend, post: Post, viewer_id: str | None = ADA) -> list[str]:
    return _tagged_in(_seen(backend, post, viewer_id))


def _rename(backend: Backend, user_id: str, handle: str) -> None:
    backend.users.edit(user_id, handle=handle)


def _block(backend: Backend, blocker_id: str, blocked: str) -> None:
    backend.blocks.block(blocker_id, blocked)


def _edit(backend: Backend, post: Post, caption: str) -> PostView:
    return backend.posts.edit(str(post.id), ADA, caption, None, drop_place=False)


def test_a_mention_leads_to_whoever_had_the_handle_when_it_was_written(backend: Backend) -> None:
    post = _published(backend, "With @Bob, @cy.k and @nobody")
    assert _caption(backend, post) == Shown("With @Bob, @cy.k and @nobody", ("bob", "cy.k"))
    _rename(backend, BOB, "robert")
    for viewer_id in (ADA, BOB, CY, None):
        after = Shown("With @robert, @cy.k and @nobody", ("robert", "cy.k"))
        assert _caption(backend, post, viewer_id) == after
    (listed,) = backend.posts.by_author("ada", Viewer(CY), None, 10).items
    assert listed.caption.handles == ("robert", "cy.k")
    (found,) = backend.viewing.posts(Viewer(CY), [post.id])
    assert found.caption.handles == ("robert", "cy.k")


def test_the_next_owner_of_a_handle_is_not_who_was_mentioned(backend: Backend) -> None:
    post = _published(backend, "With @bob")
    _rename(backend, BOB, "robert")
    backend.metadata.handles["bob"] = CY
    assert _caption(backend, post) == Shown("With @robert", ("robert",))


def test_only_who_may_see_somebody_finds_them_by_a_mention(backend: Backend) -> None:
    post = _published(backend, "With @bob and @cy.k")
    _rename(backend, BOB, "robert")
    _block(backend, BOB, "cy.k")
    plain = Shown("With @bob and @cy.k", ("cy.k",))
    assert _caption(backend, post, CY) == plain
    assert _caption(backend, post, BOB) == Shown("With @robert and @cy.k", ("robert",))
    assert _caption(backend, post, ADA).handles == ("robert", "cy.k")
    backend.users.edit(BOB, public_page=False)
    assert _caption(backend, post, None) == plain
    del backend.metadata.profiles[BOB]
    assert _caption(backend, post, ADA) == plain


def test_a_block_keeps_both_from_mentioning_each_other(backend: Backend) -> None:
    for blocker_id, blocked in ((BOB, "ada"), (ADA, "bob")):
        backend.metadata.blocks.clear()
        _block(backend, blocker_id, blocked)
        post = _published(backend, "With @bob")
        assert post.mentions == ()
        backend.metadata.blocks.clear()
        assert _caption(backend, post) == Shown("With @bob")


@pytest.mark.parametrize(
    ("setting", "follows", "may"),
    [
        (MentionsFrom.EVERYONE, False, True),
        (MentionsFrom.FOLLOWED, False, False),
        (MentionsFrom.FOLLOWED, True, True),
        (MentionsFrom.NOBODY, True, False),
    ],
)
def test_people_say_who_may_mention_and_tag_them(
    backend: Backend, setting: MentionsFrom, follows: bool, may: bool
) -> None:
    """Those whom the mentioned follows; who follows the mentioned says nothing."""
    backend.follows.follow(ADA, "cy.k")
    if follows:
        backend.follows.follow(CY, "ada")
    backend.users.edit(CY, mentions_from=setting)
    assert _published(backend, "@cy.k").mentions == ((Mention("cy.k", CY),) if may else ())
    if may:
        assert _tagged(backend, _published(backend, "", PersonDraft("cy.k", 0, 1))) == ["cy.k"]
        return
    with pytest.raises(InvalidInput) as refused:
        _published(backend, "", PersonDraft("cy.k", 0, 1))
    assert (refused.value.code, refused.value.field) == (
        "cannot_be_tagged",
        "media[0].people[0].handle",
    )


def test_everybody_may_mention_and_tag_themselves(backend: Backend) -> None:
    backend.users.edit(ADA, mentions_from=MentionsFrom.NOBODY)
    post = _published(backend, "It is @ada", PersonDraft("Ada", 0.5, 0.5))
    assert _caption(backend, post, CY).handles == ("ada",)
    assert _tagged(backend, post, CY) == ["ada"]
    assert newly_mentioned_in(None, post) == newly_tagged_in(None, post) == frozenset()


def test_who_is_mentioned_stays_so_when_they_want_no_mentions_any_more(backend: Backend) -> None:
    post = _published(backend, "With @bob", PersonDraft("bob", 0.1, 0.2))
    backend.users.edit(BOB, mentions_from=MentionsFrom.NOBODY)
    (medium,) = post.media
    people = {medium.media_id: [PersonDraft("bob", 0.3, 0.4), PersonDraft("cy.k", 1, 1)]}
    backend.posts.edit(
        str(post.id), ADA, "Again with @bob and @cy.k", None, drop_place=False, people=people
    )
    assert _caption(backend, post).handles == ("bob", "cy.k")
    assert _tagged(backend, post) == ["bob", "cy.k"]
    _edit(backend, post, "Alone")
    _edit(backend, post, "With @bob")
    assert _caption(backend, post) == Shown("With @bob")


def test_an_edit_does_not_change_what_its_author_cannot_see(backend: Backend) -> None:
    """Ada gets the old handle back as plain text, which is somebody else's by now."""
    post = _published(backend, "With @bob")
    _rename(backend, BOB, "robert")
    backend.metadata.handles["bob"] = CY
    _block(backend, BOB, "ada")
    shown = _caption(backend, post).text
    assert shown == "With @bob"
    assert _edit(backend, post, shown + "!").caption == Shown("With @bob!")
    assert _caption(backend, post, CY) == Shown("With @robert!", ("robert",))


def test_a_caption_does_not_become_too_long_by_itself(backend: Backend) -> None:
    text = "@bob" + "x" * (MAX_CAPTION - 5) + "!"
    text = text.replace("@bobx", "@bob ")
    post = _published(backend, text)
    _rename(backend, BOB, "b" * 30)
    shown = ""
    for _ in range(2):
        shown = _caption(backend, post).text
        assert len(shown) == MAX_CAPTION + 27
        assert _edit(backend, post, shown).caption.text == shown
    with pytest.raises(InvalidInput, match="2,201"):
        _edit(backend, post, shown + "?")


def test_handles_that_people_have_swapped_can_be_edited(backend: Backend) -> None:
    post = _published(backend, "@bob and @cy.k")
    for user_id, handle in ((BOB, "other"), (CY, "bob"), (BOB, "cy.k")):
        backend.metadata.resting.clear()
        _rename(backend, user_id, handle)
    assert _caption(backend, post) == Shown("@cy.k and @bob", ("cy.k", "bob"))
    view = _edit(backend, post, "@cy.k and also @bob")
    assert view.caption == Shown("@cy.k and also @bob", ("cy.k", "bob"))
    assert {m.handle: m.user_id for m in view.post.mentions} == {"cy.k": BOB, "bob": CY}


def test_an_edit_of_something_else_reads_nobody(backend: Backend) -> None:
    post = _published(backend, "With @bob")
    backend.fuse.log.clear()
    backend.posts.edit(str(post.id), ADA, None, None, drop_place=False, sensitive=True)
    assert "ids_of" not in backend.fuse.log
    assert backend.metadata.posts[post.id].mentions == post.mentions


@pytest.mark.parametrize(("caption", "reads"), [("Alone", 0), ("With @bob and @cy.k", 1)])
def test_handles_are_looked_up_at_once(backend: Backend, caption: str, reads: int) -> None:
    backend.fuse.log.clear()
    backend.create_post(1, (PHOTO,), "key", caption)
    assert backend.fuse.log.count("ids_of") == backend.fuse.log.count("read") == reads
    assert "id_of" not in backend.fuse.log


def test_a_page_of_posts_takes_no_further_read_for_the_people_in_them(backend: Backend) -> None:
    post = _published(backend, "With @bob and @cy.k", PersonDraft("cy.k", 0.5, 0.5))
    backend.fuse.log.clear()
    backend.posts.by_author("ada", Viewer(BOB), None, 10)
    with_people = list(backend.fuse.log)
    _edit(backend, post, "Alone")
    backend.fuse.log.clear()
    backend.posts.by_author("ada", Viewer(BOB), None, 10)
    assert backend.fuse.log == with_people


def test_a_post_that_is_hidden_does_not_tell_by_a_read_whom_it_mentions(backend: Backend) -> None:
    post = _published(backend, "With @cy.k")
    _block(backend, ADA, "bob")
    backend.fuse.log.clear()
    assert backend.viewing.posts(Viewer(BOB), [post.id]) == ()
    assert backend.fuse.log == ["read"]


def test_a_feed_shows_people_in_its_two_round_trips(backend: Backend) -> None:
    """Bob is pushed to: the entries of his feed say whom the posts have in them."""
    post = _published(backend, "With @cy.k", PersonDraft("cy.k", 0, 0))
    _rename(backend, CY, "cyrus")

    def shown() -> tuple[Shown, list[str]]:
        backend.fuse.log.clear()
        (view,) = backend.reader.page(BOB, None, 10).posts
        assert [name for name in backend.fuse.log if name != "record_visit"] == ["start", "view"]
        return view.caption, _tagged_in(view)

    assert shown() == (Shown("With @cyrus", ("cyrus",)), ["cyrus"])
    _block(backend, CY, "bob")
    assert shown() == (Shown("With @cy.k"), [])
    backend.metadata.blocks.clear()
    _edit(backend, post, "With @cyrus and @ada")
    assert shown() == (Shown("With @cyrus and @ada", ("cyrus", "ada")), ["cyrus"])


def test_a_feed_shows_people_whom_it_does_not_look_up_as_they_were_written(
    backend: Backend,
) -> None:
    post = _published(backend, "With @bob")
    _edit(backend, post, "With @bob and @cy.k")
    _rename(backend, CY, "cyrus")
    (view,) = backend.reader.page(BOB, None, 10).posts
    assert view.caption == Shown("With @bob and @cy.k", ("bob",))
    assert _caption(backend, post, BOB).handles == ("bob", "cyrus")


def test_no_more_than_twenty_people_are_mentioned(backend: Backend) -> None:
    for number in range(30):
        backend.users.edit(backend.sign_up(100 + number).user_id, handle=f"user.{number}")
    post = _published(backend, " ".join(f"@user.{number}" for number in range(30)))
    assert len(_caption(backend, post).handles) == MAX_MENTIONS


def test_whoever_is_tagged_is_shown_to_those_who_may_see_them(backend: Backend) -> None:
    post = _published(backend, "", PersonDraft("bob", 0.123456, 1), PersonDraft("cy.k", 0, 0))
    assert [(p.x, p.y) for p in post.people] == [(0.1235, 1), (0, 0)]
    _rename(backend, CY, "cyrus")
    for viewer in (ADA, BOB, CY, None):
        assert _tagged(backend, post, viewer) == ["bob", "cyrus"]
    _block(backend, CY, "bob")
    assert _tagged(backend, post, BOB) == ["bob"]
    assert _tagged(backend, post, CY) == ["cyrus"]
    assert _tagged(backend, post, ADA) == ["bob", "cyrus"]


def test_whoever_removes_their_tag_stays_removed(backend: Backend) -> None:
    post = _published(backend, "", PersonDraft("bob", 0, 0), PersonDraft("cy.k", 0, 0))
    (medium,) = post.media
    backend.posts.untag(str(post.id), BOB)
    backend.posts.untag(str(post.id), BOB)
    assert _tagged(backend, post) == ["cy.k"]
    with pytest.raises(InvalidInput, match="'bob' cannot be tagged"):
        backend.posts.edit(
            str(post.id),
            ADA,
            None,
            None,
            drop_place=False,
            people={medium.media_id: [PersonDraft("bob", 0, 0)]},
        )
    backend.posts.edit(
        str(post.id), ADA, None, None, drop_place=False, people={medium.media_id: []}
    )
    assert _tagged(backend, post) == []
    assert backend.metadata.posts[post.id].untagged == (BOB,)


def test_whoever_is_blocked_by_the_author_removes_their_tag_too(backend: Backend) -> None:
    post = _published(backend, "", PersonDraft("bob", 0, 0))
    _block(backend, ADA, "bob")
    assert _tagged(backend, post, CY) == ["bob"]
    backend.posts.untag(str(post.id), BOB)
    assert _tagged(backend, post, CY) == []


def test_a_tag_removed_from_a_deleted_post_is_not_restored_with_it(backend: Backend) -> None:
    post = _published(backend, "", PersonDraft("bob", 0, 0))
    backend.posts.delete(str(post.id), ADA)
    backend.posts.untag(str(post.id), BOB)
    assert _tagged_in(backend.posts.restore(str(post.id), ADA)) == []


def test_who_is_not_tagged_removes_nothing_and_is_told_nothing(backend: Backend) -> None:
    post = _published(backend, "", PersonDraft("bob", 0, 0))
    before = list(backend.metadata.changes)
    backend.posts.untag(str(post.id), CY)
    backend.posts.untag(str(samples.post(number=99).id), CY)
    assert backend.metadata.changes == before
    assert backend.metadata.posts[post.id].untagged == ()


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([PersonDraft("bob", 1.01, 0)], "invalid_position"),
        ([PersonDraft("bob", 0, float("nan"))], "invalid_position"),
        ([PersonDraft("bob", 0, 0), PersonDraft("bob", 1, 1)], "tagged_twice"),
        ([PersonDraft("nobody", 0, 0)], "cannot_be_tagged"),
        ([PersonDraft("no handle", 0, 0)], "cannot_be_tagged"),
    ],
)
def test_what_is_no_tag_is_refused(backend: Backend, people: list[PersonDraft], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _published(backend, "", *people)
    assert refused.value.code == code
    assert not backend.metadata.posts


def test_no_post_has_more_than_twenty_tags(backend: Backend) -> None:
    people = []
    for number in range(MAX_TAGGED + 1):
        backend.users.edit(backend.sign_up(100 + number).user_id, handle=f"user.{number}")
        people.append(PersonDraft(f"user.{number}", 0, 0))
    assert len(_published(backend, "", *people[1:]).people) == MAX_TAGGED
    with pytest.raises(InvalidInput) as refused:
        _published(backend, "", *people)
    assert refused.value.code == "too_many_people"


def test_people_are_new_once_when_a_post_is_published_or_edited(backend: Backend) -> None:
    post = _published(backend, "With @bob", PersonDraft("cy.k", 0, 0))
    pending = replace(post, state=samples.post().state)
    assert newly_mentioned_in(None, pending) == newly_tagged_in(None, pending) == frozenset()
    assert newly_mentioned_in(pending, post) == {BOB}
    assert newly_tagged_in(pending, post) == {CY}
    more = replace(
        post,
        mentions=(*post.mentions, Mention("cy.k", CY)),
        people=(*post.people, replace(post.people[0], user_id=BOB)),
    )
    assert newly_mentioned_in(post, more) == {CY}
    assert newly_tagged_in(post, more) == {BOB}
    deleted = more.deleted(samples.START)
    for before, after in ((more, deleted), (deleted, more), (more, post), (more, None)):
        assert newly_mentioned_in(before, after) == newly_tagged_in(before, after) == frozenset()


def test_a_comment_mentions_people_like_a_caption(backend: Backend) -> None:
    post = str(_published(backend, "").id)
    made = backend.comments.create(ADA, post, "Look, @bob and @nobody", None, "key-of-comment")
    assert made.shown == Shown("Look, @bob and @nobody", ("bob",))
    _rename(backend, BOB, "robert")
    comment = str(made.comment.id)
    seen = backend.discussions.one(Viewer(CY), comment)
    assert seen.shown == Shown("Look, @robert and @nobody", ("robert",))
    edited = backend.comments.edit(ADA, comment, "Look, @robert and @cy.k")
    assert edited.comment.text == "Look, @bob and @cy.k"
    assert edited.shown == Shown("Look, @robert and @cy.k", ("robert", "cy.k"))
    _block(backend, BOB, "cy.k")
    seen = backend.discussions.one(Viewer(CY), comment)
    assert seen.shown == Shown("Look, @bob and @cy.k", ("cy.k",))
    again = backend.comments.edit(ADA, comment, "Look, @robert and @cy.k")
    assert again.comment == edited.comment, "nothing has changed"


def test_a_comment_does_not_become_too_long_by_itself(backend: Backend) -> None:
    post = str(_published(backend, "").id)
    text = "@bob " + "x" * (MAX_COMMENT - 5)
    comment = str(backend.comments.create(ADA, post, text, None, "key-of-comment").comment.id)
    _rename(backend, BOB, "b" * 30)
    shown = backend.discussions.one(Viewer(ADA), comment).shown
    assert shown is not None
    assert backend.comments.edit(ADA, comment, shown.text[:-1] + "y").shown is not None
    with pytest.raises(InvalidInput, match="1,001"):
        backend.comments.edit(ADA, comment, shown.text + "y")


def _tagged_in(view: PostView) -> list[str]:
    people = (view.people_in(medium.media_id) for medium in view.post.media)
    return [author.profile.handle for of_medium in people for _, author in of_medium]
