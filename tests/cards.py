"""Reads a page's head as messengers and search engines do: from the raw answer, without running
anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(("meta", "link"))


@dataclass(slots=True)
class Head:
    title: str = ""
    names: dict[str, list[str]] = field(default_factory=dict)
    """The contents of `<meta name=…>`, in order."""
    properties: dict[str, list[str]] = field(default_factory=dict)
    """The contents of `<meta property=…>`, such as those of OpenGraph, in order."""
    links: list[dict[str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    """Every tag of the document that begins, in order."""
    attributes: set[str] = field(default_factory=set)
    """The names of all attributes."""

    def name(self, name: str) -> str | None:
        """The content of a meta tag that may be there once."""
        return _once(self.names.get(name, []))

    def property(self, name: str) -> str | None:
        """The content of a property that may be there once."""
        return _once(self.properties.get(name, []))

    def link(self, rel: str, media_type: str | None = None) -> str | None:
        """The address of a link that may be there once."""
        return _once(
            [
                link["href"]
                for link in self.links
                if link.get("rel") == rel and (media_type is None or link.get("type") == media_type)
            ]
        )


def read_head(page: str) -> Head:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.head


def _once(values: list[str]) -> str | None:
    assert len(values) <= 1, values
    return values[0] if values else None


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head = Head()
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.head.tags.append(tag)
        found = {name: value or "" for name, value in attrs}
        assert len(found) == len(attrs), f"an attribute of {tag} is there twice"
        self.head.attributes |= found.keys()
        self._in_title = tag == "title"
        if tag == "meta" and "content" in found:
            kind = self.head.properties if "property" in found else self.head.names
            kind.setdefault(found.get("property", found.get("name", "")), []).append(
                found["content"]
            )
        if tag == "link":
            self.head.links.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _VOID, f"{tag} cannot end itself"
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.head.title += data
