"""The command `shutterfeed`: its arguments and its exit codes.

Exit codes: 0 success, 1 something failed, 2 the command line cannot be understood, 3 nobody is
signed in, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from shutterfeed_cli import VERSION
from shutterfeed_cli.answer_arguments import add_answers
from shutterfeed_cli.errors import CliError, ExitCode, Stopped
from shutterfeed_cli.moments import parse_duration, parse_moment
from shutterfeed_cli.parsing import (
    add_comments_from,
    add_limit,
    add_parallel,
    positive,
    shown_examples,
)
from shutterfeed_cli.setting_arguments import add_settings

_EPILOG = """
Every command accepts --json. NO_COLOR turns colours off; a progress bar needs a terminal.
Exit codes: 0 success, 1 something failed, 2 wrong usage, 3 not signed in, 130 interrupted.
"""


def run() -> None:
    """The process's entry point."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    if not sys.warnoptions:
        # Libraries warn about a file's metadata, but its owner cannot do anything about that.
        warnings.simplefilter("ignore")
    # Imported late, since `--help` and wrong usage do not need it. httpx would load a command line
    # of its own, which is twice as large as everything else.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
    from shutterfeed_cli.context import Context
    from shutterfeed_cli.dispatch import run_command
    from shutterfeed_cli.output import Output

    output = Output(as_json=asked.json)
    try:
        return run_command(asked, Context(output))
    except CliError as error:
        output.event({"event": "error", "message": str(error)})
        output.note(str(error), "red")
        return error.exit_code
    except (KeyboardInterrupt, Stopped):
        output.note("Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output, such as `head`, has closed it. Python's last flush must not
        # fail because of that.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print only JSON")
    parser = argparse.ArgumentParser(
        prog="shutterfeed",
        description="Upload, export and import thousands of photos and videos with Shutterfeed.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_text: str, *examples: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            parents=[common],
            help=help_text,
            description=help_text,
            epilog=shown_examples(examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    login = command("login", "Sign in and stay signed in.")
    login.add_argument("--site", help="the address of the site; asked for if it is not known")
    login.add_argument("--email", help="your e-mail address; asked for if it is not given")
    logout = command("logout", "Sign out: the sign-in stored here becomes invalid.")
    logout.add_argument(
        "--everywhere", action="store_true", help="end your sign-ins on all other devices too"
    )
    command("whoami", "Show who is signed in, and at which site.")
    _upload(command("upload", "Post photos and videos, each file once."))
    feed = command("feed", "Show the newest posts of the people you follow.")
    add_limit(feed)
    search = command("search", "Find posts, people and hashtags.")
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("--type", choices=["all", "posts", "users", "hashtags"], default="all")
    add_limit(search)
    status = command("status", "Show the uploads that are on their way or have failed.")
    status.add_argument("--all", action="store_true", help="show published uploads too")
    add_limit(status)
    _block(command("block", "Block somebody, or show whom you have blocked."))
    unblock = command("unblock", "Take a block back.")
    unblock.add_argument("handle", metavar="HANDLE")
    _mute(command("mute", "Mute somebody, for ever or for a time, or show whom you have muted."))
    unmute = command("unmute", "Take a mute back.")
    unmute.add_argument("handle", metavar="HANDLE")
    _requests(command("requests", "Show who asks to follow you, or accept or decline a request."))
    suggestions = command("suggestions", "Show whom you may like to follow, and why.")
    add_limit(suggestions)
    add_settings(command)
    add_answers(command)
    export = command("export", "Save everything of your own to a folder.")
    export.add_argument("folder", type=Path, metavar="DIR")
    add_parallel(export)
    instagram = command("import-instagram", "Make posts from Instagram's own export (JSON form).")
    _instagram(instagram)
    return parser


def _upload(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file or folder")
    parser.add_argument(
        "--album",
        action="store_true",
        help="put up to 10 new files of a folder into one post, instead of one post for each file",
    )
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--caption", help="the caption of every post")
    words.add_argument("--caption-from", choices=["exif", "filename"])
    parser.add_argument(
        "--place",
        metavar="NAME@LAT,LON",
        help="the place of every post, for example 'Tempelhofer Feld@52.473,13.402'",
    )
    parser.add_argument(
        "--keep-capture-details",
        action="store_true",
        help="show in posts when and with which camera a photo was taken",
    )
    parser.add_argument(
        "--sensitive",
        action="store_true",
        help="blur the pictures of every post until someone chooses to look",
    )
    add_comments_from(parser, "who may comment on the posts, if not whoever may by your setting")
    _running(parser)


def _block(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", nargs="?", metavar="HANDLE")
    parser.add_argument("--list", action="store_true", help="show whom you have blocked")
    add_limit(parser)


def _mute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("handle", nargs="?", metavar="HANDLE")
    parser.add_argument("--list", action="store_true", help="show whom you have muted")
    end = parser.add_mutually_exclusive_group()
    end.add_argument(
        "--until",
        type=parse_moment,
        metavar="MOMENT",
        help="when the mute ends, for example 2027-05-04 or 2027-05-04T12:00Z",
    )
    end.add_argument(
        "--for",
        type=parse_duration,
        dest="duration",
        metavar="TIME",
        help="how long the mute lasts: 30m, 12h, 7d or 2w",
    )
    add_limit(parser)


def _requests(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "answer", nargs="?", choices=["accept", "decline"], metavar="accept|decline"
    )
    parser.add_argument("handle", nargs="?", metavar="HANDLE")
    add_limit(parser)


def _instagram(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "archives",
        nargs="+",
        type=Path,
        metavar="ARCHIVE",
        help="the export: a folder, a zip, or several zips",
    )
    parser.add_argument("--reels", action="store_true", help="import reels and IGTV videos too")
    parser.add_argument("--stories", action="store_true", help="import stories too")
    parser.add_argument(
        "--archived", action="store_true", help="import archived posts too, which others then see"
    )
    parser.add_argument(
        "--incomplete",
        action="store_true",
        help="make posts without the files that are missing, instead of waiting for them",
    )
    parser.add_argument(
        "--exif-places",
        action="store_true",
        help="for posts without a place show where a photo was taken by its metadata, rounded to"
        " about a kilometre",
    )
    parser.add_argument(
        "--profile-photo", action="store_true", help="make the last profile photo the avatar"
    )
    _running(parser)


def _running(parser: argparse.ArgumentParser) -> None:
    add_parallel(parser)
    parser.add_argument("--dry-run", action="store_true", help="only show what would be done")
    parser.add_argument(
        "--no-wait", action="store_true", help="do not wait until the posts are published"
    )
    parser.add_argument(
        "--wait",
        type=positive,
        default=900,
        metavar="SECONDS",
        help="how long to wait until the posts are published (default: %(default)s)",
    )
    parser.add_argument(
        "--reread",
        action="store_true",
        help="read the whole upload ledger of the service again, not only its new entries",
    )
