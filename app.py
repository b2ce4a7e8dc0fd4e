"""Entry point of the CDK app, for the CDK CLI and for `python app.py`.

By itself it writes to `CDK_OUTDIR`, with the context of `cdk.json` overridden by the JSON in
`CDK_CONTEXT_JSON`.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Where the table and index names are, which the functions share.
sys.path.insert(0, str(Path(__file__).resolve().parent / "layers" / "shared" / "python"))

from infra.context import SettingsError
from infra.synthesis import synthesize

if __name__ == "__main__":
    try:
        synthesize()
    except SettingsError as error:
        sys.exit(str(error))
