"""What is to be done with a file: nothing, as it is there already; go on with a post that was
begun; or make a new one. Decided by the journal alone, which has a copy of the service's ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.journal import Journal, Known, Progress, key_for
from shutterfeed_cli.media import Medium
from shutterfeed_cli.sources import Source

_ARRIVED: Final = frozenset({"processing", "ready"})
_WORTH_ANOTHER_TRY: Final = frozenset({"never_arrived", "bytes_mismatch", "sha256_mismatch"})
"""Failures that are not the content's own fault."""


class Outcome(StrEnum):
    """What became of a file in this run."""

    UPLOADED = "uploaded"
    SKIPPED = "skipped"
    FAILED = "failed"
    IGNORED = "ignored"
    """Neither photo nor video."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file, and why; `post_id` where it is part of a post."""

    name: str
    outcome: Outcome
    reason: str = ""
    post_id: str | None = None
    media_id: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files that belong together, and what is to be said of them.

    `whole`: they are one post as they are, even if some were uploaded before; `when` then tells
    posts with the same contents apart. Otherwise they become posts of up to `per_post` files.
    """

    sources: Sequence[Source]
    caption: Callable[[Sequence[Medium]], str]
    place: Json | None = None
    taken_at: str | None = None
    per_post: int = 1
    whole: bool = False
    when: str = ""
    keep_capture_details: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """The files of one post, to be sent in the words of `body` under `key`.

    Without words, the post is there already under the id `key`, and `known` are its files.
    """

    media: Sequence[Medium]
    key: str
    body: Json | None
    known: Sequence[Known] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """There is nothing to send of a content."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A content is part of a post that was begun earlier: see `Batch` for what the fields say."""

    key: str
    contents: Sequence[str]
    body: Json | None
    known: Sequence[Known] = ()

    def batch(self, here: Mapping[str, Medium]) -> Batch:
        return Batch([here[sha256] for sha256 in self.contents], self.key, self.body, self.known)


def decide(journal: Journal, sha256: str, here: Mapping[str, Medium]) -> Skip | Begun | None:
    """What is to be done with a content, of which files with the contents in `here` are at hand.

    None: it is new.
    """
    entries = [known for known in journal.known(sha256) if known.post_id]
    posts = {known.post_id: journal.of_post(known.post_id) for known in entries}
    if any({known.state for known in post} <= _ARRIVED for post in posts.values()):
        return Skip(Outcome.SKIPPED, "already uploaded")
    for declared in journal.declared(sha256):
        recorded = journal.of_post(declared.post_id)
        failed = any(known.state == "failed" for known in recorded)
        if recorded and not failed and declared.state is Progress.SENT:
            # Sent a moment ago: the ledger does not say so before storage has told the service.
            return Skip(Outcome.SKIPPED, "already uploaded")
        failed = failed or (not recorded and declared.state is Progress.SENT)  # Its post is gone.
        contents = [medium["sha256"] for medium in declared.body["media"]]
        if not failed and set(contents) <= here.keys():
            return Begun(declared.key, contents, declared.body)
        journal.note(declared.key, Progress.GIVEN_UP)
    for post_id, post in posts.items():
        # Begun by another machine, or by this one before its journal was lost.
        contents = [known.sha256 for known in post]
        if set(contents) <= here.keys() and not any(known.state == "failed" for known in post):
            return Begun(post_id, contents, None, post)
    for known in entries:
        if known.state == "failed" and known.code not in _WORTH_ANOTHER_TRY:
            return Skip(Outcome.FAILED, f"refused earlier: {known.failure}")
    return None


def new_batch(media: Sequence[Medium], wanted: Wanted) -> Batch:
    declarations = [medium.declaration() for medium in media]
    if wanted.keep_capture_details:
        declarations = [{**one, "keep_capture_details": True} for one in declarations]
    body: Json = {"media": declarations, "caption": wanted.caption(media)}
    if wanted.place is not None:
        body["place"] = wanted.place
    if wanted.taken_at is not None:
        body["taken_at"] = wanted.taken_at
    key = key_for((medium.sha256 for medium in media), attempt=1, when=wanted.when)
    return Batch(tuple(media), key, body)
