"""Whom a text mentions and a photo shows: handles become people when something is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shutterfeed.domain.errors import InvalidInput, quoted
from shutterfeed.domain.ids import nobodys_id
from shutterfeed.domain.mentions import Mention, handles_in, mentioned, renamed, written
from shutterfeed.domain.people import PersonDraft, TaggedPerson, check_number, check_point
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import canonical_handle
from shutterfeed.domain.visibility import Surface, UserSubject, Viewer, decide, may_mention
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.viewing import Stored, ViewingReads, Wanted


@dataclass(frozen=True, slots=True)
class Written:
    """A text to be stored, and the people whom it mentions."""

    text: str
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The people whom an author names, with everything that decides whether they may."""

    author: Viewer
    ids: Mapping[str, str] = field(default_factory=dict)
    """The ids by handle. A handle that nobody has leads to the id of nobody."""
    stored: Stored = field(default_factory=Stored)

    def written(self, text: str, before: Sequence[Mention] = ()) -> Written:
        """What to store of a text; `before` are the mentions that it had until now.

        Whoever is mentioned already stays so, also if they do not want to be mentioned any more. A
        person whose handle has changed since keeps the one in the text, so that a text does not
        become longer by itself. A mention of somebody who is hidden from the author stays as it is:
        the author has sent it back as plain text, and whoever has that handle now is not meant.
        """
        handles, held = handles_in(text), {mention.handle: mention.user_id for mention in before}
        ids: dict[str, str] = {}
        for handle in handles:
            meant = held.get(handle)
            if meant is not None and not self._is_seen(meant):
                ids[handle] = meant
            elif self.may_name(self.ids[handle], held.values()):
                ids[handle] = self.ids[handle]
        former = {mention.user_id: mention.handle for mention in before}
        back = {
            handle: former[user_id]
            for handle, user_id in ids.items()
            if former.get(user_id, handle) not in handles
        }
        kept = {back.get(handle, handle): user_id for handle, user_id in ids.items()}
        stored = renamed(text, back)
        return Written(stored, written(stored, kept))

    def tagged(
        self,
        drafts: Mapping[str, Sequence[PersonDraft]],
        fields: Mapping[str, str],
        post: Post | None = None,
    ) -> tuple[TaggedPerson, ...]:
        """The people tagged in the media of a post, of which those with the ids in `drafts` get
        new ones, and the others keep theirs. `fields` are the media's names in error messages.
        Raises `InvalidInput`, also if a post has too many."""
        held = () if post is None else post.people
        before = {person.user_id for person in held}
        not_again = () if post is None else post.untagged
        tagged = [person for person in held if person.media_id not in drafts]
        for media_id, people in drafts.items():
            for index, draft in enumerate(people):
                where = f"{fields[media_id]}[{index}]"
                check_point(draft.x, draft.y, where)
                user_id = self._named(draft.handle, where, before, not_again)
                tagged.append(draft.of(media_id, user_id))
        check_number(tagged, "people")
        return tuple(tagged)

    def _named(
        self, handle: str, where: str, before: Collection[str], not_again: Collection[str]
    ) -> str:
        """The id of a person whom the author tags; `before` are the ids of those who are tagged
        already, `not_again` of those who have removed their tags. Raises `InvalidInput`, in the
        same words whether there is no such person, or they may not be tagged."""
        user_id = self.ids.get(canonical_handle(handle) or "")
        if user_id is None or user_id in not_again or not self.may_name(user_id, before):
            message = f"{quoted(handle)} cannot be tagged."
            raise InvalidInput("cannot_be_tagged", message, f"{where}.handle")
        return user_id

    def may_name(self, user_id: str, before: Collection[str]) -> bool:
        """Whether the author may mention or tag a person, or has done so before."""
        if user_id in before:
            return self._is_seen(user_id)
        relation = self.stored.relation_to(user_id)
        return may_mention(self.author, self.stored.profiles.get(user_id), relation)

    def _is_seen(self, user_id: str) -> bool:
        subject = UserSubject(self.stored.profiles.get(user_id))
        relation = self.stored.relation_to(user_id)
        return decide(self.author, subject, relation, Surface.LIST) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleService:
    profiles: Profiles
    reads: ViewingReads

    def candidates(
        self, author_id: str, handles: Iterable[str], before: Iterable[str] = ()
    ) -> Candidates:
        """The people who have these handles today, and those with the ids of `before`. It takes two
        reads, and none if there are no handles.

        A handle that nobody has is read like one that somebody has, so that nobody learns from the
        time it takes who is hidden from them.
        """
        return self.having(author_id, self.ids_of(handles), before)

    def ids_of(self, handles: Iterable[str]) -> dict[str, str]:
        """The first read of `candidates`: the ids by handle."""
        names = sorted(set(handles))
        held = self.profiles.ids_of(names) if names else {}
        return {name: held.get(name) or nobodys_id(name) for name in names}

    def having(
        self, author_id: str, ids: Mapping[str, str], before: Iterable[str] = ()
    ) -> Candidates:
        """The second read of `candidates`: the people with the ids that the first one has found."""
        author = Viewer(author_id)
        if not ids:
            return Candidates(author)
        wanted = Wanted(uncounted=sorted({*ids.values(), *before}))
        return Candidates(author, ids, self.reads.read(author, wanted))

    def in_post(
        self,
        author_id: str,
        caption: str | None,
        drafts: Iterable[Sequence[PersonDraft]],
        post: Post | None = None,
    ) -> Candidates:
        """The people whom the author of a post names in a caption and tags in media; `post` is the
        one that is edited."""
        handles = [*handles_in(caption or "")]
        for people in drafts:
            handles += (canonical_handle(draft.handle) or "" for draft in people)
        return self.candidates(
            author_id, filter(None, handles), () if post is None else post.person_ids
        )

    def not_to_be_named(self, post: Post) -> frozenset[str]:
        """Those of the people in a post whom its author may neither mention nor tag now. It takes
        one read, and none if nobody is in it."""
        author = Viewer(post.author_id)
        wanted = Wanted(uncounted=sorted(post.person_ids))
        stored = self.reads.read(author, wanted) if post.person_ids else Stored()
        found = Candidates(author, stored=stored)
        return frozenset(one for one in post.person_ids if not found.may_name(one, ()))

    def written(self, author_id: str, text: str, before: Sequence[Mention] = ()) -> Written:
        """What to store of a text that somebody has written or edited: see `Candidates.written`."""
        found = self.candidates(author_id, handles_in(text), mentioned(before))
        return found.written(text, before)
