"""S3's lifecycle rules, run over a bucket of moto, which keeps them and does nothing.

What AWS documents: a rule selects versions by their own tags, current and noncurrent ones; a
version is noncurrent since its successor was made; the time is rounded up to the next midnight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_DAY: Final = timedelta(days=1)

Rule = Mapping[str, Any]
"""A rule as a template has it."""


def run(backend: Any, bucket: str, rules: Sequence[Rule], now: datetime) -> None:
    """Do once what the rules ask for. The last-modified times of the versions must be in order."""
    store = backend.buckets[bucket].keys
    for key in list(store):
        for version, since, is_current in _versions(store.getlist(key)):
            due = due_at(rules, key, tags_of(backend, version), since, is_current=is_current)
            if due is None or due > now:
                continue
            if is_current:
                backend.delete_object(bucket, key)
                stamp(store.getlist(key)[-1], now)
            else:
                _keep(store, key, [v for v in store.getlist(key) if v is not version])
        if any(rule.get("ExpiredObjectDeleteMarker") for rule in rules):
            _remove_lone_marker(store, key)


def next_time(backend: Any, bucket: str, rules: Sequence[Rule]) -> datetime | None:
    """When a rule next has something to do."""
    store = backend.buckets[bucket].keys
    dues = (
        due_at(rules, key, tags_of(backend, version), since, is_current=is_current)
        for key in store
        for version, since, is_current in _versions(store.getlist(key))
    )
    return min((due for due in dues if due is not None), default=None)


def due_at(
    rules: Sequence[Rule], key: str, tags: frozenset[str], since: datetime, *, is_current: bool
) -> datetime | None:
    """When the first of the rules removes a version; None if none does."""
    days = [d for rule in rules if _selects(rule, key, tags) and (d := _days(rule, is_current))]
    return None if not days else midnight_after(since + timedelta(days=min(days)))


def midnight_after(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY


def stamp(version: Any, at: datetime) -> None:
    """Let a version have been made at that time; moto goes by the machine's clock, without a
    zone."""
    version.last_modified = at.astimezone(UTC).replace(tzinfo=None)


def is_marker(version: Any) -> bool:
    """Whether one of moto's versions is a delete marker."""
    return not hasattr(version, "value")


def tags_of(backend: Any, version: Any) -> frozenset[str]:
    """The keys of a version's tags; a delete marker has none."""
    if is_marker(version):
        return frozenset()
    return frozenset(backend.tagger.get_tag_dict_for_resource(version.arn))


def _versions(versions: Sequence[Any]) -> list[tuple[Any, datetime, bool]]:
    """The versions of an object, oldest first: each with the time since which it has been what it
    is, and whether it is the current one. A current delete marker is left out."""
    found = []
    for index, version in enumerate(versions):
        is_current = index == len(versions) - 1
        if not (is_current and is_marker(version)):
            since = version if is_current else versions[index + 1]
            found.append((version, since.last_modified.replace(tzinfo=UTC), is_current))
    return found


def _selects(rule: Rule, key: str, tags: frozenset[str]) -> bool:
    wanted = {tag["Key"] for tag in rule.get("TagFilters", ())}
    return key.startswith(rule.get("Prefix", "")) and wanted <= tags


def _days(rule: Rule, is_current: bool) -> int | None:
    if is_current:
        return rule.get("ExpirationInDays")
    noncurrent = rule.get("NoncurrentVersionExpiration", {})
    days: int | None = noncurrent.get("NoncurrentDays")
    return days


def _remove_lone_marker(store: Any, key: str) -> None:
    versions = store.getlist(key, [])
    if len(versions) == 1 and is_marker(versions[0]):
        _keep(store, key, [])


def _keep(store: Any, key: str, versions: list[Any]) -> None:
    if versions:
        store.setlist(key, versions)
    else:
        dict.pop(store, key)
