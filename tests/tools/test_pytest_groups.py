import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import checks, paths, pytest_groups

_TEST = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(6))
def test_where_it_runs(number):
    with pathlib.Path("seen").open("a") as seen:
        folder = pathlib.Path(__file__).parent.name
        seen.write(f"{folder} {os.environ['PYTEST_XDIST_WORKER']} {os.nice(0)}\\n")
"""


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/e2e/browser/test_web_tabs.py::test_one", "tests/e2e/browser"),
        ("tests/e2e/test_feeds.py::test_two[x-y]", "tests/e2e"),
        ("tests/contract/test_likes.py::test_four", "tests/bench"),
        ("tests/unit/test_keys.py::test_three[tests/e2e/]", None),
    ],
)
def test_a_test_belongs_to_the_group_of_the_innermost_folder_that_stays_together(
    test: str, group: str | None
) -> None:
    assert pytest_groups.group(test) == (group or test)


def test_the_folders_are_there() -> None:
    folders = [folder for together in pytest_groups.GROUPS for folder in together]
    assert all((paths.ROOT / folder).is_dir() for folder in folders)


def _seen(tmp_path: Path, *folders: str) -> list[str]:
    """Runs tests of these folders in two processes, and returns a line of each test: its folder,
    process and niceness."""
    for folder in folders:
        for name in ("test_a.py", "test_b.py"):
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    subprocess.run(
        [sys.executable, "-m", "pytest", *checks.SPREAD, "-n", "2"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(paths.ROOT), "PATH": ""},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seen = (tmp_path / "seen").read_text().splitlines()
    assert len(seen) == 24
    return seen


def test_a_folder_stays_in_one_process(tmp_path: Path) -> None:
    assert len(set(_seen(tmp_path, "tests/infra", "tests/contract"))) == 2


def test_all_others_give_way_to_the_longest_group(tmp_path: Path) -> None:
    niceness = {
        line.split()[0]: int(line.split()[2])
        for line in _seen(tmp_path, "tests/e2e/browser", "tests/infra")
    }
    assert niceness["infra"] == max(os.nice(0), 3)
    assert niceness["browser"] == os.nice(0)
