"""The alarms of the context `alarms=all`, each for 0.10 USD a month: whether messages or cases
wait, functions are throttled, or the sign-in turns people away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from infra.identity import Identity
from infra.metrics import oldest_message, oldest_open_case
from infra.queues import Queues
from infra.settings import Settings
from infra.watches import Watch
from shutterfeed import topology

_MINUTE: Final = Duration.minutes(1)
_FIVE_MINUTES: Final = Duration.minutes(5)
_WAIT: Final = Duration.minutes(30)
_CASE_WAITS: Final = Duration.days(1)
_SHARE: Final = 0.8
_SIGN_IN: Final = {
    "sign-ins": "SignInThrottles",
    "sign-ups": "SignUpThrottles",
    "token-refreshes": "TokenRefreshThrottles",
}


def more_alarms(settings: Settings, queues: Queues, identity: Identity) -> Iterator[Watch]:
    yield from _waiting(queues)
    yield from _cases()
    yield from _concurrency(settings)
    yield from _sign_in(identity)


def _waiting(queues: Queues) -> Iterator[Watch]:
    # Bulk queues are left out: what one user sends beyond their share is meant to wait.
    for worker in topology.WORKERS:
        # A message whose worker died is delivered again only after its visibility timeout.
        patience = max(_WAIT.to_seconds(), 2 * worker.visibility_s)
        yield Watch(
            f"{worker.queue}-waiting",
            oldest_message(queues[worker.step]),
            threshold=patience,
            periods=5,
            meaning=f"A message has waited too long for {worker.function}: over "
            f"{patience // 60:.0f} minutes. See `make waiting` and the throttles on the dashboard.",
        )


def _cases() -> Iterator[Watch]:
    yield Watch(
        "cases-waiting",
        oldest_open_case(),
        threshold=_CASE_WAITS.to_seconds(),
        periods=2,
        meaning="A report has waited a day for a moderator. See the queues in the web client, "
        "the gravest reason first; `make moderator` lets more people decide.",
    )


def _concurrency(settings: Settings) -> Iterator[Watch]:
    yield Watch(
        "throttles",
        lambda_.Function.metric_all_throttles(statistic="Sum", period=_FIVE_MINUTES),
        threshold=1,
        periods=3,
        meaning="Functions of the account have been throttled for 15 minutes: ask for a higher "
        "quota of concurrent executions.",
    )
    limit = settings.account_concurrency
    if limit is not None:
        yield Watch(
            "concurrency",
            lambda_.Function.metric_all_unreserved_concurrent_executions(
                statistic="Maximum", period=_MINUTE
            ),
            threshold=max(1, int(limit * _SHARE)),
            periods=5,
            meaning="Functions have used 80 % of the account's executions for five minutes: of "
            f"{limit} that it has for functions without a reservation. Ask for a higher quota.",
        )


def _sign_in(identity: Identity) -> Iterator[Watch]:
    for what, metric in _SIGN_IN.items():
        yield _refused(identity, what, metric, identity.client_id)
    # Whoever changes their address, password or second factor signs in at this client before.
    yield _refused(identity, "password-checks", "SignInThrottles", identity.account_client_id)


def _refused(identity: Identity, what: str, metric: str, client_id: str) -> Watch:
    """Cognito counts what it refuses by pool and client, and not for a pool as a whole."""
    return Watch(
        f"throttled-{what}",
        cloudwatch.Metric(
            namespace="AWS/Cognito",
            metric_name=metric,
            dimensions_map={
                "UserPool": identity.pool.user_pool_id,
                "UserPoolClient": client_id,
            },
            statistic="Sum",
            period=_FIVE_MINUTES,
        ),
        threshold=1,
        periods=1,
        meaning=f"Cognito has refused people: more {what.replace('-', ' ')} than its quota "
        "allows. Ask for a higher quota of user pool requests.",
    )
