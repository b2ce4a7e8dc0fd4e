"""The HTTP API's routes, as the committed OpenAPI document lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.context import SettingsError

# Other keys of a path item, such as `parameters`, are no operations.
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})


@dataclass(frozen=True, slots=True, order=True)
class Route:
    path: str
    method: str
    """The HTTP method in capital letters."""
    signed_in: bool
    """Whether it requires an access token."""
    query: tuple[str, ...] = ()
    """The names of the parameters that its query may have, sorted."""


def read_routes(document: Path) -> list[Route]:
    """Every operation, sorted. Raises `SettingsError` if there is no document."""
    try:
        content = json.loads(document.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{document} is missing: run `make openapi` first.") from None
    everywhere = content.get("security", [])
    return sorted(
        Route(
            path,
            method.upper(),
            bool(operation.get("security", everywhere)),
            tuple(sorted(p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")),
        )
        for path, item in content["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    )
