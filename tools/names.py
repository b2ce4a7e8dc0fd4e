"""What a stage's stack, queues and functions are called in AWS, as `infra/` names them."""

from __future__ import annotations


def stack(stage: str) -> str:
    return f"Shutterfeed-{stage}"


def prefix(stage: str) -> str:
    """What stands before the name of every queue, function and bucket."""
    return f"shutterfeed-{stage}-"


def function(stage: str, name: str) -> str:
    return prefix(stage) + name.replace("_", "-")
