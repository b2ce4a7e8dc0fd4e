"""What has to be so of accounts that were closed or erased, and of what moderators have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from operations.erasure_sweep import Sweep
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import CASES, epoch
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.adapters.stored_elsewhere import UserPool
from shutterfeed.adapters.stored_items import TablePart
from shutterfeed.adapters.stored_objects import Bucket
from shutterfeed.domain.crops import sha256_of
from shutterfeed.domain.erasures import Content
from shutterfeed.domain.marks import withheld_mark
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.traces import Person
from shutterfeed.ports.everything import Source
from shutterfeed.schema import TTL_ATTRIBUTE
from shutterfeed.services.erasure_scan import ErasureScan
from tests.exploration import accounts, storage
from tests.exploration.before import Before, lasting
from tests.exploration.play import Play
from tests.exploration.state import State
from tests.integration.world import FEED, METADATA, SEARCH

_FOR_GOOD: Final = 0
"""In place of the moment until which something is denied."""


def changed(before: Before, state: State) -> Iterator[str]:
    """Everything is as it was, to the last attribute; and there is nothing else."""
    now = dict(lasting(state))
    for key, row in before.rows.items():
        if key not in now:
            yield f"{key.pk} {key.sk} is gone"
        elif now[key] != row:
            yield f"{key.pk} {key.sk} was {row}, and is {now[key]}"
    for key in now.keys() - before.rows.keys():
        yield f"{key.pk} {key.sk} was not there before"


def lost(before: Before, state: State) -> Iterator[str]:
    """Nothing is gone; the numbers of others are held against the edges elsewhere."""
    for key in before.rows.keys() - state.metadata.keys():
        yield f"{key.pk} {key.sk} is gone"


def person(play: Play, name: str) -> Person:
    """Everything by which somebody is found, as it is now."""
    one, state = play.people[name], State.read()
    contents = [
        Content(medium.sha256, medium.picture.blob_id)
        for post in state.posts.values()
        if post.author_id == one.user_id
        for medium in post.media
        if medium.picture is not None
    ]
    email = accounts.email_of(one.subject)
    handles = (play.handles[name],)
    return Person(one.user_id, one.subject, email, handles, list(dict.fromkeys(contents)))


def traces(play: Play) -> Iterator[str]:
    """What the project's own scan finds of those whose accounts are erased, and should be gone."""
    people = list(play.erased.values())
    if not people:
        return
    scan = ErasureScan(_Everything(play))
    metadata = Table(play.world.machinery.clients["dynamodb"], METADATA)
    sweep = Sweep.through(metadata, FEED, play.world.clock)
    # As for a receipt: what only a look through everything finds is removed, and looked for again.
    scan.look(people, lambda _: None, sweep.remove)
    looked = scan.look(people, lambda _: None)
    for one in people:
        for (store, kind), count in sorted(looked.findings.left(one.user_id).items()):
            yield f"of {one.user_id} there is left: {count} {kind} in {store}"
        for thing in looked.findings.named(one.user_id):
            yield f"of {one.user_id} there is left: {thing.store} {thing.where}"


@dataclass(frozen=True, slots=True)
class _Everything:
    """All that the cloud of a run stores."""

    play: Play

    def sources(self) -> list[Source]:
        clients = self.play.world.machinery.clients
        tables = {METADATA: "metadata", FEED: "feed", SEARCH: "search"}
        return [
            *(TablePart(clients["dynamodb"], name, store) for name, store in tables.items()),
            *(Bucket(clients["s3"], name, f"bucket {name}") for name in storage.BUCKETS),
            UserPool(clients[accounts.SERVICE], accounts.POOL),
        ]


def withholdings(play: Play, state: State) -> Iterator[str]:
    """Exactly the posts with a withheld content are marked, each in every case; and the edge denies
    such contents for as long."""
    rows = {key: row for key, row in state.metadata.items() if key.sk == keys.WITHHELD}
    cases = {keys.parse_withheld(key): frozenset(row[CASES]) for key, row in rows.items()}
    for post in state.posts.values():
        if post.state is not PostState.PUBLISHED:
            continue
        contents = {medium.sha256 for medium in post.media}
        wanted = {withheld_mark(c, case) for c in contents for case in cases.get(c, ())}
        if post.withheld != wanted:
            yield f"{post.id} is marked with {sorted(post.withheld)}, not {sorted(wanted)}"
    ending = _ending(play, state)
    for name, blob in state.blobs.items():
        note = state.metadata.get(keys.denial(blob.blob_id))
        until = None if note is None else note.get(TTL_ATTRIBUTE, _FOR_GOOD)
        right = {_FOR_GOOD if sha256_of(name) in cases else None}
        if sha256_of(name) in cases and name in ending:
            right = ending[name]
        if until not in right:
            yield f"the content {name} is denied until {until}, in the cases {cases}"


def _ending(play: Play, state: State) -> dict[str, set[int | None]]:
    """The contents that are cropped, and were published only when nothing was prepared any more,
    perhaps marked already. Then their author alone has links to them: they are denied until these
    have expired, or for good if they were published just before."""
    now, found = play.world.clock.now(), dict[str, set[int | None]]()
    for post in state.posts.values():
        at = post.published_at
        if at is None or play.world.began_at is None or at < play.world.began_at:
            continue
        until = at + DENIAL_RETENTION
        for medium in post.media:
            if medium.crop is not None:
                found[medium.stored_as] = {
                    _FOR_GOOD,
                    epoch(until),
                    *([None] if now > until else ()),
                }
    return found
