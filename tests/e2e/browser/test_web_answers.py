"""Two people, two browsers: one likes, comments, saves; the other sees it, answers, and decides."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Route, expect

from shutterfeed_cli.client.content import Photo
from tests.e2e.browser.conftest import Visit
from tests.e2e.browser.samples import landscape
from tests.e2e.browser.visitor import DESKTOP, Screen, Visitor
from tests.e2e.conftest import Person, eventually, published

_FINGER = Screen(360, 740, is_phone=True)
_REFUSED = r"status of 409"
_LOOKING_MS = 100


def _posted(author: Person, seed: int, caption: str, photos: int = 1) -> str:
    files = [Photo(landscape(seed + number)) for number in range(0, 100 * photos, 100)]
    post_id = author.api.publish(files, caption=caption)
    published(author.api, post_id)
    return post_id


def _like(place: Locator) -> Locator:
    return place.get_by_role("button", name="Like", exact=True)


def _is_pressed(button: Locator) -> None:
    expect(button).to_have_attribute("aria-pressed", "true")


def _is_not_pressed(button: Locator) -> None:
    expect(button).to_have_attribute("aria-pressed", "false")


def _likes(person: Person, post_id: str) -> tuple[bool, int]:
    post = person.api.post(post_id)
    return post["liked_by_me"], post["counts"]["likes"]


def _left_edge(element: Locator) -> float | None:
    """The distance of an element from the left edge of the window, in pixels; None if it is not
    shown."""
    box = element.bounding_box()
    return None if box is None else box["x"]


def _comment(visitor: Visitor, text: str) -> Locator:
    """What a comment with this text consists of."""
    return visitor.page.get_by_role("listitem").filter(has_text=text).last


def _write(visitor: Visitor, text: str) -> None:
    visitor.page.get_by_label("Add a comment").fill(text)
    visitor.page.get_by_role("button", name="Post comment").click()
    expect(_comment(visitor, text)).to_be_visible()


def test_a_post_is_liked_by_its_button_its_picture_and_a_key(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    ben.api.follow(ann.handle)
    post_id = _posted(ann, 701, "To be liked")
    reader = visit(ben).open()
    card = reader.sees_post("To be liked")
    like = _like(card)
    _is_not_pressed(like)
    like.click()
    _is_pressed(like)
    expect(card.get_by_text("Liked by you", exact=True)).to_be_visible()
    eventually(lambda: _likes(ben, post_id), until=lambda found: found == (True, 1))

    # A double tap likes and never takes it back.
    picture = card.locator("img.picture")
    with reader.at_one_moment():
        picture.dblclick()
        expect(card.locator(".heart-burst")).to_be_visible()
    expect(card.locator(".heart-burst")).to_have_count(0)
    _is_pressed(like)
    reader.page.keyboard.press("l")  # the picture's post has the focus
    _is_not_pressed(like)
    expect(card.locator(".liked-by")).to_have_count(0)
    eventually(lambda: _likes(ben, post_id), until=lambda found: found == (False, 0))
    picture.dblclick()
    _is_pressed(like)
    eventually(lambda: _likes(ben, post_id), until=lambda found: found == (True, 1))

    # One of those who like it is named, and all are listed, to be followed from there.
    author = visit(ann).open(f"/p/{post_id}")
    named = author.page.locator(".liked-by")
    expect(named).to_have_text(f"Liked by {ben.handle}", use_inner_text=True)
    _like(author.page.get_by_role("main")).click()
    expect(named).to_have_text(f"Liked by you and {ben.handle}", use_inner_text=True)
    named.get_by_role("link", name="Liked by").click()
    expect(author.page.get_by_role("button", name=f"Follow @{ben.handle}")).to_be_visible()


def test_a_finger_likes_with_two_taps(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 702, "Two taps", photos=2)
    reader = visit(ben, _FINGER).open(f"/p/{post_id}")
    expect(_like(reader.page.get_by_role("main"))).to_be_visible()
    reader.swipe_left(reader.page.get_by_role("list", name="1 of 2"))
    expect(reader.page.get_by_role("list", name="2 of 2")).to_be_visible()
    picture = reader.page.locator(".slide").last
    eventually(lambda: _left_edge(picture), until=lambda x: x is not None and abs(x) < 1)
    with reader.at_one_moment():
        picture.tap()
        picture.tap()
        # The heart is where the picture is, not beside it.
        expect(reader.page.locator(".heart-burst .icon")).to_be_in_viewport()
    _is_pressed(_like(reader.page.get_by_role("main")))
    eventually(lambda: _likes(ben, post_id), until=lambda found: found == (True, 1))


def test_two_presses_at_once_end_in_the_last_one(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 703, "Pressed twice")
    reader = visit(ben).open(f"/p/{post_id}")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    reader.page.route(f"**/api/posts/{post_id}/like", hold)
    like = _like(reader.page.get_by_role("main"))
    like.click()
    _is_pressed(like)
    like.click()
    _is_not_pressed(like)
    for count, method in enumerate(("PUT", "DELETE"), start=1):
        for _ in range(600):
            if len(held) >= count:
                break
            reader.page.wait_for_timeout(_LOOKING_MS)
        assert [route.request.method for route in held[count - 1 :]] == [method]
        held[-1].continue_()
    eventually(lambda: _likes(ben, post_id), until=lambda found: found == (False, 0))
    _is_not_pressed(like)


def test_a_failure_shows_what_is_true(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 704, "Not today")
    reader = visit(ben).open(f"/p/{post_id}")
    reader.expects(_REFUSED)
    refusal = {"error": {"code": "conflict", "message": "That cannot be done now."}}
    for part in ("like", "save", "comments"):
        reader.page.route(
            f"**/api/posts/{post_id}/{part}",
            lambda route: (
                route.fulfill(status=409, json=refusal)
                if route.request.method in {"PUT", "POST"}
                else route.continue_()
            ),
        )
    main = reader.page.get_by_role("main")
    for name in ("Like", "Save"):
        button = main.get_by_role("button", name=name, exact=True)
        button.click()
        _is_not_pressed(button)
        reader.sees_text("That cannot be done now.")
        reader.page.get_by_role("button", name="Dismiss").click()
    box = reader.page.get_by_label("Add a comment")
    box.fill("Written for nothing")
    reader.page.get_by_role("button", name="Post comment").click()
    reader.sees_text("That cannot be done now.")
    expect(box).to_have_value("Written for nothing")
    # What was refused is sent once it can be.
    reader.page.unroute_all()
    reader.page.get_by_role("button", name="Post comment").click()
    expect(_comment(reader, "Written for nothing")).to_be_visible()
    expect(box).to_have_value("")


def test_a_comment_is_written_answered_changed_and_deleted(
    visit: Visit, person: Callable[[], Person]
) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 705, "What do you think?")
    reader = visit(ben, _FINGER).open(f"/p/{post_id}")
    reader.sees_text("No comments yet.")
    _write(reader, "A fine lake")
    expect(reader.page.get_by_role("button", name="Comment, 1 comment")).to_be_visible()
    assert (reader.accessibility(), reader.overflow()) == ([], 0)

    author = visit(ann, DESKTOP).open(f"/p/{post_id}")
    _comment(author, "A fine lake").get_by_role("button", name="Reply").click()
    reply = author.page.get_by_label(f"Your reply to @{ben.handle}")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("")
    author.page.keyboard.type("It is cold")
    # What is not sent is there again when one comes back to it.
    author.page.get_by_role("link", name="Home", exact=True).click()
    expect(reply).to_have_count(0)
    author.page.go_back()
    _comment(author, "A fine lake").get_by_role("button", name="Reply").click()
    expect(reply).to_have_value("It is cold")
    author.page.get_by_role("button", name="Reply", exact=True).last.click()
    expect(_comment(author, "It is cold")).to_be_visible()
    heart = author.page.get_by_role("button", name=f"Like the comment by @{ben.handle}")
    heart.click()
    _is_pressed(heart)

    reader.open(f"/p/{post_id}")
    reader.page.get_by_role("button", name="View 1 reply").click()
    answer = _comment(reader, "It is cold")
    # Among replies, the handle says whom one answers.
    answer.get_by_role("button", name="Reply").click()
    answering = reader.page.get_by_label(f"Your reply to @{ann.handle}")
    expect(answering).to_have_value(f"@{ann.handle} ")
    reader.page.get_by_role("button", name="Cancel").click()
    expect(reader.page.get_by_text("1 like", exact=True)).to_be_visible()

    options = reader.page.get_by_role("button", name=f"Options for the comment by @{ben.handle}")
    options.click()
    reader.page.get_by_role("button", name="Edit", exact=True).click()
    changing = reader.page.get_by_label("Your comment", exact=True)
    expect(changing).to_be_focused()
    changing.fill("A fine, cold lake")
    reader.page.locator("form.composer").last.get_by_role("button", name="Save").click()
    expect(_comment(reader, "A fine, cold lake")).to_contain_text("edited")
    expect(options).to_be_focused()

    options.click()
    reader.page.get_by_role("button", name="Delete", exact=True).click()
    dialog = reader.page.get_by_role("dialog", name="Delete this comment?")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    # The focus stays where the comment was.
    gone = reader.page.get_by_role("listitem").filter(has_text="This comment was deleted.")
    expect(gone).to_be_focused()
    expect(_comment(reader, "It is cold")).to_be_visible()
    assert (reader.accessibility(), reader.overflow()) == ([], 0)


def test_the_owner_pins_hides_and_approves(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben, cem = person(), person(), person()
    ann.api.call("PATCH", "/me", body={"held_words": ["soup"]})
    post_id = _posted(ann, 706, "Below this, I decide")
    writer = visit(ben).open(f"/p/{post_id}")
    for text in ("The first one", "Better than soup", "The last one"):
        _write(writer, text)
    expect(_comment(writer, "Better than soup")).to_contain_text("Waits for approval")

    owner = visit(ann).open("/settings/held")
    owner.page.get_by_role("button", name=f"Approve the comment by @{ben.handle}").click()
    owner.sees_text("Comment approved.")
    expect(owner.page.get_by_role("heading", name="Held comments")).to_be_focused()
    owner.open(f"/p/{post_id}")
    for text, action in (("The last one", "Pin to the top"), ("The first one", "Hide from others")):
        _comment(owner, text).get_by_role("button", name="Options").click()
        owner.page.get_by_role("button", name=action).click()
    expect(_comment(owner, "The first one")).to_contain_text("Hidden from others")
    assert owner.accessibility() == []

    third = visit(cem).open(f"/p/{post_id}")
    comments = third.page.locator(".comment-text")
    expect(comments).to_have_text(["The last one", "Better than soup"])
    # Its author sees it as before.
    writer.open(f"/p/{post_id}")
    expect(_comment(writer, "The first one")).to_be_visible()

    ann.api.edit_me(comments_from="nobody")
    third.open(f"/p/{post_id}")
    third.sees_text("you are not among them")
    expect(third.page.get_by_label("Add a comment")).to_have_count(0)


def test_people_are_mentioned_as_one_types(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 707, "Who was there?")
    asked = f"/search/suggest?q={ann.handle}"
    eventually(lambda: ben.api.call("GET", asked)["items"], until=bool)
    reader = visit(ben).open(f"/p/{post_id}?write")
    box = reader.page.get_by_label("Add a comment")
    expect(box).to_be_focused()
    reader.page.keyboard.type(f"Was @{ann.handle}")
    option = reader.page.get_by_role("option").filter(has_text=re.compile(rf"@{ann.handle}\b"))
    expect(option).to_be_visible()
    assert reader.accessibility() == []
    for _ in range(20):
        if option.get_attribute("aria-selected") == "true":
            break
        reader.page.keyboard.press("ArrowDown")
    reader.page.keyboard.press("Enter")
    expect(box).to_have_value(f"Was @{ann.handle} ")
    reader.page.keyboard.type(f"there, and @nobody_at_all? And @{ann.handle[:-1]}")
    listed = reader.page.get_by_role("listbox", name="People to mention")
    expect(listed).to_be_visible()
    reader.page.keyboard.press("Control+Enter")  # sends, and takes none of those listed
    expect(listed).to_be_hidden()
    shown = _comment(reader, "there, and")
    typed = f"Was @{ann.handle} there, and @nobody_at_all? And @{ann.handle[:-1]}"
    expect(shown.locator(".comment-text")).to_have_text(typed)
    expect(shown.get_by_role("link", name=f"@{ann.handle}", exact=True)).to_be_visible()
    expect(shown.get_by_role("link", name="@nobody_at_all")).to_have_count(0)

    # Without the list the button is somewhere else: a press has to come to its end before.
    reader.page.keyboard.type(f"Thanks @{ann.handle[:-1]}")
    expect(listed).to_be_visible()
    reader.page.get_by_role("button", name="Post comment").click(delay=200)
    expect(_comment(reader, "Thanks")).to_be_visible()
    expect(listed).to_be_hidden()


def test_posts_are_saved_and_collected(visit: Visit, person: Callable[[], Person]) -> None:
    ann, ben = person(), person()
    post_id = _posted(ann, 708, "Worth keeping")
    reader = visit(ben).open(f"/p/{post_id}")
    page = reader.page
    save = page.get_by_role("main").get_by_role("button", name="Save", exact=True)
    expect(save).to_be_visible()
    page.keyboard.press("s")  # wherever the focus is: the page has one post
    _is_pressed(save)
    like = _like(page.get_by_role("main"))
    page.keyboard.press("l")
    _is_pressed(like)
    page.keyboard.press("c")
    expect(page.get_by_label("Add a comment")).to_be_focused()
    page.keyboard.type("ls")
    page.get_by_role("button", name="Post options").click()
    # Its code is fetched when it is first opened: until then, the keys are still the page's.
    expect(page.get_by_role("dialog", name="Post options")).to_be_visible()
    page.keyboard.press("l")  # behind a dialog, nothing happens
    page.keyboard.press("Escape")
    _is_pressed(like)
    _is_pressed(save)
    page.get_by_role("button", name="Post options").click()
    page.get_by_role("button", name="Add to a collection").click()
    dialog = page.get_by_role("dialog", name="Add to a collection")
    dialog.get_by_label("Name of a new collection").fill("Lakes")
    dialog.get_by_role("button", name="Create and add").click()
    reader.sees_text("Added to Lakes.")

    tile = page.get_by_role("link", name="Worth keeping")
    reader.open(f"/u/{ben.handle}")
    page.get_by_role("navigation", name="Your profile").get_by_role("link", name="Saved").click()
    expect(tile).to_be_visible()
    page.get_by_role("link", name="Lakes 1 post").click()
    expect(page.get_by_role("heading", name="Lakes")).to_be_visible()
    page.get_by_role("button", name="Take out").click()
    expect(tile).to_have_count(0)
    expect(page.get_by_role("heading", name="Lakes")).to_be_focused()
    page.get_by_role("button", name="Delete collection").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Saved posts")).to_be_visible()
    expect(tile).to_be_visible()
    page.get_by_role("link", name="Liked", exact=True).click()
    expect(page.get_by_role("heading", name="Liked posts")).to_be_visible()
    expect(tile).to_be_visible()
