"""The import contracts of `pyproject.toml`, for every function there is: `python -m tools.imports`.

In the contracts "functions/*" stands for the functions, of which each is a package of its own. A
new folder below `functions/` is then held to all of them, and no list can lack it.
"""

from __future__ import annotations

import sys
from typing import Final

from importlinter.cli import lint_imports

from tools import paths

EVERY_FUNCTION: Final = '"functions/*"'
CONTRACTS: Final = paths.BUILD / "import-contracts.toml"


def contracts() -> str:
    """The project file with the names of the functions."""
    folders = sorted(handler.parent.name for handler in paths.ROOT.glob("functions/*/handler.py"))
    names = ", ".join(f'"{name}"' for name in folders)
    return paths.PROJECT.read_text().replace(EVERY_FUNCTION, names)


def main() -> int:
    CONTRACTS.parent.mkdir(exist_ok=True)
    CONTRACTS.write_text(contracts())
    return lint_imports(config_filename=str(CONTRACTS))


if __name__ == "__main__":
    sys.exit(main())
