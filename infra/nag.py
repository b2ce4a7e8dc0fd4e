"""cdk-nag's AwsSolutions pack: its findings stop synthesis unless a written reason allows them."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct


def allow(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept one finding on a construct and everything in it, because of `reason`."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def allow_resource(construct: IConstruct, resource: str, reason: str) -> None:
    """Accept that a policy on `construct` names `resource`, which has a wildcard, because of
    `reason`."""
    allow(construct, f"IAM5[Resource::{_shown(construct, resource)}]", reason)


def allow_managed(construct: IConstruct, policy: str, reason: str) -> None:
    """Accept that a role on `construct` has `policy`, one of AWS's own, because of `reason`."""
    allow(construct, f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]", reason)


def _shown(construct: IConstruct, resource: str) -> str:
    """The resource as the pack prints it: references as `<LogicalId.Attribute>`."""
    resolved = Stack.of(construct).resolve(resource)
    if isinstance(resolved, str):
        return resolved
    _, parts = resolved["Fn::Join"]
    return "".join(part if isinstance(part, str) else _reference(part) for part in parts)


def _reference(part: dict[str, object]) -> str:
    target = part.get("Fn::GetAtt") or part["Ref"]
    return f"<{'.'.join(target) if isinstance(target, list) else target}>"
