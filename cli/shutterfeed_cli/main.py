"""The command `shutterfeed`: what may be typed, and what it ends with.

Exit codes: 0 all is well, 1 something failed, 2 the command line cannot be understood, 3 nobody is
signed in, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shutterfeed_cli import VERSION
from shutterfeed_cli.errors import CliError, ExitCode, Stopped

_EPILOG = """
Every command takes --json. Colours follow NO_COLOR; a progress bar is only shown on a terminal.
Exit codes: 0 all is well, 1 something failed, 2 usage, 3 not signed in, 130 interrupted.
"""
_MOST_PARALLEL: Final = 32


def run() -> None:
    """The process's entry point."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    asked = _parser().parse_args(arguments)
    if not sys.warnoptions:
        # What libraries say of a file's metadata is nothing that its owner could mend.
        warnings.simplefilter("ignore")
    # Imported late: `--help` and mistakes need none of it. httpx would bring a command line of its
    # own, and with it twice as much as all the rest.
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
        # Whoever read our output, as in `| head`, has had enough; Python's own last flush as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    parser = argparse.ArgumentParser(
        prog="shutterfeed",
        description="Shutterfeed, for those with thousands of photos.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[common], help=help_text, description=help_text)

    login = command("login", "Sign in and stay so.")
    login.add_argument("--site", help="its address; asked for where it is not known")
    login.add_argument("--email", help="asked for where it is not given")
    command("logout", "Sign out: the sign-in kept here becomes worthless.")
    command("whoami", "Who is signed in, and where.")
    _upload(command("upload", "Post photos and videos, each file once."))
    feed = command("feed", "What those you follow have posted.")
    _limited(feed)
    search = command("search", "Find posts, people and hashtags.")
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("--type", choices=["all", "posts", "users", "hashtags"], default="all")
    _limited(search)
    status = command("status", "Your upload ledger: what is on its way, and what failed.")
    status.add_argument("--all", action="store_true", help="what is published, too")
    _limited(status)
    export = command("export", "Save everything of your own to a folder.")
    export.add_argument("folder", type=Path, metavar="DIR")
    _parallel(export)
    instagram = command("import-instagram", "Post what Instagram's own export (JSON form) holds.")
    _instagram(instagram)
    return parser


def _upload(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files and folders")
    parser.add_argument(
        "--album",
        action="store_true",
        help="one post for every up to 10 new files of a folder, instead of one for each file",
    )
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--caption", help="the same for every post")
    words.add_argument("--caption-from", choices=["exif", "filename"])
    parser.add_argument(
        "--place", metavar="NAME@LAT,LON", help="as in 'Tempelhofer Feld@52.473,13.402'"
    )
    parser.add_argument(
        "--keep-capture-details",
        action="store_true",
        help="let posts show when and with which camera a photo was taken",
    )
    _running(parser)


def _instagram(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="a folder or zip")
    parser.add_argument("--reels", action="store_true", help="reels and IGTV videos, too")
    parser.add_argument("--stories", action="store_true", help="stories, too")
    parser.add_argument(
        "--places",
        choices=["named", "from-photos"],
        default="named",
        help="the places of posts: those that the export names (%(default)s), or for posts without"
        " one also where a photo was taken by its metadata, rounded to about a kilometre",
    )
    parser.add_argument(
        "--profile-photo", action="store_true", help="make the last profile photo the avatar"
    )
    _running(parser)


def _running(parser: argparse.ArgumentParser) -> None:
    _parallel(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument(
        "--no-wait", action="store_true", help="do not wait until the posts are published"
    )
    parser.add_argument(
        "--wait", type=_positive, default=900, metavar="SECONDS", help="at most (%(default)s)"
    )
    parser.add_argument(
        "--reread",
        action="store_true",
        help="read the service's whole ledger again, not only what is new in it",
    )


def _parallel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--parallel", type=_parallelism, default=4, metavar="N", help="at a time (%(default)s)"
    )


def _limited(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=_positive, default=20, metavar="N", help="at most (%(default)s)"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _parallelism(text: str) -> int:
    number = _positive(text)
    if number > _MOST_PARALLEL:
        raise argparse.ArgumentTypeError(f"at most {_MOST_PARALLEL}")
    return number
