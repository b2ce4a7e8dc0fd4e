"""The routes about what others did."""

from __future__ import annotations

from api.http import Call, route
from api.models_activity import ActivityCount, ActivityGroup, ActivityPage


@route("GET", "/me/activity", returns=ActivityPage, paged=True, reads_session=True)
def list_activity(call: Call) -> ActivityPage:
    """List what others did that concerns the caller, newest first.

    What is undone, deleted or hidden is not shown any more, nor what people did whom the caller has
    blocked or muted. An entry appears some seconds after it happened, and is kept for 90 days.
    """
    page = call.services.activity.page(call.user_id, call.position, call.limit, call.session_began)
    links = call.services.links
    items = [ActivityGroup.of(view, links) for view in page.items]
    return ActivityPage(items, call.cursor(page.next_position))


@route("GET", "/me/activity/count", returns=ActivityCount, reads_session=True)
def count_activity(call: Call) -> ActivityCount:
    """Get the number of entries of the caller's activity that are new, up to 20.

    20 stands for 20 or more. Entries that are hidden from the caller do not count.
    """
    return ActivityCount(call.services.activity.badge(call.user_id, call.session_began))


@route("PUT", "/me/activity/seen", status=204, limited=True, reads_session=True)
def see_activity(call: Call) -> None:
    """Note that the caller has seen all of their activity until now."""
    call.services.activity.mark_seen(call.user_id, call.session_began)
