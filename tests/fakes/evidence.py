"""The audit's facts in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shutterfeed.ports.evidence import Comparison, Fact, Kind, Source


@dataclass
class FakeEvidence:
    facts: dict[Kind, set[Fact]] = field(default_factory=lambda: {kind: set() for kind in Kind})
    by_content: dict[tuple[Kind, str], set[Fact]] = field(default_factory=dict)

    def gather(self, sources: Sequence[Source], progress: Callable[[str], None]) -> None:
        for number, source in enumerate(sources, start=1):
            for fact in source():
                self.facts[fact.kind].add(fact)
                self.by_content.setdefault((fact.kind, fact.sha256), set()).add(fact)
            progress(f"{number} of {len(sources)} parts read")

    def find(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        def about(fact: Fact) -> tuple[str, ...]:
            return tuple(getattr(fact, column) for column in comparison.by)

        found: Iterable[Fact] = self.facts[comparison.of]
        if comparison.lacking is not None:
            there = set(map(about, self.facts[comparison.lacking]))
            found = [fact for fact in found if about(fact) not in there]
        elif comparison.with_one is not None:
            there = set(map(about, self.facts[comparison.with_one]))
            found = [fact for fact in found if about(fact) in there]
        yield from sorted({(fact.sha256, fact.subject) for fact in found})

    def detail(self, kind: Kind, sha256: str, subject: str | None = None) -> str | None:
        facts = self.by_content.get((kind, sha256), set())
        return next((f.detail for f in sorted(facts) if subject in {None, f.subject}), None)
