"""Makes the CDK app from context, and checks it with cdk-nag."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from aws_cdk import App, Validations
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks

from infra.settings import REPOSITORY, Settings
from infra.stack import ShutterfeedStack

Stage = Callable[[str], Path]
"""A function that makes our code ready for what the layers are built for, such as `cp313-aarch64`.
It returns the folder with the functions and our own layer, laid out as in the repository."""


def build(
    stage: Stage, overrides: Mapping[str, object] | None = None, outdir: Path | None = None
) -> App:
    """The app, not yet synthesized.

    `cdk.json` is read here too, so that `python app.py` alone has the same values as with the CDK
    CLI. The CLI's values override it, and `overrides` overrides both. Raises `SettingsError`.
    """
    defaults = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(
        context=defaults,
        post_cli_context=dict(overrides or {}),
        analytics_reporting=False,
        outdir=str(outdir) if outdir else None,
    )
    settings = Settings.from_context(app.node.try_get_context)
    ShutterfeedStack(app, settings, stage(settings.layers_target))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    return app


def synthesize(
    stage: Stage, overrides: Mapping[str, object] | None = None, outdir: Path | None = None
) -> CloudAssembly:
    return build(stage, overrides, outdir).synth()
