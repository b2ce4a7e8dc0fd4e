"""The marks of every subject: ids, and words that stand nowhere else. Where one of them is found in
an answer, the subject is shown, whatever the form of the answer."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from tests.visibility.cast import Post, Subject, User, Viewer

_ENCODED: Final = re.compile(r"[A-Za-z0-9_-]{24,}")
_NO_COLLECTION: Final = "0" * 26
_UNLIKE: Final = "QZ"
"""Letters that stand for an id's last ones, to make one that nobody has."""


class Facet(StrEnum):
    """What of a subject is found."""

    ITSELF = "itself"
    WORDS = "its hashtag and place"
    FILES = "its files"


@dataclass(frozen=True, slots=True)
class UserMarks:
    id: str
    handle: str
    name: str
    bio: str
    said: str = ""
    """The word of the user's comment on another's post; empty if there is none."""

    def by_facet(self) -> Iterator[tuple[Facet, str]]:
        for mark in (self.id, self.handle, self.name, self.bio, self.said):
            yield Facet.ITSELF, mark


@dataclass(frozen=True, slots=True)
class PostMarks:
    """The marks of a post; empty if it has no such thing. `content_hash` is what its owner has
    declared as the SHA-256."""

    id: str
    media_id: str
    content_hash: str
    word: str = ""
    alt: str = ""
    tag: str = ""
    place: str = ""
    blob_id: str = ""
    said: str = ""
    comment_id: str = ""
    """A comment of the owner's on it, with a reply, and the word that both have; for a post that
    was never published, an id that no comment has."""

    def by_facet(self) -> Iterator[tuple[Facet, str]]:
        # The first half of the id is the author's.
        own = self.id.rpartition("-")[2]
        for mark in (own, self.media_id, self.content_hash, self.word, self.alt, self.said):
            yield Facet.ITSELF, mark
        for mark in (self.tag, self.place):
            yield Facet.WORDS, mark
        yield Facet.FILES, self.blob_id


@dataclass(frozen=True, slots=True)
class Marks:
    """All marks. `family` is what all handles, names, hashtags and places begin with, and all
    captions have, so that one search could find everything."""

    family: str
    site_url: str
    users: Mapping[User, UserMarks]
    posts: Mapping[Post, PostMarks]
    collections: Mapping[Viewer, str] = field(default_factory=dict)
    """The ids of the collections that people have."""
    own_collection: str = _NO_COLLECTION
    """That of whoever asks."""
    others_collection: str = _NO_COLLECTION

    def asked_by(self, viewer: Viewer) -> Marks:
        """The same marks for what somebody asks about: with a collection of theirs, and one of
        somebody else's."""
        other = Viewer.FRIEND if viewer is Viewer.PUBLIC else Viewer.PUBLIC
        own, others = (self.collections.get(v, _NO_COLLECTION) for v in (viewer, other))
        return replace(self, own_collection=own, others_collection=others)

    def _all(self) -> Iterator[tuple[Subject, UserMarks | PostMarks]]:
        yield from self.users.items()
        yield from self.posts.items()

    def id_of(self, subject: Subject) -> str:
        return self.posts[subject].id if isinstance(subject, Post) else self.users[subject].id

    def name_of(self, subject: Subject) -> str:
        """What stands for it in a path: a user's handle, a post's id."""
        return self.posts[subject].id if isinstance(subject, Post) else self.users[subject].handle

    def page_of(self, subject: Subject) -> str:
        kind = "p" if isinstance(subject, Post) else "u"
        return f"{self.site_url}/{kind}/{self.name_of(subject)}"

    def unknown(self) -> Marks:
        """The same marks as those of what does not exist: all of the same length. The collection
        of whoever asks is there all the same."""
        users = {
            user: UserMarks(_other(m.id), _other(m.handle), m.name, m.bio)
            for user, m in self.users.items()
        }
        posts = {
            post: PostMarks(
                _other(m.id),
                _other(m.media_id),
                m.content_hash,
                place=_other(m.place) if m.place else "",
                comment_id=f"{_other(m.id)}-{m.comment_id.rpartition('-')[2]}",
            )
            for post, m in self.posts.items()
        }
        others = _other(self.others_collection)
        return replace(self, users=users, posts=posts, others_collection=others)

    def found(self, text: str, sent: str) -> dict[tuple[Subject, Facet], set[str]]:
        """The marks that stand in an answer, and did not stand in its request: an answer may repeat
        what it was asked."""
        whole, asked = f"{text}\n{_decoded(text)}".lower(), sent.lower()
        found: dict[tuple[Subject, Facet], set[str]] = {}
        for subject, marks in self._all():
            for facet, mark in marks.by_facet():
                if mark and mark.lower() in whole and mark.lower() not in asked:
                    found.setdefault((subject, facet), set()).add(mark)
        return found


def _other(text: str) -> str:
    """Another id or handle of the same form and length."""
    ending = _UNLIKE if text.isupper() or "-" in text else _UNLIKE.lower()
    return text[: -len(ending)] + ending if not text.endswith(ending) else text[:-1] + "0"


def _decoded(text: str) -> str:
    """What the cursors and tokens of an answer say to whoever decodes them."""
    return "\n".join(filter(None, map(_read, _ENCODED.findall(text))))


def _read(token: str) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw.decode("latin-1")
