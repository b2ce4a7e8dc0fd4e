"""The deployment's tables, buckets and queues in moto, with the wiring between them.

The stack's shape, not its settings: infrastructure tests hold those. Time does not pass by itself
and chance is counted, so that a test's every run is the same.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any, Final
from uuid import UUID

from boto3.dynamodb.conditions import Key
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.sqs.models import SQSBackend, sqs_backends

from shutterfeed import keys, topology
from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.table import Table, key_item, marshal
from shutterfeed.domain.accounts import user_id_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import random_id, ulid
from tests import moto_objects, tables
from tests.conftest import REGION
from tests.fakes.cloudfront import FakeCloudFront
from tests.limits import PLENTY_SETTING
from tests.moto_shortcuts import as_received, direct
from tests.samples import ACCOUNT_KEY, PUSH_KEY, PUSH_SERVICES
from tools import paths

ACCOUNT: Final = "123456789012"
MEDIA_BASE_URL: Final = "https://shutterfeed.example.com/media"
MEDIA_KEYS: Final = "n" * 43 + "," + "o" * 43
METADATA: Final = "metadata"
FEED: Final = "feed"
UPLOADS: Final = "shutterfeed-test-uploads"
ORIGINALS: Final = "shutterfeed-test-originals"
RENDITIONS: Final = "shutterfeed-test-renditions"
EDGE_SERVICE: Final = "cloudfront-keyvaluestore"
DENIALS_ARN: Final = f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/0a1b"
SITE: Final = "shutterfeed-test-site"
SITE_URL: Final = "https://shutterfeed.example.com"
SEARCH: Final = "search"


@cache
def aws(service: str) -> Any:
    """A client that every test shares: moto's answers depend on the test, the client does not."""
    client = connect(service, region_name=REGION)
    if service in {"dynamodb", "sqs"}:
        direct(client)
    if service == "s3":
        moto_objects.direct(client)
    if service == "dynamodb":
        client.meta.events.register("provide-client-params.dynamodb.GetItem", _check_key)
    return client


def _queues() -> SQSBackend:
    """moto's queues themselves."""
    return sqs_backends[ACCOUNT][REGION]


def changes(table: str, after: int) -> list[dict[str, Any]]:
    """The records of a table's stream after the first `after`, as a client of streams gets them.

    Not asked for by the SDK, which takes three calls for it. moto replaces the stream when it rolls
    a transaction back, but its records stay.
    """
    shard = dynamodb_backends[ACCOUNT][REGION].tables[table].stream_shard
    assert shard is not None
    found: list[dict[str, Any]] = as_received([record.to_json() for record in shard.items[after:]])
    return found


def _check_key(params: dict[str, Any], **_: Any) -> None:
    """DynamoDB refuses to look for a key that it could not store; moto looks."""
    for name, limit in (("pk", 2048), ("sk", 1024)):
        assert len(params["Key"][name]["S"].encode()) <= limit, f"{name} is too long"


@dataclass(slots=True)
class SteppingClock:
    """Every reading is a millisecond later than the last, so that what happens has an order."""

    instant: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        self.instant += timedelta(milliseconds=1)
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


@dataclass(slots=True)
class CountedIds:
    """ULIDs whose random part is a count: the same in every run, in the order of making."""

    counter: count[int] = field(default_factory=lambda: count(1))

    def new(self, at: datetime) -> str:
        return ulid(at, next(self.counter))

    def timeless(self) -> str:
        return random_id(next(self.counter))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at the identity provider."""

    subject: str

    @property
    def user_id(self) -> str:
        return user_id_of(self.subject, ACCOUNT_KEY)

    @classmethod
    def number(cls, number: int) -> Person:
        return cls(str(UUID(int=number)))


@dataclass(slots=True)
class World:
    """What stands behind the functions, and what tests ask of it."""

    clock: SteppingClock = field(default_factory=SteppingClock)
    ids: CountedIds = field(default_factory=CountedIds)
    stream_arn: str = ""
    expired: set[keys.Key] = field(default_factory=set)
    edge: FakeCloudFront = field(default_factory=FakeCloudFront)
    """What CloudFront denies."""
    user_pool_id: str = "eu-central-1_Nobody"
    """The pool with everybody's accounts: there is none before `create_accounts`."""

    def create_tables(self) -> None:
        tables.create_tables(aws("dynamodb"), METADATA, FEED)
        tables.put_account_key(aws("dynamodb"), METADATA)
        tables.create_search_table(aws("dynamodb"), SEARCH)
        description = aws("dynamodb").describe_table(TableName=METADATA)
        self.stream_arn = description["Table"]["LatestStreamArn"]

    def create_accounts(self, *people: Person) -> None:
        """Make a user pool with the accounts of some people. It takes moto most of a second."""
        pool = aws("cognito-idp").create_user_pool(PoolName="people")["UserPool"]
        self.user_pool_id = pool["Id"]
        for person in people:
            aws("cognito-idp").admin_create_user(
                UserPoolId=self.user_pool_id, Username=person.subject
            )

    def create_queue(self, name: str) -> None:
        # What a worker fails is there again at once; nobody waits in a test. Not asked for by the
        # SDK, which takes thirty times as long: there are a dozen queues in most worlds.
        _queues().create_queue(name, VisibilityTimeout="0")

    def is_empty(self, name: str) -> bool:
        """Whether nobody would receive anything from a queue. Asked before messages are received,
        since most queues are empty at most times, and to receive nothing takes as long as one."""
        return not _queues().get_queue(name).messages

    def create_storage(self) -> None:
        # Not asked for by the SDK, like the queues.
        buckets = s3_backends[ACCOUNT]["aws"]
        for bucket in (UPLOADS, ORIGINALS, RENDITIONS):
            buckets.create_bucket(bucket, REGION)
        buckets.put_bucket_versioning(ORIGINALS, "Enabled")
        for lane in topology.LANES:
            self.create_queue(lane.queue)

    def create_site(self, page: str | None = None) -> None:
        """Make the bucket of the web client's files, with its page as in the sources by default."""
        aws("s3").create_bucket(
            Bucket=SITE, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.put_page((paths.WEB / "index.html").read_text() if page is None else page)

    def put_page(self, page: str, *, compressed: bool = False) -> None:
        content = gzip.compress(page.encode()) if compressed else page.encode()
        encoding = {"ContentEncoding": "gzip"} if compressed else {}
        aws("s3").put_object(Bucket=SITE, Key="index.html", Body=content, **encoding)

    def connect_uploads(self) -> None:
        """Let the uploads bucket notify its queue; S3 sends a test event on this."""
        queue = self.queue_arn(topology.worker("ingest").queue)
        aws("s3").put_bucket_notification_configuration(
            Bucket=UPLOADS,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {
                        "QueueArn": queue,
                        "Events": ["s3:ObjectCreated:*"],
                    }
                ]
            },
        )

    def client(self, service: str) -> Any:
        """The client of a service, as functions get it."""
        return self.edge.client(service) if service == EDGE_SERVICE else aws(service)

    def environment(self) -> dict[str, str]:
        return {
            "METADATA_TABLE": METADATA,
            "FEED_TABLE": FEED,
            "UPLOADS_BUCKET": UPLOADS,
            "ORIGINALS_BUCKET": ORIGINALS,
            "RENDITIONS_BUCKET": RENDITIONS,
            "MEDIA_BASE_URL": MEDIA_BASE_URL,
            "MEDIA_KEYS": MEDIA_KEYS,
            "SITE_URL": SITE_URL,
            "EMAIL_FROM": "hello@mail.example.com",
            "SITE_BUCKET": SITE,
            "ORIGIN_KEYS": "anybody",
            "REMOVALS_PER_HOUR": "100",
            "RECONCILE_AFTER_MINUTES": "10",
            "CELEBRITY_FOLLOWERS": "1000",
            "ACTIVE_DAYS": "30",
            "REGULAR_AFTER_DAYS": "0",
            "USER_POOL_ID": self.user_pool_id,
            "RENAMES_IN_30_DAYS": "5",
            "CLOSING_DAYS": "30",
            "SNAPSHOT_POSTS": "200",
            "LIMITS": PLENTY_SETTING,
            # Tests look at what they have just changed.
            "RECENT_POSTS_CACHE": "container",
            "RECENT_POSTS_CACHE_SECONDS": "0",
            "RECENT_POSTS_CACHE_AUTHORS": "1000",
            "RECENT_POSTS_CACHE_MEGABYTES": "64",
            **{lane.queue_variable: self.queue_url(lane.queue) for lane in topology.LANES},
            "PUSH_SERVICES": ",".join(PUSH_SERVICES),
            "MEDIA_LINKS_FUNCTION": "media-links",
            "DENIALS_ARN": DENIALS_ARN,
            "PUSH_CONTACT": "mailto:push@example.com",
            "PUSH_KEY": PUSH_KEY,
            "PERCEPTUAL_HASHES": "off",
            "SCREENING": "off",
            "SCREENING_POLICY": "{}",
            "SEARCH_ENGINE": "dynamodb",
            "SEARCH_TARGET": SEARCH,
            "SEARCH_READER": "nobody",
        }

    def queue_url(self, name: str) -> str:
        return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"

    def queue_arn(self, name: str) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def waiting(self, name: str) -> list[dict[str, Any]]:
        """The messages on a queue, without taking them."""
        answer = aws("sqs").receive_message(
            QueueUrl=self.queue_url(name), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    @property
    def metadata(self) -> Table:
        return Table(aws("dynamodb"), METADATA)

    def item(self, key: keys.Key) -> dict[str, Any] | None:
        return self.metadata.get(key)

    def expire(self, key: keys.Key) -> None:
        """Remove an item as TTL does."""
        self.expired.add(key)
        aws("dynamodb").delete_item(TableName=METADATA, Key=marshal(key_item(key)))

    def feed_of(self, person: Person) -> list[FeedEntry]:
        """What was pushed to the feed table, whatever of it is visible; newest first."""
        in_feed = Key("pk").eq(keys.feed_partition(person.user_id))
        rows = Table(aws("dynamodb"), FEED).query(
            in_feed & Key("sk").lt(keys.ENTRIES_END), limit=1000, newest_first=True
        )
        return [FeedEntry.parse(item["sk"]) for item in rows.items]

    def objects(self, bucket: str) -> list[str]:
        """The keys that a reader of the bucket sees."""
        listed = aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        return [entry["Key"] for entry in listed]

    def upload(self, key: str, content: bytes, content_type: str = "image/jpeg") -> None:
        aws("s3").put_object(Bucket=UPLOADS, Key=key, Body=content, ContentType=content_type)

    def upload_tags(self, key: str) -> dict[str, str]:
        tags = aws("s3").get_object_tagging(Bucket=UPLOADS, Key=key)["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in tags}
