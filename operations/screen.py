"""`make screen`: what a list would find in the last days, before it counts.

It scans the table once for the posts, comments and profiles of those days. A list of hashes is held
against the hash that is kept of each content; if none is kept, it is computed of the largest JPEG
that the content has. Nothing is changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, Final

from PIL import Image

from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import to_blob, to_post, to_profile
from shutterfeed.adapters.dynamodb.table import item_key, unmarshal
from shutterfeed.adapters.dynamodb.threads import to_comment
from shutterfeed.adapters.pdq import perceptual_hash
from shutterfeed.adapters.screening.lists import Hashes
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.comments import Comment
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.media import Picture
from shutterfeed.domain.perceptual import MAX_DISTANCE, PerceptualHash
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.screening import BadLine, Entry, ListKind, WordIndex, entries, words_of
from shutterfeed.domain.users import Profile
from tools.errors import ToolError
from tools.progress import step

_SHOWN: Final = 20
_AT_ONCE: Final = 100
_DOLLARS: Final = {"read units": 0.125e-6, "pictures": 0.4e-6}
"""us-east-1, on demand: reads of the table, and of renditions."""

Written = Post | Comment | Profile


@dataclass(slots=True)
class Trial:
    """What a list would find."""

    kind: ListKind
    looked_at: int = 0
    matches: Counter[str] = field(default_factory=Counter)
    """The number of contents or texts in which each entry would be found."""
    examples: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    bad_lines: list[BadLine] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    """What was read: read units of the table, and pictures."""

    def count(self, entry: Entry, where: str) -> None:
        self.matches[entry.text] += 1
        self.notes[entry.text] = entry.note
        examples = self.examples.setdefault(entry.text, [])
        if len(examples) < _SHOWN:
            examples.append(where)

    @property
    def dollars(self) -> float:
        return sum(self.requests[name] * price for name, price in _DOLLARS.items())


def run(
    deployment: Deployment, name: str, days: int, *, distance: int = MAX_DISTANCE, now: datetime
) -> Trial:
    """Try a list over the last days: the stage's list of that name, or a file on this machine.
    Raises `ToolError` if there is neither."""
    lines = _lines(deployment, name).splitlines()
    trial = Trial(_kind(lines))
    listed: list[Entry] = []
    for entry in entries(trial.kind, lines):
        if isinstance(entry, BadLine):
            trial.bad_lines.append(entry)
        else:
            listed.append(entry)
    with step(f"Trying {name}") as progress:

        def seen() -> Iterator[Written]:
            for one in _written(deployment, now - timedelta(days=days), trial):
                yield one
                progress.detail = f"{trial.looked_at:,} looked at, {trial.matches.total():,} match"

        if trial.kind is ListKind.HASHES:
            _Contents(deployment, trial, Hashes.of(listed), distance).try_all(seen())
        else:
            _try_words(trial, WordIndex.of(listed), seen())
    return trial


def command(deployment: Deployment, name: str, days: int) -> None:
    """Print what a list would find, with examples, and what looking has cost."""
    trial = run(deployment, name, days, now=SystemClock().now())
    what = "contents" if trial.kind is ListKind.HASHES else "texts"
    print(f"{trial.looked_at:,} {what} of the last {days} days were looked at.")
    print(f"{trial.matches.total():,} would match, by {len(trial.matches):,} entries:")
    for text, count in trial.matches.most_common(_SHOWN):
        print(f"{count:>9,}  {text}  {trial.notes[text]}".rstrip())
        for example in trial.examples[text]:
            print(f"           {example}")
    for bad in trial.bad_lines[:_SHOWN]:
        print(f"Line {bad.number:,} is no entry: {bad.message}")
    counted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(trial.requests.items()))
    print(f"Read with {counted}: about {trial.dollars:.4f} USD. Nothing was changed.")


def _lines(deployment: Deployment, name: str) -> str:
    if Path(name).is_file():
        return Path(name).read_text(encoding="utf-8", errors="replace")
    s3 = deployment.client_for("s3")
    bucket, key = deployment.outputs["OriginalsBucketName"], keys.list_object(name)
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey as error:
        raise ToolError(
            f"There is no file {name} here, and no list s3://{bucket}/{key} either."
        ) from error
    return str(answer["Body"].read().decode("utf-8", "replace"))


def _kind(lines: Iterable[str]) -> ListKind:
    """What a list holds: no list of words has a hash among them."""
    has_hash = any(isinstance(entry, Entry) for entry in entries(ListKind.HASHES, lines))
    return ListKind.HASHES if has_hash else ListKind.WORDS


def _written(deployment: Deployment, since: datetime, trial: Trial) -> Iterator[Written]:
    """The published posts, the comments and the profiles that were made since a moment."""
    table = deployment.metadata
    pages = table.client.get_paginator("scan").paginate(
        TableName=table.name, ReturnConsumedCapacity="TOTAL"
    )
    for page in pages:
        trial.requests["read units"] += ceil(page["ConsumedCapacity"]["CapacityUnits"])
        for item in page["Items"]:
            one = _one(unmarshal(item))
            if one is not None and _made_at(one) >= since:
                yield one


def _one(item: Mapping[str, Any]) -> Written | None:
    kind, separator, _ = item_key(item).sk.partition("#")
    match kind + separator:
        case keys.POST_PREFIX:
            post = to_post(item)
            return post if post.state is PostState.PUBLISHED else None
        case keys.COMMENT_PREFIX | keys.REPLY_PREFIX:
            comment = to_comment(dict(item))
            return None if comment.removed else comment
        case keys.PROFILE:
            return to_profile(item)
    return None


def _made_at(one: Written) -> datetime:
    if isinstance(one, Comment):
        return ulid_time(one.id.reply or one.id.root)
    return one.created_at


def _try_words(trial: Trial, index: WordIndex, seen: Iterable[Written]) -> None:
    for one in seen:
        where = one.user_id if isinstance(one, Profile) else str(one.id)
        trial.looked_at += 1
        found = {entry.text: entry for text in words_of(one) if (entry := index.within(text))}
        for entry in found.values():
            trial.count(entry, where)


@dataclass(slots=True)
class _Contents:
    """Holds the contents of posts against a list of hashes, each once."""

    deployment: Deployment
    trial: Trial
    hashes: Hashes
    distance: int
    waiting: dict[str, tuple[Picture, str]] = field(default_factory=dict)
    """Contents that are looked up together: their pictures, and a post that has them."""
    known: set[str] = field(default_factory=set)

    def try_all(self, seen: Iterable[Written]) -> None:
        for post in seen:
            if not isinstance(post, Post):
                continue
            for medium in post.media:
                if medium.picture is not None and medium.stored_as not in self.known:
                    self.known.add(medium.stored_as)
                    self.waiting[medium.stored_as] = medium.picture, str(post.id)
            if len(self.waiting) >= _AT_ONCE:
                self._look()
        self._look()

    def _look(self) -> None:
        if not self.waiting:
            return
        items = self.deployment.metadata.get_many(map(keys.blob, self.waiting))
        self.trial.requests["read units"] += len(items)
        kept = {blob.sha256: blob.perceptual_hash for blob in map(to_blob, items)}
        for sha256, (picture, where) in self.waiting.items():
            hashed = kept.get(sha256) or self._computed(picture)
            self.trial.looked_at += 1
            if hashed is not None and hashed.is_telling:
                self._hold(hashed, where)
        self.waiting.clear()

    def _hold(self, hashed: PerceptualHash, where: str) -> None:
        index = self.hashes.index
        near = index.nearest(hashed.number, self.distance)
        if near is not None:
            text = f"{index.numbers[near.position]:064x}"
            entry = Entry(text, self.hashes.notes.get(near.position, ""))
            self.trial.count(entry, f"{where} at a distance of {near.distance}")

    def _computed(self, picture: Picture) -> PerceptualHash | None:
        """The hash of a rendition, which we have encoded ourselves; None if it is gone."""
        jpegs = [each for each in picture.renditions if each.content_type == "image/jpeg"]
        if not jpegs:
            return None
        key = keys.rendition_object(picture.blob_id, max(jpegs, key=lambda each: each.width).name)
        s3 = self.deployment.client_for("s3")
        self.trial.requests["pictures"] += 1
        try:
            answer = s3.get_object(Bucket=self.deployment.outputs["RenditionsBucketName"], Key=key)
        except s3.exceptions.NoSuchKey:
            return None  # Collected since the scan.
        return perceptual_hash(Image.open(BytesIO(answer["Body"].read())))
