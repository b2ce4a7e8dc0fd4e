"""The routes of reports and appeals, and those of moderators."""

from __future__ import annotations

from api.http import Call, route
from api.models_moderation import (
    AppealBody,
    CaseBody,
    CasePage,
    CaseSummary,
    CreateAction,
    CreateAppeal,
    CreateReport,
    DecideAppeal,
    LogEntry,
    LogPage,
    ModerationStatistics,
    ReportBody,
    ReportPage,
    StatementBody,
    StatementPage,
    UndoAction,
)
from api.parameters import QUEUE
from api.routes import choice
from shutterfeed.domain.moderation import CaseState, ReportReason, parse_case_id
from shutterfeed.domain.users import Standing
from shutterfeed.services.moderation import Decision

_SUSPENDED = frozenset((Standing.SUSPENDED,))


@route("POST", "/reports", body=CreateReport, returns=ReportBody, errors=(404,), limited=True)
def create_report(call: Call) -> ReportBody:
    """Report a post, a comment or a user.

    What is reported is out of the caller's feed, lists and search at once. A moderator looks at it
    as it was when it was reported, and the caller is told what became of it; nobody but moderators
    learns who has reported what. Whoever reports the same thing again gets their first report. The
    answer is 404 for what the caller may not see, and 400 `report_oneself` for what is their own.
    """
    body = call.parse(CreateReport)
    view = call.services.reporting.report(call.viewer, body.kind, body.id, body.reason, body.note)
    return ReportBody.of(view)


@route("GET", "/me/reports", returns=ReportPage, paged=True)
def list_reports(call: Call) -> ReportPage:
    """List what the caller has reported, and what became of it, newest first."""
    page = call.services.reporting.page(call.user_id, call.position, call.limit)
    return ReportPage(list(map(ReportBody.of, page.items)), call.cursor(page.next_position))


@route("GET", "/me/statements", returns=StatementPage, paged=True, open_to=_SUSPENDED)
def list_statements(call: Call) -> StatementPage:
    """List what moderators have decided about the caller and their posts and comments."""
    page = call.services.reporting.statements(call.user_id, call.position, call.limit)
    return StatementPage(list(map(StatementBody.of, page.items)), call.cursor(page.next_position))


@route(
    "POST",
    "/me/appeals",
    body=CreateAppeal,
    returns=AppealBody,
    errors=(404, 409),
    limited=True,
    open_to=_SUSPENDED,
)
def create_appeal(call: Call) -> AppealBody | None:
    """Appeal against what was decided in a case about the caller.

    Another moderator looks at it than the one who has decided. There is one appeal in each case: a
    repeated one with the same text gets the first, and any other 409 `already_appealed`. The answer
    is 409 `nothing_to_appeal` if nothing stands that was decided.
    """
    body = call.parse(CreateAppeal)
    appeal = call.services.reporting.appeal(call.user_id, body.case_id, body.text)
    return AppealBody.of(appeal)


@route("GET", "/moderation/cases", returns=CasePage, paged=True, query=QUEUE, moderators=True)
def list_cases(call: Call) -> CasePage:
    """List the cases that wait, the oldest first."""
    state = choice(call, CaseState, "state") or CaseState.OPEN
    reason = choice(call, ReportReason, "reason")
    page = call.services.moderation.queue(state, reason, call.position, call.limit)
    links = call.services.links
    items = [CaseSummary.summary(case, owner, links) for case, owner in page.items]
    return CasePage(items, call.cursor(page.next_position))


@route("GET", "/moderation/cases/{case_id}", returns=CaseBody, errors=(404,), moderators=True)
def get_case(call: Call) -> CaseBody:
    """Get a case with its evidence, its reports, and what was done."""
    case_id = parse_case_id(call.path["case_id"])
    view = call.services.moderation.case(case_id, call.user_id)
    return CaseBody.of(view, call.services.links)


@route(
    "POST",
    "/moderation/cases/{case_id}/actions",
    body=CreateAction,
    returns=CaseBody,
    errors=(404, 409),
    moderators=True,
)
def create_action(call: Call) -> CaseBody:
    """Do something about a case.

    If another moderator has changed the case since the caller saw it, the answer is 409
    `case_changed` with its state and version, and nothing is done. A repeated request is answered
    like the first. Nobody decides in a case about themselves: 403 `own_case`. 409 `already_done`
    means that the same already stands, for this case or for another one about the same user.
    """
    body, case_id = call.parse(CreateAction), parse_case_id(call.path["case_id"])
    decision = Decision(body.kind, body.rule, body.statement, body.until, body.version)
    view = call.services.moderation.act(case_id, call.user_id, decision)
    return CaseBody.of(view, call.services.links)


@route(
    "POST",
    "/moderation/cases/{case_id}/undo",
    body=UndoAction,
    returns=CaseBody,
    errors=(404, 409),
    moderators=True,
)
def undo_action(call: Call) -> CaseBody:
    """Undo an action of a case: what it has changed is again as it was.

    The answer is 409 `case_changed` as for an action, and 404 `action_not_found` for an action that
    the case does not have. Undoing what is undone changes nothing.
    """
    body, case_id = call.parse(UndoAction), parse_case_id(call.path["case_id"])
    view = call.services.moderation.undo(case_id, call.user_id, body.action_id, body.version)
    return CaseBody.of(view, call.services.links)


@route(
    "POST",
    "/moderation/cases/{case_id}/appeal",
    body=DecideAppeal,
    returns=CaseBody,
    errors=(404, 409),
    moderators=True,
)
def decide_appeal(call: Call) -> CaseBody:
    """Decide the appeal in a case.

    Whoever has done something in it that stands gets 403 `own_decision`. The answer is 409
    `case_changed` as for an action, and 409 `not_appealed` if no appeal waits.
    """
    body, case_id = call.parse(DecideAppeal), parse_case_id(call.path["case_id"])
    view = call.services.moderation.decide_appeal(
        case_id, call.user_id, overturn=body.overturn, statement=body.statement, seen=body.version
    )
    return CaseBody.of(view, call.services.links)


@route("GET", "/moderation/statistics", returns=ModerationStatistics, moderators=True)
def get_moderation_statistics(call: Call) -> ModerationStatistics:
    """Get what waits for moderators, and what they have decided within the last 30 days."""
    return ModerationStatistics.of(call.services.moderation.statistics())


@route("GET", "/moderation/log", returns=LogPage, paged=True, moderators=True)
def list_moderation_log(call: Call) -> LogPage:
    """List what moderators have done, the last first. Each entry holds the hash of the one before,
    so that none can be changed or taken out unseen."""
    page = call.services.moderation.log(call.position, call.limit)
    return LogPage(list(map(LogEntry.of, page.items)), call.cursor(page.next_position))
