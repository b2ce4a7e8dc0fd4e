"""The tables: much of this the local cloud drops without a word."""

from __future__ import annotations

from shutterfeed import schema
from tests.infra.templates import Template


def test_both_tables_are_on_demand_and_keyed_as_the_functions_expect(every: Template) -> None:
    for name in ("Metadata", "Feed"):
        table = every.table(name)
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["KeySchema"] == [
            {"AttributeName": schema.PK, "KeyType": "HASH"},
            {"AttributeName": schema.SK, "KeyType": "RANGE"},
        ]


def test_items_of_both_tables_expire_by_the_attribute_the_functions_write(every: Template) -> None:
    for name in ("Metadata", "Feed"):
        assert every.table(name)["TimeToLiveSpecification"] == {
            "AttributeName": schema.TTL_ATTRIBUTE,
            "Enabled": True,
        }


def test_only_what_must_not_be_lost_streams_and_can_be_restored(every: Template) -> None:
    metadata, feed = every.table("Metadata"), every.table("Feed")
    assert metadata["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert metadata["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "StreamSpecification" not in feed
    assert "PointInTimeRecoverySpecification" not in feed
    assert "GlobalSecondaryIndexes" not in feed


def test_the_indexes_project_what_their_readers_need(every: Template) -> None:
    indexes = every.table("Metadata")["GlobalSecondaryIndexes"]
    found = {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in indexes
    }
    assert found == {
        schema.FOLLOWERS_INDEX: ([schema.FOLLOWERS_PK, schema.FOLLOWERS_SK], "KEYS_ONLY"),
        schema.PUBLISHED_INDEX: ([schema.PUBLISHED_PK, schema.PUBLISHED_SK], "ALL"),
        schema.OPEN_INDEX: ([schema.OPEN_PK, schema.OPEN_SK], "KEYS_ONLY"),
    }


def test_production_keeps_its_tables(prod: Template, dev: Template) -> None:
    assert prod.table("Metadata")["DeletionProtectionEnabled"] is True
    assert not dev.table("Metadata").get("DeletionProtectionEnabled")
    assert _removal(prod) == {("RetainExceptOnCreate", "Retain")}
    assert _removal(dev) == {("Delete", "Delete")}


def _removal(template: Template) -> set[tuple[str, str]]:
    return {
        (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
        for resource in template.whole("AWS::DynamoDB::Table").values()
    }


def _classes(template: Template) -> dict[str, str]:
    return {
        logical_id.removeprefix("Tables")[:4]: properties.get("TableClass", "STANDARD")
        for logical_id, properties in template.all("AWS::DynamoDB::Table").items()
    }


def test_production_stores_what_is_rarely_read_for_less(dev: Template, prod: Template) -> None:
    rare = "STANDARD_INFREQUENT_ACCESS"
    assert _classes(prod) == {"Meta": rare, "Feed": "STANDARD", "Sear": rare}
    assert set(_classes(dev).values()) == {"STANDARD"}


def test_tables_and_their_indexes_are_as_warm_as_each_other(dev: Template, prod: Template) -> None:
    warm = {"ReadUnitsPerSecond": 24000, "WriteUnitsPerSecond": 8000}
    for table in prod.all("AWS::DynamoDB::Table").values():
        assert table["WarmThroughput"] == warm
        for index in table.get("GlobalSecondaryIndexes", []):
            assert index["WarmThroughput"] == warm
    assert "WarmThroughput" not in str(dev.content["Resources"])
