"""What is asked for without signing in: by people who open a link, and by machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bench.bill_habits import Habits, Scale
from bench.bill_measured import Operation

_ANSWERS_OF_A_PROFILE: Final = 2
"""The profile, and a page of its posts."""


@dataclass(frozen=True, slots=True)
class Strangers:
    """A month's pages, by what they show."""

    posts: float
    profiles: float
    tags: float
    crawled: float
    """Pages of posts that machines read."""
    embedded: float
    """Atom feeds, and as many oEmbed answers."""
    habits: Habits

    @property
    def opened(self) -> float:
        """The pages that people open."""
        return self.posts + self.profiles + self.tags

    @property
    def cards(self) -> float:
        """The pages with a card. Those of hashtags have none."""
        return self.posts + self.profiles + self.crawled

    @property
    def photos(self) -> float:
        """The photos that people are shown. Their browsers have none from before."""
        return self.posts + (self.profiles + self.tags) * self.habits.posts_a_page

    @property
    def missed_tags(self) -> float:
        """The searches for a hashtag that reach the API."""
        return self.tags * (1 - self.habits.public_hits)

    @property
    def kept(self) -> float:
        """The requests that the edge answers with what it has kept for up to a minute."""
        answers = self.posts + self.profiles * _ANSWERS_OF_A_PROFILE + self.tags
        return (self.posts + self.profiles + answers) * self.habits.public_hits

    @property
    def operations(self) -> Mapping[Operation, float]:
        """How often the API is asked."""
        missed = 1 - self.habits.public_hits
        return {
            Operation.PUBLIC_PAGE: (self.posts + self.profiles) * missed + self.crawled,
            Operation.PUBLIC_POST: self.posts * missed,
            Operation.PUBLIC_PROFILE: self.profiles * missed,
            Operation.ATOM: self.embedded,
            Operation.OEMBED: self.embedded,
        }


def strangers(scale: Scale, habits: Habits) -> Strangers:
    opened = scale.visits * habits.visits * habits.strangers
    profiles, tags = opened * habits.stranger_profiles, opened * habits.stranger_tags
    crawled = opened * habits.crawled
    return Strangers(
        posts=opened - profiles - tags,
        profiles=profiles,
        tags=tags,
        crawled=crawled,
        embedded=crawled * habits.embedded,
        habits=habits,
    )
