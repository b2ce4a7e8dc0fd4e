"""A budget for the account's monthly bill, which warns by e-mail."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from aws_cdk import Aws
from aws_cdk import custom_resources as custom

from infra.global_call import Call, GlobalCalls
from infra.settings import Settings

_SERVICE: Final = "Budgets"
_WARNINGS: Final = (("ACTUAL", 80), ("FORECASTED", 100))
"""The parts of the budget in per cent that are reported once they are spent or foreseen."""


def make_budget(calls: GlobalCalls, settings: Settings, *, dollars: int, email: str) -> None:
    """Make the budget. It counts the whole account: a budget for the stack's tags alone would stay
    at zero until somebody activates the tags for billing, which no template can do.

    CloudFormation knows budgets in some regions only, so a call makes it.
    """
    # A budget's subscribers are not changed with it, so another address has another budget.
    reader = sha256(email.encode()).hexdigest()[:8]
    name = f"{settings.global_name('budget')}-{dollars}-{reader}"
    calls.allow(
        ["budgets:ModifyBudget", "budgets:ViewBudget"],
        f"arn:{Aws.PARTITION}:budgets::{Aws.ACCOUNT_ID}:budget/{name}",
    )
    calls.resource(
        "Budget",
        made=Call(
            service=_SERVICE, action="createBudget", parameters=_budget(name, dollars, email)
        ),
        removed=Call(
            service=_SERVICE,
            action="deleteBudget",
            parameters={"AccountId": Aws.ACCOUNT_ID, "BudgetName": name},
        ),
        physical_id=custom.PhysicalResourceId.of(name),
    )


def _budget(name: str, dollars: int, email: str) -> dict[str, object]:
    return {
        "AccountId": Aws.ACCOUNT_ID,
        "Budget": {
            "BudgetName": name,
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": str(dollars), "Unit": "USD"},
        },
        "NotificationsWithSubscribers": [
            {
                "Notification": {
                    "NotificationType": kind,
                    "ComparisonOperator": "GREATER_THAN",
                    "Threshold": percent,
                    "ThresholdType": "PERCENTAGE",
                },
                "Subscribers": [{"SubscriptionType": "EMAIL", "Address": email}],
            }
            for kind, percent in _WARNINGS
        ],
    }
