"""A benchmark beside itself at another commit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import catalogue, compare
from tools import paths
from tools.errors import ToolError

BENCHMARK = """
import json, os, sys
from pathlib import Path

# What a tree of this test has in the place of `tools`.
assert sys.argv[1:] == ["bench", "speed"]
folder = Path("build/bench")
folder.mkdir(parents=True, exist_ok=True)
runs = Path("runs")
runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
value = {VALUE} * len(runs.read_text())
figures = [{"name": "time", "value": value, "unit": "ms", "goal": None, "met": None}]
{MORE}
(folder / "speed.json").write_text(json.dumps({"name": "speed", "figures": figures}))
"""


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.com")
    answer = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()


def write(tree: Path, value: int, more: str = "") -> None:
    (tree / "tools").mkdir(exist_ok=True)
    (tree / "tools" / "__init__.py").touch()
    text = BENCHMARK.replace("{VALUE}", str(value)).replace("{MORE}", more)
    (tree / "tools" / "__main__.py").write_text(text)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit, whose working copy is twice as fast."""
    root = tmp_path / "root"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / ".gitignore").write_text("build/\nruns\n")
    write(root, 20)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "slow")
    write(root, 10, 'figures.append({"name": "new", "value": 1, "unit": ""})')
    (root / "build" / "layers").mkdir(parents=True)
    (root / "build" / "layers" / "built").write_text("once")
    for name, path in (
        ("ROOT", root),
        ("BUILD", root / "build"),
        ("LOGS", root / "build" / "logs"),
        ("CLOUD_VENV", root / ".venv-cloud"),
        ("WEB", root / "web"),
        ("SITE", root / "web" / "dist"),
    ):
        monkeypatch.setattr(paths, name, path)
    monkeypatch.setattr(compare, "FOLDER", root / "build" / "bench")
    monkeypatch.setattr(catalogue, "load", lambda _: SimpleNamespace(MINUTES=1.0))
    return root


def test_both_sides_are_printed_with_their_ratio(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compare.compare("speed", "HEAD", 3)

    rows = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    assert rows == [
        ["speed,", "3", "pairs"],
        ["here", "HEAD", "ratio"],
        ["time", "20.000", "40.000", "0.500", "ms"],
        ["new", "1.000", "-", "-"],
    ]
    saved = json.loads((tree / "build" / "bench" / "speed-against.json").read_text())
    assert saved["pairs"] == 3
    assert saved["figures"][0] == {
        "name": "time",
        "unit": "ms",
        "value": 20,
        "against": 40,
        "ratio": 0.5,
    }


def test_the_other_tree_goes_again(tree: Path) -> None:
    with compare.checked_out("HEAD") as other:
        assert (other / "tools" / "__main__.py").exists()
        assert (other / "build" / "layers" / "built").read_text() == "once"
    assert not other.exists()
    assert git(tree, "worktree", "list").count("\n") == 0
    assert list((tree / "build" / "bench").iterdir()) == []
    assert (tree / "build" / "layers" / "built").read_text() == "once"


def test_an_unknown_commit_and_a_benchmark_that_fails_are_one_sentence_each(tree: Path) -> None:
    with pytest.raises(ToolError, match=r"worktree add.*nowhere"):
        compare.compare("speed", "nowhere", 1)
    write(tree, 1, "raise SystemExit('no Java')")
    with pytest.raises(ToolError, match=r"(?s)speed came to no result in .*no Java"):
        compare.compare("speed", "HEAD", 1)
    assert git(tree, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize(("minutes", "pairs"), [(0.1, 5), (2.0, 3), (5.0, 1), (30.0, 1)])
def test_long_benchmarks_run_in_fewer_pairs(minutes: float, pairs: int) -> None:
    assert compare.pairs_for(minutes) == pairs
