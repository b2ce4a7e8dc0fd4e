"""The routes of push subscriptions: the devices that are told of their user's activity."""

from __future__ import annotations

from api.http import Call, route
from api.models_push import PushSubscriptionBody, PushSubscriptions, PutPushSubscription


@route(
    "PUT",
    "/me/push-subscriptions/{subscription_id}",
    body=PutPushSubscription,
    returns=PushSubscriptionBody,
    errors=(404, 409),
    limited=True,
)
def put_push_subscription(call: Call) -> PushSubscriptionBody:
    """Tell a device of the caller's activity, by Web Push, or renew that.

    The id is made from the endpoint: the first 16 bytes of its SHA-256, in base64url. A device has
    to be renewed within 90 days, and is told nothing after its session was ended. If there are more
    than 10, the one that was renewed first goes. The answer is 409 `push_is_off` if the service
    tells devices of nothing.
    """
    body = call.parse(PutPushSubscription)
    device = call.services.devices.put(
        call.user_id,
        call.path["subscription_id"],
        body.endpoint,
        p256dh=body.p256dh,
        auth=body.auth,
        session_began=call.session_began,
    )
    return PushSubscriptionBody.of(device)


@route("GET", "/me/push-subscriptions", returns=PushSubscriptions)
def list_push_subscriptions(call: Call) -> PushSubscriptions:
    """List the devices that are told of the caller's activity, last renewed first."""
    return PushSubscriptions.of(call.services.devices.all(call.user_id))


@route("DELETE", "/me/push-subscriptions/{subscription_id}", status=204, errors=(404,))
def delete_push_subscription(call: Call) -> None:
    """Tell a device of nothing any more. Nothing changes if there is no such device."""
    call.services.devices.remove(call.user_id, call.path["subscription_id"])
