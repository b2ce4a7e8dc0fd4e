"""What is remembered of erasures, on moto and DynamoDB Local."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.domain.erasures import Content, Erasable, ErasedAccount, Erasure, digest_of
from tests.conftest import Aws
from tests.contract.conftest import Tables
from tests.samples import START, user_id

MAYA, OMAR = user_id(1), user_id(2)
ACCOUNT = ErasedAccount(MAYA, "0b5c", ("maya", "maya.old"), "maya@example.com", START)
CONTENTS = [Content(f"{n:064x}", f"0{n:025}") for n in range(3)]


@pytest.fixture
def records(tables: Tables) -> DynamoErasureRecords:
    return DynamoErasureRecords(tables.metadata)


def test_a_record_lasts_from_the_beginning_of_an_erasure_until_its_receipt(
    records: DynamoErasureRecords,
) -> None:
    assert records.get(MAYA) is None
    records.begin(ACCOUNT)
    records.note_contents(MAYA, "1", CONTENTS[:2])
    records.note_contents(MAYA, "2", CONTENTS[2:])
    records.note_contents(MAYA, "3", [])
    records.finish(MAYA, START + timedelta(hours=1))
    (found,) = records.waiting()
    assert found == records.get(MAYA)
    assert found.email == "maya@example.com"
    assert found.finished_at == START + timedelta(hours=1)
    assert list(records.contents(MAYA)) == CONTENTS
    records.forget(MAYA)
    assert not list(records.waiting())
    assert not list(records.contents(MAYA))
    records.forget(MAYA)


def test_a_step_of_an_erasure_may_be_repeated(records: DynamoErasureRecords) -> None:
    for hours in (0, 1):
        at = START + timedelta(hours=hours)
        records.begin(ErasedAccount(MAYA, "0b5c", ("maya",), None, at))
        records.note_contents(MAYA, "1", CONTENTS)
        records.finish(MAYA, at)
    records.finish(OMAR, START)
    assert records.get(OMAR) is None
    assert records.get(MAYA) == ErasedAccount(MAYA, "0b5c", ("maya",), None, START, START)
    assert list(records.contents(MAYA)) == CONTENTS


def test_the_key_of_receipts_stays_the_same(tables: Tables) -> None:
    first = DynamoSecrets(tables.metadata).receipt_key()
    assert len(first) == 32
    assert DynamoSecrets(tables.metadata).receipt_key() == first


def test_the_list_names_nobody(aws: Aws) -> None:
    aws.s3.create_bucket(
        Bucket="originals", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    erasures = S3ErasureList(aws.s3, "originals")
    post = f"{MAYA}-{'0' * 26}"
    for _ in range(2):
        erasures.note(Erasable.ACCOUNT, MAYA, START)
    erasures.note(Erasable.POST, post, START)
    digest = digest_of(Erasable.ACCOUNT, MAYA)
    assert not erasures.has_receipt(digest)
    erasures.note_receipt(digest, "f" * 64, START)
    assert erasures.has_receipt(digest)
    assert set(erasures.all()) == {
        Erasure(Erasable.ACCOUNT, digest),
        Erasure(Erasable.POST, digest_of(Erasable.POST, post)),
    }
    for entry in aws.s3.list_objects_v2(Bucket="originals")["Contents"]:
        content = aws.s3.get_object(Bucket="originals", Key=entry["Key"])["Body"].read().decode()
        assert MAYA not in entry["Key"] + content
        assert "2026" in content
