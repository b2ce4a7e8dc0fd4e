"""All paths that more than one tool uses."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

PROJECT: Final = ROOT / "pyproject.toml"
README: Final = ROOT / "README.md"

VENV: Final = ROOT / ".venv"
CLOUD_VENV: Final = ROOT / ".venv-cloud"
CLIENTS_VENV: Final = ROOT / ".venv-clients"

BUILD: Final = ROOT / "build"
LAYERS: Final = BUILD / "layers"
LINKED_LAYERS: Final = BUILD / "linked-layers"
CODE: Final = BUILD / "code"
PYTHONS: Final = BUILD / "python"
TEMPLATES: Final = BUILD / "templates"
ASSETS: Final = BUILD / "assets"
LOGS: Final = BUILD / "logs"
LOCAL: Final = BUILD / "local"
CDK_CLI: Final = BUILD / "cdk-cli"
CLIENT_GENERATORS: Final = BUILD / "client-generators"
PYTHON_CLIENT: Final = BUILD / "python-client"
NODE: Final = BUILD / "node"
UV: Final = BUILD / "uv"

OPENAPI: Final = ROOT / "functions" / "api" / "openapi.json"
"""The OpenAPI document, which `tools/openapi.py` makes from the routes."""
WEB: Final = ROOT / "web"
SITE: Final = WEB / "dist"
LAYER_SOURCES: Final = ROOT / "layers"
COMMAND_LINE: Final = ROOT / "cli"
CLIENT_LIMITS: Final = COMMAND_LINE / "shutterfeed_cli" / "client" / "limits.py"
"""A module that is made from the OpenAPI document."""
LICENSE_TEXTS: Final = ROOT / "LICENSES"
"""The licence texts of packages that we carry and that come without their licence text."""


def relative(path: Path) -> str:
    """The path as a reader at the repository's root would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
