"""The Lambda layers: third-party wheels built by `make layers`, and our own code."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.context import SettingsError
from infra.settings import Settings

SHARED = "shared"
MAX_LAYERS: Final = 5
MAX_UNPACKED_BYTES: Final = 250 * 1024 * 1024
"""Lambda's limits for one function. They include its own code, about 20 KB."""


class Layers(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings, code: Path) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._code = code
        self._made: dict[str, lambda_.LayerVersion] = {}

    def named(self, names: Iterable[str]) -> list[lambda_.ILayerVersion]:
        """The layers of one function. Each layer is defined only once.

        Raises `SettingsError` if a layer is not built, or if they exceed Lambda's limits.
        """
        names = tuple(names)
        layers: list[lambda_.ILayerVersion] = [self._layer(name) for name in names]
        size = sum(_size(self._folder(name)) for name in names)
        if len(names) > MAX_LAYERS or size > MAX_UNPACKED_BYTES:
            raise SettingsError(
                f"The layers {', '.join(names)} have {size >> 20} MB. A function may have "
                f"up to {MAX_LAYERS} layers, with {MAX_UNPACKED_BYTES >> 20} MB in all."
            )
        return layers

    def _layer(self, name: str) -> lambda_.LayerVersion:
        if name not in self._made:
            self._made[name] = lambda_.LayerVersion(
                self,
                name.capitalize(),
                code=lambda_.Code.from_asset(str(self._folder(name))),
                compatible_architectures=[architecture(self._settings)],
                description=f"{self._settings.stack_name} {name}",
            )
        return self._made[name]

    def _folder(self, name: str) -> Path:
        if name == SHARED:
            return self._code / "layers" / SHARED
        folder = self._settings.layers_dir / self._settings.layers_target / name
        if not (folder / "python").is_dir():
            raise SettingsError(f"The layer {folder} is not built: run `make layers` first.")
        return folder


@cache
def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def architecture(settings: Settings) -> lambda_.Architecture:
    if settings.architecture == lambda_.Architecture.ARM_64.name:
        return lambda_.Architecture.ARM_64
    return lambda_.Architecture.X86_64
