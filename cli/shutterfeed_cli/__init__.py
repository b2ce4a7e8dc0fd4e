"""Shutterfeed's command line. It uses only the service's HTTP API."""

from typing import Final

VERSION: Final = "0.1.0"
"""The project's; the package's metadata takes it from here."""
