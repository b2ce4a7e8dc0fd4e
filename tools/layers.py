"""Lambda layers of third-party wheels, built without Docker for any interpreter and CPU.

A layer ends up in `build/layers/<target>/<layer>/python`. AWS runs the declared runtime and
architecture (`cp313-aarch64`), the local cloud this machine's own (`cp311-x86_64`, say).
"""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools import byte_code, environments, interpreters, paths, stamps
from tools.errors import ToolError
from tools.progress import step

# Lambda unpacks the layers of a function and the function itself into at most this much.
LARGEST_UNPACKED_BYTES: Final = 250 * 1024 * 1024

_CPUS: Final = {"amd64": "x86_64", "arm64": "aarch64"}
_WHEELS: Final = "manylinux_2_28"
"""And older ones: what Lambda's system runs."""
_FORMAT: Final = "5"
"""Part of every stamp: raise it when what this module makes of the same wheels changes."""
_NOTICE: Final = "NOTICE"
_LICENSE_TEXT: Final = re.compile(r"\b[\w.-]+\.txt\b")

# The SDK describes more than 400 services in 25 MB of JSON, of which the functions call these.
# What a layer does not carry need not be unpacked by a cold start.
_SDK_SERVICES: Final = frozenset(
    {"cloudfront", "cloudfront-keyvaluestore", "cognito-idp", "dynamodb", "s3", "sqs", "sts"}
)
_SDK_LAYER: Final = "runtime"
"""The layer with the SDK, which is built again when it has to carry other services."""


@dataclass(frozen=True, slots=True)
class Target:
    """The Python version and the CPU that a layer is built for."""

    python: str
    """The version of Python, for example `3.13`."""
    cpu: str
    """The CPU: `x86_64` or `aarch64`."""
    system: str = "linux"
    """The operating system. Layers that are built for any other than Linux are for the local cloud
    only."""

    def __str__(self) -> str:
        name = f"cp{self.python.replace('.', '')}-{self.cpu}"
        return name if self.system == "linux" else f"{name}-{self.system}"

    @classmethod
    def parse(cls, name: str) -> Target:
        """Read a name such as `cp313-aarch64`. Raises `ToolError` if it has another form."""
        match = re.fullmatch(r"cp3(\d+)-(x86_64|aarch64)", name)
        if match is None:
            raise ToolError(f"A layer target looks like cp313-aarch64 or cp311-x86_64, not {name}.")
        return cls(f"3.{match[1]}", match[2])

    @classmethod
    def host(cls) -> Target:
        """The target that this machine runs."""
        cpu = platform.machine().lower()
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return cls(version, _CPUS.get(cpu, cpu), platform.system().lower())

    @classmethod
    def of_function(cls, runtime: str, architecture: str) -> Target:
        """The target that AWS runs. The arguments are the context's names, such as `python3.13` and
        `arm64`."""
        return cls(runtime.removeprefix("python"), _CPUS.get(architecture, architecture))

    def install_arguments(self) -> list[str]:
        """The options with which uv installs wheels for this target."""
        if self.system != "linux":
            return []
        return [f"--python-platform={self.cpu}-{_WHEELS}", f"--python-version={self.python}"]


def names() -> list[str]:
    """The layers that are made of wheels."""
    return sorted(file.parent.name for file in paths.LAYER_SOURCES.glob("*/requirements.txt"))


def build(target: Target, root: Path = paths.LAYERS) -> Path:
    """Build the layers that are missing or whose pins changed. Returns the target's folder."""
    folder = root / str(target)
    outdated = [name for name in names() if not _is_current(folder, name, target)]
    if not outdated:
        return folder
    with stamps.exclusive(root / f"{target}.lock"):
        stamps.remove_leftovers(folder)
        for name in outdated:
            if not _is_current(folder, name, target):
                _build(folder, name, target)
    return folder


def link(root: Path = paths.LAYERS, links: Path = paths.LINKED_LAYERS) -> Path:
    """Build the layers for this machine, and beside them layers that only say where these are.
    Returns the folder of the latter, laid out like `root`.

    A local cloud unpacks a function's layers, of up to 230 MB, for every process that runs it. So
    it gets these: their one file has the interpreter look for modules in the layer itself. It
    names the layer's digest, so that functions start again with another layer.
    """
    target = Target.host()
    built = build(target, root)
    for name in names():
        library = f"lib/python{target.python}/site-packages"
        file = links / str(target) / name / "python" / library / f"{name}.pth"
        # Lines that begin with this word are executed; a bare path would come after all others.
        line = f"import sys; sys.path.insert(0, {str(built / name / 'python')!r})"
        text = f"# {_digest(name, target)}\n{line}\n"
        if not file.exists() or file.read_text() != text:
            stamps.replace_text(file, text)
    return links


def _is_current(folder: Path, name: str, target: Target) -> bool:
    built = (folder / name / "python").is_dir()
    return built and stamps.is_current(_stamp(folder, name), _digest(name, target))


def _build(folder: Path, name: str, target: Target) -> None:
    requirements = paths.LAYER_SOURCES / name / "requirements.txt"
    stamp = _stamp(folder, name)
    stamp.unlink(missing_ok=True)
    interpreter = interpreters.ensure(target.python)
    with (
        step(f"Building the {name} layer for {target}") as progress,
        stamps.fresh_directory(folder / name) as temporary,
    ):
        python = temporary / "python"
        wheels = ["--no-build", "--target", python, *environments.locked(requirements)]
        environments.install(
            Path(sys.executable),
            [*target.install_arguments(), *wheels],
            log=paths.LOGS / f"uv-layer-{name}.log",
            progress=progress,
        )
        _slim(python)
        _add_notice(temporary, name)
        byte_code.compile_folder(python, interpreter, byte_code.LAYERS_PATH)
        size = _size(python)
        if size > LARGEST_UNPACKED_BYTES:
            raise ToolError(
                f"The {name} layer is {size >> 20} MB, more than Lambda's 250 MB: take something "
                f"out of {paths.relative(requirements)}."
            )
    stamps.write(stamp, _digest(name, target))


def _slim(python: Path) -> None:
    """Remove what no function reads: command-line scripts, stubs, other services' descriptions,
    Powertools' copy of Swagger UI, and the lock that uv leaves."""
    _remove(
        [python / "bin", python / ".lock", *python.rglob("*.pyi"), *python.rglob("__pycache__")]
    )
    services = [*python.glob("botocore/data/*/"), *python.glob("boto3/data/*/")]
    _remove(folder for folder in services if folder.is_dir() and folder.name not in _SDK_SERVICES)
    _remove([python / "boto3" / "examples", *python.glob("*/event_handler/**/swagger-ui*.min.*")])


def _add_notice(layer: Path, name: str) -> None:
    """Put the layer's notice and the licence texts it names beside the wheels that do not bring
    them. GNU licences ask for it of whoever passes a copy on. All layers of a function are unpacked
    into one folder, so each has one of its own below it."""
    papers = _papers(name)
    if papers:
        folder = layer / "licenses" / name
        folder.mkdir(parents=True)
        for paper in papers:
            shutil.copyfile(paper, folder / paper.name)


def _papers(name: str) -> list[Path]:
    """The layer's notice and the texts that it names; nothing if it has no notice."""
    notice = paths.LAYER_SOURCES / name / _NOTICE
    if not notice.exists():
        return []
    texts = sorted(set(_LICENSE_TEXT.findall(notice.read_text())))
    return [notice, *(paths.LICENSE_TEXTS / text for text in texts)]


def _remove(doomed: Iterable[Path]) -> None:
    for path in doomed:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _stamp(folder: Path, name: str) -> Path:
    return folder / f"{name}.sha256"


def _digest(name: str, target: Target) -> str:
    requirements = paths.LAYER_SOURCES / name / "requirements.txt"
    made_of = [requirements, *_papers(name)]
    carried = sorted(_SDK_SERVICES) if name == _SDK_LAYER else ()
    return stamps.digest(made_of, also=[_FORMAT, str(target), *carried])
