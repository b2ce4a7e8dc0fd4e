"""The first template of a stack that is restored: what it takes over, and what it leaves."""

from __future__ import annotations

import json
from typing import Any

from operations.adoption import Adopted, import_template, restored_table
from tests.infra.templates import Template

ADOPTED = Adopted("restored-metadata", "shutterfeed-prod-originals-123456789012-eu-west-1")
LACKING = (
    "StreamSpecification",
    "TimeToLiveSpecification",
    "PointInTimeRecoverySpecification",
    "Tags",
)
"""What DynamoDB's documentation says one has to set again on a restored table."""


def _both(template: Template) -> tuple[dict[str, Any], dict[str, Any]]:
    """The resources of the import's template, and the same ones of the whole template."""
    made = import_template(dict(template.content), ADOPTED)["Resources"]
    return made, {name: template.content["Resources"][name] for name in made}


def test_it_takes_over_the_table_and_the_originals_alone(any_at_all: Template) -> None:
    made, whole = _both(any_at_all)
    assert sorted(resource["Type"] for resource in made.values()) == [
        "AWS::DynamoDB::Table",
        "AWS::S3::Bucket",
    ]
    for name, resource in made.items():
        # CloudFormation imports nothing without this, and a later change of it is none of ours.
        assert resource["DeletionPolicy"] == whole[name]["DeletionPolicy"]
        assert resource["UpdateReplacePolicy"] == whole[name]["UpdateReplacePolicy"]


def test_it_refers_to_nothing_else(any_at_all: Template) -> None:
    made = import_template(dict(any_at_all.content), ADOPTED)
    assert set(made) == {"Resources"}
    text = json.dumps(made)
    assert not [word for word in ("Ref", "Fn::", "DependsOn") if f'"{word}' in text]


def test_what_a_restored_table_lacks_is_added_by_the_deployment(any_at_all: Template) -> None:
    made, whole = _both(any_at_all)
    (name,) = (name for name, resource in made.items() if "Table" in resource["Type"])
    restored, full = made[name]["Properties"], whole[name]["Properties"]
    assert not set(LACKING) & set(restored)
    assert set(LACKING) <= set(full)
    # What cannot be changed in place is the same, or the deployment would make another table.
    for fixed in ("KeySchema", "AttributeDefinitions", "BillingMode"):
        assert restored[fixed] == full[fixed]
    for index, there in zip(
        restored["GlobalSecondaryIndexes"], full["GlobalSecondaryIndexes"], strict=True
    ):
        assert index == {name: there[name] for name in ("IndexName", "KeySchema", "Projection")}


def test_a_class_that_the_table_has_is_not_set_again(prod: Template) -> None:
    whole = dict(prod.content)
    assert "TableClass" not in restored_table(whole)
    infrequent = Adopted(ADOPTED.table, ADOPTED.bucket, "STANDARD_INFREQUENT_ACCESS")
    made = import_template(whole, infrequent)["Resources"].values()
    (table,) = (resource for resource in made if "Table" in resource["Type"])
    assert table["Properties"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_the_bucket_is_the_one_that_the_deployment_names(any_at_all: Template) -> None:
    made, _ = _both(any_at_all)
    (bucket,) = (resource for resource in made.values() if "Bucket" in resource["Type"])
    assert bucket["Properties"] == {
        "BucketName": ADOPTED.bucket,
        "VersioningConfiguration": {"Status": "Enabled"},
    }
