"""Queries, documents and ranking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.adapters.search.postings import (
    cells_around,
    cells_of,
    describe,
    geohash,
    letters_left,
    parse,
)
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.posts import Place, PostState
from shutterfeed.domain.search import (
    MAX_POST_TERMS,
    MAX_QUERY,
    MAX_QUERY_TERMS,
    Circle,
    Gone,
    MediaKind,
    PostDocument,
    Term,
    allowed_typos,
    lift,
    parse_circle,
    parse_query,
    popularity,
    post_document,
    start_keys,
    typos_between,
    user_document,
)
from shutterfeed.domain.topics import parse_tag
from tests import samples
from tests.fakes.system import START

AUTHOR = samples.profile(1)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


def _code(text: str) -> str:
    with pytest.raises(InvalidInput) as error:
        parse_query(text)
    assert error.value.field == "q"
    return error.value.code


class TestQueries:
    def test_words_and_hashtags(self) -> None:
        query = parse_query("Red Balloon #Sky ")
        assert query.terms == (Term("#sky"), Term("red"), Term("balloon", 1))

    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("#one#two ", ["#one", "#two"]),
            ("#one##two ", ["#one", "#two"]),
            ("#one #onetwo three#one ", ["#one", "#onetwo", "three", "one"]),
            ("#1#two ", ["#two", "1"]),
        ],
    )
    def test_hashtags_are_looked_for_whole(self, text: str, terms: list[str]) -> None:
        assert [term.text for term in parse_query(text).terms] == terms

    def test_only_a_word_that_is_being_typed_is_a_beginning(self) -> None:
        assert [t.is_beginning for t in parse_query("red balloon").terms] == [False, True]
        assert [t.is_beginning for t in parse_query("red balloon ").terms] == [False, False]
        assert [t.is_beginning for t in parse_query("red #balloon").terms] == [False, False]

    def test_a_word_counts_once_and_not_too_many_do(self) -> None:
        assert len(parse_query("wave wave WAVE ").terms) == 1
        many = " ".join(f"w{number}" for number in range(45))
        assert len(parse_query(many).terms) == MAX_QUERY_TERMS

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "empty_query"),
            ("  \u3000 ", "empty_query"),
            ("!!! ((((", "empty_query"),
            ("#", "empty_query"),
            ("x" * (MAX_QUERY + 1), "query_too_long"),
            ("x" * 10_000, "query_too_long"),
            ("a\x00b", "invalid_text"),
            ("a\x1fb", "invalid_text"),
            ("a\ud800b", "invalid_text"),
            ("a\nb", "invalid_text"),
        ],
    )
    def test_bad_queries_say_what_is_wrong(self, text: str, code: str) -> None:
        assert _code(text) == code

    def test_a_place_needs_no_words(self) -> None:
        assert parse_query("", near=Circle(1.0, 2.0, 3.0)).terms == ()

    @pytest.mark.parametrize(
        ("text", "handle"),
        [
            ("ada", "ada"),
            ("@Ada.L", "ada.l"),
            ("ada.", "ada."),
            ("ada lovelace", None),
            ("a..b", None),
            ("é", None),
        ],
    )
    def test_what_may_be_a_handle(self, text: str, handle: str | None) -> None:
        assert parse_query(text).handle == handle

    @given(st.text(max_size=MAX_QUERY))
    def test_any_text_is_a_query_or_refused(self, text: str) -> None:
        try:
            query = parse_query(text)
        except InvalidInput as error:
            assert error.field == "q"  # noqa: PT017 - either outcome is right
        else:
            assert 1 <= len(query.terms) <= MAX_QUERY_TERMS


@pytest.mark.parametrize(
    ("near", "km", "circle"),
    [
        (None, None, None),
        ("52.52,13.405", None, Circle(52.52, 13.405, 10.0)),
        ("-90,180", "500", Circle(-90.0, 180.0, 500.0)),
        ("0,0", "0.5", Circle(0.0, 0.0, 0.5)),
        ("0,0", "3.3333333333333335", Circle(0.0, 0.0, 3.3333333333333335)),
        ("0,0", "1e-07", Circle(0.0, 0.0, 1e-7)),
        ("52.52000812345678,-0.0", "10.0", Circle(52.52000812345678, 0.0, 10.0)),
        (None, "10", None),
    ],
)
def test_circles(near: str | None, km: str | None, circle: Circle | None) -> None:
    assert parse_circle(near, km) == circle


@pytest.mark.parametrize(
    ("near", "km", "field"),
    [
        ("91,0", None, "near"),
        ("0,181", None, "near"),
        ("0", None, "near"),
        ("nan,0", None, "near"),
        ("0,0,0", None, "near"),
        ("1e1,0", None, "near"),
        ("٣,0", None, "near"),
        ("052,0", None, "near"),
        ("90.1,0", None, "near"),
        ("0,180.01", None, "near"),
        (None, "501", "km"),
        ("0,0", "1_0", "km"),
        ("0,0", " 1", "km"),
        ("0,0", "0" * 40 + "1", "km"),
        ("0,0", "0", "km"),
        ("0,0", "-1", "km"),
        ("0,0", "501", "km"),
        ("0,0", "inf", "km"),
        ("0,0", "", "km"),
    ],
)
def test_circles_that_are_none(near: str | None, km: str | None, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        parse_circle(near, km)
    assert error.value.field == field


def test_tags_come_with_or_without_their_mark() -> None:
    assert parse_tag("#Café") == parse_tag(" cafe ") == "cafe"
    for bad in ("", "#", "a b", "1", "a-b", "x" * 101, "~u33", "a#b"):
        with pytest.raises(InvalidInput):
            parse_tag(bad)


@pytest.mark.parametrize(
    ("word", "typos"),
    [("cat", 0), ("boat", 1), ("sailing", 1), ("sailboat", 2), ("2024", 0), ("夜景", 0), ("👍", 0)],
)
def test_typing_errors_are_forgiven_by_length(word: str, typos: int) -> None:
    assert allowed_typos(word) == typos


@pytest.mark.parametrize(
    ("a", "b", "typos"),
    [
        ("boat", "boat", 0),
        ("boat", "boot", 1),
        ("boat", "bota", 1),
        ("boat", "boa", 1),
        ("boat", "boats", 1),
        ("boat", "bt", 2),
        ("lighthouse", "lihgthuose", 2),
        ("abcd", "wxyz", None),
        ("", "ab", 2),
    ],
)
def test_typing_errors_are_counted(a: str, b: str, typos: int | None) -> None:
    assert typos_between(a, b, 2) == typos
    assert typos_between(b, a, 2) == typos


@given(st.text("abcd", min_size=4, max_size=9), st.text("abcd", min_size=4, max_size=9))
def test_words_near_each_other_are_found_by_the_letters_that_are_left(a: str, b: str) -> None:
    for most in (1, 2):
        if typos_between(a, b, most) is not None:
            assert letters_left(a, most) & letters_left(b, most)


class TestDocuments:
    def test_only_what_is_published_can_be_found(self) -> None:
        post = replace(samples.post(), revision=4, position=samples.position(1))
        for state in PostState:
            document = post_document(post.id, replace(post, state=state), AUTHOR)
            assert isinstance(document, Gone) is (state is not PostState.PUBLISHED)
            assert document.version == 4

    def test_what_a_private_account_posts_cannot_be_found(self) -> None:
        post = replace(samples.post(state=PostState.PUBLISHED), revision=4)
        for switches, private in enumerate((False, True, False, True)):
            author = replace(AUTHOR, private=private, switches=switches)
            document = post_document(post.id, post, author)
            assert isinstance(document, Gone) is private
            assert document.version == 4 + switches, "each switch is newer than what was before"

    def test_what_belongs_to_no_account_cannot_be_found(self) -> None:
        post = samples.post(state=PostState.PUBLISHED)
        assert isinstance(post_document(post.id, post, None), Gone)

    def test_what_is_gone_for_good_is_newer_than_everything(self) -> None:
        assert post_document(samples.post().id, None, AUTHOR).version > 10**12
        assert user_document(samples.user_id(1), None).version > 10**12

    def test_hashtags_come_first_where_not_all_terms_have_room(self) -> None:
        caption = " ".join(f"word{number}" for number in range(300)) + " #last"
        post = replace(
            samples.post(state=PostState.PUBLISHED), caption=caption, position=samples.position(1)
        )
        document = post_document(post.id, post, AUTHOR)
        assert isinstance(document, PostDocument)
        assert len(document.terms) == MAX_POST_TERMS
        assert document.terms[0] == "#last"

    def test_media_are_photos_or_videos(self) -> None:
        post = replace(samples.post(media=2, state=PostState.PUBLISHED), position=ulid(START, 1))
        video = replace(post.media[1], content_type="video/mp4")
        document = post_document(post.id, replace(post, media=(post.media[0], video)), AUTHOR)
        assert isinstance(document, PostDocument)
        assert document.media == {MediaKind.PHOTO, MediaKind.VIDEO}

    def test_a_posting_fits_into_one_write_unit_and_is_read_back(self) -> None:
        caption = " ".join(f"schifffahrtsgesellschaft{number}" for number in range(300))
        post = replace(
            samples.post(state=PostState.PUBLISHED),
            caption=caption,
            place=Place("Nowhere", -12.345678, 123.456789),
            position=ulid(START, 1),
        )
        document = post_document(post.id, post, AUTHOR)
        assert isinstance(document, PostDocument)
        text = describe(replace(document, popularity=popularity(9)))
        assert len(text) < 700
        posting = parse(text)
        assert (posting.popularity, posting.length) == (4, MAX_POST_TERMS)
        assert all(map(posting.has, document.terms))
        assert not posting.has("something")
        assert posting.is_in(Circle(-12.345, 123.456, 1.0))

    def test_type_ahead_begins_at_every_word(self) -> None:
        assert start_keys("Île de  la Cité") == ("ile de la cite", "de la cite", "la cite", "cite")
        assert start_keys("") == ()


def test_popularity_seldom_changes() -> None:
    assert [popularity(n) for n in (0, 1, 2, 3, 4, 1000, 10**9)] == [0, 1, 2, 2, 3, 10, 30]


def test_being_new_and_popular_lifts_a_little() -> None:
    old, new = ulid(START - timedelta(days=365), 1), ulid(START, 1)
    assert 1.0 <= lift(old, 0, START) < lift(old, 10, START) < lift(new, 10, START) <= 1.25
    assert lift(ulid(START + timedelta(days=1), 1), 99, START) <= 1.25


class TestCells:
    def test_a_known_geohash(self) -> None:
        assert geohash(57.64911, 10.40744, 11) == "u4pruydqqvj"

    @given(latitudes, longitudes, st.floats(0.1, 500), st.floats(0, 1), st.floats(0, 360))
    def test_the_cells_around_a_circle_hold_all_that_is_in_it(
        self, latitude: float, longitude: float, km: float, part: float, bearing: float
    ) -> None:
        circle = Circle(latitude, longitude, km)
        there = _moved(circle, km * part * 0.999, bearing)
        assert circle.holds(*there)
        assert set(cells_of(*there)) & set(cells_around(circle))

    @given(st.floats(-70, 70), longitudes, st.floats(0.1, 150))
    def test_few_cells_are_enough(self, latitude: float, longitude: float, km: float) -> None:
        assert len(cells_around(Circle(latitude, longitude, km))) <= 25


def _moved(circle: Circle, km: float, bearing: float) -> tuple[float, float]:
    """The point so far away in that direction, on a sphere."""
    from math import asin, atan2, cos, degrees, radians, sin

    angle, way = km / 6371.0, radians(bearing)
    a, b = radians(circle.latitude), radians(circle.longitude)
    latitude = asin(sin(a) * cos(angle) + cos(a) * sin(angle) * cos(way))
    longitude = b + atan2(sin(way) * sin(angle) * cos(a), cos(angle) - sin(a) * sin(latitude))
    return degrees(latitude), (degrees(longitude) + 180) % 360 - 180
