"""The client of the OpenSearch domain: signed requests, few retries, and limits on waiting."""

from __future__ import annotations

import os
from typing import Final

import boto3
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth

_SERVICE: Final = "es"
_READER: Final = "shutterfeed_reader"
_SECURITY: Final = "/_plugins/_security/api"


def connect(endpoint: str) -> OpenSearch:
    """A client that signs requests with the function's role. A node without access control ignores
    the signature."""
    session = boto3.Session()
    signer = Urllib3AWSV4SignerAuth(
        session.get_credentials(), session.region_name or os.environ["AWS_REGION"], _SERVICE
    )
    return OpenSearch(
        hosts=[endpoint],
        http_auth=signer,
        timeout=5,
        max_retries=2,
        retry_on_timeout=True,
        retry_on_status=(502, 503, 504),
        pool_maxsize=4,
    )


def admit_reader(client: OpenSearch, role_arn: str, pattern: str) -> None:
    """Let an IAM role search the indexes of a pattern, in a domain with fine-grained access.

    Repeating it changes nothing.
    """
    rights = {
        "cluster_permissions": ["indices:data/read/msearch"],
        "index_permissions": [{"index_patterns": [pattern], "allowed_actions": ["read"]}],
    }
    members = {"backend_roles": [role_arn]}
    for kind, body in (("roles", rights), ("rolesmapping", members)):
        client.transport.perform_request("PUT", f"{_SECURITY}/{kind}/{_READER}", body=body)
