"""What the functions' assets hold: our sources, and byte code of the Python that runs them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from infra.context import SettingsError
from infra.settings import REPOSITORY
from tests.infra.templates import Template

FUNCTIONS = sorted(path.parent.name for path in (REPOSITORY / "functions").glob("*/handler.py"))


def _asset(template: Template, key: str) -> Path:
    return template.path.parent / f"asset.{key.removesuffix('.zip')}"


def _check(deployed: Path, sources: Path) -> None:
    """Each module is there, with byte code of this Python, and nothing else is compiled."""
    modules = {str(file.relative_to(sources)) for file in sources.rglob("*.py")}
    assert modules
    assert modules == {str(file.relative_to(deployed)) for file in deployed.rglob("*.py")}
    compiled = set(deployed.rglob("*.pyc"))
    assert compiled == {
        Path(importlib.util.cache_from_source(str(deployed / module))) for module in modules
    }
    for file in compiled:
        assert file.read_bytes()[:8] == importlib.util.MAGIC_NUMBER + b"\x01\0\0\0"


def test_every_function_has_its_settings() -> None:
    from infra.functions import SPECS

    assert sorted(SPECS) == FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_deployed_with_its_own_byte_code(dev: Template, name: str) -> None:
    asset = _asset(dev, dev.functions()[name]["Code"]["S3Key"])
    assert [path.name for path in asset.iterdir()] == [name]
    _check(asset / name, REPOSITORY / "functions" / name)


def test_our_own_layer_is_deployed_with_byte_code(dev: Template) -> None:
    (layer,) = (
        properties
        for properties in dev.all("AWS::Lambda::LayerVersion").values()
        if properties["Description"].endswith(" shared")
    )
    asset = _asset(dev, layer["Content"]["S3Key"])
    assert [path.name for path in asset.iterdir()] == ["python"]
    _check(asset / "python", REPOSITORY / "layers" / "shared" / "python")


def test_a_function_without_a_handler_is_refused(tmp_path: Path) -> None:
    from infra.synthesis import build

    with pytest.raises(SettingsError, match=r"has no handler\.py in "):
        build(lambda _: tmp_path, outdir=tmp_path)
