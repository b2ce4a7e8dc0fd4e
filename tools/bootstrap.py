"""Make the development environment. Any Python 3.11 or newer can run this at the start."""

from __future__ import annotations

import os
import sys

from tools import environments, paths
from tools.errors import ToolError


def main() -> int:
    """Install what is missing or changed; a tenth of a second when nothing is."""
    try:
        environments.ensure(
            paths.VENV,
            paths.ROOT / "requirements.txt",
            "the development environment (.venv)",
            in_place=[paths.COMMAND_LINE],
        )
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.strerror}: {error.filename}; fix that and try again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted: run the same command again to go on.", file=sys.stderr)
        return os.EX_TEMPFAIL
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
