"""The names of a stage's stack, queues and functions in AWS, as `infra/` names them."""

from __future__ import annotations


def stack(stage: str) -> str:
    return f"Shutterfeed-{stage}"


def prefix(stage: str) -> str:
    """The prefix of the names of all queues, functions and buckets."""
    return f"shutterfeed-{stage}-"


def function(stage: str, name: str) -> str:
    return prefix(stage) + name.replace("_", "-")
