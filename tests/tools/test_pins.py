"""The lock files: written from `pyproject.toml`, complete, and of one mind."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import layers, locks, paths
from tools.environments import normalised, pinned

LOCKS = locks.files()
GROUPS = tomllib.loads(paths.PROJECT.read_text())["dependency-groups"]
ROOT_PINS = pinned(locks.DEVELOPMENT)
LAYER_FILES = [paths.LAYER_SOURCES / name / "requirements.txt" for name in layers.names()]
each_lock = pytest.mark.parametrize("group", LOCKS)


def asked_for(group: str) -> Iterator[Requirement]:
    """The packages that a group names, with those of the groups it includes."""
    for member in GROUPS[group]:
        if isinstance(member, str):
            yield Requirement(member)
        else:
            yield from asked_for(member["include-group"])


def entries(lock: Path) -> dict[str, str]:
    """The lines about each package of a lock file, by its name."""
    parts = re.split(r"^(?=[^\s#])", lock.read_text(), flags=re.MULTILINE)[1:]
    return {normalised(part.partition("==")[0]): part for part in parts}


def reasons(entry: str) -> set[str]:
    """What a lock says needs the package."""
    said = entry.partition("# via")[2]
    lines = (line.strip(" #") for line in said.splitlines())
    return {line for line in lines if line and not line.startswith("-c ")}


def is_for_here(name: str) -> bool:
    """Whether the development environment has the package on this machine."""
    requirement = Requirement(entries(locks.DEVELOPMENT)[name].partition(" \\")[0])
    return requirement.marker is None or requirement.marker.evaluate()


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
    assert {LOCKS[f"layer-{name}"] for name in layers.names()} == set(LAYER_FILES)


@each_lock
def test_a_lock_has_what_its_group_names_in_that_version(group: str) -> None:
    wanted = {normalised(each.name): str(each.specifier) for each in asked_for(group)}
    pins = pinned(LOCKS[group])

    assert wanted
    assert {name: f"=={pins.get(name)}" for name in wanted} == wanted


@each_lock
def test_a_lock_has_only_what_its_group_needs(group: str) -> None:
    wanted = {normalised(each.name) for each in asked_for(group)}
    asked = f"shutterfeed (pyproject.toml:{group})"
    found = entries(LOCKS[group])

    assert {name for name, entry in found.items() if asked in reasons(entry)} == wanted
    for entry in found.values():
        assert reasons(entry)
        assert {normalised(name) for name in reasons(entry) - {asked}} <= set(found)


@each_lock
def test_each_package_of_a_lock_has_its_hashes(group: str) -> None:
    without = [
        name
        for name, entry in entries(LOCKS[group]).items()
        if not re.search(r"^    --hash=sha256:[0-9a-f]{64}\b", entry, re.MULTILINE)
    ]

    assert without == []


@each_lock
def test_a_lock_says_nothing_of_where_packages_come_from(group: str) -> None:
    assert "://" not in LOCKS[group].read_text()


@pytest.mark.parametrize("file", LAYER_FILES, ids=lambda file: file.parent.name)
def test_a_layer_carries_what_developers_test_with(file: Path) -> None:
    pins = pinned(file)

    assert pins == {name: ROOT_PINS[name] for name in pins}


@pytest.mark.parametrize(
    "file", [locks.DEVELOPMENT, *LAYER_FILES], ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_indirect_dependencies_are_pinned_too(file: Path) -> None:
    pins = pinned(file)
    here = filter(is_for_here, pins)

    missing = {f"{name} needs {need}" for name in here for need in needed_by(name) - set(pins)}

    assert missing == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    here = {name: version for name, version in ROOT_PINS.items() if is_for_here(name)}

    assert {name: metadata.version(name) for name in here} == here
