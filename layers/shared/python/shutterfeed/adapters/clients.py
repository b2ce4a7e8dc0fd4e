"""AWS clients, all made from one session: what it has loaded serves each of them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from shutterfeed.adapters.connections import MAX_CONNECTIONS
from shutterfeed.adapters.dynamodb.answers import AnswerParserFactory

_USER_AGENT: Final = f"Boto3/{boto3.__version__} Botocore/{botocore.__version__} Shutterfeed"
"""Who calls, in CloudTrail and the like. botocore's own text is composed again, of a dozen parts,
twice for each request, which takes a tenth of a request's CPU time."""
# Otherwise links lead to the host that all regions share, which answers 400 for a bucket in a
# region younger than 2019, and 307 for any new bucket until its name is known everywhere. The
# site's Content-Security-Policy names the host that these give: `Settings.bucket_origin` in
# `infra/`.
_S3_ADDRESSES: Final[Any] = {
    "addressing_style": "virtual",
    "us_east_1_regional_endpoint": "regional",
}


def connect(service: str, *, regional_hosts: bool = False, **options: Any) -> Any:
    """A client of a service; `options` are those of `boto3.client`, beside its configuration.

    With `regional_hosts` links into S3 lead to each bucket's own host in its region, as they have
    to on AWS; the local cloud has no such hosts.
    """
    return _session().client(service, config=_configuration(service, regional_hosts), **options)


@cache
def _session() -> Any:
    session = botocore.session.Session()
    session.register_component("response_parser_factory", AnswerParserFactory())
    return boto3.Session(botocore_session=session)


def _configuration(service: str, regional_hosts: bool) -> Config:
    return Config(
        max_pool_connections=MAX_CONNECTIONS,
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=2,
        read_timeout=10,
        user_agent=_USER_AGENT,
        # Every request to DynamoDB is built by `Table`, with what is right for its operation. The
        # service checks it anyway, and says the same.
        parameter_validation=service != "dynamodb",
        # In some regions S3's links are signed the old way otherwise, which leaves headers like
        # Content-Length out.
        signature_version="s3v4" if service == "s3" else None,
        s3=_S3_ADDRESSES if service == "s3" and regional_hosts else None,
    )
