"""How the best posts are ranked, and what the pages of hashtags and places are called."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.ranking import MOST_OF_ONE, NEIGHBOURS, rank, spread
from shutterfeed.domain.text import slug
from shutterfeed.domain.topics import parse_place, place_key
from tests import samples
from tests.fakes.system import START

HOUR = timedelta(hours=1)


def test_ten_times_the_likes_are_worth_a_day() -> None:
    for likes, hours in ((1, 0), (10, 24), (100, 48), (1_000_000, 144)):
        assert rank(START, likes) == rank(START + hours * HOUR, 0)
    assert rank(START, 0) == rank(START, 1)


def test_a_liked_post_falls_behind_new_ones_and_a_viral_one_later() -> None:
    """Whenever one looks, the order of two posts is the same."""
    liked, viral = rank(START, 30), rank(START, 30_000)
    assert rank(START + 35 * HOUR, 0) < liked < rank(START + 36 * HOUR, 0)
    assert rank(START + 107 * HOUR, 0) < viral < rank(START + 108 * HOUR, 0)


def _post(author: int, number: int) -> PostId:
    return samples.post(author=author, number=number).id


def _authors(posts: list[PostId]) -> list[str]:
    return [post_id.author_id for post_id in posts]


def test_one_author_does_not_fill_a_page() -> None:
    """All posts are still there, in the order of each author."""
    of_one = [_post(1, number) for number in range(10)]
    others = [_post(2 + number, number) for number in range(60)]
    found = spread([*of_one, *others])
    assert sorted(found) == sorted([*of_one, *others])
    assert [post_id for post_id in found if post_id in of_one] == of_one
    assert [post_id for post_id in found if post_id in others] == others
    authors = _authors(found)
    for start in range(len(authors)):
        assert authors[start : start + NEIGHBOURS].count(of_one[0].author_id) <= MOST_OF_ONE


def test_where_there_are_few_authors_their_posts_follow_all_the_same() -> None:
    posts = [_post(1 + number % 2, number) for number in range(30)]
    found = spread(posts)
    assert sorted(found) == sorted(posts)
    assert found[: 2 * MOST_OF_ONE] == posts[: 2 * MOST_OF_ONE]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("St. Gallen", "st-gallen"),
        (" ST  GALLEN ", "st-gallen"),
        ("Café Ærø / Nord", "cafe-aero-nord"),
        ("St. John's", "st-johns"),
        ("東京タワー", "東京タワー"),
        ("Pizza 🍕", "pizza-🍕"),
        ("--", None),
        ("…", None),
        ("", None),
    ],
)
def test_spellings_of_a_place_have_one_key(name: str, key: str | None) -> None:
    assert place_key(name) == key
    if key is None:
        with pytest.raises(InvalidInput, match="a letter, a digit or an emoji"):
            parse_place(name)
    else:
        assert parse_place(name) == parse_place(key) == key


@given(st.text(max_size=120))
def test_the_slug_of_a_slug_is_itself(text: str) -> None:
    found = slug(text)
    assert slug(found) == found
    assert len(found) <= 100
    assert not set(found) & set(" ./?#%&\\")
