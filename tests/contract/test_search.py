"""What can be found, by what, and in which order: the same for every search engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Place, Post, PostState
from shutterfeed.domain.search import (
    Circle,
    Document,
    Gone,
    MediaKind,
    PostDocument,
    parse_query,
    popularity,
    post_document,
    user_document,
)
from shutterfeed.domain.topics import PostOrder, Topic, TopicFacts, parse_tag, place_key
from shutterfeed.domain.users import Profile
from shutterfeed.ports.search import SearchIndex
from tests import samples
from tests.contract.engines import ENGINES, ENGINES_AND_FAKE, engine
from tests.fakes.system import START
from tests.paging import whole

NOW = START + timedelta(days=1)
AUTHOR = samples.profile(1)
NEWEST, BEST = PostOrder
SEA = Topic.hashtag("sea")


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest) -> SearchIndex:
    return engine(request)


def shown(
    number: int,
    caption: str = "",
    place: Place | None = None,
    *,
    kind: str = "image/jpeg",
    revision: int = 1,
    at: datetime | None = None,
) -> Post:
    """A published post; a greater number is newer."""
    post = samples.post(author=1 + number % 3, number=number, state=PostState.PUBLISHED)
    moment = START + timedelta(seconds=number) if at is None else at
    return replace(
        post,
        caption=caption,
        place=place,
        media=(replace(post.media[0], content_type=kind),),
        position=ulid(moment, number),
        revision=revision,
    )


def put(index: SearchIndex, *posts: Post) -> None:
    documents = [post_document(post.id, post, AUTHOR) for post in posts]
    assert index.apply(documents) == {}


def users(index: SearchIndex, *profiles: Profile) -> None:
    assert index.apply([user_document(p.user_id, p) for p in profiles]) == {}


def user(number: int, handle: str, name: str = "", followers: int = 0) -> Profile:
    profile = samples.profile(number, handle)
    return replace(profile, display_name=name, popularity=popularity(followers), revision=1)


def found(index: SearchIndex, text: str, as_of: datetime = NOW) -> list[int]:
    """The numbers of the posts, best first."""
    return numbers(index.posts(parse_query(text), as_of, 0, 50).items)


def numbers(ids: tuple[PostId, ...]) -> list[int]:
    known = {shown(number).id: number for number in range(200)}
    return [known[post_id] for post_id in ids]


def people(index: SearchIndex, text: str) -> list[int]:
    known = {samples.user_id(number): number for number in range(300)}
    return [known[i] for i in index.users(parse_query(text), 0, 50).items]


def suggested(index: SearchIndex, text: str) -> list[tuple[str, str]]:
    return [(s.kind.value, s.text) for s in index.suggest(parse_query(text), 10)]


class TestPosts:
    def test_nothing_is_found_where_nothing_is(self, index: SearchIndex) -> None:
        assert found(index, "anything at all") == []
        assert index.listed(Topic.hashtag("anything"), NEWEST, None, 5) == Page((), None)
        assert index.facts(Topic.hashtag("anything")) == TopicFacts("anything", 0)
        assert index.places(parse_query("any"), 5) == ()
        assert index.suggest(parse_query("any"), 5) == ()
        assert index.hashtags(parse_query("any"), 5) == ()
        assert people(index, "anybody") == []

    def test_by_words_of_the_caption_and_of_the_place(self, index: SearchIndex) -> None:
        put(
            index,
            shown(1, "A lighthouse in the fog", Place("Skagen Harbour", 57.7, 10.6)),
            shown(2, "Two dogs on the beach"),
        )
        assert found(index, "lighthouse") == [1]
        assert found(index, "skagen") == [1]
        assert found(index, "harbour") == [1]
        assert found(index, "dogs") == [2]
        assert found(index, "cats") == []

    def test_who_has_more_of_the_words_comes_first(self, index: SearchIndex) -> None:
        put(
            index,
            shown(1, "red balloon over the harbour"),
            shown(2, "red house"),
            shown(3, "green balloon"),
            shown(4, "nothing of the kind"),
        )
        assert found(index, "red balloon")[0] == 1
        assert set(found(index, "red balloon")) == {1, 2, 3}

    def test_a_rare_word_counts_more_than_a_common_one(self, index: SearchIndex) -> None:
        put(
            index,
            *(shown(number, f"sunset number {number}") for number in range(1, 30)),
            shown(30, "sunset with words"),
            shown(0, "zeppelin with words"),
        )
        assert found(index, "zeppelin sunset")[0] == 0

    def test_the_new_and_the_popular_come_first_among_the_like(self, index: SearchIndex) -> None:
        old = START - timedelta(days=400)
        put(
            index,
            shown(1, "a quiet lake", at=old),
            shown(3, "a quiet lake", at=START),
        )
        post = shown(2, "a quiet lake", at=old + timedelta(days=1))
        liked = post_document(post.id, post, AUTHOR)
        assert isinstance(liked, PostDocument)
        assert index.apply([replace(liked, popularity=popularity(1_000_000))]) == {}
        assert found(index, "quiet lake") == [3, 2, 1]

    def test_words_are_what_they_are_without_case_accents_and_width(
        self, index: SearchIndex
    ) -> None:
        put(
            index,
            shown(1, "CAFÉ in Århus"),
            shown(2, "Straße nach Łódź"),
            shown(3, "ＦＵＬＬ width"),
            shown(4, "Ёлка и чай"),
            shown(5, "don’t look"),
        )
        for query, number in (
            ("cafe arhus", 1),
            ("ÅRHUS", 1),
            ("strasse", 2),
            ("lodz", 2),
            ("full", 3),
            ("елка", 4),
            ("don't", 5),
        ):
            assert (query, found(index, query)) == (query, [number])

    def test_scripts_without_spaces_are_found_by_part(self, index: SearchIndex) -> None:
        put(
            index,
            shown(1, "東京タワーの夜景"),
            shown(2, "서울에서 먹은 점심"),
            shown(3, "我在北京看雪"),
            shown(4, "สวัสดีชาวโลก"),
        )
        for query, number in (
            ("夜景", 1),
            ("タワー", 1),
            ("塔", None),
            ("서울", 2),
            ("北京", 3),
            ("雪", 3),
            ("ชาว", 4),
        ):
            assert (query, found(index, query)) == (query, [number] if number else [])

    def test_emoji_are_terms(self, index: SearchIndex) -> None:
        put(index, shown(1, "done 👍🏽"), shown(2, "we 👨‍👩‍👧"), shown(3, "go 🇩🇪"), shown(4, "❤️"))
        for query, number in (
            ("👍", 1),
            ("👍🏿", 1),
            ("👨‍👩‍👧", 2),
            ("🇩🇪", 3),
            ("❤", 4),
            ("🇫🇷", None),
        ):
            assert (query, found(index, query)) == (query, [number] if number else [])

    def test_hashtags_in_any_script(self, index: SearchIndex) -> None:
        put(
            index,
            shown(1, "at last #Café #北海道"),
            shown(2, "a cafe, no tag"),
            shown(3, "#हिन्दी #🔥"),
        )
        assert found(index, "#cafe") == [1]
        assert set(found(index, "cafe")) == {1, 2}
        assert found(index, "#北海道") == [1]
        assert found(index, "#हिन्दी") == [3]
        assert found(index, "#🔥") == [3]

    @pytest.mark.parametrize(
        ("typed", "matches"),
        [
            ("lighthouse", True),
            ("lighthose", True),
            ("lihgthouse", True),
            ("lighthouuse", True),
            ("lightgouse", True),
            ("lihgthuose", True),
            ("lghthous", True),
            ("ligtoue", False),
            ("house", False),
        ],
    )
    def test_two_typing_errors_in_a_long_word(
        self, index: SearchIndex, typed: str, matches: bool
    ) -> None:
        put(index, shown(1, "the lighthouse"), shown(2, "something else"))
        assert found(index, f"{typed} ") == ([1] if matches else [])

    @pytest.mark.parametrize(
        ("typed", "matches"),
        [
            ("boat", True),
            ("boot", True),
            ("bota", True),
            ("boats", True),
            ("bo", False),
            ("btao", False),
            ("bat", False),
        ],
    )
    def test_one_typing_error_in_a_short_word_and_none_in_three_letters(
        self, index: SearchIndex, typed: str, matches: bool
    ) -> None:
        put(index, shown(1, "a boat"), shown(2, "something else"))
        assert found(index, f"{typed} ") == ([1] if matches else [])

    def test_the_right_word_comes_before_the_nearly_right(self, index: SearchIndex) -> None:
        put(index, shown(1, "a black horse"), shown(2, "a black house"))
        assert found(index, "black horse ")[0] == 1
        assert found(index, "black house ")[0] == 2

    def test_the_last_word_may_be_a_beginning(self, index: SearchIndex) -> None:
        put(index, shown(1, "an elephant"), shown(2, "a phantom"))
        assert found(index, "eleph") == [1]
        assert found(index, "eleph ") == []
        assert found(index, "an elep") == [1]

    @pytest.mark.parametrize("index", ["opensearch"], indirect=True)
    def test_many_words_with_many_like_them_are_not_too_many_clauses(
        self, index: SearchIndex
    ) -> None:
        stems = [f"{a}{b}{a}{b}{a}{b}" for a in "bcdfgh" for b in "aeiou"]
        for number, stem in enumerate(stems):
            like = [f"{stem[:3]}{x}{stem[3:]}{y}nt" for x in "klmnp" for y in "aeiou"]
            put(index, shown(number, " ".join(like)))
        # Eight letters each, none of them there, as many as a query has room for.
        text = " ".join(f"{stem}nt" for stem in stems)[:200]
        query = parse_query(text + " " * (len(text) < 200))
        assert len(query.terms) > 20
        index.posts(query, NOW, 0, 10)
        index.users(query, 0, 10)

    def test_only_photos_or_only_videos(self, index: SearchIndex) -> None:
        put(index, shown(1, "waves"), shown(2, "waves", kind="video/mp4"))
        for media, number in ((MediaKind.PHOTO, 1), (MediaKind.VIDEO, 2)):
            query = parse_query("waves", media=media)
            assert numbers(index.posts(query, NOW, 0, 5).items) == [number]
        assert set(found(index, "waves")) == {1, 2}

    def test_near_a_place(self, index: SearchIndex) -> None:
        put(
            index,
            shown(1, "tower", Place("Berlin", 52.5200, 13.4050)),
            shown(2, "tower", Place("Potsdam", 52.3906, 13.0645)),
            shown(3, "tower", Place("Hamburg", 53.5511, 9.9937)),
            shown(4, "tower"),
            shown(5, "lake", Place("Berlin", 52.5100, 13.4000)),
        )

        def near(km: float, text: str = "") -> set[int]:
            query = parse_query(text, near=Circle(52.52, 13.405, km))
            return set(numbers(index.posts(query, NOW, 0, 50).items))

        assert near(5) == {1, 5}
        assert near(5, "tower") == {1}
        assert near(40, "tower") == {1, 2}
        assert near(300, "tower") == {1, 2, 3}
        assert near(0.5) == {1}

    @pytest.mark.parametrize(
        ("at", "beside"),
        [
            ((0.0, 179.95), (0.0, -179.95)),
            ((89.9, 10.0), (89.9, -170.0)),
            ((-0.01, 0.0), (0.01, 0)),
        ],
    )
    def test_near_across_the_seams_of_the_map(
        self, index: SearchIndex, at: tuple[float, float], beside: tuple[float, float]
    ) -> None:
        put(index, shown(1, "here", Place("x", *at)))
        query = parse_query("", near=Circle(*beside, 25.0))
        assert numbers(index.posts(query, NOW, 0, 5).items) == [1]

    def test_the_same_query_gives_the_same_order_and_pages_fit_together(
        self, index: SearchIndex
    ) -> None:
        put(index, *(shown(number, f"wave {'wind ' * (number % 4)}") for number in range(60)))
        query = parse_query("wave wind")

        def page(position: str | None, limit: int) -> Page[PostId]:
            return index.posts(query, NOW, int(position or 0), limit)

        all_of_it = whole(page, 50)
        assert len(set(all_of_it)) == 60
        for limit in (7, 20):
            assert whole(page, limit) == all_of_it

    def test_pages_have_no_duplicates_while_posts_arrive(self, index: SearchIndex) -> None:
        put(index, *(shown(number, f"wave number {number}") for number in range(20)))
        query, as_of = parse_query("wave"), START + timedelta(seconds=19)
        first = index.posts(query, as_of, 0, 8)
        put(index, *(shown(number, f"wave number {number}") for number in range(20, 40)))
        assert first.next_position is not None
        rest = index.posts(query, as_of, int(first.next_position), 50)
        seen = numbers(first.items + rest.items)
        assert sorted(seen) == list(range(20))


@pytest.mark.parametrize("index", ENGINES_AND_FAKE, indirect=True)
class TestTagged:
    def test_newest_first_in_pages(self, index: SearchIndex) -> None:
        put(index, *(shown(n, "#sea" if n % 2 else "#seaside") for n in range(12)))

        def page(before: str | None, limit: int) -> Page[PostId]:
            return index.listed(Topic.hashtag(parse_tag("#Sea")), NEWEST, before, limit)

        for limit in (1, 4, 100):
            assert numbers(tuple(whole(page, limit))) == [11, 9, 7, 5, 3, 1]

    def test_a_page_is_not_disturbed_by_what_comes_and_goes(self, index: SearchIndex) -> None:
        put(index, *(shown(n, "#sea") for n in range(4)))
        first = index.listed(SEA, NEWEST, None, 2)
        put(index, shown(5, "#sea"))
        index.apply([Gone(shown(1).id, 2)])
        rest = index.listed(SEA, NEWEST, first.next_position, 5)
        assert numbers(first.items + rest.items) == [3, 2, 0]


@pytest.mark.parametrize("index", ENGINES_AND_FAKE, indirect=True)
class TestBest:
    """A tag or place's best posts: ten times the likes are worth a day."""

    def test_likes_and_newness_compete_in_pages(self, index: SearchIndex) -> None:
        hours = {1: 0, 2: 20, 3: 40, 4: 41, 5: 60}
        likes = {1: 1_000, 2: 8, 3: 0, 4: 4, 5: 0}
        for number, hour in hours.items():
            post = shown(number, "#sea", at=START + timedelta(hours=hour))
            put(index, replace(post, popularity=popularity(likes[number])))

        def page(after: str | None, limit: int) -> Page[PostId]:
            return index.listed(SEA, BEST, after, limit)

        for limit in (1, 2, 100):
            assert numbers(tuple(whole(page, limit))) == [1, 5, 4, 2, 3]

    def test_a_post_that_is_liked_rises_and_stands_there_once(self, index: SearchIndex) -> None:
        older, newer = shown(1, "#sea"), shown(2, "#sea", at=START + timedelta(hours=3))
        put(index, older, newer)
        assert numbers(index.listed(SEA, BEST, None, 5).items) == [2, 1]
        put(index, replace(older, popularity=popularity(100), revision=2))
        assert numbers(index.listed(SEA, BEST, None, 5).items) == [1, 2]
        index.apply([Gone(older.id, 3)])
        assert numbers(index.listed(SEA, BEST, None, 5).items) == [2]

    def test_the_posts_of_a_topic_are_counted(self, index: SearchIndex) -> None:
        put(index, shown(1, "#sea"), shown(2, "#sea #lake"), shown(3, "#seaside"))
        assert index.facts(SEA) == TopicFacts("sea", 2)
        put(index, shown(2, "#lake", revision=2))
        index.apply([Gone(shown(1).id, 2)])
        assert index.facts(SEA) == TopicFacts("sea", 0)
        assert index.facts(Topic.hashtag("lake")).posts == 1


@pytest.mark.parametrize("index", ENGINES_AND_FAKE, indirect=True)
class TestPlaces:
    def test_a_place_is_the_same_in_all_spellings(self, index: SearchIndex) -> None:
        names = ("St. Gallen", "ST GALLEN", "St Gallen, Altstadt")
        put(index, *(shown(n, place=Place(name)) for n, name in enumerate(names, start=1)))
        gallen = Topic.place(place_key("st. gallen") or "")
        assert numbers(index.listed(gallen, NEWEST, None, 5).items) == [2, 1]
        assert numbers(index.listed(gallen, BEST, None, 5).items) == [2, 1]
        facts = index.facts(gallen)
        assert (facts.name in names, facts.posts) == (True, 2)
        index.apply([Gone(shown(1).id, 2), Gone(shown(2).id, 2)])
        assert index.facts(gallen) == TopicFacts("st-gallen", 0)

    def test_places_are_found_by_the_beginning_of_a_word(self, index: SearchIndex) -> None:
        put(index, shown(1, "#port", Place("Old Port")), shown(2, place=Place("Porto", 41.1, -8.6)))
        assert set(index.places(parse_query("port"), 5)) == {"Old Port", "Porto"}
        assert index.places(parse_query("old p"), 5) == ("Old Port",)
        assert len(index.places(parse_query("port"), 1)) == 1

    def test_a_place_without_a_point_is_nowhere_near(self, index: SearchIndex) -> None:
        put(index, shown(1, place=Place("Null Island")), shown(2, place=Place("Buoy", 0.0, 0.0)))
        near = parse_query("", near=Circle(0.0, 0.0, 5))
        assert numbers(index.posts(near, NOW, 0, 5).items) == [2]


@pytest.mark.parametrize("index", ENGINES_AND_FAKE, indirect=True)
class TestChanges:
    def test_what_is_gone_is_not_found_and_may_come_back(self, index: SearchIndex) -> None:
        post = shown(1, "a heron #birds", Place("Wetland", 1.0, 1.0))
        put(index, post)
        assert index.apply([Gone(post.id, 2)]) == {}
        assert found(index, "heron") == found(index, "wetland") == []
        assert index.listed(Topic.hashtag("birds"), NEWEST, None, 5).items == ()
        assert suggested(index, "birds") == suggested(index, "wetland") == []
        put(index, replace(post, revision=3))
        assert found(index, "heron") == [1]
        assert suggested(index, "birds") == [("hashtag", "birds")]

    def test_a_change_takes_out_what_was_found_before(self, index: SearchIndex) -> None:
        post = shown(1, "a heron #birds", Place("Wetland", 1.0, 1.0))
        put(index, post)
        put(index, replace(post, caption="a stork #storks", place=None, revision=2))
        assert found(index, "heron") == found(index, "wetland") == found(index, "#birds") == []
        assert suggested(index, "bird") == suggested(index, "wetl") == []
        assert found(index, "stork") == [1]
        near = parse_query("", near=Circle(1.0, 1.0, 5))
        assert index.posts(near, NOW, 0, 5).items == ()

    def test_a_late_document_never_wins(self, index: SearchIndex) -> None:
        post = shown(1, "the first caption", revision=3)
        put(index, replace(post, caption="the newer one", revision=4))
        put(index, post)
        assert found(index, "newer") == [1]
        assert found(index, "first") == []
        index.apply([Gone(post.id, 6)])
        put(index, replace(post, caption="the newer one", revision=5))
        assert found(index, "newer") == []
        assert index.apply([Gone(post.id, 2)]) == {}
        put(index, replace(post, caption="at last", revision=7))
        index.apply([Gone(post.id, 6)])
        assert found(index, "last") == [1]

    def test_a_repeated_document_changes_nothing(self, index: SearchIndex) -> None:
        post = shown(1, "a heron #birds", Place("Wetland", 1.0, 1.0))
        for _ in range(3):
            put(index, post)
        assert found(index, "heron") == [1]
        index.apply([Gone(post.id, 2)])
        index.apply([Gone(post.id, 2)])
        assert suggested(index, "birds") == []

    def test_two_posts_of_a_hashtag_and_one_goes(self, index: SearchIndex) -> None:
        put(index, shown(1, "#birds"), shown(2, "#birds"))
        index.apply([Gone(shown(1).id, 2)])
        assert suggested(index, "bir") == [("hashtag", "birds")]
        assert index.hashtags(parse_query("bir"), 5) == ("birds",)
        index.apply([Gone(shown(2).id, 2)])
        assert index.hashtags(parse_query("bir"), 5) == ()

    def test_many_documents_at_once(self, index: SearchIndex) -> None:
        documents: list[Document] = [
            post_document(post.id, post, AUTHOR)
            for post in (shown(n, f"picture {n}") for n in range(40))
        ]
        documents += [user_document(samples.user_id(9), user(9, "many.docs"))]
        documents += [Gone(shown(99).id, 1)]
        assert index.apply(documents) == {}
        assert len(found(index, "picture ")) == 40
        assert people(index, "many.docs") == [9]

    def test_nothing_at_once(self, index: SearchIndex) -> None:
        assert index.apply([]) == {}


class TestUsers:
    def test_the_exact_handle_then_beginnings_then_words(self, index: SearchIndex) -> None:
        users(
            index,
            user(1, "ada"),
            user(2, "ada.lovelace", followers=50),
            user(3, "countess", "Ada Byron", followers=5_000),
            user(4, "babbage", "Charles"),
        )
        assert people(index, "ada") == [1, 2, 3]
        assert people(index, "@ADA") == [1, 2, 3]
        assert people(index, "ada.lov") == [2]

    def test_by_words_of_the_name_and_parts_of_the_handle(self, index: SearchIndex) -> None:
        users(index, user(1, "snow_leopard", "Émilie du Châtelet"), user(2, "other", "Emil"))
        assert people(index, "emilie") == [1]
        assert people(index, "chatelet emilie") == [1]
        assert people(index, "leopard") == [1]
        assert people(index, "emi") == [1, 2]
        assert people(index, "emilie nobody") == []

    def test_in_spite_of_typing_errors(self, index: SearchIndex) -> None:
        users(index, user(1, "photographer", "Katherine Johnson"), user(2, "else", "Somebody"))
        assert people(index, "katharine ") == [1]
        assert people(index, "photgrapher ") == [1]
        assert people(index, "jonson ") == [1]

    def test_the_popular_come_first_among_the_like(self, index: SearchIndex) -> None:
        users(
            index,
            user(1, "maria.one", "Maria"),
            user(2, "maria.two", "Maria", followers=100_000),
            user(3, "maria.three", "Maria", followers=100),
        )
        assert people(index, "maria") == [2, 3, 1]

    def test_a_new_handle_replaces_the_old(self, index: SearchIndex) -> None:
        users(index, user(1, "before", "Same Name"))
        users(index, replace(user(1, "afterwards", "Same Name"), revision=2))
        users(index, user(1, "before", "Same Name"))
        assert people(index, "before ") == []
        assert people(index, "afterwards") == people(index, "same name") == [1]
        assert suggested(index, "befo") == []

    def test_who_becomes_popular_is_there_once(self, index: SearchIndex) -> None:
        users(index, user(1, "rising", "Star"))
        users(index, user(1, "rising", "Star", followers=10_000))
        assert people(index, "rising") == people(index, "star") == [1]
        assert suggested(index, "ris") == [("user", samples.user_id(1))]

    def test_in_pages(self, index: SearchIndex) -> None:
        users(index, *(user(n, f"maria.{n}", "Maria", followers=n) for n in range(30)))
        query = parse_query("maria")

        def page(position: str | None, limit: int) -> Page[str]:
            return index.users(query, int(position or 0), limit)

        everybody = whole(page, 50)
        assert len(set(everybody)) == 30
        assert whole(page, 7) == everybody


class TestSuggestions:
    def test_of_every_kind_by_their_beginning(self, index: SearchIndex) -> None:
        users(index, user(1, "porto.fan", "Portia Smith"))
        put(
            index,
            shown(1, "#portrait"),
            shown(2, "#portrait", Place("Old Port of Piräus", 37.9, 23.6)),
        )
        assert set(suggested(index, "port")) == {
            ("user", samples.user_id(1)),
            ("hashtag", "portrait"),
            ("place", "Old Port of Piräus"),
        }
        assert suggested(index, "@port") == [("user", samples.user_id(1))]
        assert suggested(index, "#port") == [("hashtag", "portrait")]
        assert suggested(index, "port of pir") == [("place", "Old Port of Piräus")]
        assert suggested(index, "smi") == [("user", samples.user_id(1))]
        assert suggested(index, "ortrait") == []

    def test_the_popular_first_and_the_exact_before_them(self, index: SearchIndex) -> None:
        put(index, *(shown(n, "#sunset" if n % 3 else "#sun #sundown") for n in range(9)))
        tags = [text for _, text in suggested(index, "#sun")]
        assert tags == ["sun", "sunset", "sundown"]

    def test_hashtags_by_beginning_and_in_spite_of_an_error(self, index: SearchIndex) -> None:
        put(index, shown(1, "#sunset"), shown(2, "#sunset #sunshine"), shown(3, "#moon"))
        assert index.hashtags(parse_query("sun"), 5) == ("sunset", "sunshine")
        assert index.hashtags(parse_query("#sunset"), 5) == ("sunset",)
        assert index.hashtags(parse_query("sunste "), 5) == ("sunset",)
        assert index.hashtags(parse_query("sun"), 1) == ("sunset",)

    def test_no_more_than_asked_for(self, index: SearchIndex) -> None:
        put(index, *(shown(n, f"#tag{n:03}x") for n in range(30)))
        query = parse_query("tag")
        assert len(index.suggest(query, 10)) == 10
        assert index.suggest(query, 3) == index.suggest(query, 10)[:3]


HOSTILE = [
    "AND OR NOT",
    "a:b",
    "title:* OR *:*",
    '{"match_all": {}}',
    '"unclosed phrase',
    "field:[1 TO *]",
    "wild* c?rd",
    "/reg.*ex/",
    "+must -not",
    "back\\slash",
    "((((( x",
    "~2 ^5 boost^10",
    "%00 %s ${jndi:ldap://x}",
    "'; DROP TABLE posts; --",
    "<script>alert(1)</script>",
    "a" * 200,
    "a " * 100,
    "é̂̃" * 60,
    "𝒻𝒶𝓃𝒸𝓎",
    "\u202eright to left",
    "#" + "x" * 150,
    "@" + "x" * 150,
    "P#T ~u33 1#TERM#",
    "null None undefined NaN",
    "1 2 3 4 5",
]


def test_no_query_is_an_engines_error(index: SearchIndex) -> None:
    put(index, shown(1, "quiet picture"))
    users(index, user(1, "quiet"))
    for text in HOSTILE:
        query = parse_query(text)
        assert (text, index.posts(query, NOW, 0, 10).items) == (text, ())
        assert (text, index.users(query, 0, 10).items) == (text, ())
        index.hashtags(query, 5)
        index.suggest(query, 5)


def test_what_looks_like_an_operator_is_a_word(index: SearchIndex) -> None:
    texts = dict(enumerate(HOSTILE))
    put(index, *(shown(number, text) for number, text in texts.items()))
    for number, text in texts.items():
        assert (text, number in found(index, text)) == (text, True)
