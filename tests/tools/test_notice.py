"""The licences: what the layers and the site carry is named in NOTICE, with its licence and its
text."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tools import layers, paths
from tools.environments import pinned

SPDX: Mapping[str, str] = {
    "Apache 2": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "MIT License": "MIT",
}
"""What packages with older metadata call their licences."""
GNU_TEXTS: Mapping[str, set[str]] = {
    "GPL-2.0-or-later": {"GPL-2.0.txt"},
    "GPL-3.0-or-later": {"GPL-3.0.txt"},
    "LGPL-3.0-or-later": {"GPL-3.0.txt", "LGPL-3.0.txt"},
}
NOTICE = (paths.ROOT / "NOTICE").read_text()
LAYER_NOTICES = sorted(paths.LAYER_SOURCES.glob("*/NOTICE"))
BY_LAYER = {
    name: pinned(paths.LAYER_SOURCES / name / "requirements.txt") for name in layers.names()
}
CARRIED = sorted({package for pins in BY_LAYER.values() for package in pins})
Row = tuple[str, str, str]
_BINARY = re.compile(r"ffmpeg-.*-v([\d.]+?)(?:\.exe)?")


def rows(heading: str) -> set[Row]:
    """The table of a section: package, licence, and the rest of the line."""
    section = NOTICE.partition(heading)[2].partition("\n\n\n")[0]
    lines = re.findall(r"^(\S+) {2,}(\S+(?: \S+)*)(?: {2,}(.+))?$", section, re.MULTILINE)
    assert lines, f"no table under {heading}"
    return set(lines)


def license_of(package: str) -> str:
    """The licence that an installed package's metadata states, in SPDX's words."""
    described = metadata.metadata(package)
    field = "License-Expression" if "License-Expression" in described else "License"
    # Some state the whole text, whose first line is the name.
    stated = described[field].splitlines()[0]
    return SPDX.get(stated, stated)


def site_packages() -> dict[str, Any]:
    """What the web client carries, and what that depends on: all that is not for developers."""
    lock = json.loads((paths.WEB / "package-lock.json").read_text())
    return {
        path.rpartition("node_modules/")[2]: package
        for path, package in lock["packages"].items()
        if path and not package.get("dev")
    }


def test_the_notice_names_each_package_of_a_layer_with_its_licence() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for layer, pins in BY_LAYER.items():
        for package in pins:
            found[package].append(layer)

    carried = {(name, license_of(name), " ".join(where)) for name, where in found.items()}

    assert rows("4. Python packages") == carried


@pytest.mark.parametrize("package", CARRIED)
def test_each_of_them_brings_the_text_of_its_licence(package: str) -> None:
    files = metadata.files(package) or []
    texts = [file for file in files if re.match("licen[cs]e|copying", file.name, re.IGNORECASE)]

    assert any(".dist-info" in str(file) for file in texts)


def test_the_notice_names_each_package_of_the_site_with_its_licence() -> None:
    declared = json.loads((paths.WEB / "package.json").read_text())["dependencies"]
    carried = site_packages()

    assert set(declared) <= set(carried)
    assert rows("5. Packages in the web client") == {
        (name, package["license"], "") for name, package in carried.items()
    }


def test_the_ffmpeg_that_is_carried_is_the_one_that_is_named() -> None:
    files = metadata.files("imageio-ffmpeg") or []
    (version,) = {found[1] for file in files if (found := _BINARY.fullmatch(file.name))}

    for notice in (NOTICE, (paths.LAYER_SOURCES / "video" / "NOTICE").read_text()):
        assert f"ffmpeg n{version}-" in notice


def test_the_libraries_inside_pillow_heif_are_the_ones_that_are_named() -> None:
    files = metadata.files("pillow-heif") or []
    (bundled,) = (file for file in files if file.name == "LICENSES_bundled.txt")
    sources = re.findall(r"Source code: (\S+)", bundled.read_text())
    notice = (paths.LAYER_SOURCES / "imaging" / "NOTICE").read_text()

    assert sources
    for source in sources:
        name, version = source.rstrip("/").split("/")[-3], source.rpartition("/")[2].lstrip("v")
        assert source in notice
        assert re.search(rf"{name} +{re.escape(version)}\b", NOTICE)


@pytest.mark.parametrize("notice", LAYER_NOTICES, ids=lambda notice: notice.parent.name)
def test_a_layers_notice_names_the_texts_of_its_licences(notice: Path) -> None:
    text = notice.read_text()
    licenses = re.findall(r"^Licence +([\w.-]+)", text, re.MULTILINE)
    wanted = {name for licence in licenses for name in GNU_TEXTS[licence]}

    assert wanted
    assert set(re.findall(r"\b[\w.-]+\.txt\b", text)) == wanted
    assert all((paths.LICENSE_TEXTS / name).is_file() for name in wanted)


def test_no_package_under_a_gnu_licence_goes_without_a_notice() -> None:
    # Two carry such programs inside, which their metadata does not say.
    gnu = {"imageio-ffmpeg", "pillow-heif"} | {n for n in CARRIED if "GPL" in license_of(n)}

    assert {notice.parent.name for notice in LAYER_NOTICES} == {
        layer for layer, pins in BY_LAYER.items() if gnu & set(pins)
    }


def test_the_licence_of_the_project_is_apaches_own_text() -> None:
    license_text = (paths.ROOT / "LICENSE").read_text()
    (original,) = (
        file.read_text()
        for file in metadata.files("constructs") or []
        if file.name == "LICENSE" and ".dist-info" in str(file)
    )

    assert license_text == original
    assert (paths.COMMAND_LINE / "LICENSE").read_text() == license_text
