"""The presets of `cdk.json`: sets of values for a small and for a large deployment.

`preset` says which one is used. A value that the context has by itself, on the command line or
beside the presets in `cdk.json`, overrides the preset's. Null in a file means that there is no
value; on the command line (`warm_throughput=null`) it overrides the preset's value with none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from infra.context import SettingsError

Read = Callable[[str], object]
VALUES: Final = frozenset(
    (
        "api_throttle",
        "worker_concurrency",
        "reserved_concurrency",
        "memory_mb",
        "warm_throughput",
        "access_token_minutes",
        "alarms",
        "budget",
        "tracing",
    )
)
"""What a preset sets. One that leaves a value out, or has null for it, sets it to none."""


def with_preset(read: Read) -> Read:
    """`read`, completed by the values of the chosen preset. Raises `SettingsError`."""
    presets = read("presets")
    if not isinstance(presets, dict) or not all(isinstance(it, dict) for it in presets.values()):
        raise SettingsError("Context value presets must map names to maps of context values.")
    for preset, values in presets.items():
        unknown = sorted(values.keys() - VALUES)
        if unknown:
            raise SettingsError(
                f"Context value presets: {preset} has {', '.join(unknown)}, which no preset sets."
            )
    chosen = read("preset")
    if not isinstance(chosen, str) or chosen not in presets:
        raise SettingsError(
            f"Context value preset must be one of {', '.join(presets)}, not {chosen!r}."
        )
    values = presets[chosen]

    def completed(name: str) -> object:
        value = read(name)
        return values.get(name) if value is None else value

    return completed
