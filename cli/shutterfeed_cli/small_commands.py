"""The functions of the commands that are small: all but those that handle many files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from shutterfeed_cli import (
    answers,
    commands,
    discussion,
    editing,
    people,
    posts,
    profile,
    reports,
)
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
SMALL: Final[Mapping[str, Command]] = {
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
    "report": reports.report,
    "reports": reports.reports,
    "requests": people.requests,
    "suggestions": people.suggestions,
    **_ANSWERS,
    "edit": editing.edit,
    "privacy": editing.privacy,
    "held-words": editing.held_words,
    "activity-settings": editing.activity_settings,
}
"""The function of each of these commands, by its name."""
