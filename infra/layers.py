"""The Lambda layers: third-party wheels built by `make layers`, and our own code."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.context import SettingsError
from infra.settings import REPOSITORY, Settings

SHARED = "shared"


class Layers(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._made: dict[str, lambda_.LayerVersion] = {}

    def named(self, names: Iterable[str]) -> list[lambda_.ILayerVersion]:
        """The layers of these names, each made once. Raises `SettingsError` for an unbuilt one."""
        return [self._layer(name) for name in names]

    def _layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._made:
            self._made[name] = lambda_.LayerVersion(
                self,
                name.capitalize(),
                code=self._code(name),
                compatible_architectures=[architecture(self._settings)],
                description=f"{self._settings.stack_name} {name}",
            )
        return self._made[name]

    def _code(self, name: str) -> lambda_.AssetCode:
        if name == SHARED:
            return lambda_.Code.from_asset(
                str(REPOSITORY / "layers" / SHARED),
                exclude=["**/__pycache__/**"],
                ignore_mode=IgnoreMode.GIT,
            )
        folder = self._settings.layers_dir / self._settings.layers_target / name
        if not (folder / "python").is_dir():
            raise SettingsError(f"The layer {folder} is not built: run `make layers` first.")
        return lambda_.Code.from_asset(str(folder))


def architecture(settings: Settings) -> lambda_.Architecture:
    if settings.architecture == lambda_.Architecture.ARM_64.name:
        return lambda_.Architecture.ARM_64
    return lambda_.Architecture.X86_64
