"""Who is in the demo, what they posted, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PASSWORD: Final = "Sunflower-2026"  # noqa: S105  of people who do not exist, printed on purpose


@dataclass(frozen=True, slots=True)
class Person:
    handle: str
    display_name: str
    bio: str
    follows: tuple[str, ...]
    hashtags: tuple[str, ...] = ()
    """The hashtags that they follow."""
    private: bool = False
    accepts: tuple[str, ...] = ()
    """Whose requests to follow them they accept; all others wait."""

    @property
    def email(self) -> str:
        return f"{self.handle}@example.com"


@dataclass(frozen=True, slots=True)
class Post:
    author: str
    caption: str
    scenes: tuple[str, ...]
    """What its photos show, by the names of `tools.painting.scenes`."""
    place: tuple[str, float, float] | None = None
    liked_by: tuple[str, ...] = ()
    saved_by: tuple[str, ...] = ()
    is_video: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    author: str
    text: str
    answers: tuple[Comment, ...] = ()
    liked_by: tuple[str, ...] = ()


PEOPLE: Final = (
    Person(
        "maya",
        "Maya Lindqvist",
        "Light, water, early mornings.",
        ("tomas", "aiko", "ines", "lena"),
        hashtags=("desert", "mountains"),
    ),
    Person("tomas", "Tomás Rivera", "Mountains first, questions later.", ("maya", "kofi")),
    Person(
        "aiko",
        "Aiko Tanaka",
        "Small places, big skies.",
        ("maya", "tomas", "ines", "kofi"),
        hashtags=("sea",),
    ),
    Person("kofi", "Kofi Mensah", "The coast, mostly at dusk.", ("maya", "aiko", "lena")),
    Person("ines", "Inês Carvalho", "Paints what the camera misses.", ("maya", "kofi", "noor")),
    Person("noor", "Noor Haddad", "Deserts and their colours.", ("aiko", "ines")),
    Person(
        "lena",
        "Lena Vogt",
        "For friends.",
        ("maya", "aiko"),
        private=True,
        accepts=("maya",),
    ),
)

POSTS: Final = (
    Post(
        "kofi",
        "Half a minute of the harbour. #sea",
        ("harbour",),
        place=("Takoradi", 4.885, -1.745),
        liked_by=("maya", "aiko", "ines"),
        saved_by=("aiko",),
        is_video=True,
    ),
    Post(
        "maya",
        "First light over the archipelago. #sunrise",
        ("sunrise",),
        place=("Sandhamn", 59.288, 18.917),
        liked_by=("tomas", "aiko", "kofi", "ines", "noor"),
    ),
    Post(
        "tomas",
        "Five ridges before breakfast. #mountains",
        ("ridges", "peak", "calm"),
        place=("El Chaltén", -49.331, -72.886),
        liked_by=("maya", "kofi", "aiko"),
        saved_by=("maya",),
    ),
    Post(
        "aiko",
        "The evening bus was late, luckily.",
        ("town",),
        place=("Biei", 43.588, 142.467),
        liked_by=("noor",),
    ),
    Post(
        "kofi",
        "Low tide. #sea",
        ("beach",),
        place=("Busua", 4.806, -1.937),
        liked_by=("maya", "tomas"),
    ),
    Post(
        "ines",
        "Studies in green",
        ("leaves", "forest"),
        liked_by=("aiko", "maya"),
        saved_by=("noor",),
    ),
    Post(
        "noor",
        "It is never only sand. #desert",
        ("dunes",),
        place=("Wadi Rum", 29.576, 35.42),
        liked_by=("aiko",),
    ),
    Post(
        "maya",
        "No wind at all today.",
        ("calm",),
        place=("Möja", 59.417, 18.883),
        liked_by=("kofi", "lena"),
    ),
    Post(
        "tomas",
        "We turned back here. It was the right call.",
        ("peak",),
        place=("Fitz Roy", -49.271, -73.043),
        liked_by=("aiko", "kofi", "maya", "ines", "noor"),
    ),
    Post(
        "aiko",
        "Moonrise, one hand in the pocket. #winter",
        ("winter",),
        place=("Asahikawa", 43.771, 142.365),
        liked_by=("ines", "maya"),
    ),
    Post(
        "kofi",
        "Same spot, a week later. #sea",
        ("beach",),
        place=("Busua", 4.806, -1.937),
        liked_by=("aiko",),
    ),
    Post(
        "ines",
        "Before the rain",
        ("storm",),
        place=("Serra da Estrela", 40.322, -7.613),
        liked_by=("noor", "kofi"),
    ),
    Post(
        "noor",
        "Blue hour, and the tea is ready.",
        ("blue hour", "tea"),
        place=("Siwa", 29.203, 25.519),
        liked_by=("ines",),
    ),
    Post(
        "maya",
        "The same rock since I was six. #home",
        ("sunset",),
        place=("Sandhamn", 59.288, 18.917),
    ),
    Post(
        "tomas",
        "Above the weather.",
        ("ridges",),
        place=("Cerro Castillo", -46.083, -72.2),
        liked_by=("maya",),
    ),
    Post(
        "aiko",
        "Four seasons in one walk. #hokkaido",
        ("forest", "winter"),
        place=("Furano", 43.342, 142.383),
        liked_by=("maya", "tomas", "ines", "kofi", "noor", "lena"),
        saved_by=("maya", "ines"),
    ),
    Post(
        "kofi",
        "Somebody paint this.",
        ("sunset",),
        place=("Cape Three Points", 4.741, -2.091),
        liked_by=("ines",),
    ),
    Post(
        "ines",
        "@kofi, I did.",
        ("still life",),
        place=("Porto", 41.15, -8.611),
        liked_by=("kofi", "maya", "noor"),
    ),
    Post(
        "noor",
        "Shadows at noon. #desert",
        ("dunes",),
        place=("Liwa", 23.133, 53.783),
        liked_by=("aiko", "ines"),
    ),
    Post(
        "lena",
        "Only for you.",
        ("tea",),
        place=("Bodensee", 47.588, 9.486),
        liked_by=("maya",),
    ),
    Post(
        "maya",
        "Until next summer. #sunset",
        ("sunset",),
        place=("Sandhamn", 59.288, 18.917),
        liked_by=("tomas", "aiko", "kofi", "ines", "noor", "lena"),
        saved_by=("aiko",),
    ),
    Post(
        "tomas",
        "Going down is a skill too. #mountains",
        ("peak",),
        place=("El Chaltén", -49.331, -72.886),
        liked_by=("kofi",),
    ),
)

COMMENTS: Final[Mapping[str, tuple[Comment, ...]]] = {
    "Until next summer. #sunset": (
        Comment(
            "aiko",
            "Is this the rock from your other photo?",
            (
                Comment("maya", "@aiko The same one, from the water."),
                Comment("kofi", "It looks larger from here."),
            ),
            liked_by=("maya", "kofi"),
        ),
        Comment("tomas", "Come up to the snow then, @maya."),
        Comment("ines", "That orange."),
    ),
    "We turned back here. It was the right call.": (
        Comment("kofi", "Glad that you did.", liked_by=("tomas", "aiko")),
        Comment("noor", "How cold was it?", (Comment("tomas", "@noor Colder than the tea."),)),
    ),
    "Four seasons in one walk. #hokkaido": (
        Comment("maya", "Which one did you like best?", (Comment("aiko", "The third. Mud."),)),
        Comment("ines", "@noor, you should go there."),
    ),
    "@kofi, I did.": (Comment("kofi", "I want this on my wall.", liked_by=("ines",)),),
    "Only for you.": (Comment("maya", "Thank you, @lena."),),
}
"""The comments on posts, by their captions."""

TAGS: Final = {"Five ridges before breakfast. #mountains": ("kofi", 0.42, 0.61)}
"""Who is tagged in the first photo of a post, by its caption, and where from the left and top."""

COLLECTION: Final = ("maya", "Walks", "Four seasons in one walk. #hokkaido")
"""Whose collection it is, its name, and the caption of the post in it."""
