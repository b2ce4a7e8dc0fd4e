"""Completion: what a shell offers after the words that were typed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from shutterfeed_cli import main
from shutterfeed_cli.command_line import SHELLS, new_parser
from shutterfeed_cli.completion import script_for
from tests.cli.test_commands import COMMANDS

CASES = [
    ("po", {"post"}),
    ("profile ", {"show", "edit", "--help", "--json"}),
    ("post res", {"restore"}),
    ("post edit --comments-from ", {"everyone", "followers", "nobody", "account"}),
    ("upload --caption-", {"--caption-from"}),
    ("upload --caption-from ", {"exif", "filename"}),
    ("upload --album --caption-from e", {"exif"}),
    ("moderate ", {"hide", "show", "pin", "unpin", "approve", "--help", "--json"}),
    ("completion ", {"bash", "zsh", "fish", "--help", "--json"}),
    ("login --site feed --em", {"--email"}),
    ("--v", {"--version"}),
    ("dance --x", set()),
]

_ASK_BASH = """
source {script}
for typed in {all}; do
    COMP_WORDS=()
    read -ra COMP_WORDS <<< "$typed"
    [[ $typed == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    _shutterfeed
    echo "${{COMPREPLY[*]}}"
done
"""


def answers(command: list[str], number: int) -> list[set[str]]:
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    lines = said.stdout.split("\n")
    assert len(lines) == number + 1
    return [set(line.split()) for line in lines[:-1]]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script for each shell, by the shell's name."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell in SHELLS:
        (folder / shell).write_text(script_for(shell, new_parser()))
    return folder


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_offers_what_may_come_next(scripts: Path) -> None:
    typed = " ".join(shlex.quote(f"shutterfeed {words}") for words, _ in CASES)
    asked = _ASK_BASH.format(script=scripts / "bash", all=typed)
    offered = answers(["bash", "--norc", "-c", asked], len(CASES))
    assert dict(zip([words for words, _ in CASES], offered, strict=True)) == dict(CASES)


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_offers_what_may_come_next(scripts: Path) -> None:
    lines = "; ".join(
        f"echo (complete -C {shlex.quote(f'shutterfeed {words}')} | string split -f1 \\t)"
        for words, _ in CASES
    )
    asked = ["fish", "--no-config", "-c", f"source {scripts / 'fish'}; {lines}"]
    # Fish offers options only after a dash.
    wanted = [
        {one for one in offered if words.endswith("-") or not one.startswith("--")}
        for words, offered in CASES
        if "-" not in words.rpartition(" ")[2]
    ]
    offered = [
        found
        for (words, _), found in zip(CASES, answers(asked, len(CASES)), strict=True)
        if "-" not in words.rpartition(" ")[2]
    ]
    assert offered == wanted


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_command_and_is_understood(shell: str, scripts: Path) -> None:
    script = (scripts / shell).read_text()
    for words in COMMANDS:
        assert words.split()[-1] in script
    program = shutil.which(shell)
    if program is not None:
        subprocess.run([program, "-n", scripts / shell], check=True)


def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in SHELLS:
        assert main.main(["completion", shell]) == 0
        assert capsys.readouterr().out == script_for(shell, new_parser())
