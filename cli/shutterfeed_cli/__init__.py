"""Shutterfeed's command line. It knows the service by its HTTP API alone."""

from typing import Final

VERSION: Final = "0.1.0"
"""The project's; the package's metadata takes it from here."""
