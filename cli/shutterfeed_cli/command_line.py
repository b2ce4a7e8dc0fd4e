"""All commands with their arguments: what `shutterfeed --help` shows.

Every command loads this module, so it imports little.
"""

from __future__ import annotations

import argparse
from typing import Final

from shutterfeed_cli import VERSION
from shutterfeed_cli.answer_arguments import add_answers
from shutterfeed_cli.moments import parse_moment
from shutterfeed_cli.parsing import (
    NewCommand,
    Parser,
    add_comments_from,
    add_json,
    add_limit,
    add_parallel,
    add_running,
    new_commands,
    typed_path,
)
from shutterfeed_cli.people_arguments import add_people
from shutterfeed_cli.post_arguments import add_posts
from shutterfeed_cli.setting_arguments import add_settings

SHELLS: Final = ("bash", "zsh", "fish")
_EPILOG: Final = """
Every command accepts --json, anywhere. NO_COLOR turns colours off; a progress bar needs a terminal.
`shutterfeed COMMAND --help` shows examples.
Exit codes: 0 success, 1 something failed, 2 wrong usage, 3 not signed in, 130 interrupted.
"""


def new_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="shutterfeed",
        description="Upload, export and import thousands of photos and videos with Shutterfeed.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    add_json(parser)
    command = new_commands(parser)
    _signing_in(command)
    _upload(command)
    _looking(command)
    add_people(command)
    add_posts(command)
    add_settings(command)
    add_answers(command)
    _archives(command)
    completion = command(
        "completion",
        "Print the script by which a shell completes commands and options.",
        "completion bash > ~/.local/share/bash-completion/completions/shutterfeed",
        "completion zsh > ~/.zfunc/_shutterfeed",
        "completion fish > ~/.config/fish/completions/shutterfeed.fish",
    )
    completion.add_argument("shell", choices=SHELLS)
    return parser


def _signing_in(command: NewCommand) -> None:
    login = command(
        "login",
        "Sign in and stay signed in.",
        "login --site https://photos.example.com",
        "login --site https://photos.example.com --email maya@example.com",
    )
    login.add_argument("--site", help="the address of the site; asked for if it is not known")
    login.add_argument("--email", help="your e-mail address; asked for if it is not given")
    logout = command(
        "logout",
        "Sign out: the sign-in stored here becomes invalid.",
        "logout",
        "logout --everywhere",
    )
    logout.add_argument(
        "--everywhere", action="store_true", help="end your sign-ins on all other devices too"
    )
    command("whoami", "Show who is signed in, and at which site.", "whoami")


def _upload(command: NewCommand) -> None:
    parser = command(
        "upload",
        "Post photos and videos, each file once.",
        "upload ~/Pictures/2024",
        "upload lake.jpg forest.jpg --album --caption 'Midsummer'",
        "upload ~/Pictures --caption-from exif --dry-run",
    )
    parser.add_argument(
        "paths", nargs="+", type=typed_path, metavar="PATH", help="a file or folder"
    )
    parser.add_argument(
        "--album",
        action="store_true",
        help="put up to 10 new files of a folder into one post, instead of one post for each file",
    )
    words = parser.add_mutually_exclusive_group()
    words.add_argument("--caption", help="the caption of every post")
    words.add_argument(
        "--caption-from",
        choices=["exif", "filename"],
        help="take the caption from the photo, or from the file's name",
    )
    parser.add_argument(
        "--place",
        metavar="NAME[@LAT,LON]",
        help="the place of every post, such as 'Tempelhofer Feld', or with a point on the map"
        " 'Tempelhofer Feld@52.473,13.402'",
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
    parser.add_argument(
        "--publish-at",
        type=parse_moment,
        metavar="MOMENT",
        help="when to publish the posts, up to 75 days ahead, for example 2027-05-04T18:00",
    )
    add_running(parser)


def _looking(command: NewCommand) -> None:
    add_limit(command("feed", "Show the newest posts of the people you follow.", "feed --limit 50"))
    search = command(
        "search",
        "Find posts, people and hashtags.",
        "search harbour at night",
        "search maya --type users",
    )
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("--type", choices=["all", "posts", "users", "hashtags"], default="all")
    add_limit(search)
    status = command(
        "status",
        "Show the uploads that are on their way or have failed.",
        "status",
        "status --all --limit 100",
    )
    status.add_argument("--all", action="store_true", help="show published uploads too")
    add_limit(status)


def _archives(command: NewCommand) -> None:
    export = command(
        "export", "Save everything of your own to a folder.", "export ~/shutterfeed-2026"
    )
    export.add_argument("folder", type=typed_path, metavar="DIR")
    export.add_argument(
        "--server",
        action="store_true",
        help="let the service make ZIP files in the shape of Instagram's exports, and save these",
    )
    add_parallel(export)
    _instagram(
        command(
            "import-instagram",
            "Make posts from Instagram's own export (JSON form).",
            "import-instagram instagram-maya-2024-05-01.zip --dry-run",
            "import-instagram instagram-1.zip instagram-2.zip --reels --stories",
        )
    )


def _instagram(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "archives",
        nargs="+",
        type=typed_path,
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
    add_running(parser)
