"""The command `completion`: scripts by which a shell completes the command line.

They are made from the parser, so that they know every command, option and choice of it. Each script
follows the words before the cursor to the command they have reached, such as `post edit`, and then
offers what may come next.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from shutterfeed_cli.command_line import new_parser
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode
from shutterfeed_cli.parsing import typed_path


@dataclass(frozen=True, slots=True)
class _Option:
    """An option, such as `--caption`."""

    name: str
    meaning: str
    takes_value: bool
    choices: list[str]


@dataclass(frozen=True, slots=True)
class _Command:
    """A command by its words, none for `shutterfeed` itself, and what may follow it. `words` are
    its actions, or choices of an argument, with their meaning."""

    words: str
    options: list[_Option] = field(default_factory=list)
    following: dict[str, str] = field(default_factory=dict)
    takes_files: bool = False


def completion(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Print the script for a shell."""
    script = script_for(asked.shell, new_parser())
    context.output.result({"shell": asked.shell, "script": script}, [script.rstrip("\n")])
    return ExitCode.OK


def script_for(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script by which a shell (`bash`, `zsh` or `fish`) completes what this parser takes."""
    return _SCRIPTS[shell](list(_commands(parser)))


def _commands(parser: argparse.ArgumentParser, words: str = "") -> Iterator[_Command]:
    command = _Command(words)
    inner: list[tuple[str, argparse.ArgumentParser]] = []
    takes_files = False
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to its arguments
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            meanings = {one.dest: one.help or "" for one in action._choices_actions}  # noqa: SLF001
            command.following.update(meanings)
            inner += [(f"{words} {name}".strip(), each) for name, each in action.choices.items()]
        elif action.option_strings:
            command.options.append(_option(action))
        else:
            command.following.update(dict.fromkeys(map(str, action.choices or ()), ""))
            takes_files = takes_files or action.type is typed_path
    yield _Command(words, command.options, command.following, takes_files)
    for name, each in inner:
        yield from _commands(each, name)


def _option(action: argparse.Action) -> _Option:
    meaning = (action.help or "") % {**vars(action), "prog": "shutterfeed"}
    choices = list(map(str, action.choices or ()))
    return _Option(action.option_strings[-1], meaning, action.nargs != 0, choices)


def _after_option(command: _Command, option: _Option) -> str:
    """The pattern of a shell for the place after an option."""
    return f'"{command.words} {option.name}"'


# --- bash

_BASH: Final = """\
# Completes `shutterfeed` in bash.
_shutterfeed() {{
    local at="" i offered=""
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "$at ${{COMP_WORDS[i]}}" in
{steps}
        esac
    done
    case "$at $before" in
{values}
        *)
            case "$at" in
{offers}
            esac ;;
    esac
    COMPREPLY=($(compgen -W "$offered" -- "$current"))
}}
# Where nothing is offered, the shell completes names of files.
complete -o default -F _shutterfeed shutterfeed
"""


def _bash(commands: list[_Command]) -> str:
    steps = [f'            "{_step(one)}") at="{one.words}" ;;' for one in commands if one.words]
    values = [
        f'        {_after_option(one, option)}) offered="{" ".join(option.choices)}" ;;'
        for one, option in _with_values(commands)
    ]
    offers = [
        f'                "{one.words}") offered="{" ".join(_offered(one))}" ;;' for one in commands
    ]
    return _BASH.format(steps=_lines(steps), values=_lines(values), offers=_lines(offers))


def _step(command: _Command) -> str:
    """The words before the last one, a space, and the last one."""
    before, _, last = command.words.rpartition(" ")
    return f"{before} {last}"


def _with_values(commands: list[_Command]) -> Iterator[tuple[_Command, _Option]]:
    for command in commands:
        for option in command.options:
            if option.takes_value:
                yield command, option


def _offered(command: _Command) -> list[str]:
    return [*command.following, *(option.name for option in command.options)]


def _lines(lines: list[str]) -> str:
    return "\n".join(lines)


# --- zsh

_ZSH: Final = """\
#compdef shutterfeed
# Completes `shutterfeed` in zsh.
_shutterfeed() {{
    local at="" i files=""
    local -a offered
    for ((i = 2; i < CURRENT; i++)); do
        case "$at ${{words[i]}}" in
{steps}
        esac
    done
    case "$at ${{words[CURRENT-1]}}" in
{values}
    esac
    case "$at" in
{offers}
    esac
    [[ -n "$files" && "${{words[CURRENT]}}" != -* ]] && _files && return
    _describe 'shutterfeed' offered
}}
if [[ "${{funcstack[1]}}" == _shutterfeed ]]; then
    _shutterfeed "$@"
else
    compdef _shutterfeed shutterfeed
fi
"""


def _zsh(commands: list[_Command]) -> str:
    steps = [f'            "{_step(one)}") at="{one.words}" ;;' for one in commands if one.words]
    values = [
        f"        {_after_option(one, option)}) compadd -- {' '.join(option.choices)}; return ;;"
        for one, option in _with_values(commands)
    ]
    offers = []
    for one in commands:
        shown = " ".join(_quoted(f"{name}:{said}".rstrip(":")) for name, said in _meanings(one))
        files = "files=yes; " if one.takes_files else ""
        offers.append(f'        "{one.words}") {files}offered=({shown}) ;;')
    return _ZSH.format(steps=_lines(steps), values=_lines(values), offers=_lines(offers))


def _meanings(command: _Command) -> list[tuple[str, str]]:
    options = [(option.name, option.meaning) for option in command.options]
    return [*command.following.items(), *options]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


# --- fish

_FISH: Final = """\
# Completes `shutterfeed` in fish.
function __shutterfeed_at --description 'Whether the words typed so far lead to this command'
    set -l at ''
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
{steps}
        end
    end
    test "$at" = "$argv"
end
complete -c shutterfeed -f
{offers}
"""


def _fish(commands: list[_Command]) -> str:
    steps = [
        f"            case '{_step(one)}'\n                set at '{one.words}'"
        for one in commands
        if one.words
    ]
    offers = []
    for one in commands:
        here = f"complete -c shutterfeed -n '__shutterfeed_at {one.words}'"
        offers += [
            f"{here} -a {name} -d {_fish_quoted(said)}" for name, said in one.following.items()
        ]
        offers += [
            f"{here} -l {option.name[2:]}{_fish_value(option)} -d {_fish_quoted(option.meaning)}"
            for option in one.options
        ]
        if one.takes_files:
            offers.append(f"{here} -F")
    return _FISH.format(steps=_lines(steps), offers=_lines(offers))


def _fish_value(option: _Option) -> str:
    if not option.takes_value:
        return ""
    return f" -x -a '{' '.join(option.choices)}'" if option.choices else " -x"


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SCRIPTS: Final[Mapping[str, Callable[[list[_Command]], str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
