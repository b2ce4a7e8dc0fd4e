from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools import environments, interpreters, layers, paths
from tools.errors import ToolError
from tools.layers import Target

_FIRST_AND_PACKAGE = """
import site, sys
site.addsitedir(sys.argv[1])
import package
print(sys.path[0], package.__file__)
"""


class FakeIndex:
    """Stands for the package index: "installs" one module and what layers can do without."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.interrupted = False
        self.compiled_for: list[str] = []

    def interpreter(self, version: str) -> Path:
        """The Python that runs this stands for any other."""
        self.compiled_for.append(version)
        return Path(sys.executable)

    def install(self, _: Path, arguments: Sequence[str | Path], **__: object) -> None:
        self.requests.append([str(argument) for argument in arguments])
        folder = Path(arguments[list(arguments).index("--target") + 1])
        for file in (
            "package/__init__.py",
            "package/typed.pyi",
            "package/data.json",
            "package-1.0.dist-info/licenses/LICENSE",
            "bin/command",
            ".lock",
            "botocore/data/s3/service.json",
            "botocore/data/ec2/service.json",
            "botocore/data/endpoints.json",
            "package/event_handler/openapi/swagger_ui/swagger-ui-bundle.min.js",
            "package/event_handler/openapi/swagger_ui/swagger-ui.min.css",
        ):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text("")
        if self.interrupted:
            raise KeyboardInterrupt


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    fake = FakeIndex()
    monkeypatch.setattr(environments, "install", fake.install)
    monkeypatch.setattr(interpreters, "ensure", fake.interpreter)
    return fake


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "layers"
    (folder / "runtime").mkdir(parents=True)
    (folder / "runtime" / "requirements.txt").write_text("package==1.0\n")
    (folder / "shared").mkdir()
    monkeypatch.setattr(paths, "LAYER_SOURCES", folder)
    texts = tmp_path / "LICENSES"
    texts.mkdir()
    for name in ("GPL-2.0.txt", "GPL-3.0.txt"):
        (texts / name).write_text(f"the text of {name}")
    monkeypatch.setattr(paths, "LICENSE_TEXTS", texts)
    return folder


def built_files(folder: Path) -> set[str]:
    python = folder / "runtime" / "python"
    return {str(file.relative_to(python)) for file in python.rglob("*") if file.is_file()}


def test_only_layers_of_wheels_are_built(sources: Path) -> None:
    assert layers.names() == ["runtime"]


def test_a_layer_is_built_once(index: FakeIndex, sources: Path, tmp_path: Path) -> None:
    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")
    layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert folder == tmp_path / "built" / "cp313-aarch64"
    assert len(index.requests) == 1


def test_other_pins_and_other_targets_are_built(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    layers.build(Target("3.13", "aarch64"), tmp_path / "built")
    layers.build(Target("3.13", "x86_64"), tmp_path / "built")
    (sources / "runtime" / "requirements.txt").write_text("package==1.1\n")
    layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert len(index.requests) == 3


def test_an_interrupted_build_leaves_nothing_and_is_done_again(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    index.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        layers.build(Target("3.13", "aarch64"), tmp_path / "built")
    assert not list((tmp_path / "built" / "cp313-aarch64").iterdir())
    index.interrupted = False

    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert "package/__init__.py" in built_files(folder)


def test_a_layer_carries_only_what_functions_read(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert built_files(folder) == {
        "package/__init__.py",
        f"package/__pycache__/__init__.{sys.implementation.cache_tag}.pyc",
        "package/data.json",
        "package-1.0.dist-info/licenses/LICENSE",
        "botocore/data/s3/service.json",
        "botocore/data/endpoints.json",
    }


def test_a_notice_travels_with_the_texts_it_names(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    (sources / "runtime" / "NOTICE").write_text("The text is GPL-3.0.txt, beside this file.")

    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    papers = folder / "runtime" / "licenses" / "runtime"
    assert {file.name: file.read_text() for file in papers.iterdir()} == {
        "NOTICE": "The text is GPL-3.0.txt, beside this file.",
        "GPL-3.0.txt": "the text of GPL-3.0.txt",
    }


def test_a_layer_without_a_notice_gets_no_texts(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert not (folder / "runtime" / "licenses").exists()


def test_another_notice_is_another_layer(index: FakeIndex, sources: Path, tmp_path: Path) -> None:
    for text in ("None.", "See GPL-3.0.txt.", "See GPL-2.0.txt."):
        (sources / "runtime" / "NOTICE").write_text(text)
        layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert len(index.requests) == 3


def test_a_layer_is_compiled_by_the_python_of_its_target_whatever_its_file_times(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    folder = layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    assert index.compiled_for == ["3.13"]
    [compiled] = (folder / "runtime" / "python" / "package" / "__pycache__").iterdir()
    flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
    assert flags == 0b01, "the hash of the source stands in for its time, and is not checked"


def test_a_layer_too_large_for_lambda_is_refused(
    index: FakeIndex, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers, "_size", lambda _: layers.LARGEST_UNPACKED_BYTES + 1)

    with pytest.raises(ToolError, match="250 MB"):
        layers.build(Target("3.13", "aarch64"), tmp_path / "built")


def test_a_layer_is_of_wheels_for_its_target_alone(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    [arguments] = index.requests
    assert "--python-platform=aarch64-manylinux_2_28" in arguments
    assert "--python-version=3.13" in arguments
    assert "--no-build" in arguments


def test_another_file_than_the_locked_one_goes_into_no_layer(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    layers.build(Target("3.13", "aarch64"), tmp_path / "built")

    lock = str(sources / "runtime" / "requirements.txt")
    assert index.requests[0][-3:] == ["--require-hashes", "--requirement", lock]


def test_other_systems_get_what_they_run() -> None:
    assert Target("3.13", "aarch64", "darwin").install_arguments() == []


def test_a_target_is_what_lambda_is_told() -> None:
    assert str(Target.of_function("python3.13", "arm64")) == "cp313-aarch64"
    assert str(Target.of_function("python3.12", "x86_64")) == "cp312-x86_64"


@pytest.mark.parametrize("name", ["cp313-aarch64", "cp311-x86_64"])
def test_a_target_is_read_as_it_is_written(name: str) -> None:
    assert str(Target.parse(name)) == name


@pytest.mark.parametrize("name", ["", "cp313", "py313-aarch64", "cp313-arm64", "../cp313-x86_64"])
def test_anything_else_is_no_target(name: str) -> None:
    with pytest.raises(ToolError, match="looks like cp313-aarch64"):
        Target.parse(name)


def test_a_linked_layer_leads_to_the_modules_of_the_layer(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    links = layers.link(tmp_path / "built", tmp_path / "links")

    [file] = (path for path in links.rglob("*") if path.is_file())
    found = subprocess.run(
        [sys.executable, "-I", "-c", _FIRST_AND_PACKAGE, str(file.parent)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    layer = tmp_path / "built" / str(Target.host()) / "runtime" / "python"
    # Before the interpreter's own packages, as the modules of a layer are on AWS.
    assert found == [str(layer), str(layer / "package" / "__init__.py")]


def test_a_linked_layer_changes_with_the_layer_and_only_then(
    index: FakeIndex, sources: Path, tmp_path: Path
) -> None:
    def linked() -> dict[Path, tuple[str, int]]:
        links = layers.link(tmp_path / "built", tmp_path / "links")
        files = [path for path in links.rglob("*") if path.is_file()]
        return {file: (file.read_text(), file.stat().st_mtime_ns) for file in files}

    first = linked()
    assert linked() == first
    (sources / "runtime" / "requirements.txt").write_text("package==1.1\n")
    assert {file: text for file, (text, _) in linked().items()} != {
        file: text for file, (text, _) in first.items()
    }
