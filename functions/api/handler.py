"""The HTTP API: one function behind all routes, which are in `routes.py`."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from api import routes  # noqa: F401 - importing it declares the routes
from api.http import build_resolver
from shutterfeed import bootstrap
from shutterfeed.runtime import logger, preload

app = build_resolver()


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)


preload(bootstrap.api)
