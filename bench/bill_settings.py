"""The settings of a deployment that cost, read from the template that is synthesized for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from bench.bill_measured import Settings
from bench.bill_tables import FEED, METADATA, SEARCH
from tests.infra.templates import Template, stand_in_layers, stand_in_site

_TABLE: Final = "AWS::DynamoDB::Table"
_IDS: Final = {METADATA: "TablesMetadata", FEED: "TablesFeed", SEARCH: "SearchIndex"}


def read_settings(context: Mapping[str, Any]) -> Settings:
    """Synthesize a deployment with these context values, and read its settings."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "site").mkdir()
        built = {
            "layers_dir": str(stand_in_layers(base / "layers")),
            "site_dir": str(stand_in_site(base / "site")),
        }
        return settings_of(Template.synthesized({**built, **context}, base / "out"))


def settings_of(template: Template) -> Settings:
    """What a template says of the things that cost."""
    functions = template.functions()
    (days,) = {group["RetentionInDays"] for group in template.all("AWS::Logs::LogGroup").values()}
    return Settings(
        # All mappings but the stream's, whose reads are free.
        queues=len(template.all("AWS::Lambda::EventSourceMapping")) - 1,
        alarms=len(template.all("AWS::CloudWatch::Alarm")),
        dashboards=len(template.all("AWS::CloudWatch::Dashboard")),
        memory_mb={name: function["MemorySize"] for name, function in functions.items()},
        infrequent=frozenset(_infrequent(template)),
        originals_class=_originals_class(template),
        log_days=days,
        traced=functions["api"].get("TracingConfig") == {"Mode": "Active"},
    )


def _infrequent(template: Template) -> Iterator[str]:
    tables = template.all(_TABLE)
    for name, prefix in _IDS.items():
        table = tables[template.id_of(_TABLE, prefix)]
        if table.get("TableClass") == "STANDARD_INFREQUENT_ACCESS":
            yield name


def _originals_class(template: Template) -> str:
    rules = template.buckets()["originals"]["LifecycleConfiguration"]["Rules"]
    (rule,) = (rule for rule in rules if rule["Id"] == "rarely-read")
    (transition,) = rule["Transitions"]
    assert transition["TransitionInDays"] == 30, "what the model expects"
    found: str = transition["StorageClass"]
    return found
