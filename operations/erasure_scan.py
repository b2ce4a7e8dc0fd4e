"""`make erasure-scan`: look for a person in everything that is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boto3.dynamodb.conditions import Key

from operations.deployment import Deployment
from operations.everything import DeployedEverything
from shutterfeed import keys
from shutterfeed.adapters.cognito import CognitoAccounts
from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.records import to_post
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.dynamodb.table import Item
from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.erasures import Content, ErasedAccount
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.traces import Person
from shutterfeed.domain.users import canonical_handle
from shutterfeed.schema import PK, SK
from shutterfeed.services.erasure_scan import ErasureScan, Looked
from tools.errors import ToolError
from tools.progress import step


def scan(deployment: Deployment, given: str, *, deep: bool = False) -> str:
    """Look for one person, by the handle or the user id. Returns what was found, as text. Raises
    `ToolError` if nobody has the handle."""
    person = person_of(deployment, given)
    everything = DeployedEverything(deployment, deep=deep)
    looked = look(everything, [person])
    return report(looked, person.user_id) + cost(everything)


def look(everything: DeployedEverything, people: Sequence[Person], **told: Any) -> Looked:
    """Look through everything, and show the progress."""
    with step("Looking through everything") as progress:

        def show(text: str) -> None:
            progress.detail = text

        return ErasureScan(everything).look(people, show, **told)


def report(looked: Looked, user_id: str) -> str:
    """What was found of one person, for an operator."""
    left = looked.findings.left(user_id)
    lines = [f"{count:>9,}  {store}: {kind}" for (store, kind), count in sorted(left.items())]
    lines += [
        f"           {thing.store}: {thing.where}" for thing in looked.findings.named(user_id)
    ]
    lines.append(f"{left.total():>9,}  things should be gone if the account was erased")
    for stay in looked.findings.staying(user_id):
        until = "" if stay.until is None else f" until {stay.until:%Y-%m-%d}"
        lines.append(f"{stay.count:>9,}  {stay.store}: {stay.kind} may stay{until}: {stay.why}")
    return "\n".join(lines) + "\n"


def cost(everything: DeployedEverything) -> str:
    """What looking has cost."""
    counted = ", ".join(f"{count:,} {name}" for name, count in sorted(everything.requests.items()))
    return f"Read with {counted}: about {everything.cost():.4f} USD."


def person_of(deployment: Deployment, given: str) -> Person:
    """Whom to look for, by a handle or a user id: with what the record of the erasure says, or the
    profile, the posts and the account. Raises `ToolError` if nobody has the handle."""
    profiles = DynamoProfiles(deployment.metadata)
    if is_ulid(given):
        user_id = given
    else:
        name = canonical_handle(given.removeprefix("@"))
        found = profiles.id_of(name) if name else None
        if found is None:
            raise ToolError(
                f"Nobody has the handle {given}. Give the user id of an erased account."
            )
        user_id = found
    records = DynamoErasureRecords(deployment.metadata)
    record = records.get(user_id)
    if record is not None:
        return erased_person(record, list(records.contents(user_id)))
    profile = profiles.item(user_id)
    cognito, pool = deployment.client_for("cognito-idp"), deployment.outputs["UserPoolId"]
    account = subject_of(user_id, DynamoSecrets(deployment.metadata).account_key())
    return Person(
        user_id,
        account,
        CognitoAccounts(lambda: cognito, pool).email_of(account),
        () if profile is None else (profile.handle,),
        list(dict.fromkeys(_contents(deployment, user_id))),
    )


def erased_person(record: ErasedAccount, contents: Sequence[Content]) -> Person:
    """Whom to look for, by the record of an erasure."""
    return Person(
        record.user_id,
        record.account,
        record.email,
        record.handles,
        list(dict.fromkeys(contents)),
    )


def _contents(deployment: Deployment, user_id: str) -> Iterator[Content]:
    """The contents of the posts that a user has, deleted ones and avatars too."""
    posts = Key(PK).eq(keys.user_partition(user_id)) & Key(SK).begins_with(keys.POST_PREFIX)
    after: Item | None = None
    while True:
        rows = deployment.metadata.query(posts, after=after, limit=None)
        for post in map(to_post, rows.items):
            for medium in post.all_media:
                if medium.picture is not None:
                    yield Content(medium.sha256, medium.picture.blob_id)
        after = rows.last
        if after is None:
            return
