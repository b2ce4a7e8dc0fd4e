"""The step `screen` looks for what operators have listed, in new contents and in new words.

A content is screened when it is rendered and before its medium is published, so that nobody sees
what is withheld. If a detector fails, the message comes again: nothing is published unscreened.
Words are screened when they are there, within seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import BlobState, Reference
from shutterfeed.domain.messages import (
    PublishMedium,
    PublishMessage,
    ScreenComment,
    ScreenMedium,
    ScreenMessage,
    ScreenPost,
    ScreenUser,
)
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.screening import Consequence, Finding, Seen, SeenMedium, words_of
from shutterfeed.domain.users import Profile
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.screening import CaseOpener, ContentDetector, FindingsLog, TextDetector


class ScreeningOutcome(StrEnum):
    """What came of screening something: the gravest consequence of what was found."""

    CLEAR = "clear"
    MATCH = "match"
    REVIEW = "review"
    BLOCK = "block"
    GONE = "gone"
    """There is nothing to screen any more."""


_GRAVEST_FIRST = (Consequence.BLOCK, Consequence.REVIEW, Consequence.MATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningService:
    blobs: Blobs
    posts: Posts
    comments: Comments
    profiles: Profiles
    contents: Sequence[ContentDetector]
    texts: Sequence[TextDetector]
    cases: CaseOpener
    log: FindingsLog
    publish: Queue[PublishMessage]

    def screen(self, message: ScreenMessage) -> ScreeningOutcome:
        """Screen what a message is about. A repetition finds the same, and changes nothing."""
        match message:
            case ScreenMedium(reference):
                outcome = self._medium(reference)
                self.publish.send([PublishMedium(reference)])
                return outcome
            case ScreenPost(post_id):
                return self._post(post_id)
            case ScreenComment(comment_id):
                return self._comment(comment_id)
            case ScreenUser(user_id):
                return self._written(user_id, self.profiles.get(user_id))

    def _medium(self, reference: Reference) -> ScreeningOutcome:
        blob = self.blobs.get(reference.sha256)
        if blob is None or blob.state is not BlobState.READY:
            return ScreeningOutcome.GONE
        seen = SeenMedium(reference.post_id, reference.media_id, blob)
        found = chain.from_iterable(detector.in_content(blob) for detector in self.contents)
        return self._told(f"{reference.post_id} {reference.media_id}", seen, list(found))

    def _post(self, post_id: PostId) -> ScreeningOutcome:
        post = self.posts.get(post_id)
        if post is not None and post.state is not PostState.PUBLISHED:
            post = None
        return self._written(str(post_id), post)

    def _comment(self, comment_id: CommentId) -> ScreeningOutcome:
        comment = self.comments.get_many([comment_id]).get(comment_id)
        if comment is not None and comment.removed:
            comment = None
        return self._written(str(comment_id), comment)

    def _written(self, subject: str, seen: Post | Comment | Profile | None) -> ScreeningOutcome:
        if seen is None:
            return ScreeningOutcome.GONE
        found = (
            finding
            for text in words_of(seen)
            for detector in self.texts
            for finding in detector.in_text(text)
        )
        # An entry may be in a caption and in the text of a picture.
        return self._told(subject, seen, list(dict.fromkeys(found)))

    def _told(self, subject: str, seen: Seen, findings: list[Finding]) -> ScreeningOutcome:
        for finding in findings:
            self.log.note(subject, finding)
        self.cases.open(seen, findings)
        found = {finding.does for finding in findings}
        gravest = (ScreeningOutcome(does) for does in _GRAVEST_FIRST if does in found)
        return next(gravest, ScreeningOutcome.CLEAR)
