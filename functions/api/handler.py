"""The HTTP API: one function behind all routes, which are in the modules `routes…`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext

from api import (
    origin,
    routes,  # noqa: F401 - importing it declares the routes
    routes_activity,  # noqa: F401
    routes_albums,  # noqa: F401
    routes_answers,  # noqa: F401
    routes_closing,  # noqa: F401
    routes_comments,  # noqa: F401
    routes_drafts,  # noqa: F401
    routes_explore,  # noqa: F401
    routes_exports,  # noqa: F401
    routes_hashtags,  # noqa: F401
    routes_mending,  # noqa: F401
    routes_moderation,  # noqa: F401
    routes_people,  # noqa: F401
    routes_push,  # noqa: F401
    routes_scheduling,  # noqa: F401
    routes_zooming,  # noqa: F401
)
from api.http import build_resolver
from shutterfeed.bootstrap.api import origin_keys, services
from shutterfeed.runtime import logger, preload

app = build_resolver()
_AS_IT_IS = "/-._~()'!*:@,;=+&$%<> []{}|^\"\\`"


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_HTTP)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if not origin.admits(event, origin_keys()):
        return dict(origin.REFUSAL)
    # The resolver's patterns match letters but no emoji; percent-encoded characters they match.
    plain_path = quote(event["rawPath"], safe=_AS_IT_IS)
    return app.resolve({**event, "rawPath": plain_path}, context)


preload(services)
