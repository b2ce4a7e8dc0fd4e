from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import paths, stamps


def test_a_digest_changes_with_content_names_and_presence(tmp_path: Path) -> None:
    folder = tmp_path / "inputs"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("one")
    (folder / "sub" / "b.txt").write_text("two")
    seen = {stamps.digest([folder])}

    (folder / "a.txt").write_text("uno")
    seen.add(stamps.digest([folder]))
    (folder / "a.txt").rename(folder / "c.txt")
    seen.add(stamps.digest([folder]))
    (folder / "sub" / "b.txt").rename(folder / "b.txt")
    seen.add(stamps.digest([folder]))
    seen.add(stamps.digest([folder, tmp_path / "absent"]))
    seen.add(stamps.digest([folder], also=["context"]))
    seen.add(stamps.digest([folder], also=["con", "text"]))

    assert len(seen) == 7


def test_a_digest_ignores_what_python_compiles(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1")
    before = stamps.digest([tmp_path])

    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "module.cpython-311.pyc").write_bytes(b"compiled")

    assert stamps.digest([tmp_path]) == before


def test_a_build_is_current_only_for_the_digest_of_its_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / "stamp"
    assert not stamps.is_current(stamp, "abc")

    stamps.write(stamp, "abc")

    assert stamps.is_current(stamp, "abc")
    assert not stamps.is_current(stamp, "abd")
    assert [path.name for path in stamp.parent.iterdir()] == ["stamp"]


def test_a_directory_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "built"

    def build() -> None:
        with stamps.fresh_directory(target) as folder:
            (folder / "half").write_text("done")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build()

    assert list(tmp_path.iterdir()) == []


def test_a_new_directory_takes_the_old_ones_place(tmp_path: Path) -> None:
    target = tmp_path / "built"
    target.mkdir()
    (target / "old").touch()

    with stamps.fresh_directory(target) as folder:
        (folder / "new").touch()
        assert (target / "old").exists()

    assert [path.name for path in target.iterdir()] == ["new"]


def test_leftovers_of_killed_builds_go_and_everything_else_stays(tmp_path: Path) -> None:
    for name in (".layer.abc123", "layer"):
        (tmp_path / name).mkdir()
    (tmp_path / "layer.sha256").touch()

    stamps.remove_leftovers(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"layer", "layer.sha256"}


def test_pruning_keeps_what_was_used_last_and_what_may_be_in_use(tmp_path: Path) -> None:
    now = time.time()
    ages = {"a": 0, "b": 60, "c": 120, "d": 180, "in use": 3000, "old": 4000, "older": 9000}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (now - age, now - age))
    (tmp_path / "lock").touch()
    os.utime(tmp_path / "lock", (0, 0))

    stamps.prune(tmp_path)

    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {"a", "b", "c", "d", "in use", "lock"}


def test_a_lock_lets_one_process_in_at_a_time(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tools import stamps\n"
        "wait = lambda: print('waits', flush=True)\n"
        "with stamps.exclusive(Path(sys.argv[1]), on_wait=wait): print('in')"
    )
    waits: list[str] = []
    with stamps.exclusive(tmp_path / "lock", on_wait=lambda: waits.append("nobody is in there")):
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "lock")],
            cwd=paths.ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "waits\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=0.2)

    assert other.communicate(timeout=100)[0] == "in\n"
    assert waits == []
