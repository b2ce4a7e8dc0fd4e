"""Decides what to do with a file: nothing, if it is already uploaded; continue a post that was
begun; or make a new post. The journal, with its copy of the ledger, is enough for that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from shutterfeed_cli.client.content import Json
from shutterfeed_cli.exported import exported_medium
from shutterfeed_cli.journal import Journal, Known, Progress, key_for
from shutterfeed_cli.media import Medium
from shutterfeed_cli.sources import Source

_ARRIVED: Final = frozenset({"processing", "ready"})
_WORTH_ANOTHER_TRY: Final = frozenset({"never_arrived", "bytes_mismatch", "sha256_mismatch"})
"""The codes of failures that another try can mend: the content itself is not at fault."""


class Outcome(StrEnum):
    """The result for a file in this run."""

    UPLOADED = "uploaded"
    SKIPPED = "skipped"
    FAILED = "failed"
    IGNORED = "ignored"
    """The file is neither a photo nor a video, and was only found in a folder."""


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result for one file, with a reason; `post_id` is set if it is part of a post."""

    name: str
    outcome: Outcome
    reason: str = ""
    post_id: str | None = None
    media_id: str | None = None
    size: int = 0
    notes: Sequence[Json] = ()
    """What of a published file could not be kept: the service's codes and sentences."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Files that belong together, and the words of their post.

    With `whole`, all files form one post, even if some were uploaded before; `when` then tells
    posts with the same contents apart. Otherwise they become posts of up to `per_post` files.
    """

    sources: Sequence[Source]
    caption: Callable[[Sequence[Medium]], str]
    place: Json | None = None
    taken_at: str | None = None
    per_post: int = 1
    whole: bool = False
    when: str = ""
    named: bool = False
    """Whether somebody named the files one by one: whatever is not posted of them is a failure."""
    keep_capture_details: bool = False
    sensitive: bool = False
    comments_from: str | None = None
    """Who may comment on it; None if that is as the account's setting says."""
    publish_at: str | None = None
    """When to publish it; None for as soon as it is ready."""
    crops: Mapping[str, Json] = field(default_factory=dict)
    """The part that is shown of a photo, by its file's name without folder and ending."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The files of one post. It is declared with `body`, the request's JSON, and the idempotency
    key `key`.

    If `body` is None, the post already exists: `key` is its id, and `known` are its files.
    """

    media: Sequence[Medium]
    key: str
    body: Json | None
    known: Sequence[Known] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """There is nothing to send for a content."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A content is part of a post that was begun earlier. The fields are those of `Batch`."""

    key: str
    contents: Sequence[str]
    body: Json | None
    known: Sequence[Known] = ()

    def batch(self, here: Mapping[str, Medium]) -> Batch:
        return Batch([here[sha256] for sha256 in self.contents], self.key, self.body, self.known)


def decide(journal: Journal, sha256: str, here: Mapping[str, Medium]) -> Skip | Begun | None:
    """Decide what to do with a content. `here` has the files at hand, by their SHA-256.

    Returns None if the content is new.
    """
    return _as_exported(journal, here[sha256]) or _as_recorded(journal, sha256, here)


def _as_exported(journal: Journal, medium: Medium) -> Skip | None:
    """Skip an original from an export: nobody posted an avatar, and whatever the ledger has is
    uploaded, also if its post was not published."""
    exported = exported_medium(medium.source)
    if exported is not None and exported.is_avatar:
        return Skip(Outcome.SKIPPED, "an avatar of the export")
    if exported is not None and journal.medium(exported.media_id) is not None:
        return Skip(Outcome.SKIPPED, "already uploaded")
    return None


def _as_recorded(journal: Journal, sha256: str, here: Mapping[str, Medium]) -> Skip | Begun | None:
    entries = [known for known in journal.known(sha256) if known.post_id]
    posts = {known.post_id: journal.of_post(known.post_id) for known in entries}
    if any({known.state for known in post} <= _ARRIVED for post in posts.values()):
        return Skip(Outcome.SKIPPED, "already uploaded")
    for declared in journal.declared(sha256):
        recorded = journal.of_post(declared.post_id)
        failed = any(known.state == "failed" for known in recorded)
        if recorded and not failed and declared.state is Progress.SENT:
            # It was sent a moment ago, and the storage has not told the service's ledger yet.
            return Skip(Outcome.SKIPPED, "already uploaded")
        failed = failed or (not recorded and declared.state is Progress.SENT)  # Its post is gone.
        contents = [medium["sha256"] for medium in declared.body["media"]]
        if not failed and set(contents) <= here.keys():
            return Begun(declared.key, contents, declared.body)
        journal.note(declared.key, Progress.GIVEN_UP)
    for post_id, post in posts.items():
        # Another machine began it, or this one before its journal was lost.
        contents = [known.sha256 for known in post]
        if set(contents) <= here.keys() and not any(known.state == "failed" for known in post):
            return Begun(post_id, contents, None, post)
    for known in entries:
        if known.state == "failed" and known.code not in _WORTH_ANOTHER_TRY:
            return Skip(Outcome.FAILED, f"refused earlier: {known.failure}")
    return None


def new_batch(media: Sequence[Medium], wanted: Wanted) -> Batch:
    declarations = [_declared(medium, wanted.crops) for medium in media]
    if wanted.keep_capture_details:
        declarations = [{**one, "keep_capture_details": True} for one in declarations]
    body: Json = {"media": declarations, "caption": wanted.caption(media)}
    if wanted.place is not None:
        body["place"] = wanted.place
    if wanted.taken_at is not None:
        body["taken_at"] = wanted.taken_at
    if wanted.sensitive:
        body["sensitive"] = True
    if wanted.comments_from is not None:
        body["comments_from"] = wanted.comments_from
    if wanted.publish_at is not None:
        body["publish_at"] = wanted.publish_at
    key = key_for((medium.sha256 for medium in media), attempt=1, when=wanted.when)
    return Batch(tuple(media), key, body)


def _declared(medium: Medium, crops: Mapping[str, Json]) -> Json:
    crop = crops.get(medium.source.stem)
    return medium.declaration() if crop is None else {**medium.declaration(), "crop": crop}


def announced(batch: Batch) -> str:
    """What a dry run says of the files of a post: what would happen, with the time and the place
    that the post would show."""
    body = batch.body or {}
    said = ["would be uploaded"]
    if taken_at := body.get("taken_at"):
        said.append(f"taken at {taken_at[:16].replace('T', ' ')}")
    if publish_at := body.get("publish_at"):
        said.append(f"published at {publish_at[:16].replace('T', ' ')}")
    if place := body.get("place"):
        point = [str(place[of]) for of in ("latitude", "longitude") if of in place]
        said.append(f"in {place['name']} ({', '.join(point)})" if point else f"in {place['name']}")
    return ", ".join(said)
