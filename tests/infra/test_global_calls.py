"""What CloudFormation cannot make in every region: CloudFront's access logs and the budget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.validate import validate_parameters

from tests.infra.templates import Template, listed, text

SERVICES = {"CloudWatchLogs": "logs", "Budgets": "budgets"}
"""The services' names in AWS's SDKs for JavaScript and for Python."""
ID = "PHYSICAL:RESOURCEID:"
"""What CDK's function replaces with the id of the resource."""


def _calls(template: Template, event: str) -> dict[str, dict[str, Any]]:
    """The calls at an event, by action, with references in `${}`."""
    made = {}
    for properties in template.all("Custom::AWS").values():
        if event in properties:
            call = json.loads(text(properties[event]))
            made[call["action"]] = call
    return made


def test_they_are_options(dev: Template) -> None:
    assert "Custom::AWS" not in dev.types()


def test_each_is_made_and_removed_again_where_cloudfront_and_budgets_are(prod: Template) -> None:
    made, changed, removed = (_calls(prod, event) for event in ("Create", "Update", "Delete"))
    assert made.keys() == {
        "putDeliverySource",
        "putDeliveryDestination",
        "createDelivery",
        "createBudget",
    }
    # A delivery has nothing that changes, and a second one is refused.
    assert made.keys() - changed.keys() == {"createDelivery"}
    assert removed.keys() == {
        "deleteDeliverySource",
        "deleteDeliveryDestination",
        "deleteDelivery",
        "deleteBudget",
    }
    for call in (*made.values(), *changed.values(), *removed.values()):
        assert call["region"] == "us-east-1"


@pytest.mark.parametrize("event", ["Create", "Update", "Delete"])
def test_aws_knows_every_parameter(prod: Template, event: str) -> None:
    session = botocore.session.get_session()
    for action, call in _calls(prod, event).items():
        model = session.get_service_model(SERVICES[call["service"]])
        operation = model.operation_model(action[0].upper() + action[1:])
        assert operation.input_shape
        validate_parameters(call["parameters"], operation.input_shape)
        assert json.dumps(call).count(ID) == (1 if action == "deleteDelivery" else 0)


def test_access_logs_go_from_the_distribution_to_the_logs_bucket(prod: Template) -> None:
    made = _calls(prod, "Create")
    (distribution,) = prod.all("AWS::CloudFront::Distribution")
    source = made["putDeliverySource"]["parameters"]
    assert source["resourceArn"].endswith(f"distribution/${{{distribution}}}")
    assert source["logType"] == "ACCESS_LOGS"
    destination = made["putDeliveryDestination"]["parameters"]
    to = destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
    assert prod.named(to) == "logs"
    delivery = made["createDelivery"]["parameters"]
    assert delivery["deliverySourceName"] == source["name"]
    assert delivery["deliveryDestinationArn"].endswith(f":{destination['name']}")
    # The names of all regions' deliveries lie in one.
    assert source["name"].endswith("${AWS::Region}")


def test_only_this_delivery_may_write_into_the_logs_bucket_and_only_logs(prod: Template) -> None:
    (policy,) = (
        policy["PolicyDocument"]
        for policy in prod.all("AWS::S3::BucketPolicy").values()
        if prod.named(policy["Bucket"]) == "logs"
    )
    (statement,) = (
        statement
        for statement in policy["Statement"]
        if statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    )
    assert statement["Action"] == "s3:PutObject"
    assert prod.named(statement["Resource"]) == "logs/AWSLogs/${AWS::AccountId}/*"
    name = _calls(prod, "Create")["putDeliverySource"]["parameters"]["name"]
    source = text(statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source.endswith(f":us-east-1:${{AWS::AccountId}}:delivery-source:{name}")


def test_a_delivery_is_made_last(prod: Template) -> None:
    resources = prod.whole("Custom::AWS")
    (source,) = (name for name in resources if "LogSource" in name)
    (destination,) = (name for name in resources if "LogDestination" in name)
    (delivery,) = (name for name in resources if "LogDelivery" in name)
    needed = set(resources[delivery]["DependsOn"])
    assert {source, destination} <= needed
    # AWS looks whether it may write when the delivery is made.
    policies = prod.all("AWS::S3::BucketPolicy")
    (policy,) = (key for key, p in policies.items() if prod.named(p["Bucket"]) == "logs")
    assert policy in needed


def test_the_budget_warns_before_and_when_it_is_exceeded(prod: Template) -> None:
    parameters = _calls(prod, "Create")["createBudget"]["parameters"]
    budget = parameters["Budget"]
    assert budget["BudgetLimit"] == {"Amount": "50", "Unit": "USD"}
    assert (budget["TimeUnit"], budget["BudgetType"]) == ("MONTHLY", "COST")
    warnings = parameters["NotificationsWithSubscribers"]
    assert [
        (w["Notification"]["NotificationType"], w["Notification"]["Threshold"]) for w in warnings
    ] == [("ACTUAL", 80), ("FORECASTED", 100)]
    for warning in warnings:
        (reader,) = warning["Subscribers"]
        assert reader == {"SubscriptionType": "EMAIL", "Address": "operators@example.com"}
    removed = _calls(prod, "Delete")["deleteBudget"]["parameters"]
    assert removed["BudgetName"] == budget["BudgetName"]
    # A budget belongs to the account and not to a region; another amount is another budget.
    assert "${AWS::Region}-50-" in budget["BudgetName"]


def _caller(template: Template) -> str:
    """The role of the function that makes all calls."""
    functions = {
        resource["Properties"]["ServiceToken"]["Fn::GetAtt"][0]
        for resource in template.whole("Custom::AWS").values()
    }
    (function,) = functions
    role: str = template.all("AWS::Lambda::Function")[function]["Role"]["Fn::GetAtt"][0]
    return role


def _granted(template: Template) -> Iterator[tuple[str, str]]:
    role = _caller(template)
    for policy in template.all("AWS::IAM::Policy").values():
        if {"Ref": role} in policy["Roles"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                for action in listed(statement["Action"]):
                    for resource in listed(statement["Resource"]):
                        yield action, text(resource)


def test_the_calls_have_the_rights_that_they_need_and_no_more(prod: Template) -> None:
    called = {
        call["action"][0].upper() + call["action"][1:]
        for event in ("Create", "Delete")
        for call in _calls(prod, event).values()
        if SERVICES[call["service"]] == "logs"
    }
    assert {action for action, _ in _granted(prod)} == {
        *(f"logs:{action}" for action in called),
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "cloudfront:AllowVendedLogDeliveryForResource",
        "s3:GetBucketPolicy",
        "budgets:ModifyBudget",
        "budgets:ViewBudget",
    }
    wild = {(action, on) for action, on in _granted(prod) if on.endswith("*")}
    assert {action for action, _ in wild} == {"logs:CreateDelivery", "logs:DeleteDelivery"}
    assert all(on.endswith(":delivery:*") for _, on in wild)


def test_the_function_that_calls_has_the_role_with_the_rights(prod: Template) -> None:
    assert _caller(prod).startswith("CallsRole")
    role = prod.all("AWS::IAM::Role")[_caller(prod)]
    assert "ManagedPolicyArns" not in role
