"""The routes of exploring: the list of posts to explore, the pages of hashtags and places, also for
people who are not signed in, and places to choose from."""

from __future__ import annotations

from api.http import Call, route
from api.models import PostPage
from api.models_explore import FoundPlaceBody, FoundPlaces, HashtagBody, PlacePageBody
from api.parameters import PLACES, POST_ORDER
from api.routes import choice, post_page
from shutterfeed.domain.search import parse_circle
from shutterfeed.domain.topics import PostOrder
from shutterfeed.services.places import NEAR_KM


@route("GET", "/explore", returns=PostPage, paged=True)
def list_explored(call: Call) -> PostPage:
    """List recent, well-liked posts, best first.

    They are posts of accounts that are not private, and none that is sensitive; of one author there
    are at most three among twenty, if there are others. The list is made again every few minutes;
    while it is short, it has new posts within seconds.
    Whoever pages goes on in the list that they began with, for two days at least; later the answer
    is 400 `invalid_cursor`.
    """
    return _explored(call)


@route("GET", "/public/explore", returns=PostPage, paged=True, public=True, cached=True)
def list_public_explored(call: Call) -> PostPage:
    """List recent, well-liked posts, best first, for people who are not signed in.

    They are those of the same list that such people may see.
    """
    return _explored(call)


@route("GET", "/hashtags/{tag}", returns=HashtagBody, errors=(400,))
def get_hashtag(call: Call) -> HashtagBody:
    """Get the number of posts with a hashtag."""
    return HashtagBody.of(call.services.search.hashtag(call.path["tag"]))


@route("GET", "/hashtags/{tag}/posts", returns=PostPage, paged=True, query=(POST_ORDER,))
def list_tagged(call: Call) -> PostPage:
    """List the published posts with a hashtag, newest or best first.

    Among the best, well-liked posts compete with new ones: ten times the likes are worth a day. The
    likes count by their order of magnitude, from four on.
    """
    return _tagged(call)


@route(
    "GET",
    "/public/hashtags/{tag}/posts",
    returns=PostPage,
    paged=True,
    public=True,
    cached=True,
    query=(POST_ORDER,),
)
def list_public_tagged(call: Call) -> PostPage:
    """List the published posts with a hashtag, newest or best first, for people who are not signed
    in."""
    return _tagged(call)


@route("GET", "/places", returns=FoundPlaces, query=PLACES)
def find_places(call: Call) -> FoundPlaces:
    """Find places to choose from for a post, at most 10.

    First come those that the caller has used before, then those of others' posts near a point, and
    then those whose names begin with what has been typed. Without parameters they are only those
    that the caller has used before.
    """
    near = parse_circle(call.asked("near"), str(NEAR_KM))
    found = call.services.places.find(call.viewer, call.asked("q") or "", near)
    return FoundPlaces([FoundPlaceBody.of(place) for place in found])


@route("GET", "/places/{place}", returns=PlacePageBody, errors=(400,))
def get_place(call: Call) -> PlacePageBody:
    """Get a place's name and the number of posts at it."""
    return PlacePageBody.of(call.services.search.place(call.path["place"]))


@route("GET", "/places/{place}/posts", returns=PostPage, paged=True, query=(POST_ORDER,))
def list_at_place(call: Call) -> PostPage:
    """List the published posts at a place, newest or best first, like those with a hashtag.

    Places with the same name are one: case, accents and punctuation make no difference.
    """
    return _at_place(call)


@route(
    "GET",
    "/public/places/{place}/posts",
    returns=PostPage,
    paged=True,
    public=True,
    cached=True,
    query=(POST_ORDER,),
)
def list_public_at_place(call: Call) -> PostPage:
    """List the published posts at a place, newest or best first, for people who are not signed
    in."""
    return _at_place(call)


def _explored(call: Call) -> PostPage:
    return post_page(call, call.services.explore.page(call.viewer, call.position, call.limit))


def _tagged(call: Call) -> PostPage:
    found, order = call.services.search, _order(call)
    page = found.tagged(call.viewer, call.path["tag"], call.position, call.limit, order)
    return post_page(call, page)


def _at_place(call: Call) -> PostPage:
    found, order = call.services.search, _order(call)
    page = found.at_place(call.viewer, call.path["place"], order, call.position, call.limit)
    return post_page(call, page)


def _order(call: Call) -> PostOrder:
    return choice(call, PostOrder, "order") or PostOrder.NEWEST
