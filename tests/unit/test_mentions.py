"""Handles in texts become mentions of people."""

from __future__ import annotations

from collections.abc import Sequence

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

_HANDLES = st.integers(0, 10**9).map(lambda n: ("a{}a", "a.{}", "9_{}")[n % 3].format(n))
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


@given(_TEXTS, st.data())
def test_any_text(text: str, data: st.DataObject) -> None:
    found = handles_in(text)
    mentions = written(text, _same(found))
    assert all(map(is_handle, found))
    assert len(found) == len(set(found)) <= MAX_MENTIONS
    assert all(f"@{handle}" in text.lower() for handle in found)
    _is_shown_as_it_was_written(text, found, mentions)
    _handles_change_and_change_back(text, found, mentions)
    _hidden_people_are_plain_text(
        text, mentions, data.draw(st.sets(st.sampled_from(found))) if found else set()
    )


def _is_shown_as_it_was_written(
    text: str, found: tuple[str, ...], mentions: Sequence[Mention]
) -> None:
    """While nobody has changed a handle, or nobody may be shown."""
    assert shown(text, (), {"anna": "somebody"}) == Shown(text)
    assert shown(text, mentions, {}) == Shown(text)
    assert shown(text, mentions, _same(found)) == Shown(text, found)
    assert mentioned(mentions) == set(found)


def _handles_change_and_change_back(
    text: str, found: tuple[str, ...], mentions: Sequence[Mention]
) -> None:
    later = [f"later.{n}" for n in range(len(found))]
    after = shown(text, mentions, dict(zip(found, later, strict=True)))
    assert after.handles == tuple(later)
    assert set(after.handles) <= set(handles_in(after.text))
    back = renamed(after.text, dict(zip(later, found, strict=True)))
    assert back.lower() == text.lower()


def _hidden_people_are_plain_text(text: str, mentions: Sequence[Mention], hidden: set[str]) -> None:
    shown_people = mentioned(mentions) - hidden
    partly = shown(text, mentions, {handle: handle for handle in shown_people})
    assert set(partly.handles) == shown_people
    assert partly.text == text


def _same(handles: tuple[str, ...]) -> dict[str, str]:
    return {handle: handle for handle in handles}
