"""Composes the worker that makes the edge deny media."""

from __future__ import annotations

from functools import cache

from shutterfeed import config
from shutterfeed.adapters.denials import DenialsInCode, StoredDenials
from shutterfeed.adapters.dynamodb.denials import DynamoDenialNotes
from shutterfeed.bootstrap import aws
from shutterfeed.ports.denials import Denials
from shutterfeed.services.denying import DenyingService


@cache
def service() -> DenyingService:
    settings = config.DenySettings.from_env()
    return DenyingService(
        notes=DynamoDenialNotes(aws.table(settings.metadata_table)), edge=_edge(settings)
    )


def _edge(settings: config.DenySettings) -> Denials:
    if settings.denials_arn == config.NO_STORE:
        return DenialsInCode(aws.client("cloudfront"), settings.media_links_function)
    return StoredDenials(aws.client("cloudfront-keyvaluestore"), settings.denials_arn)
