"""Receipts: what is looked through in a deployment, what stands in the way of one, and who gets
it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from operations import erasure_scan, receipts
from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.blocks import DynamoBlocks
from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.mutes import DynamoMutes
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.dynamodb.saves import DynamoSaves
from shutterfeed.adapters.dynamodb.table import Put
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.erasures import Erasable, ErasedAccount, digest_of
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.moderation import CaseId, SubjectKind
from shutterfeed.domain.mutes import Mute
from shutterfeed.domain.receipts import digest
from tests import person_seed
from tests.fakes.system import FakeClock
from tests.integration.world import FEED, METADATA, SEARCH, World, aws
from tests.person_seed import ACCOUNT, CONTENT, EMAIL, HANDLE, MAYA, OMAR
from tests.samples import START, profile
from tools.errors import ToolError

RECORD = ErasedAccount(MAYA, ACCOUNT, (HANDLE,), EMAIL, START)


class FakeMail:
    """SES, which moto has not with whole mails."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send_email(self, **asked: Any) -> None:
        self.sent.append(asked)


@pytest.fixture
def world() -> Iterator[World]:
    with mock_aws():
        world = World()
        world.create_tables()
        world.create_storage()
        world.create_accounts()
        aws("sqs").create_queue(QueueName="shutterfeed-test-collect-dlq")
        aws("logs").create_log_group(logGroupName="/aws/lambda/shutterfeed-test-api")
        aws("logs").put_retention_policy(
            logGroupName="/aws/lambda/shutterfeed-test-api", retentionInDays=30
        )
        yield world


@pytest.fixture
def mail() -> FakeMail:
    return FakeMail()


@pytest.fixture
def deployment(world: World, mail: FakeMail) -> Deployment:
    outputs = {
        "MetadataTableName": METADATA,
        "FeedTableName": FEED,
        "SearchEngine": "dynamodb",
        "SearchTarget": SEARCH,
        "UserPoolId": world.user_pool_id,
        "OriginalsBucketName": "shutterfeed-test-originals",
        "BackupDays": "90",
    }
    return Deployment(lambda service: mail if service == "sesv2" else aws(service), "test", outputs)


@pytest.fixture
def erased(deployment: Deployment) -> DynamoErasureRecords:
    """Maya's account is erased, and waits for its receipt."""
    records = DynamoErasureRecords(deployment.metadata)
    records.begin(RECORD)
    records.note_contents(MAYA, "1", [CONTENT])
    records.finish(MAYA, START + timedelta(minutes=5))
    return records


def _issue(deployment: Deployment, folder: Path) -> receipts.Issued:
    return receipts.issue(deployment, folder, deep=True, clock=FakeClock())


def _object(bucket: str, key: str, **more: Any) -> None:
    aws("s3").put_object(Bucket=f"shutterfeed-test-{bucket}", Key=key, Body=b"x", **more)


def _attached(mail: Path) -> bytes:
    """The receipt in a mail."""
    *_, part = message_from_bytes(mail.read_bytes()).walk()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_whoever_was_erased_gets_a_signed_receipt_with_zeros(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    issued = _issue(deployment, tmp_path)

    assert (issued.sent, issued.unfinished, issued.reports) == (0, 0, [])
    (file,) = issued.files
    assert file.stat().st_mode & 0o777 == 0o600
    assert message_from_bytes(file.read_bytes())["To"] == EMAIL
    said = json.loads(receipts.verify(_attached(file), receipts.key_of(deployment)))
    assert said["found"] == 0
    assert (said["user_id"], said["handles"], said["email"]) == (MAYA, [HANDLE], EMAIL)
    assert said["contents"] == 1
    assert {"metadata", "index followers", "bucket originals"} <= said["looked_through"].keys()
    assert [stay["kind"] for stay in said["stays_for_a_time"]] == ["ERASED CONTENTS", "ERASURES *"]
    assert {entry["what"]: entry["until"] for entry in said["not_looked_through"]} == {
        "backups of the metadata table by the minute": "2026-06-08T12:00:00+00:00",
        "records of the metadata table's changes": "2026-05-05T12:00:00+00:00",
        "links to media, and copies at the edge, which are denied": "2026-05-06T13:00:00+00:00",
        "log lines, which may have the user id and an address": "2026-06-03T12:00:00+00:00",
        "nightly backups of the metadata": "2026-08-02T12:00:00+00:00",
    }
    assert "USD" in issued.cost


def test_only_the_hash_of_a_receipt_and_the_date_are_kept(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    (file,) = _issue(deployment, tmp_path).files
    content = receipts.verify(_attached(file), receipts.key_of(deployment))

    assert not list(erased.waiting())
    assert not list(erased.contents(MAYA))
    key = keys.receipt_object(digest_of(Erasable.ACCOUNT, MAYA))
    kept = aws("s3").get_object(Bucket="shutterfeed-test-originals", Key=key)["Body"].read()
    assert json.loads(kept) == {"at": START.isoformat(), "receipt": digest(content.encode())}
    looked = erasure_scan.scan(deployment, MAYA, deep=True)
    assert "0  things should be gone" in looked
    assert "may stay" not in looked


def test_a_receipt_is_mailed_if_the_pool_has_a_sender(
    deployment: Deployment, erased: DynamoErasureRecords, mail: FakeMail, tmp_path: Path
) -> None:
    identity = "arn:aws:ses:eu-central-1:123456789012:identity/example.com"
    settings = {"EmailSendingAccount": "DEVELOPER", "From": "a@example.com", "SourceArn": identity}
    pool = deployment.outputs["UserPoolId"]
    aws("cognito-idp").update_user_pool(UserPoolId=pool, EmailConfiguration=settings)

    issued = _issue(deployment, tmp_path)

    assert (issued.sent, issued.files) == (1, [])
    (sent,) = mail.sent
    assert sent["Destination"] == {"ToAddresses": [EMAIL]}
    assert message_from_bytes(sent["Content"]["Raw"]["Data"])["From"] == "a@example.com"
    assert not list(erased.waiting())


def test_nobody_gets_a_receipt_before_all_is_gone(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    left = keys.like(MAYA, person_seed.OTHERS)
    deployment.metadata.write(Put({"pk": left.pk, "sk": left.sk}))
    _object("renditions", keys.rendition_object(CONTENT.blob_id, "640.jpg"))

    issued = _issue(deployment, tmp_path)

    assert (issued.sent, issued.files) == (0, [])
    (report,) = issued.reports
    assert "metadata: USER LIKES" in report
    assert "bucket renditions: object" in report
    assert list(erased.waiting())
    deployment.metadata.write_many(deletes=[left])
    aws("s3").delete_object(
        Bucket="shutterfeed-test-renditions",
        Key=keys.rendition_object(CONTENT.blob_id, "640.jpg"),
    )
    assert len(_issue(deployment, tmp_path).files) == 1


def test_whoever_was_erased_again_after_a_restore_gets_no_second_receipt(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    assert len(_issue(deployment, tmp_path).files) == 1
    erased.begin(replace(RECORD, email=None))
    erased.finish(MAYA, START)
    issued = _issue(deployment, tmp_path)
    assert (issued.files, issued.again) == ([], 1)
    assert not list(erased.waiting())


def test_an_erasure_that_has_not_ended_waits(deployment: Deployment, tmp_path: Path) -> None:
    records = DynamoErasureRecords(deployment.metadata)
    records.begin(RECORD)
    assert _issue(deployment, tmp_path) == receipts.Issued(unfinished=1)
    assert list(records.waiting())


def test_what_others_have_muted_blocked_and_saved_goes_with_the_receipt(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    profiles = DynamoProfiles(deployment.metadata)
    mutes, blocks = DynamoMutes(deployment.metadata), DynamoBlocks(deployment.metadata, FEED)
    for number, handle in ((2, "omar"), (3, "lena")):
        profiles.create(replace(profile(number), handle=handle))
    mutes.mute(OMAR, Mute(MAYA, HANDLE, START))
    mutes.mute(OMAR, Mute(profile(3).user_id, "lena", START))
    blocks.block(OMAR, Block(MAYA, HANDLE, START))
    saves, others = DynamoSaves(deployment.metadata), PostId(OMAR, ulid(START, 2))
    for post_id in (PostId(MAYA, ulid(START, 1)), others):
        saves.save(OMAR, post_id, ulid(START, 3))

    assert len(_issue(deployment, tmp_path).files) == 1

    assert [mute.handle for mute in mutes.page(OMAR, None, 10, START).items] == ["lena"]
    assert not blocks.page(OMAR, None, 10).items
    assert deployment.metadata.get(keys.pair(OMAR, MAYA)) is None
    assert [save.post_id for save in saves.saved(OMAR)] == [others]


@pytest.mark.parametrize(
    "reference",
    [
        keys.Key(keys.blob_partition(CONTENT.sha256), f"REF#{person_seed.OTHERS}#{OMAR}"),
        keys.kept(CONTENT.sha256, CaseId(SubjectKind.POST, str(person_seed.POST))),
    ],
    ids=["others have posted it", "a case keeps it"],
)
def test_a_content_that_stays_for_others_is_not_counted(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path, reference: keys.Key
) -> None:
    _object("originals", keys.original_object(CONTENT.sha256, CONTENT.blob_id))
    deployment.metadata.write(Put({"pk": reference.pk, "sk": reference.sk}))
    assert len(_issue(deployment, tmp_path).files) == 1


def test_a_version_stays_only_if_a_lifecycle_rule_ends_it(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    bucket, key = "shutterfeed-test-originals", keys.original_object(*_content())
    _object("originals", key, Tagging="erased=true")
    aws("s3").delete_object(Bucket=bucket, Key=key)
    (report,) = _issue(deployment, tmp_path).reports
    assert "bucket originals: earlier version" in report
    assert "bucket originals: delete marker" in report

    rules = [
        {
            "ID": "erased",
            "Status": "Enabled",
            "Filter": {"Tag": {"Key": "erased", "Value": "true"}},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 35},
        },
        {
            "ID": "markers",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"ExpiredObjectDeleteMarker": True},
        },
    ]
    aws("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )
    assert len(_issue(deployment, tmp_path).files) == 1


def _content() -> tuple[str, str]:
    return CONTENT.sha256, CONTENT.blob_id


@pytest.mark.parametrize(("bucket", "key"), list(person_seed.objects()))
def test_no_prefix_of_a_bucket_is_overlooked(
    deployment: Deployment, erased: DynamoErasureRecords, bucket: str, key: str, tmp_path: Path
) -> None:
    _object(bucket, key)
    (report,) = _issue(deployment, tmp_path).reports
    assert f"bucket {bucket}: object" in report
    assert key in report


@pytest.mark.parametrize("more", [{"Metadata": {"by": MAYA}}, {"Tagging": f"by={EMAIL}"}])
def test_metadata_and_tags_of_objects_are_read(
    deployment: Deployment, erased: DynamoErasureRecords, more: dict[str, Any], tmp_path: Path
) -> None:
    _object("uploads", "something", **more)
    (report,) = _issue(deployment, tmp_path).reports
    assert "bucket uploads: object" in report


def test_dead_letters_are_read_and_stay_where_they_are(
    deployment: Deployment, erased: DynamoErasureRecords, world: World, tmp_path: Path
) -> None:
    name = "shutterfeed-test-collect-dlq"
    url = aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    aws("sqs").send_message(QueueUrl=url, MessageBody=json.dumps({"user_id": MAYA}))
    looked = erasure_scan.scan(deployment, MAYA)
    assert "queue collect-dlq: message may stay" in looked
    answer = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert answer["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_an_account_in_the_user_pool_is_found(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    aws("cognito-idp").admin_create_user(
        UserPoolId=deployment.outputs["UserPoolId"],
        Username="again",
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
        MessageAction="SUPPRESS",
    )
    (report,) = _issue(deployment, tmp_path).reports
    assert "user pool: account" in report


def test_a_receipt_that_was_changed_or_signed_by_another_is_refused(
    deployment: Deployment, erased: DynamoErasureRecords, tmp_path: Path
) -> None:
    (file,) = _issue(deployment, tmp_path).files
    text = _attached(file)
    key = receipts.key_of(deployment)
    receipts.verify(text.replace(b"\n", b"\r\n"), key)
    with pytest.raises(ToolError, match="was changed"):
        receipts.verify(text.replace(b'"found": 0', b'"found": 1'), key)
    with pytest.raises(ToolError, match="no receipt"):
        receipts.verify(text, key[:-4] + "AAA=")
    with pytest.raises(ToolError, match="no receipt"):
        receipts.verify(b"Dear Sir or Madam", key)


def test_nobody_is_looked_for_by_a_handle_that_nobody_has(deployment: Deployment) -> None:
    with pytest.raises(ToolError, match="Nobody has the handle"):
        erasure_scan.scan(deployment, "@nobody")
