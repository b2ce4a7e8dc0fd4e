"""Finds and runs the function of a command."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from shutterfeed_cli import answers, commands, discussion, editing, people, posts, profile
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import ExitCode

Command = Callable[[argparse.Namespace, Context], ExitCode]

_ANSWERS: Final[Mapping[str, Command]] = {
    "like": answers.like,
    "unlike": answers.unlike,
    "likers": answers.likers,
    "liked": answers.liked,
    "save": answers.save,
    "unsave": answers.unsave,
    "saved": answers.saved,
    "collections": answers.collections,
    "create-collection": answers.create_collection,
    "rename-collection": answers.rename_collection,
    "delete-collection": answers.delete_collection,
    "tagged": answers.tagged,
    "untag": answers.untag,
    "hashtags": answers.hashtags,
    "follow-hashtag": answers.follow_hashtag,
    "unfollow-hashtag": answers.unfollow_hashtag,
    "comment": discussion.comment,
    "comments": discussion.comments,
    "edit-comment": discussion.edit_comment,
    "delete-comment": discussion.delete_comment,
    "like-comment": discussion.like_comment,
    "unlike-comment": discussion.unlike_comment,
    "moderate": discussion.moderate,
    "held": discussion.held,
    "activity": discussion.activity,
}


def run_command(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Run the command that was typed. Raises `CliError` and `Stopped`."""
    small: Mapping[str, Command] = {
        "login": commands.login,
        "logout": commands.logout,
        "whoami": commands.whoami,
        "feed": commands.feed,
        "search": commands.search,
        "status": commands.status,
        "follow": people.follow,
        "unfollow": people.unfollow,
        "profile": profile.profile,
        "post": posts.post,
        "block": people.block,
        "unblock": people.unblock,
        "mute": people.mute,
        "unmute": people.unmute,
        "requests": people.requests,
        "suggestions": people.suggestions,
        **_ANSWERS,
        "edit": editing.edit,
        "privacy": editing.privacy,
        "held-words": editing.held_words,
        "activity-settings": editing.activity_settings,
    }
    command = small.get(asked.command) or _large(asked.command)
    return command(asked, context)


def _large(name: str) -> Command:
    """One of the commands that are large or rare, which is imported only when it runs."""
    if name == "upload":
        from shutterfeed_cli.uploading import upload

        return upload
    if name == "export":
        from shutterfeed_cli.export import export

        return export
    if name == "completion":
        from shutterfeed_cli.completion import completion

        return completion
    from shutterfeed_cli.instagram import import_archive

    return import_archive
