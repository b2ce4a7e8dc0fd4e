"""Daily backups of the metadata by AWS Backup, with a copy in another region or account if the
deployment names a vault for it."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_backup as backup
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.nag import allow_managed
from infra.retention import data_removal
from infra.settings import Settings

_EVERY_NIGHT: Final = "cron(0 3 * * ? *)"
_MANAGED: Final = "service-role/AWSBackupServiceRolePolicyForBackup"


class Backup(Construct):
    """A vault, and a plan that puts a backup of `table` into it every night.

    A backup survives what point-in-time recovery does not: the deletion of the table, and with a
    vault elsewhere the loss of the account.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        table: dynamodb.Table,
        days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        vault = backup.CfnBackupVault(self, "Vault", backup_vault_name=settings.prefix)
        vault.apply_removal_policy(data_removal(settings))
        kept = backup.CfnBackupPlan.LifecycleResourceTypeProperty(delete_after_days=days)
        elsewhere = settings.data.backup_copy_vault_arn
        plan = backup.CfnBackupPlan(
            self,
            "Plan",
            backup_plan=backup.CfnBackupPlan.BackupPlanResourceTypeProperty(
                backup_plan_name=settings.prefix,
                backup_plan_rule=[
                    backup.CfnBackupPlan.BackupRuleResourceTypeProperty(
                        rule_name="nightly",
                        target_backup_vault=vault.ref,
                        schedule_expression=_EVERY_NIGHT,
                        lifecycle=kept,
                        copy_actions=[
                            backup.CfnBackupPlan.CopyActionResourceTypeProperty(
                                destination_backup_vault_arn=elsewhere,
                                lifecycle=kept,
                            )
                        ]
                        if elsewhere
                        else None,
                    )
                ],
            ),
        )
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("backup.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_MANAGED)],
        )
        allow_managed(
            role, _MANAGED, "AWS Backup documents no narrower list of what a backup needs."
        )
        backup.CfnBackupSelection(
            self,
            "Selection",
            backup_plan_id=plan.ref,
            backup_selection=backup.CfnBackupSelection.BackupSelectionResourceTypeProperty(
                selection_name="metadata", iam_role_arn=role.role_arn, resources=[table.table_arn]
            ),
        )
