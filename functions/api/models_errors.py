"""The JSON of errors that say more than what was wrong."""

from __future__ import annotations

from msgspec import Struct

from shutterfeed.domain.moderation import CaseState


class CaseChangedDetail(Struct):
    """What was wrong with a request that another moderator has overtaken: the case has this state
    and version now."""

    code: str
    message: str
    field: str | None
    state: CaseState
    version: int


class CaseChangedBody(Struct):
    """The answer to a moderator whom another has overtaken."""

    error: CaseChangedDetail
