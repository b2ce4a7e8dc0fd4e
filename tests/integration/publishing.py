"""Steps that many tests begin with: files brought to their links, posts published, avatars set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.explore import DynamoContenders
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.bootstrap import aws as composed
from shutterfeed.domain.explore import Contender
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Picture
from shutterfeed.domain.ranking import rank
from tests import samples
from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.world import METADATA, ORIGINALS, Person, World, aws


def upload_all(
    world: World,
    created: dict[str, Any],
    contents: Sequence[bytes],
    of: Sequence[dict[str, Any]] | None = None,
) -> None:
    """Put each content where its link leads; `of` names some of the links."""
    links = created["uploads"] if of is None else of
    for link, content in zip(links, contents, strict=True):
        world.upload(link["fields"]["key"], content, link["fields"]["Content-Type"])


def publish(
    client: Client,
    pipeline: Pipeline,
    person: Person,
    contents: Sequence[bytes],
    key: str = "key-1",
    **fields: Any,
) -> str:
    """A published post of JPEGs; its id."""
    created = client.create_post(person, draft(contents, **fields), key).json
    upload_all(pipeline.world, created, contents)
    pipeline.run()
    post_id: str = created["post"]["id"]
    assert client.get(f"/posts/{post_id}", person).json["state"] == "published"
    return post_id


def publish_at_once(
    client: Client,
    person: Person,
    body: dict[str, Any],
    key: str,
    picture: Picture | None = None,
) -> str:
    """The id of a post that is published as the workers would publish it; its files never come.
    They are shown by the `picture`."""
    picture = picture or samples.picture()
    post_id = PostId.parse(client.create_post(person, body, key).json["post"]["id"])
    metadata, now = composed.table(METADATA), composed.clock().now()
    posts, ledger = DynamoPosts(metadata), DynamoLedger(metadata)
    post = posts.get(post_id)
    assert post is not None
    ready = tuple(medium.ready(picture) for medium in post.media)
    for medium in ready:
        ledger.mark_ready(post.author_id, medium.media_id, picture)
    assert posts.publish(post_id, ready, composed.ids().new(now), now)
    DynamoContenders(metadata).nominate(Contender(post_id, rank(now, 0), now))
    return str(post_id)


def fail_at_once(client: Client, person: Person, body: dict[str, Any], key: str) -> tuple[str, str]:
    """A post that has failed because of its last file, as the workers would have told, and whose
    other files are ready; its id, and that of the medium that failed."""
    post_id = PostId.parse(client.create_post(person, body, key).json["post"]["id"])
    metadata, now = composed.table(METADATA), composed.clock().now()
    posts, ledger = DynamoPosts(metadata), DynamoLedger(metadata)
    post = posts.get(post_id)
    assert post is not None
    *good, bad = post.media
    for medium in good:
        ledger.mark_ready(post.author_id, medium.media_id, samples.picture())
    ledger.mark_failed(post.author_id, bad.media_id, samples.FAILURE)
    media = (*(medium.ready(samples.picture()) for medium in good), bad.failed(samples.FAILURE))
    assert posts.fail(post_id, media, now)
    return str(post_id), bad.media_id


def store_at_once(client: Client, person: Person, content: bytes, key: str) -> tuple[str, str]:
    """A post of a photo whose file is stored as the workers would store it, and is about to be
    rendered; its id, and that of the medium."""
    post_id = PostId.parse(client.create_post(person, draft([content]), key).json["post"]["id"])
    metadata, now = composed.table(METADATA), composed.clock().now()
    posts, ledger, blobs = DynamoPosts(metadata), DynamoLedger(metadata), DynamoBlobs(metadata)
    post = posts.get(post_id)
    assert post is not None
    (medium,) = post.media
    upload = ledger.mark_processing(post.author_id, medium.media_id, now)
    assert upload is not None
    posts.mark_processing(post_id)
    blob = blobs.claim(
        medium.stored_as, composed.ids().timeless(), medium.content_type, medium.size
    )
    original = keys.original_object(blob.sha256, blob.blob_id)
    aws("s3").put_object(Bucket=ORIGINALS, Key=original, Body=content)
    blobs.refer_once_rendered(upload.reference, blob.blob_id)
    return str(post_id), medium.media_id


def publish_unrendered(
    client: Client,
    pipeline: Pipeline,
    person: Person,
    contents: Sequence[bytes],
    key: str = "key-1",
    **fields: Any,
) -> str:
    """A published post like that of `publish`, of which all have heard, in a fifth of the time:
    its files never come, and nothing is rendered."""
    post_id = publish_at_once(client, person, draft(contents, **fields), key)
    pipeline.run()
    return post_id


def set_avatar(
    client: Client, pipeline: Pipeline, person: Person, content: bytes, key: str = "avatar"
) -> None:
    """Make a JPEG somebody's avatar."""
    headers = {"Idempotency-Key": key}
    asked = client.request("POST", "/me/avatar", person, body=declared(content), headers=headers)
    fields = asked.json["upload"]["fields"]
    pipeline.world.upload(fields["key"], content, fields["Content-Type"])
    pipeline.run()
    assert client.get("/me", person).json["avatar"]
