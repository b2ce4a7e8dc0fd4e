"""Entry point of the CDK app, for the CDK CLI and for `python app.py`.

As `python app.py` it writes to `CDK_OUTDIR`. The JSON in `CDK_CONTEXT_JSON` overrides the context
of `cdk.json`.
"""

from __future__ import annotations

import sys
from pathlib import Path

# `schema.py` lies there, with the names of tables' attributes and indexes.
sys.path.insert(0, str(Path(__file__).resolve().parent / "layers" / "shared" / "python"))

from infra.context import SettingsError
from infra.synthesis import synthesize
from tools import staging
from tools.errors import ToolError

if __name__ == "__main__":
    try:
        synthesize(staging.stage)
    except (SettingsError, ToolError) as error:
        sys.exit(str(error))
