"""The search index in memory, as those see it who keep it like the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.search import Document, Gone, subject_of


@dataclass(frozen=True, slots=True)
class FakeSearchDocuments:
    documents: dict[PostId | str, Document] = field(default_factory=dict)
    """The documents by subject; one that is gone is kept, with its version."""
    refusals: dict[PostId | str, str] = field(default_factory=dict)
    """Subjects whose documents are not taken, and why."""
    batches: list[int] = field(default_factory=list)
    """How many documents each call brought."""

    def apply(self, documents: Sequence[Document]) -> Mapping[PostId | str, str]:
        self.batches.append(len(documents))
        for document in documents:
            subject = subject_of(document)
            known = self.documents.get(subject)
            if subject not in self.refusals and (
                known is None or known.version <= document.version
            ):
                self.documents[subject] = document
        return {s: self.refusals[s] for s in map(subject_of, documents) if s in self.refusals}

    def shown(self) -> set[PostId | str]:
        """The subjects of what can be found."""
        return {s for s, document in self.documents.items() if not isinstance(document, Gone)}
