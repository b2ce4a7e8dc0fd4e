"""What holds data is never replaced. CloudFormation knows a resource by its logical id: under
another id it makes a new, empty one, and deletes or forgets the old one.

`stateful_ids.json` is the list. A new resource is added to it; an id in it never changes. If one
really has to, `CHANGELOG.md` says under "Replaced" what a deployment loses by it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

from tests.infra.templates import Template

IDS: Final[dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("stateful_ids.json").read_text()
)
HOLDS_DATA: Final = re.compile(
    r"AWS::(Backup::BackupVault|CloudFront::KeyValueStore|Cognito::UserPool(Client|Group)?"
    r"|DynamoDB::(Global)?Table|EFS::.*|KMS::Key|OpenSearchService::Domain|RDS::.*|S3::Bucket"
    r"|SecretsManager::Secret|SSM::Parameter)"
)
"""Types whose resources hold what a deployment cannot make again, or only at great cost."""
OPTIONS: Final = {
    "AWS::Backup::BackupVault",
    "AWS::CloudFront::KeyValueStore",
    "AWS::OpenSearchService::Domain",
}
ENGINES: Final = {"SearchIndex77C8BB6C"}
"""The table of the search index, which OpenSearch takes the place of."""


def _stateful(template: Template) -> set[tuple[str, str]]:
    return {
        (resource["Type"], logical_id)
        for logical_id, resource in template.content["Resources"].items()
        if HOLDS_DATA.fullmatch(resource["Type"])
    }


def test_every_resource_that_holds_data_has_the_id_that_it_always_had(
    any_at_all: Template,
) -> None:
    known = {(kind, logical_id) for kind, ids in IDS.items() for logical_id in ids}
    assert _stateful(any_at_all) - known == set()


def test_no_resource_that_holds_data_has_gone(any_at_all: Template) -> None:
    needed = {
        (kind, logical_id)
        for kind, ids in IDS.items()
        for logical_id in ids
        if kind not in OPTIONS and logical_id not in ENGINES
    }
    assert needed - _stateful(any_at_all) == set()


def test_options_have_their_ids_too(prod: Template, searching: Template, dev: Template) -> None:
    found = _stateful(prod) | _stateful(searching) | _stateful(dev)
    assert found == {(kind, logical_id) for kind, ids in IDS.items() for logical_id in ids}


def test_every_version_of_the_changelog_says_what_it_replaces(repo_root: Path) -> None:
    versions = re.split(r"^## ", (repo_root / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    assert len(versions) >= 2
    for version in versions:
        title = version.splitlines()[0]
        (section,) = re.findall(
            r"^### Replaced\n\n(.+?)(?=\n### |\Z)", version, re.MULTILINE | re.DOTALL
        )
        assert section.strip(), f"{title} does not say what a deployment of it replaces"
