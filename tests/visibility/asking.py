"""The requests of the matrix, made from the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tests import samples
from tests.visibility.cast import (
    ASKERS_OF_JUDGED,
    IDENTITY,
    JUDGED,
    WRITERS,
    Post,
    Subject,
    User,
    Viewer,
    owner_of,
    role,
)
from tests.visibility.marks import Marks
from tests.visibility.matrix import MATRIX, WHOLE, Asking, Entry, Within
from tests.visibility.rules import NOT_SIGNED_IN, Surface

QUERIES: Final = frozenset(
    (
        *("cursor", "limit", "since", "until", "q", "type", "media", "near", "km"),
        *("post", "user", "url", "maxwidth", "maxheight", "format", "order", "ids", "state"),
        *("reason", "handle", "before"),
    )
)
"""The parameters of queries that the matrix knows. One that it does not know may lead to something
that it does not ask for."""
KEY: Final = "Idempotency-Key"
_OWN: Final = frozenset(
    ("tag", "place", "subscription_id", "export_id", "case_id", "collection_id")
)
"""The parameters that name nobody and no post."""
_NAMED_IN_PATH: Final[Mapping[str, type[User] | type[Post]]] = {
    "handle": User,
    "comment_id": Post,
    "id": Post,
    "media_id": Post,
}
_CHANGED: Final = (User.PRIVATE, User.SUSPENDED)
"""Those whom requests that change something between two users are about."""
_OTHERS_POSTS: Final = (
    *(Post.PUBLIC, Post.PRIVATE, Post.DELETED),
    *(Post.WITHHELD, Post.SILENCED, Post.SUSPENDED),
)
"""Those posts, and uploads, that others than their authors try to change or get."""
_OWN_UPLOADS: Final = (
    *(Post.PUBLIC, Post.PRIVATE, Post.UNPUBLISHED, Post.DELETED),
    *(Post.WITHHELD, Post.TAKEN_DOWN, Post.SUSPENDED, Post.CLOSED),
)
_LISTING: Final = (User.PUBLIC, User.PRIVATE, User.FRIEND, User.ASKER, User.SUSPENDED)
"""Those for whose followers, and followed users, one asks: the others have the same ones."""


class Unlisted(AssertionError):
    """The document has something that the matrix does not know."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the document."""

    name: str
    method: str
    path: str
    parameters: tuple[str, ...]
    """Those of the path."""
    queries: frozenset[str]
    is_open: bool
    """Whether it takes no access token."""
    models: frozenset[str]
    """The names of all models that a good answer may hold."""

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@dataclass(frozen=True, slots=True)
class Request:
    operation: Operation
    entry: Entry
    asking: Asking
    target: Subject | None
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    headers: tuple[tuple[str, str], ...]

    @property
    def sent(self) -> str:
        """All that the client has sent."""
        return json.dumps([self.path, self.query, self.body, self.headers])

    @property
    def address(self) -> Surface | None:
        """The rule for what the request names."""
        return self.asking.holds[0] if self.asking.targets else self.entry.address


def operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations of a document, by their names."""
    found = (
        _operation(document, path, method.upper(), operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    return {operation.name: operation for operation in found}


def check_listed(known: Mapping[str, Operation], matrix: Mapping[str, Entry] = MATRIX) -> None:
    """Raise `Unlisted` unless the matrix lists exactly the operations of the document, and knows
    all their parameters."""
    if missing := sorted(known.keys() - matrix.keys()):
        raise Unlisted(f"tests/visibility/matrix.py does not list {', '.join(missing)}.")
    if gone := sorted(matrix.keys() - known.keys()):
        raise Unlisted(f"The document has no operation {', '.join(gone)}.")
    for operation in known.values():
        unknown = operation.queries - QUERIES
        unknown |= set(operation.parameters) - {*_NAMED_IN_PATH, *_OWN}
        if unknown:
            raise Unlisted(
                f"{operation.name} has unknown parameters: {', '.join(sorted(unknown))}."
            )


def requests(
    known: Mapping[str, Operation],
    marks: Marks,
    viewer: Viewer,
    bodies: Mapping[Post, Any],
    matrix: Mapping[str, Entry] = MATRIX,
) -> Iterator[Request]:
    """All requests of a viewer, in the matrix's order. `bodies` are those with which posts were
    created."""
    marks = marks.asked_by(viewer)
    for name, entry in matrix.items():
        for asking in askings(known[name], entry):
            for target in _targets(known[name], entry, asking, viewer):
                yield made(known[name], entry, asking, target, marks, bodies)


def unknown(request: Request, marks: Marks) -> Request:
    """The same request about what does not exist."""
    return made(
        request.operation,
        request.entry,
        request.asking,
        request.target,
        marks.unknown(),
        {request.entry.key: request.body} if request.entry.key else {},
    )


def askings(operation: Operation, entry: Entry) -> tuple[Asking, ...]:
    """The ways to ask an operation."""
    if entry.askings:
        return entry.askings
    if "limit" not in operation.queries:
        return (Asking(lambda _marks, _target: (), entry.holds),)
    whole = Asking(lambda _marks, _target: (("limit", WHOLE),), entry.holds)
    if not entry.holds_hidden:
        return (whole,)
    return (whole, Asking(lambda _marks, _target: (("limit", "1"),), entry.holds, is_part=True))


def made(
    operation: Operation,
    entry: Entry,
    asking: Asking,
    target: Subject | None,
    marks: Marks,
    bodies: Mapping[Post, Any],
) -> Request:
    body = entry.body(marks) if entry.body else None
    if asking.body is not None and target is not None:
        body = asking.body(marks, target)
    headers: tuple[tuple[str, str], ...] = ()
    if entry.key is not None:
        body, headers = bodies[entry.key], ((KEY, key_of(entry.key, marks)),)
    elif entry.has_new_key:
        headers = ((KEY, f"{marks.family}-new"),)
    path = _path(operation, asking, target, marks)
    return Request(
        operation, entry, asking, target, path, asking.query(marks, target), body, headers
    )


def key_of(post: Post, marks: Marks) -> str:
    """The Idempotency-Key with which a post was created."""
    return f"{marks.family}-{post.name}"


def _path(operation: Operation, asking: Asking, target: Subject | None, marks: Marks) -> str:
    values = {"tag": f"{marks.family}all", "subscription_id": samples.device().id}
    values |= {"export_id": "0" * 26, "case_id": f"user-{'0' * 26}"}
    values["place"] = f"{marks.family}place"
    own, others = marks.own_collection, marks.others_collection
    values["collection_id"] = others if asking.is_of_another else own
    if isinstance(target, Post):
        values["place"] += f"-{marks.posts[target].place}"
        post_id, media_id = marks.posts[target].id, marks.posts[target].media_id
        values |= {"id": post_id, "media_id": media_id}
        values["comment_id"] = marks.posts[target].comment_id
    elif target is not None:
        values["handle"] = marks.users[target].handle
    if asking.case and target is not None:
        named = values["comment_id"] if asking.case == "comment" else marks.id_of(target)
        values["case_id"] = f"{asking.case}-{named}"
    return operation.path.format_map(values)


def _targets(
    operation: Operation, entry: Entry, asking: Asking, viewer: Viewer
) -> Iterator[Subject | None]:
    if entry.asked_by is not None and viewer not in entry.asked_by:
        return
    kind = asking.targets or _kind(operation)
    if kind is None:
        yield None
        return
    if asking.is_of_another:
        yield Post.PUBLIC  # A collection has nothing to do with the author of a post.
        return
    candidates = _candidates(operation, entry, asking, kind, viewer)
    asked = _asked_about(operation, entry, viewer, candidates)
    # Who is refused is refused alike, whatever they ask for.
    yield from islice(asked, 1) if _is_refused(operation, entry, viewer) else asked


def _asked_about(
    operation: Operation, entry: Entry, viewer: Viewer, candidates: Iterable[Subject]
) -> Iterator[Subject]:
    for target in candidates:
        is_own = IDENTITY[owner_of(target)] is viewer
        if viewer in _WRITERS and not is_own:
            continue  # Strangers to each other, of whom there is one besides.
        if target in JUDGED and not is_own and not _asks_of_judged(viewer, operation):
            continue
        if (target, role(viewer, owner_of(target))) not in entry.skip:
            yield target


_WRITERS: Final = frozenset(IDENTITY[user] for user in WRITERS)
_PEOPLE: Final = (Within.FOLLOWERS, Within.FOLLOWING)


def _is_refused(operation: Operation, entry: Entry, viewer: Viewer) -> bool:
    """Whether a viewer is refused, whatever they ask for."""
    general = role(viewer, User.PUBLIC)
    return not operation.is_open and (general in NOT_SIGNED_IN or entry.forbids(general))


def _asks_of_judged(viewer: Viewer, operation: Operation) -> bool:
    """Whether a viewer asks about what is as it is for everybody alike."""
    return viewer in ASKERS_OF_JUDGED or (viewer is Viewer.SIGNED_OUT and operation.is_open)


def _candidates(
    operation: Operation,
    entry: Entry,
    asking: Asking,
    kind: type[User] | type[Post],
    viewer: Viewer,
) -> tuple[Subject, ...]:
    if operation.is_open and viewer is not Viewer.SIGNED_OUT:
        # What these routes look at is not who asks: that is shown by what is private.
        own = (owner for owner, identity in IDENTITY.items() if identity is viewer)
        return tuple(s for s in kind if owner_of(s) in {User.PRIVATE, *own})
    if "media_id" in operation.parameters:
        return _OWN_UPLOADS if viewer in _WRITERS else _OTHERS_POSTS
    if operation.writes and kind is User:
        return _CHANGED
    if operation.writes and viewer not in _WRITERS:
        return _OTHERS_POSTS
    if entry.within in _PEOPLE:
        return (User.FRIEND,) if asking.is_part else _LISTING
    return tuple(kind)


def _kind(operation: Operation) -> type[User] | type[Post] | None:
    for name in operation.parameters:
        if name in _NAMED_IN_PATH:
            return _NAMED_IN_PATH[name]
    return None


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Operation:
    good = {
        status: response
        for status, response in operation["responses"].items()
        if status.startswith("2")
    }
    in_query = (p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")
    return Operation(
        operation["operationId"],
        method,
        path,
        tuple(re.findall(r"{(\w+)}", path)),
        frozenset(in_query),
        operation.get("security") == [],
        frozenset(_models(document, good)),
    )


def _models(document: Mapping[str, Any], schema: Any) -> set[str]:
    """The names of all models to which a schema leads."""
    names: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if name and name not in names:
                names.add(name)
                waiting.append(document["components"]["schemas"][name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return names
