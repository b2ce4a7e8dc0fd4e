"""Brings posts and users in the search index up to date, a batch of messages at a time.

If an operator invokes it with an `action`, it does one step of maintenance: see
`operations/search_index.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from shutterfeed.adapters.messages import Codec, UnknownMessage
from shutterfeed.bootstrap.index import maintenance, service
from shutterfeed.domain.messages import IndexMessage
from shutterfeed.runtime import Handled, batch_worker, logger, preload

MESSAGES = Codec[IndexMessage]("index")


def index(bodies: Sequence[str]) -> Handled:
    failures: dict[int, Exception] = {}
    messages: dict[int, IndexMessage] = {}
    for index, body in enumerate(bodies):
        try:
            messages[index] = MESSAGES.decode(body)
        except UnknownMessage as error:
            failures[index] = error
    failed = service().apply(tuple(messages.values()))
    failures |= {index: failed[message] for index, message in messages.items() if message in failed}
    return Handled(failures)


def maintain(action: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do one step of maintenance. The result says where the next step continues. Raises
    `ValueError` for an unknown action."""
    steps = maintenance()
    after, repair = event.get("after"), bool(event.get("repair"))
    checks = {
        "check": steps.check,
        "check_held": steps.check_held,
        "check_entries": steps.check_entries,
    }
    if action in checks:
        return asdict(checks[action](after, repair=repair))
    match action:
        case "begin":
            return {"generation": steps.begin()}
        case "copy":
            return asdict(steps.copy(event["generation"], after))
        case "held":
            page = steps.held(after)
            return {"subjects": list(map(str, page.items)), "after": page.next_position}
        case "switch":
            steps.switch(event["generation"])
            return {}
        case "drop":
            return {"more": steps.drop_others()}
    raise ValueError(f"there is no action {action!r}")


_work = batch_worker(index)


def handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    if "action" not in event:
        return _work(event, context)
    logger.set_correlation_id(context.aws_request_id)
    result = maintain(event["action"], event)
    told = {name: value for name, value in result.items() if name != "subjects"}
    logger.info("maintained", action=event["action"], result=told)
    return result


preload(service)
