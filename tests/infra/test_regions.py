"""The stack can be made in any region of the commercial partition."""

from __future__ import annotations

import pytest
from cfnlint.helpers import REGIONS  # type: ignore[import-untyped]  # it ships no types
from cfnlint.schema import (  # type: ignore[import-untyped]
    ResourceNotFoundError,
)
from cfnlint.schema.manager import (  # type: ignore[import-untyped]
    PROVIDER_SCHEMA_MANAGER,
)

from tests.infra.templates import Template

OTHER_PARTITIONS = ("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-")
COMMERCIAL = sorted(region for region in REGIONS if not region.startswith(OTHER_PARTITIONS))


def _exists(kind: str, region: str) -> bool:
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind)
    except ResourceNotFoundError:
        return False
    return True


def test_cfn_lint_knows_where_a_type_is_missing() -> None:
    assert len(COMMERCIAL) > 30
    # That is why budgets are made by a call.
    assert not _exists("AWS::Budgets::Budget", "eu-north-1")
    assert _exists("AWS::Budgets::Budget", "us-east-1")


@pytest.mark.parametrize("region", COMMERCIAL)
def test_everything_in_the_stack_is_there(
    region: str,
    dev: Template,
    prod: Template,
    searching: Template,
    valkey: Template,
) -> None:
    kinds = {kind for template in (dev, prod, searching, valkey) for kind in template.types()}
    ours = {kind for kind in kinds if not kind.startswith("Custom::")}
    assert {kind for kind in ours if not _exists(kind, region)} == set()
