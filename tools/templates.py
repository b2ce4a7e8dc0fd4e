"""The CDK app's template on disk: `app.py` runs, and its result is kept until an input changes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tools import layers, node, paths, stamps
from tools.cloud import DEFAULT_PORT
from tools.commands import CommandError, run_logged
from tools.errors import ToolError
from tools.progress import step

Json = dict[str, Any]

LOCAL_STAGE: Final = "local"
_INPUTS: Final = (
    "app.py",
    "cdk.json",
    "infra",
    "functions",
    "layers",
    "requirements.txt",
    "tools/byte_code.py",
    "tools/layers.py",
    "tools/staging.py",
    "web/early.js",  # the site's policy lets it run by its hash
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A folder or file that the template refers to by its content's hash."""

    key: str
    source: Path


@dataclass(frozen=True, slots=True)
class Assembly:
    """A synthesized stack."""

    stack: str
    digest: str
    """A digest of all inputs. The same digest means the same template and the same assets."""
    folder: Path
    template: Json
    assets: tuple[Asset, ...]


def local_context(overrides: Mapping[str, object] | None = None) -> dict[str, object]:
    """Context of a stack for a local cloud that runs functions on this machine's own Python.

    The port is always the usual one, so that one template serves every port: `with_port`. Devices
    are told of activity if the environment has a `PUSH_CONTACT`.
    """
    contact = os.environ.get("PUSH_CONTACT")
    target = layers.Target.host()
    return {
        "stage": LOCAL_STAGE,
        "local_port": DEFAULT_PORT,
        "architecture": "arm64" if target.cpu == "aarch64" else "x86_64",
        "layers_target": str(target),
        "layers_dir": str(paths.LINKED_LAYERS),
        **({"push_contact": contact} if contact else {}),
        **(overrides or {}),
    }


def synthesize(context: Mapping[str, object]) -> Assembly:
    """The stack for this context, made again if the app, its code or the context changed."""
    digest = stamps.digest(
        [paths.ROOT / name for name in _INPUTS],
        also=[json.dumps(context, sort_keys=True), sys.version],
    )
    folder = paths.TEMPLATES / digest[:20]
    if not folder.exists():
        with stamps.exclusive(paths.TEMPLATES / "synthesis.lock"):
            stamps.remove_leftovers(paths.TEMPLATES)
            if not folder.exists():
                _synthesize(context, folder)
    os.utime(folder)
    return read(folder, digest)


def read(folder: Path, digest: str) -> Assembly:
    """Load the stack that the CDK wrote. There must be exactly one."""
    manifest: Json = json.loads((folder / "manifest.json").read_text())
    stacks = {
        name: artifact["properties"]["templateFile"]
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    if len(stacks) != 1:
        raise ToolError(f"app.py must make exactly one stack, not {len(stacks)}.")
    [(artifact_id, file)] = stacks.items()
    properties = manifest["artifacts"][artifact_id]["properties"]
    described: Json = json.loads((folder / f"{artifact_id}.assets.json").read_text())
    assets = [
        Asset(destination["objectKey"], folder / entry["source"]["path"])
        for entry in described["files"].values()
        for destination in entry["destinations"].values()
        if entry["source"]["path"] != file
    ]
    return Assembly(
        stack=properties.get("stackName", artifact_id),
        digest=digest,
        folder=folder,
        template=json.loads((folder / file).read_text()),
        assets=tuple(assets),
    )


def _synthesize(context: Mapping[str, object], folder: Path) -> None:
    log = paths.LOGS / "synthesis.log"
    with (
        step("Synthesizing the stack"),
        stamps.fresh_directory(folder) as temporary,
        # Interrupted, the CDK's engine would leave megabytes in the system's.
        TemporaryDirectory() as scratch,
    ):
        environment = {
            **node.environment(),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(temporary),
            "TMPDIR": scratch,
            "CDK_DISABLE_VERSION_CHECK": "1",
            # It only warns, of nothing that a local cloud cares for, and takes seconds.
            **({"CDK_VALIDATION": "false"} if context.get("stage") == LOCAL_STAGE else {}),
            "PYTHONWARNINGS": "ignore",
        }
        try:
            run_logged(
                [sys.executable, "app.py"], log=log, environment=environment, directory=paths.ROOT
            )
        except CommandError as error:
            last = error.tail.strip().splitlines()[-1:] or ["no message"]
            raise ToolError(
                f"The stack could not be synthesized: {last[0].strip()} "
                f"(details: {paths.relative(log)})."
            ) from error
    stamps.prune(paths.TEMPLATES)
