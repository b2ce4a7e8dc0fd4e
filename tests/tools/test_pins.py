"""The requirement files: complete, and of one mind."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import layers, paths
from tools.environments import normalised, pinned

ROOT_PINS = pinned(paths.ROOT / "requirements.txt")
LAYER_FILES = [paths.LAYER_SOURCES / name / "requirements.txt" for name in layers.names()]


def needed_by(name: str) -> set[str]:
    """What an installed package needs on this machine, without its extras."""
    requirements = map(Requirement, metadata.requires(name) or [])
    return {
        normalised(requirement.name)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""})
    }


def test_there_are_layers_to_look_at() -> None:
    assert {"imaging", "runtime"} <= set(layers.names())


@pytest.mark.parametrize("file", LAYER_FILES, ids=lambda file: file.parent.name)
def test_a_layer_carries_what_developers_test_with(file: Path) -> None:
    pins = pinned(file)

    assert pins == {name: ROOT_PINS[name] for name in pins}


@pytest.mark.parametrize(
    "file",
    [paths.ROOT / "requirements.txt", *LAYER_FILES],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_indirect_dependencies_are_pinned_too(file: Path) -> None:
    pins = pinned(file)

    missing = {f"{name} needs {need}" for name in pins for need in needed_by(name) - set(pins)}

    assert missing == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    installed = {name: metadata.version(name) for name in ROOT_PINS}

    assert installed == ROOT_PINS
