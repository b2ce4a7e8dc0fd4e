"""Who uses the service, and what they do: everything that the bill assumes and does not measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from shutterfeed import topology
from shutterfeed.domain.scheduling import DUE_SHARDS

DAYS: Final = 365.25 / 12
"""The days of a month."""
GB: Final = 1024**3


def _assumed(value: float, because: str) -> Any:
    """A field's value, and why it has that value. `docs/cost.md` shows both."""
    return field(default=value, metadata={"because": because})


@dataclass(frozen=True, slots=True)
class Scale:
    """How many people use the service, and for how long they have."""

    users: float
    """Everybody who ever signed up."""
    monthly: float
    """Users who come in a month."""
    daily: float
    photos_a_day: float
    months: float
    """How long photos have been kept. Each month has added as many as the last one."""

    @property
    def photos_a_month(self) -> float:
        return self.photos_a_day * DAYS

    @property
    def visits(self) -> float:
        """The days in a month on which somebody came, added up over all users."""
        return self.daily * DAYS


@dataclass(frozen=True, slots=True)
class Habits:
    """What a visitor does on a day, and what that takes where it is not measured."""

    visits: float = _assumed(6.9, "visits to the feed on a day: docs/feed-cost.md has the source")
    pages_below: float = _assumed(
        8.1, "pages below the first: 2.17 pages a visit, as in docs/feed-cost.md"
    )
    posts_a_page: float = _assumed(20, "the client asks for that many")
    opened: float = _assumed(2, "times that the site is loaded; other visits find it open")
    profiles: float = _assumed(2, "profiles looked at, each with a page of its posts")
    follows: float = _assumed(2, "people followed, as in `bench/backlog.py`")
    searches: float = _assumed(0.5, "searches")
    explored: float = _assumed(1, "pages of 30 posts to explore, which no browser has from before")
    suggestions: float = _assumed(2, "suggestions asked for while typing")
    suggested: float = _assumed(
        1, "requests for suggestions of whom to follow, the first of which looks for acquaintances"
    )
    likes: float = _assumed(10, "posts liked: five for each photo that is posted")
    first_likes: float = _assumed(
        0.3, "of the likes that begin a group in the author's activity; a group lasts a day"
    )
    saves: float = _assumed(0.5, "posts saved")
    comments: float = _assumed(1, "comments, one for every ten likes")
    read: float = _assumed(4, "posts opened by themselves, each with a page of its comments")
    likers: float = _assumed(0.5, "lists of who likes a post that are opened")
    badges: float = _assumed(
        30, "requests for the number in the navigation: one a minute while the site is looked at"
    )
    looks: float = _assumed(3, "looks into one's activity")
    private: float = _assumed(
        0.2,
        "of the accounts followed, and of the photos shown, that are private: a follow is a "
        "request, and as links change every quarter of an hour, no browser has a photo from before",
    )
    strangers: float = _assumed(
        0.1, "pages opened signed out for each visit to the feed: by links that were shared"
    )
    stranger_profiles: float = _assumed(0.3, "of these pages that are a profile with its posts")
    stranger_tags: float = _assumed(0.05, "of these pages that are a hashtag; the others are posts")
    crawled: float = _assumed(
        1,
        "pages that crawlers and messengers read for each of these, with the picture of the card: "
        "half of the web's traffic is machines'",
    )
    embedded: float = _assumed(
        0.05, "Atom feeds, and as many oEmbed answers, for each page that machines read"
    )
    public_hits: float = _assumed(
        0.3,
        "of people's requests for public pages and answers that the edge answers itself, since it "
        "keeps them for a minute; it has nothing that machines ask for",
    )
    refreshes: float = _assumed(3.7, "tokens exchanged, each good for two hours: docs/accounts.md")
    places: float = _assumed(
        2,
        "requests for places to choose from, for each photo that is posted: four for every second "
        "one",
    )
    polls: float = _assumed(3, "looks into the upload ledger until a photo is published")
    joining: float = _assumed(
        0.05, "of a month's visitors who are new, as many as leave: docs/feed-cost.md"
    )
    seen_before: float = _assumed(
        0.5, "of the photos shown that the browser still has from an earlier page or visit"
    )
    hit_ratio: float = _assumed(
        0.8,
        "of CloudFront's requests for photos that it answers itself: a photo is asked for about 75 "
        "times from some 13 regional caches",
    )
    avatars: float = _assumed(15, "avatars loaded a day that the browser does not have")
    avatar_bytes: float = _assumed(6_000, "an avatar of 150 pixels")
    photo_bytes: float = _assumed(200_000, "the average original of the stated scale")
    video_share: float = _assumed(0, "videos for each photo: the stated scale is one of photos")
    video_bytes: float = _assumed(15e6, "an original of half a minute at 4 Mbit/s")
    clip_bytes: float = _assumed(7.5e6, "what viewers get of it, at 2 Mbit/s")
    video_seconds: float = _assumed(30, "run time of its transcoding, as in `bench/backlog.py`")
    watched: float = _assumed(0.5, "of a video that is shown, how much is watched")
    answer_bytes: float = _assumed(4_000, "an answer of the API, compressed")
    site_bytes: float = _assumed(100_000, "the site's files that a browser does not have yet")
    site_files: float = _assumed(5, "how many files these are")
    page_runs: float = _assumed(2, "runs of the pages' CloudFront function for each load")
    platform_log: float = _assumed(900, "bytes of Lambda's own lines about a run")
    access_log: float = _assumed(350, "bytes of the gateway's line about a request")
    traced: float = _assumed(0.05, "of the requests that X-Ray records, if it is on")
    search_writes: float = _assumed(36, "write units of a post in the index: docs/search.md")
    search_reads: float = _assumed(17.9, "read units of a search: docs/search.md")
    suggestion_reads: float = _assumed(0.5, "read units of a suggestion: docs/search.md")
    place_reads: float = _assumed(
        2,
        "read units of the index for places whose names begin with what is typed: docs/explore.md",
    )
    found_reads: float = _assumed(30, "read units for 20 found posts, their counts and authors")
    search_bytes: float = _assumed(10_000, "bytes that a post leaves in the index")
    person_bytes: float = _assumed(
        7_946, "bytes of a user's profile and follow edges with their index entries"
    )
    feed_gb: float = _assumed(400, "GB of feeds at 500 million users: entries expire")
    feed_upkeep: float = _assumed(
        71,
        "million write units a month at 500 million users for snapshots, promotions, pulls, visits "
        "and subscriptions: 44 USD in docs/feed-cost.md",
    )


EXPLORED_PAGE: Final = 30
"""The posts that the client asks for with a page of those to explore."""
SECONDS: Final = {
    **{worker.function: 0.1 for worker in topology.WORKERS},
    "thumbnail": 0.3,
    "publish": 0.03,
    "index": 0.2,
    "api": 0.06,
    topology.ROUTER: 0.03,
    "tokens": 0.02,
    "reconcile": 0.1,
}
"""Seconds billed for a run of each function, as in `bench/backlog.py`; the API's with cold starts.
A worker takes a tenth of a second unless it is named; a transcoding, `video_seconds`."""
RECONCILED: Final = 12 * 24 * DAYS
"""Runs of the reconciler in a month: one every five minutes."""
LOOKED: Final = 60 * 24 * DAYS
"""Its short runs in a month, which look for scheduled posts whose time comes: one every minute."""
LOOKED_READS: Final = DUE_SHARDS * 0.5
"""The read units of such a run if no post's time comes."""
POLLS: Final = 5 * DAYS * 86_400 / 20
"""Requests with which Lambda asks a queue for messages in a month: five pollers, each of which
waits for 20 seconds."""

_COMING: Final = 1_000_000 / 1_626_000
"""Of a month's visitors, how many come on a day: 61.5 %, as in docs/feed-cost.md."""
TEN_THOUSAND: Final = Scale(100_000, 10_000, 10_000 * _COMING, 2 * 10_000 * _COMING, 12)
ONE_YEAR: Final = Scale(500e6, 1_626_000, 1e6, 2e6, 12)
FIVE_YEARS: Final = Scale(500e6, 1_626_000, 1e6, 2e6, 60)
