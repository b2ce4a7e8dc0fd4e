"""The routes by which a user closes the account, and comes back to it."""

from __future__ import annotations

from api.http import Call, route
from api.models import Closing
from shutterfeed.domain.users import EVERY_STANDING


@route(
    "POST",
    "/me/closing",
    returns=Closing,
    errors=(403,),
    checks_session=False,
    open_to=EVERY_STANDING,
)
def close_account(call: Call) -> Closing:
    """Close the caller's account.

    Everything of the caller's is hidden from everybody at once, and all sessions end, this one too.
    Until `erased_at`, the caller may sign in, export what is theirs, and come back; all else is
    answered with 403 `account_closed`. Then the account is erased, and nothing brings it back.

    The caller must have signed in, with the password, at most five minutes ago: otherwise the
    answer is 403 `recent_sign_in_required`. A repeated request changes nothing more, and gets the
    same answer.
    """
    profile = call.services.closing.close(call.user_id, call.account_name, call.session_began)
    closing = Closing.of(profile)
    assert closing is not None
    return closing


@route(
    "DELETE", "/me/closing", status=204, errors=(409,), reads_session=True, open_to=EVERY_STANDING
)
def reopen_account(call: Call) -> None:
    """Come back to an account that the caller has closed. Everything is as it was.

    Nothing changes if the account is open. The answer is 409 `account_being_erased` if the days in
    which one may come back are over.
    """
    call.services.closing.come_back(call.user_id, call.session_began)
