"""Handles in texts become mentions of people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.mentions import (
    MAX_MENTIONS,
    Mention,
    Shown,
    handles_in,
    mentioned,
    newly_mentioned,
    renamed,
    shown,
    written,
)
from shutterfeed.domain.users import is_handle
from tests import vectors

ANNA, BEN = "id-of-anna", "id-of-ben"
IDS = {"anna": ANNA, "ben_2": BEN}

_HANDLES = st.from_regex(r"[a-z0-9](?:[._]?[a-z0-9]){2,13}", fullmatch=True)
_TEXTS = st.lists(
    st.one_of(
        st.text(max_size=5),
        _HANDLES.map("@{}".format),
        st.sampled_from(["@anna", "@Ben_2", "@ben_2.", "@", " ", "\n", ".", "_", "#tag", "は"]),
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("", ()),
        ("@anna", ("anna",)),
        ("With @Anna and @ben_2!", ("anna", "ben_2")),
        ("@anna @ANNA @anna.", ("anna",)),
        ("(@anna), @ben.k\n@cem", ("anna", "ben.k", "cem")),
        ("Thanks.@anna", ("anna",)),
        ("@anna's and @ben-k", ("anna", "ben")),
        ("写真は@annaさん", ("anna",)),
        ("📷@anna🎉", ("anna",)),
        ("#@anna", ("anna",)),
        ("me@anna.com", ()),
        ("ü@anna", ()),
        ("_@anna", ()),
        ("https://example.org/@anna", ()),
        ("@anna@example.org", ()),
        ("@@anna", ()),
        ("@annaé", ()),
        ("@anna_", ()),
        ("@anna.bé", ()),
        ("@an", ()),
        ("@" + "a" * 30, ("a" * 30,)),
        ("@" + "a" * 31, ()),
        ("@ anna", ()),
        ("@.anna @_anna", ()),
        ("@a..b @anna..b", ("anna",)),
    ],
)
def test_handles_in_a_text(text: str, handles: tuple[str, ...]) -> None:
    assert handles_in(text) == handles


def test_mentions_are_those_that_the_web_client_shows_as_links() -> None:
    for text, handles, _ in vectors.links():
        assert handles_in(text) == tuple(handles), text


def test_no_text_mentions_more_than_twenty() -> None:
    text = " ".join(f"@user{n}" for n in range(30))
    assert handles_in(text) == tuple(f"user{n}" for n in range(MAX_MENTIONS))


def test_only_handles_that_lead_to_somebody_are_mentions() -> None:
    assert written("@Anna, @nobody and @anna", IDS) == (Mention("anna", ANNA),)


def test_a_text_is_shown_with_todays_handles() -> None:
    text = "@Anna and @ben_2 and @nobody, @anna."
    mentions = written(text, IDS)
    after = shown(text, mentions, {ANNA: "annabel", BEN: "ben_2"})
    assert after == Shown(
        "@annabel and @ben_2 and @nobody, @annabel.",
        ("annabel", "ben_2"),
    )


def test_a_handle_that_is_still_the_same_keeps_its_capital_letters() -> None:
    assert shown("Hi @Anna", [Mention("anna", ANNA)], {ANNA: "anna"}).text == "Hi @Anna"


def test_a_person_who_is_hidden_is_plain_text_as_it_was_written() -> None:
    text = "@anna and @ben_2"
    assert shown(text, written(text, IDS), {BEN: "ben"}) == Shown("@anna and @ben", ("ben",))


def test_two_people_who_have_swapped_their_handles() -> None:
    text = "@anna and @ben_2"
    after = shown(text, written(text, IDS), {ANNA: "ben_2", BEN: "anna"})
    assert after == Shown("@ben_2 and @anna", ("ben_2", "anna"))


def test_the_former_handle_of_somebody_is_another_persons_today() -> None:
    """The mention still leads to the one who had the handle when the text was written."""
    after = shown("@anna", [Mention("anna", ANNA)], {ANNA: "annabel", "id-of-another": "anna"})
    assert after == Shown("@annabel", ("annabel",))


def test_only_people_who_were_not_mentioned_before_are_new() -> None:
    before, after = [Mention("anna", ANNA)], [Mention("annabel", ANNA), Mention("ben_2", BEN)]
    assert newly_mentioned(before, after, "author") == {BEN}
    assert newly_mentioned((), after, BEN) == {ANNA}
    assert newly_mentioned(after, (), "author") == frozenset()


@given(_TEXTS)
def test_every_handle_that_is_found_could_be_somebodys(text: str) -> None:
    found = handles_in(text)
    assert all(map(is_handle, found))
    assert len(found) == len(set(found)) <= MAX_MENTIONS
    assert all(f"@{handle}" in text.lower() for handle in found)


@given(_TEXTS)
def test_a_text_without_people_is_shown_as_it_was_written(text: str) -> None:
    mentions = written(text, {handle: handle for handle in handles_in(text)})
    assert shown(text, (), {"anna": "somebody"}) == Shown(text)
    assert shown(text, mentions, {}) == Shown(text)


@given(_TEXTS)
def test_what_is_shown_while_nobody_has_changed_a_handle_is_what_was_written(text: str) -> None:
    found = handles_in(text)
    assert shown(text, written(text, dict(zip(found, found, strict=True))), _same(found)) == Shown(
        text, found
    )


@given(_TEXTS, st.data())
def test_handles_can_change_and_change_back(text: str, data: st.DataObject) -> None:
    found = handles_in(text)
    mentions = written(text, _same(found))
    later = [f"later.{n}" for n in range(len(found))]
    after = shown(text, mentions, dict(zip(found, later, strict=True)))
    assert after.handles == tuple(later)
    assert set(after.handles) <= set(handles_in(after.text))
    back = renamed(after.text, dict(zip(later, found, strict=True)))
    assert back.lower() == text.lower()
    hidden = data.draw(st.sets(st.sampled_from(found))) if found else set()
    partly = shown(text, mentions, {h: h for h in found if h not in hidden})
    assert set(partly.handles) == set(found) - hidden
    assert partly.text == text
    assert mentioned(mentions) == set(found)


def _same(handles: tuple[str, ...]) -> dict[str, str]:
    return {handle: handle for handle in handles}
