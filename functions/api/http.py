"""The layer between HTTP and the services: it declares routes, parses requests, and turns errors
into answers.

Every route is declared with `@route(...)`. The declaration serves three readers: the resolver
here, the OpenAPI document (`make openapi`), and, through that document, the API's infrastructure.
"""

from __future__ import annotations

import gzip
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from http import HTTPStatus
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any, Final, TypeVar
from urllib.parse import unquote

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from api.models import ErrorBody, ErrorDetail, LimitBody, LimitDetail, RequestBody
from api.models_errors import CaseChangedBody, CaseChangedDetail
from api.parameters import LIMIT, Parameter
from shutterfeed.bootstrap.api import Api, services
from shutterfeed.domain.errors import (
    Busy,
    Conflict,
    DomainError,
    Forbidden,
    InvalidCursor,
    InvalidInput,
    LimitReached,
    NotFound,
    NotOffered,
    SessionEnded,
)
from shutterfeed.domain.ids import MalformedId
from shutterfeed.domain.moderation import CaseChanged
from shutterfeed.domain.pages import CursorScope
from shutterfeed.domain.users import EVERY_STANDING, Standing
from shutterfeed.domain.visibility import NOBODY, Viewer
from shutterfeed.runtime import logger, metrics
from shutterfeed.schema import FORMER_ACCOUNT, GROUPS_CLAIM, MODERATORS

B = TypeVar("B", bound=RequestBody)
Endpoint = Callable[["Call"], Any]

STATUS: Final[Mapping[type[DomainError], int]] = {
    InvalidInput: 400,
    SessionEnded: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    LimitReached: 429,
    NotOffered: 501,
    Busy: 503,
}
PREFIX: Final = "/api"
"""Every path begins with it, because the API shares its domain with the site and the media."""
JSON: Final = "application/json"
_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
EDGE_SECONDS: Final = 60
"""How long CloudFront keeps an answer that is the same for everybody who is not signed in."""
_AT_THE_EDGE: Final = f"public, max-age=0, s-maxage={EDGE_SECONDS}"
"""Browsers ask again every time, so that what was hidden is gone after that time, not twice it."""
_CACHED: Final = frozenset((200, 404))
"""The statuses of answers that are kept at the edge: for what is hidden or does not exist, too."""
_WORTH_COMPRESSING: Final = 1_000
"""Characters that a body has to exceed: a shorter one fits into one packet anyway."""
_COMPRESSION: Final = 6
_LONGEST_MESSAGE: Final = 400
_LONGEST_FIELD: Final = 100
_PATH_PARAMETER: Final = re.compile(r"{(\w+)}")
_INVALID: Final = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?", re.DOTALL)
_NAMED_FIELD: Final = re.compile(r"field `(?P<name>\w+)`")


@dataclass(frozen=True, slots=True)
class Text:
    """The answer of a route with a media type of its own."""

    text: str
    status: int = 200


class Unauthenticated(Exception):
    """The request has no valid access token. The gateway's authorizer already refuses such
    requests; this check is the second lock."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of the API; `path` has parameters in braces."""

    method: str
    path: str
    endpoint: Endpoint
    summary: str
    returns: type[Any] | None
    status: int
    body: type[RequestBody] | None
    headers: tuple[Parameter, ...]
    paged: bool
    public: bool
    errors: tuple[int, ...]
    limited: bool
    """Whether what it does is limited for each user: 429 `limit_reached`."""
    query: tuple[Parameter, ...]
    checks_session: bool
    """Whether a caller whose session was ended is refused, and nothing is written for them."""
    reads_session: bool
    """Whether the endpoint's service itself looks at the session, with what it reads first, which
    saves a read. Otherwise that is done before the endpoint is called, or beside it if the route
    `only_reads`."""
    open_to: frozenset[Standing]
    """The standings of accounts whose people may call it, too. Others that look at the session
    refuse them: 403 `account_closed`, `account_suspended`."""
    may_wait: bool
    """Whether what is asked for may have to wait, for somebody else's consent or for a worker: then
    the status is 202, with the same body."""
    cached: bool
    """Whether CloudFront keeps the answers for `EDGE_SECONDS`."""
    text: str | None
    """The media type of the answer if it is a text and no JSON, such as a page."""
    moderators: bool
    """Whether only moderators may call it."""
    alike: tuple[int, ...]
    """The statuses besides `status` that come with the same kind of body."""
    asked_again: bool
    """Whether whoever has to wait is to send the same request again: `Retry-After` says when."""

    @property
    def name(self) -> str:
        return self.endpoint.__name__

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def only_reads(self) -> bool:
        """Whether calling it in vain changes nothing, and takes nothing of anybody's limits."""
        return not self.writes and not self.limited

    @property
    def any_standing(self) -> bool:
        """Whether it is open to everybody who is signed in, whatever has become of their
        account."""
        return self.open_to == EVERY_STANDING

    @property
    def parameters(self) -> list[str]:
        return _PATH_PARAMETER.findall(self.path)


ROUTES: Final[list[Route]] = []


@dataclass(frozen=True, slots=True)
class Waits:
    """The answer of an endpoint that `may_wait` and does."""

    body: Any
    retry_after: int | None = None
    """The number of seconds after which to ask again; None if asking does not help."""


def route(
    method: str,
    path: str,
    *,
    returns: type[Any] | None = None,
    status: int = 200,
    body: type[RequestBody] | None = None,
    headers: tuple[Parameter, ...] = (),
    paged: bool = False,
    public: bool = False,
    errors: tuple[int, ...] = (),
    limited: bool = False,
    query: tuple[Parameter, ...] = (),
    checks_session: bool | None = None,
    reads_session: bool = False,
    open_to: frozenset[Standing] = frozenset(),
    may_wait: bool = False,
    cached: bool = False,
    text: str | None = None,
    moderators: bool = False,
    alike: tuple[int, ...] = (),
    asked_again: bool = False,
) -> Callable[[Endpoint], Endpoint]:
    """Declare an endpoint; its docstring is its documentation. `errors` lists the error statuses
    that it has besides those of every route. Unless `checks_session` says otherwise, the session is
    looked at wherever somebody has to be signed in."""
    checks_session = not public if checks_session is None else checks_session

    def declare(endpoint: Endpoint) -> Endpoint:
        summary = (endpoint.__doc__ or "").strip()
        declared = Route(
            method,
            path,
            endpoint,
            summary,
            returns,
            status,
            body,
            headers,
            paged,
            public,
            (*errors, 403) if moderators else errors,
            limited,
            query,
            checks_session,
            reads_session,
            open_to,
            may_wait,
            cached,
            text,
            moderators,
            alike,
            asked_again,
        )
        ROUTES.append(declared)
        return endpoint

    return declare


@dataclass(frozen=True)
class Call:
    """One request to one route, as endpoints see it. Who calls is found out once."""

    route: Route
    event: APIGatewayProxyEventV2
    path: Mapping[str, str]

    @property
    def services(self) -> Api:
        return services()

    @cached_property
    def user_id(self) -> str:
        """The caller's user id, from the verified access token. Raises `Unauthenticated`."""
        try:
            return self.services.accounts.user_id(self.subject)
        except MalformedId as error:
            raise Unauthenticated from error

    @property
    def subject(self) -> str:
        """The id of the account that the caller's user belongs to. Raises `Unauthenticated`.

        It is the account's id at the identity provider, or the one that it had there before the
        user pool was lost and made again.
        """
        return str(self._claims.get(FORMER_ACCOUNT) or self._claims.get("sub"))

    @property
    def account_name(self) -> str:
        """The name by which the identity provider knows the caller's account now. Raises
        `Unauthenticated`."""
        return str(self._claims.get("username"))

    @property
    def session_began(self) -> datetime:
        """When the caller signed in, to the second: a refreshed token still says so. Raises
        `Unauthenticated`."""
        try:
            return datetime.fromtimestamp(int(self._claims["auth_time"]), UTC)
        except (KeyError, ValueError, OverflowError) as error:
            raise Unauthenticated from error

    @property
    def is_moderator(self) -> bool:
        """Whether the caller's token says that they are a moderator. Raises `Unauthenticated`."""
        # The gateway gives a list of names as a text, in brackets.
        groups = str(self._claims.get(GROUPS_CLAIM) or "")
        return MODERATORS in groups.strip("[]").split()

    @cached_property
    def _claims(self) -> Mapping[str, Any]:
        """The claims of the caller's access token. Raises `Unauthenticated`."""
        authorizer = self.event.request_context.authorizer
        claims = (authorizer.jwt_claim if authorizer else None) or {}
        if claims.get("token_use") != "access":
            raise Unauthenticated
        return claims

    @property
    def viewer(self) -> Viewer:
        """Who is shown the answer; nobody on a public route, which looks at no token."""
        if self.route.public:
            return NOBODY
        return Viewer(self.user_id, self.session_began, self.route.open_to)

    def header(self, name: str) -> str:
        """A header's value; empty if the header is missing."""
        return self.event.headers.get(name.lower(), "")

    def asked(self, name: str) -> str | None:
        """The value of a parameter of the query string; None if it is missing."""
        return self.event.query_string_parameters.get(name)

    def parse(self, model: type[B]) -> B:
        """The body, parsed. Raises `InvalidInput`, which names the field that is wrong."""
        try:
            return msgspec.json.decode(self.event.decoded_body or "", type=model)
        except msgspec.ValidationError as error:
            raise _invalid_body(str(error)) from error
        except (msgspec.DecodeError, UnicodeError, ValueError) as error:
            raise InvalidInput("malformed_json", "The body is not valid JSON.") from error

    @property
    def limit(self) -> int:
        """How many entries a page may hold. Raises `InvalidInput`."""
        return self.whole(LIMIT)

    def whole(self, parameter: Parameter) -> int:
        """The value of a parameter that is a whole number. Raises `InvalidInput`."""
        name, schema = parameter.name, parameter.schema
        text = self.event.query_string_parameters.get(name, str(schema["default"]))
        least, most = schema["minimum"], schema["maximum"]
        if not re.fullmatch("[0-9]{1,3}", text) or not least <= int(text) <= most:
            message = f"{name} must be a whole number from {least} to {most}."
            raise InvalidInput(f"invalid_{name}", message, name)
        return int(text)

    @property
    def position(self) -> str | None:
        """The position after which the page begins; None for the first page. Raises
        `InvalidCursor`."""
        cursor = self.event.query_string_parameters.get("cursor")
        return self.services.cursors.open(self._scope, cursor)

    def cursor(self, position: str | None) -> str | None:
        """The cursor for the next page of this list."""
        return self.services.cursors.seal(self._scope, position)

    @property
    def _scope(self) -> CursorScope:
        """The list that a cursor is valid for: a route with its parameters, since one user's
        followers are not another's."""
        listed = [self.route.path, *(self.path[name].lower() for name in self.route.parameters)]
        listed += [repr(self._meant(parameter)) for parameter in self.route.query]
        return CursorScope("\n".join(listed), None if self.route.public else self.user_id)

    def _meant(self, parameter: Parameter) -> object:
        """The value of a parameter, which has been checked: the same whether a client sends the
        default or leaves the parameter out."""
        text = self.asked(parameter.name)
        value = parameter.schema.get("default") if text is None else text
        return float(value) if parameter.schema["type"] == "number" and value else value

    def seal_token(self, name: str, position: str | None) -> str | None:
        """The signed text of a position in this route's list, for clients to send back in the
        parameter `name`."""
        return self.services.cursors.seal(self._token_scope(name), position)

    def open_token(self, name: str) -> str | None:
        """The position that the parameter `name` holds; None if it is missing. Raises
        `InvalidCursor`."""
        try:
            return self.services.cursors.open(self._token_scope(name), self.asked(name))
        except InvalidCursor:
            raise InvalidCursor(name) from None

    def _token_scope(self, name: str) -> CursorScope:
        return CursorScope(f"{self.route.path}\n{name}", self.user_id)


class _Resolver(APIGatewayHttpResolver):
    """Takes any text without a slash as a parameter of a path.

    Powertools' own pattern leaves out emoji and some signs, which names and hashtags may have: the
    gateway decodes a path before it hands it on.
    """

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        return re.compile(base_regex.format(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", rule)))


def build_resolver() -> APIGatewayHttpResolver:
    """A resolver with every declared route."""
    app = _Resolver(strip_prefixes=[PREFIX])
    for declared in ROUTES:
        rule = _PATH_PARAMETER.sub(r"<\1>", declared.path)
        methods = [declared.method, "HEAD"] if declared.public else declared.method
        app.route(rule, method=methods)(_adapted(app, declared))
    app.not_found(_no_route(app))
    return app


def _no_route(app: APIGatewayHttpResolver) -> Callable[..., Response[Any]]:
    def endpoint(_: Exception) -> Response[Any]:
        response = _error(404, ErrorDetail("route_not_found", "There is no such route.", None))
        _log(app.current_event.http_method, None, response)
        return response

    return endpoint


def _adapted(app: APIGatewayHttpResolver, declared: Route) -> Callable[..., Response[Any]]:
    def endpoint(**path: str) -> Response[Any]:
        start = time.perf_counter()
        event = APIGatewayProxyEventV2(app.current_event.raw_event)
        failure = None
        call = Call(declared, event, {name: unquote(value) for name, value in path.items()})
        try:
            response = _compressed(event, _cacheable(declared, _answer(call)))
            if event.request_context.http.method == "HEAD":
                response.body, response.base64_encoded = "", False
        except Exception as error:  # noqa: BLE001 - the outermost frame: logged and answered with 500
            response, failure = _internal_error(), error
        elapsed = (time.perf_counter() - start) * 1000
        _log(
            event.request_context.http.method,
            declared.path,
            response,
            elapsed=elapsed,
            failure=failure,
            audited=_audited(call),
        )
        if declared.name == "get_feed":
            metrics.add_metric("FeedLatency", MetricUnit.Milliseconds, elapsed)
            metrics.flush_metrics()
        return response

    endpoint.__name__ = declared.name
    return endpoint


def _log(
    method: str,
    route: str | None,
    response: Response[Any],
    *,
    elapsed: float = 0,
    failure: Exception | None = None,
    audited: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Write the one log line of this request; with a traceback if the failure is ours."""
    line: dict[str, Any] = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "milliseconds": round(elapsed, 1),
        **audited,
    }
    write = logger.error if failure else logger.info
    write("request", exc_info=failure, **line)


def _audited(call: Call) -> Mapping[str, object]:
    """Who asked for a write of what, and from where; nothing for a request that only reads.

    `address` is who connected to the gateway: CloudFront, or somebody who goes around it.
    `forwarded_for` is whose request that was, as the one who connected says: if it was CloudFront,
    that is true.
    """
    if not call.route.writes:
        return {}
    try:
        user_id = call.user_id
    except Exception:  # noqa: BLE001 - the answer has told it already, and the line tells it too
        user_id = None
    address = call.event.request_context.http.source_ip
    return {
        "user_id": user_id,
        "address": address,
        "forwarded_for": _forwarded_for(call.header("x-forwarded-for"), address),
        "subject": {name: _cut(value, _LONGEST_FIELD) for name, value in call.path.items()},
    }


def _forwarded_for(header: str, address: str) -> str | None:
    """The last address in the header before that of whoever connected; None if there is none, or
    if it is no address."""
    said = [entry for text in header.split(",") if (entry := text.strip()) != address]
    try:
        return str(ip_address(said[-1])) if said else None
    except ValueError:
        return None


def _answer(call: Call) -> Response[Any]:
    """The endpoint's answer. Errors of the request become answers too; other errors escape."""
    try:
        result = _called(call)
    except LimitReached as error:
        return _limited(error)
    except CaseChanged as error:
        return _case_changed(error)
    except DomainError as error:
        status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
        return _error(status, _detail(error))
    except Unauthenticated:
        message = "Sign in and send the access token as a Bearer token."
        return _error(401, ErrorDetail("unauthenticated", message, None))
    return _success(call.route, result)


def _success(declared: Route, result: object) -> Response[Any]:
    """The response that carries what an endpoint returned."""
    if isinstance(result, Text):
        media_type = f"{declared.text}; charset=utf-8"
        return Response(result.status, media_type, result.text, dict(_HEADERS))
    if result is None:
        # The body is an empty text, not None: the local cloud cannot send a body of null.
        return Response(declared.status, body="", headers=dict(_HEADERS))
    if isinstance(result, Waits):
        return _waiting(result)
    return _json(declared.status, result)


def _waiting(result: Waits) -> Response[Any]:
    response = _json(HTTPStatus.ACCEPTED, result.body)
    if result.retry_after is not None:
        response.headers["Retry-After"] = str(result.retry_after)
    return response


def _called(call: Call) -> object:
    """What the endpoint returns. Raises `Unauthenticated`, `SessionEnded`, or `Forbidden` for an
    account that is closed or suspended, if the caller may not call the route, whatever else is
    wrong: they learn nothing of other mistakes."""
    if call.route.public:
        return call.route.endpoint(call)
    user_id, began_at = call.user_id, call.session_began
    if call.route.moderators and not call.is_moderator:
        # The document of the API names the route, so there is nothing to hide; and somebody who has
        # just become a moderator learns from it to sign in again.
        raise Forbidden("moderators_only", "Only moderators may do this.")
    endpoint = partial(call.route.endpoint, call)
    if not call.route.checks_session:
        return endpoint()
    check = partial(call.services.sessions.check, user_id, began_at, open_to=call.route.open_to)
    if not (call.route.reads_session or call.route.only_reads):
        check()
        return endpoint()
    try:
        if call.route.reads_session:
            return endpoint()
        result, _ = call.services.together(endpoint, partial(check, lagging=True))
    except DomainError:
        # The endpoint's error is only for whoever may call it.
        check()
        raise
    return result


def _internal_error() -> Response[Any]:
    message = "Something went wrong on our side. Please try again."
    return _error(500, ErrorDetail("internal_error", message, None))


def _json(status: int, body: Any) -> Response[Any]:
    return Response(status, JSON, msgspec.json.encode(body).decode(), dict(_HEADERS))


def _cacheable(declared: Route, response: Response[Any]) -> Response[Any]:
    """The response, with leave for the edge to keep it if the route says so."""
    if declared.cached and response.status_code in _CACHED:
        response.headers["Cache-Control"] = _AT_THE_EDGE
    return response


def _compressed(event: APIGatewayProxyEventV2, response: Response[Any]) -> Response[Any]:
    """The response, compressed if it is long and the caller accepts gzip. CloudFront does not
    compress what it may not cache. A compressed page of the feed is a tenth as long.

    The resolver could do it too, but at zlib's highest level, which takes four times the CPU time
    for hardly fewer bytes.
    """
    accepted = event.headers.get("accept-encoding", "")
    body = str(response.body)
    if len(body) > _WORTH_COMPRESSING and "gzip" in accepted:
        packed = gzip.compress(body.encode(), _COMPRESSION, mtime=0)
        response.body, response.base64_encoded = b64encode(packed).decode(), True
        response.headers["Content-Encoding"] = "gzip"
    return response


def _error(status: int, detail: ErrorDetail) -> Response[Any]:
    return _json(status, ErrorBody(detail))


def _detail(error: DomainError) -> ErrorDetail:
    """The error for the caller. Messages and fields may repeat what was sent, such as the name of
    an unknown field: they are cut, and nothing is left in them that could not be seen."""
    field = None if error.field is None else _cut(error.field, _LONGEST_FIELD)
    return ErrorDetail(error.code, _cut(error.message, _LONGEST_MESSAGE), field)


def _cut(text: str, longest: int) -> str:
    shown = text if len(text) <= longest else f"{text[:longest]}…"
    return "".join(c if c.isprintable() else "\ufffd" for c in shown)


def _limited(error: LimitReached) -> Response[Any]:
    detail = LimitDetail(error.code, error.message, None, error.limit, error.retry_after)
    response = _json(STATUS[LimitReached], LimitBody(detail))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _case_changed(error: CaseChanged) -> Response[Any]:
    detail = CaseChangedDetail(error.code, error.message, None, error.state, error.version)
    return _json(STATUS[Conflict], CaseChangedBody(detail))


def _invalid_body(explanation: str) -> InvalidInput:
    """An error with msgspec's explanation; its field is the path at the explanation's end."""
    match = _INVALID.fullmatch(explanation)
    what, path = (match["what"], match["path"] or "") if match else (explanation, "")
    named = _NAMED_FIELD.search(what)
    parts = [part for part in (path, named["name"] if named else "") if part]
    return InvalidInput("invalid_body", f"{what}.", ".".join(parts) or None)
