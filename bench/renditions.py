"""Our renditions beside sharp's: the same photos, sizes and qualities, in turns in one run.

Both get one thread on the same core, as the function has one. Ours include the child process that
each photo is decoded in; sharp decodes within its own. The times of a photo are medians of five
rounds. On a machine that is busy with something else, only the time of the processor tells
anything: of both, it is the mean of the rounds, the child's and the garbage collector's included.
Memory is the highest that the process was resident while at it. SSIM compares our largest JPEG with
one made from a full-size decode and encoded alike, so that it shows what scaled decoding costs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import IO, Any, Final

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from bench.figures import FOLDER, Figure
from bench.progress import clear, show
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import RenderedPhoto, plan, sniff, working_size
from tests.pictures import SHARED_DATA
from tests.ssim import ssim
from tools import node, paths, stamps
from tools.commands import CommandError, run_logged
from tools.errors import ToolError, Unavailable

_SOURCE: Final = Path(__file__).with_name("sharp")
_INSTALLED: Final = FOLDER / "sharp"
_LOCKED: Final = ("package.json", "package-lock.json")


@dataclass(frozen=True, slots=True)
class Row:
    """The results for one photo: times in milliseconds, memory in MB. What is sharp's is None if
    sharp cannot render it."""

    name: str
    ours: float
    theirs: float | None
    our_processor: float
    their_processor: float | None
    our_memory: float
    their_memory: float | None
    similarity: float


class Engine:
    """A process that renders photos on request."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        with _on_one_core():
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )

    def milliseconds(self, request: Mapping[str, Any]) -> float | None:
        """Render a photo. Returns None if the engine cannot."""
        to: IO[str] | None = self._process.stdin
        assert to is not None
        to.write(json.dumps(request) + "\n")
        to.flush()
        return self._answer().get("ms")

    def processor(self) -> float:
        """The processor time that the process, its children and theirs have taken so far, in
        milliseconds, to the tick of the kernel's clock."""
        return sum(map(_processor, _family(self._process.pid)))

    def peak(self, request: Mapping[str, Any]) -> float:
        """The largest resident memory of the process while it rendered, in MB."""
        process = Path("/proc") / str(self._process.pid)
        (process / "clear_refs").write_text("5")
        self.milliseconds(request)
        lines = (process / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

    def __enter__(self) -> Engine:
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        source: IO[str] | None = self._process.stdout
        assert source is not None
        line = source.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def _on_one_core() -> Iterator[None]:
    """Let what is started in this context have one core, all of it the same."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(own)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, own)


def _family(process: int) -> Iterator[int]:
    """A process and all that descend from it, such as the decoder server."""
    yield process
    for task in (Path("/proc") / str(process) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _processor(process: int) -> float:
    """The milliseconds of a process and of its children that have ended."""
    line = (Path("/proc") / str(process) / "stat").read_text()
    # Behind the name, which is in parentheses, come the state and then numbers.
    ticks = line.rpartition(")")[2].split()[11:15]
    return 1000 * sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Size:
    """How often each photo is rendered, and which."""

    rounds: int
    photos: str
    """A glob pattern within the shared data."""


FULL: Final = Size(5, "photos/*/*.*")
TOY: Final = Size(1, "photos/orientation/*_6.*")
MINUTES: Final = 6.0


def run(size: Size) -> list[Figure]:
    photos = sorted(SHARED_DATA.glob(size.photos))
    if not photos:
        raise Unavailable(f"There are no photos in {SHARED_DATA}.")
    env = node.environment()
    found = shutil.which("node", path=env["PATH"])
    assert found is not None
    rows = []
    with (
        Engine([sys.executable, "-m", "bench.ours"], paths.ROOT, env) as ours,
        Engine([found, "render.mjs"], _sharp(), env) as theirs,
    ):
        for number, path in enumerate(photos, start=1):
            show(f"photo {number} of {len(photos)}")
            rows.append(_row(path, ours, theirs, size.rounds))
    clear()
    _print(rows)
    return _figures(rows)


def _sharp() -> Path:
    """The folder of the installed sharp, with the script that drives it."""
    wanted = stamps.digest([_SOURCE / name for name in _LOCKED])
    stamp = _INSTALLED / "installed.sha256"
    if not stamps.is_current(stamp, wanted):
        with stamps.fresh_directory(_INSTALLED) as folder:
            for name in _LOCKED:
                shutil.copy(_SOURCE / name, folder)
            _install(folder)
            stamps.write(folder / stamp.name, wanted)
    shutil.copy(_SOURCE / "render.mjs", _INSTALLED)
    return _INSTALLED


def _install(folder: Path) -> None:
    log = paths.LOGS / "npm-sharp.log"
    try:
        run_logged(
            [*node.npm(), "ci", "--no-audit", "--no-fund"],
            log=log,
            environment=node.environment(),
            directory=folder,
        )
    except CommandError as error:
        raise ToolError(f"npm could not install sharp: see {paths.relative(log)}.") from error


def _row(path: Path, ours: Engine, theirs: Engine, rounds: int) -> Row:
    content = path.read_bytes()
    photo = PillowImageCodec().render(content, sniff(content[:64]) or "")
    request = _request(path, photo)
    times: list[tuple[float, float | None]] = []
    before = (ours.processor(), theirs.processor())
    for _ in range(rounds):
        mine = ours.milliseconds({**request, "what": "time"})
        if mine is None:
            raise RuntimeError(f"{path.name} was refused")
        times.append((mine, theirs.milliseconds(request)))
    processor = ((ours.processor() - before[0]) / rounds, (theirs.processor() - before[1]) / rounds)
    others = [other for _, other in times if other is not None]
    return Row(
        path.name,
        median(mine for mine, _ in times),
        median(others) if others else None,
        processor[0],
        processor[1] if others else None,
        ours.peak({**request, "what": "memory"}),
        theirs.peak(request) if others else None,
        _similarity(content, photo),
    )


def _request(path: Path, photo: RenderedPhoto) -> dict[str, Any]:
    planned = [
        {
            "width": each.width,
            "height": each.height,
            "format": each.spec.format,
            "quality": each.spec.quality,
            "square": each.spec.square_crop,
        }
        for each in plan(photo.width, photo.height)
    ]
    working = working_size(photo.width, photo.height)
    return {"path": str(path), "working": working, "planned": planned}


def _similarity(content: bytes, photo: RenderedPhoto) -> float:
    largest = next(made for made in photo.renditions if made[0].content_type == "image/jpeg")
    quality = next(
        each.spec.quality
        for each in plan(photo.width, photo.height)
        if each.spec.name == largest[0].name
    )
    target = BytesIO()
    reference = full_decode(content).resize(
        (largest[0].width, largest[0].height), Image.Resampling.LANCZOS
    )
    reference.save(target, "JPEG", quality=quality)
    return ssim(Image.open(BytesIO(largest[1])), Image.open(target))


def full_decode(content: bytes) -> Image.Image:
    """The photo in its full size, upright and in sRGB, by the shortest way there is."""
    pillow_heif.register_heif_opener()
    image = ImageOps.exif_transpose(Image.open(BytesIO(content)))
    profile = image.info.get("icc_profile")
    if profile and image.mode == "RGB":
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        assert converted is not None
        return converted
    return image.convert("RGB")


def _print(rows: Sequence[Row]) -> None:
    times = f"{'ours ms':>8} {'sharp ms':>8} {'ratio':>6} {'cpu':>6}"
    print(f"\n{'photo':<32} {times} {'ours MB':>8} {'sharp MB':>8}   SSIM")
    for row in rows:
        theirs = "cannot" if row.theirs is None else f"{row.theirs:.0f}"
        ratio = "" if row.theirs is None else f"{row.ours / row.theirs:.2f}"
        cpu = f"{row.our_processor / row.their_processor:.2f}" if row.their_processor else ""
        memory = "" if row.their_memory is None else f"{row.their_memory:.0f}"
        print(
            f"{row.name:<32} {row.ours:>8.0f} {theirs:>8} {ratio:>6} {cpu:>6}"
            f" {row.our_memory:>8.0f} {memory:>8} {row.similarity:.4f}"
        )


def _figures(rows: Sequence[Row]) -> list[Figure]:
    paired = [row for row in rows if row.theirs is not None]
    ratios = [row.ours / row.theirs for row in paired if row.theirs]
    processor = [row.our_processor / row.their_processor for row in paired if row.their_processor]
    memory = [row.our_memory / row.their_memory for row in paired if row.their_memory]
    return [
        Figure("photos", len(rows), "files"),
        Figure("that sharp cannot read", len(rows) - len(paired), "files"),
        Figure("time, ours / sharp, median", median(ratios), "ratio", "<= 1.0"),
        Figure("time, ours / sharp, highest", max(ratios), "ratio"),
        Figure("processor, ours / sharp, median", median(processor), "ratio", "<= 0.92"),
        Figure("memory, ours / sharp, median", median(memory), "ratio"),
        Figure("memory, ours, highest", max(row.our_memory for row in rows), "MB", "<= 512"),
        Figure(
            "SSIM to a full-size decode, lowest", min(r.similarity for r in rows), "", ">= 0.98"
        ),
    ]
