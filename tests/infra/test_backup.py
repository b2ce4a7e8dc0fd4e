"""Daily backups of the metadata, and their copies elsewhere."""

from __future__ import annotations

from tests.infra.contexts import FAR_VAULT
from tests.infra.templates import Template


def test_there_is_none_by_default(dev: Template) -> None:
    assert not [kind for kind in dev.types() if kind.startswith("AWS::Backup::")]


def test_every_night_has_a_backup_and_a_copy_of_it(prod: Template) -> None:
    (vault,) = prod.all("AWS::Backup::BackupVault")
    (rule,) = prod.only("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    assert rule["TargetBackupVault"] == {"Ref": vault}
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert rule["Lifecycle"] == {"DeleteAfterDays": 35}
    assert rule["CopyActions"] == [
        {"DestinationBackupVaultArn": FAR_VAULT, "Lifecycle": {"DeleteAfterDays": 35}}
    ]


def test_a_receipt_can_say_until_when_there_are_backups(dev: Template, prod: Template) -> None:
    assert prod.outputs()["BackupDays"] == "35"
    assert "BackupDays" not in dev.outputs()


def test_the_metadata_alone_is_backed_up(prod: Template) -> None:
    chosen = prod.only("AWS::Backup::BackupSelection")["BackupSelection"]
    assert chosen["Resources"] == [
        {"Fn::GetAtt": [prod.id_of("AWS::DynamoDB::Table", "TablesMetadata"), "Arn"]}
    ]
    role = prod.all("AWS::IAM::Role")[chosen["IamRoleArn"]["Fn::GetAtt"][0]]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}


def test_production_keeps_its_backups_when_the_stack_goes(prod: Template) -> None:
    (vault,) = prod.whole("AWS::Backup::BackupVault").values()
    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
