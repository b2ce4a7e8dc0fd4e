"""Who may do what: every permission of every role, spelled out."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from shutterfeed import keys
from shutterfeed.adapters.buckets import ERASED, REFUSED
from shutterfeed.domain.photos import RENDITIONS
from shutterfeed.domain.zooming import zoom_name
from tests.infra.contexts import REPLICA
from tests.infra.templates import LOCAL_ACTION, Properties, Template, listed, text
from tests.rights import GRANTED, SCREENING, TRACING, common

MANAGED = {
    "backup.amazonaws.com": "AWSBackupServiceRolePolicyForBackup",
    "codedeploy.amazonaws.com": "AWSCodeDeployRoleForLambdaLimited",
}
IN_CODE = {
    f"cloudfront:{action} *"
    for action in ("DescribeFunction", "GetFunction", "UpdateFunction", "PublishFunction")
}
"""How the local cloud's worker `deny` changes what is denied, which is in the function's code."""
OBJECTS = {
    "uploads/uploads/*": "files under the ids of their authors and posts",
    "uploads/discarded/*": "copies of uploads whose content was stored already, under the same ids",
    "uploads/downloads/*": "copies of originals that their authors download, under the same ids",
    "uploads/exports/*": "parts of exports, under the ids of their users and exports",
    "originals/*": "originals, under the hashes of their bytes and the ids of their blobs",
    "originals/moderation-log/*": "what is noted of the log of moderation, under its numbers",
    "originals/erasures/*": "the list of erasures, under the hashes of what was erased",
    "originals/lists/*": "the lists of hashes and words for screening, under their names",
    "renditions/media/*": "renditions, under the ids of their blobs",
    "renditions/media/*/2048-*.webp": "zoom sizes of photos, under the ids of their blobs",
}
"""The objects that functions may reach whatever their names are, and what these are: no name is
known before something is stored under it."""
WITHOUT_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "rekognition:DetectModerationLabels",
}
"""Actions that AWS allows on everything or nothing."""

MAILING = (
    "ses:SendEmail arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}"
    ":identity/mail.photos.example.com"
)
"""What tells users that their exports are ready, if a deployment has a sender."""


def test_the_rights_of_every_function_are_written_down(every: Template) -> None:
    assert GRANTED.keys() == every.functions().keys()


@pytest.mark.parametrize("function", GRANTED)
def test_a_function_may_do_this_and_nothing_else(every: Template, function: str) -> None:
    traced = "TracingConfig" in every.functions()[function]
    granted = GRANTED[function]
    if function == "deny" and not every.all("AWS::CloudFront::KeyValueStore"):
        own = frozenset(right for right in granted if right.startswith("dynamodb:"))
        granted = own | IN_CODE
    expected = granted | common(function) - (frozenset() if traced else TRACING)
    if _screens(every):
        expected |= SCREENING.get(function, set())
    if function == "export" and _variables(every, "export")["EMAIL_FROM"] != "off":
        expected |= {MAILING}
    assert every.rights(function) == expected, "run `make rights`"


def test_what_screening_takes_is_there_only_if_it_is_asked_for(
    every: Template, dev: Template, prod: Template
) -> None:
    assert (_screens(dev), _screens(prod)) == (False, True)
    hashes = "on" if _screens(every) else "off"
    for renderer in ("thumbnail", "transcode"):
        assert _variables(every, renderer)["PERCEPTUAL_HASHES"] == hashes
    for sender in ("route_changes", "reconcile"):
        expected = "contents,texts" if _screens(every) else "off"
        assert _variables(every, sender)["SCREENING"] == expected
    assert every.mapping_of("screen").get("Enabled") is (None if _screens(every) else False)


def _screens(template: Template) -> bool:
    """Whether contents and texts are screened."""
    return bool(_variables(template, "route_changes")["SCREENING"] != "off")


def _variables(template: Template, function: str) -> Properties:
    variables: Properties = template.functions()[function]["Environment"]["Variables"]
    return variables


def test_what_only_the_local_cloud_asks_for_is_only_there(
    dev: Template, prod: Template, local: Template
) -> None:
    assert LOCAL_ACTION in str(local.content)
    for template in (dev, prod):
        assert LOCAL_ACTION not in str(template.content)
        assert "cloudfront:UpdateFunction" not in str(template.content)


def test_functions_have_roles_of_their_own_without_managed_policies(every: Template) -> None:
    trusted = []
    for role in every.all("AWS::IAM::Role").values():
        assert "Policies" not in role
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        service = statement["Principal"]["Service"]
        assert ("ManagedPolicyArns" in role) is (service in MANAGED)
        trusted.append(service)
    functions = every.all("AWS::Lambda::Function")
    assert trusted.count("lambda.amazonaws.com") == len(functions)
    assert set(trusted) <= {"lambda.amazonaws.com", "s3.amazonaws.com", *MANAGED}


def test_services_that_work_for_us_have_the_policies_that_aws_wrote_for_them(
    prod: Template,
) -> None:
    policies = {
        role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]: [
            text(arn).rpartition("/")[2] for arn in role["ManagedPolicyArns"]
        ]
        for role in prod.all("AWS::IAM::Role").values()
        if "ManagedPolicyArns" in role
    }
    assert policies == {service: [policy] for service, policy in MANAGED.items()}


def _policies(template: Template) -> list[Properties]:
    """All but those of CDK's own functions: see `test_site.py` and `test_global_calls.py`."""
    return [
        policy
        for policy in template.all("AWS::IAM::Policy").values()
        if not policy["PolicyName"].startswith(("SiteRole", "CallsRole"))
    ]


def test_wildcards_are_only_where_a_reason_is_written(every: Template) -> None:
    for policy in _policies(every):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            actions = listed(statement["Action"])
            assert not [action for action in actions if "*" in action]
            resources = {every.named(item) for item in listed(statement["Resource"])}
            if "*" in resources:
                in_code = {right.partition(" ")[0] for right in IN_CODE}
                assert set(actions) <= WITHOUT_RESOURCES | in_code
            else:
                assert {item for item in resources if "*" in item} <= {*OBJECTS, f"{REPLICA}/*"}


def _actions(template: Template) -> set[str]:
    """All actions that some role may do."""
    return {
        action
        for policy in _policies(template)
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }


def test_no_role_can_delete_a_version_or_change_how_versions_are_kept(every: Template) -> None:
    actions = _actions(every)
    reads = {action for action in actions if action.startswith("s3:GetObjectVersion")}
    changing = actions - reads - {"s3:ListBucketVersions", "s3:PutObjectVersionTagging"}
    assert not [action for action in changing if "Version" in action or "Lifecycle" in action]
    assert not [action for action in actions if action.startswith("s3:ReplicateDelete")]
    assert "s3:DeleteObject" in actions  # or this test looks at nothing


def test_only_the_collector_tags_versions_and_only_for_the_lifecycle(every: Template) -> None:
    tagging = {
        function: statement
        for function in every.functions()
        for statement in every.statements(function)
        if "s3:PutObjectVersionTagging" in listed(statement["Action"])
    }
    assert tagging.keys() == {"collect"}
    assert listed(tagging["collect"]["Action"]) == ["s3:PutObjectVersionTagging"]
    assert every.named(tagging["collect"]["Resource"]) == "originals/*"
    assert tagging["collect"]["Condition"] == {
        "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": [ERASED, REFUSED]}
    }
    assert not [a for a in _actions(every) if a.startswith("s3:DeleteObject") and "Tagging" in a]


def test_who_takes_uploads_in_makes_and_gives_up_references_and_nothing_else(
    every: Template,
) -> None:
    (statement,) = (
        statement
        for statement in every.statements("dedup_hash")
        if "dynamodb:DeleteItem" in listed(statement["Action"])
    )
    assert set(statement["Action"]) == {
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:DeleteItem",
    }
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["BLOB#*"]}
    }


def test_the_reconciler_queries_its_lists_and_no_other_partition(every: Template) -> None:
    (statement,) = (
        statement
        for statement in every.statements("reconcile")
        if listed(statement["Action"]) == ["dynamodb:Query"] and "Condition" in statement
    )
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {
            "dynamodb:LeadingKeys": [keys.NOMINATIONS, keys.CONTENDERS, keys.EXPLORED]
        }
    }


def test_nothing_but_a_zoom_size_can_be_given_the_tag_by_which_it_expires(
    every: Template,
) -> None:
    tagging = {
        function: every.named(statement["Resource"])
        for function in every.functions()
        for statement in every.statements(function)
        if "s3:PutObjectTagging" in listed(statement["Action"])
        and every.named(statement["Resource"]).startswith("renditions/")
    }
    assert tagging.keys() == {"thumbnail"}
    key = f"renditions/{keys.rendition_object('blob', zoom_name('medium'))}"
    assert fnmatchcase(key, tagging["thumbnail"])
    for rendition in RENDITIONS:
        key = f"renditions/{keys.rendition_object('blob', rendition.name)}"
        assert not fnmatchcase(key, tagging["thumbnail"])


@pytest.mark.parametrize("renderer", ["thumbnail", "transcode"])
def test_a_renderer_reaches_blob_items_only(every: Template, renderer: str) -> None:
    tables = [
        statement
        for statement in every.statements(renderer)
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"]))
    ]
    (statement,) = tables
    assert statement["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["BLOB#*"]}
    }
    # Both name exactly one key; an action that names none would pass the condition.
    assert set(statement["Action"]) == {"dynamodb:GetItem", "dynamodb:UpdateItem"}
