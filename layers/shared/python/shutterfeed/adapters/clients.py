"""AWS clients, all made from one session, so that they share the data it has loaded."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import boto3
import botocore.session
from botocore.config import Config

from shutterfeed.adapters.connections import MAX_CONNECTIONS
from shutterfeed.adapters.dynamodb.answers import AnswerParserFactory

_USER_AGENT: Final = f"Boto3/{boto3.__version__} Botocore/{botocore.__version__} Shutterfeed"
"""The name of the caller in CloudTrail and the like. botocore would compose its own text from a
dozen parts twice for each request, which takes a tenth of a request's CPU time."""
# Without these, links lead to the host that all regions share. It answers 400 for a bucket in a
# region younger than 2019, and 307 for any new bucket until its name is known everywhere. The
# site's Content-Security-Policy names the regional host: `Settings.bucket_origin` in `infra/`.
_S3_ADDRESSES: Final[Any] = {
    "addressing_style": "virtual",
    "us_east_1_regional_endpoint": "regional",
}


def connect(service: str, *, regional_hosts: bool = False, **options: Any) -> Any:
    """A client of a service. `options` are arguments of `boto3.client` other than `config`.

    With `regional_hosts`, links into S3 lead to each bucket's host in its own region. AWS needs
    that; the local cloud has no such hosts.
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
        # `Table` builds every request to DynamoDB with the right parameters, and the service
        # checks them anyway.
        parameter_validation=service != "dynamodb",
        # In some regions S3's links would otherwise be signed in the old way, which does not
        # include headers like Content-Length.
        signature_version="s3v4" if service == "s3" else None,
        s3=_S3_ADDRESSES if service == "s3" and regional_hosts else None,
    )
