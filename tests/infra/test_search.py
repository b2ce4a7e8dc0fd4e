"""The search index: a table by default, an OpenSearch domain where the context says so."""

from __future__ import annotations

from typing import Any

import pytest

from infra.context import SettingsError
from shutterfeed import schema
from tests.infra.conftest import Synthesize
from tests.infra.templates import Template, listed, text
from tools import doctor

DOMAIN = "AWS::OpenSearchService::Domain"


@pytest.fixture(scope="module")
def trial(template_of: Synthesize) -> Template:
    return template_of(
        search="opensearch",
        search_nodes=1,
        search_zones=1,
        search_masters=0,
        search_instance="t3.small.search",
        search_volume_gb=10,
    )


def _properties(template: Template) -> dict[str, Any]:
    return template.only("AWS::OpenSearchService::Domain")


def test_the_default_is_a_table_without_stream_and_backup(every: Template) -> None:
    assert "AWS::OpenSearchService::Domain" not in every.types()
    (table,) = (t for n, t in every.all("AWS::DynamoDB::Table").items() if n.startswith("Search"))
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"]["AttributeName"] == schema.TTL_ATTRIBUTE
    assert "StreamSpecification" not in table
    assert every.functions()["api"]["Environment"]["Variables"]["SEARCH_ENGINE"] == "dynamodb"
    assert every.outputs()["SearchEngine"] == "dynamodb"


def test_a_domain_is_spread_encrypted_and_watched(searching: Template) -> None:
    properties = _properties(searching)
    assert properties["EngineVersion"] == doctor.SEARCH_ENGINE == "OpenSearch_2.19"
    cluster = properties["ClusterConfig"]
    assert cluster["ZoneAwarenessConfig"] == {"AvailabilityZoneCount": 2}
    assert (cluster["InstanceCount"], cluster["DedicatedMasterCount"]) == (2, 3)
    assert properties["EncryptionAtRestOptions"] == {"Enabled": True}
    assert properties["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert properties["DomainEndpointOptions"]["EnforceHTTPS"] is True
    assert set(properties["LogPublishingOptions"]) == {
        "SEARCH_SLOW_LOGS",
        "INDEX_SLOW_LOGS",
        "ES_APPLICATION_LOGS",
    }
    assert all(option["Enabled"] for option in properties["LogPublishingOptions"].values())


def test_production_keeps_its_domain_once_it_is_there(searching: Template, first: Template) -> None:
    (kept,) = first.whole(DOMAIN).values()
    assert (kept["DeletionPolicy"], kept["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )
    (dropped,) = searching.whole(DOMAIN).values()
    assert (dropped["DeletionPolicy"], dropped["UpdateReplacePolicy"]) == ("Delete", "Delete")


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"stage": "abcdefghij"}, "choose a shorter stage"),
        ({"search_nodes": 3}, r"multiple of search_zones \(2\), not 3"),
        ({"search_nodes": 0}, "multiple of search_zones"),
        ({"search_zones": 4, "search_nodes": 4}, "search_zones must be 1, 2 or 3"),
        ({"search_masters": 1}, "search_masters must be 3 or 5"),
    ],
)
def test_what_aws_would_refuse_is_refused_before(
    template_of: Synthesize, context: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        template_of(search="opensearch", **context)


def test_the_longest_stage_that_fits_is_taken(searching: Template) -> None:
    assert len(searching.only(DOMAIN)["DomainName"]) == 28


def test_only_two_roles_are_let_in_and_the_writer_administers(searching: Template) -> None:
    properties = _properties(searching)
    security = properties["AdvancedSecurityOptions"]
    assert security["Enabled"] is True
    assert security["InternalUserDatabaseEnabled"] is False
    writer = security["MasterUserOptions"]["MasterUserARN"]["Fn::GetAtt"][0]
    assert writer.startswith("FunctionsIndexRole")
    (statement,) = properties["AccessPolicies"]["Statement"]
    roles = [arn["Fn::GetAtt"][0] for arn in statement["Principal"]["AWS"]]
    assert [role[:16] for role in roles] == ["FunctionsApiRole", "FunctionsIndexRo"]
    variables = searching.functions()["index"]["Environment"]["Variables"]
    assert variables["SEARCH_READER"] == {"Fn::GetAtt": [roles[0], "Arn"]}


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("api", {"es:ESHttpGet", "es:ESHttpPost"}),
        (
            "index",
            {f"es:ESHttp{verb}" for verb in ("Get", "Head", "Post", "Put", "Delete")},
        ),
    ],
)
def test_each_may_do_what_it_does(searching: Template, function: str, actions: set[str]) -> None:
    granted = {
        action
        for statement in searching.statements(function)
        for action in listed(statement["Action"])
        if action.startswith("es:")
    }
    assert granted == actions


def test_functions_are_told_where_it_is_and_have_its_client(searching: Template) -> None:
    for name, function in searching.functions().items():
        layers = {
            searching.named(layer).removeprefix("FunctionsLayers") for layer in function["Layers"]
        }
        searches = name in {"api", "index"}
        assert ("Search" in layers) is searches
        if searches:
            target = text(function["Environment"]["Variables"]["SEARCH_TARGET"])
            assert target.startswith("https://")
            assert target.endswith("DomainEndpoint}")
    assert "SearchIndex" not in str(searching.types())


def test_a_trial_is_one_small_node(trial: Template) -> None:
    cluster = _properties(trial)["ClusterConfig"]
    assert (cluster["InstanceCount"], cluster["InstanceType"]) == (1, "t3.small.search")
    assert cluster["DedicatedMasterEnabled"] is cluster["ZoneAwarenessEnabled"] is False
    assert _properties(trial)["EBSOptions"]["VolumeSize"] == 10


def test_the_local_cloud_takes_a_node_that_is_there(template_of: Synthesize) -> None:
    template = template_of(
        stage="local", search="opensearch", search_endpoint="http://127.0.0.1:9200"
    )
    variables = template.functions()["api"]["Environment"]["Variables"]
    assert variables["SEARCH_TARGET"] == "http://127.0.0.1:9200"
    indexer = template.functions()["index"]["Environment"]["Variables"]
    assert indexer["SEARCH_READER"] == "nobody", "a node without rights has nobody to let in"
    assert "AWS::OpenSearchService::Domain" not in template.types()
    with pytest.raises(SettingsError, match="make opensearch"):
        template_of(stage="local", search="opensearch")


def test_there_is_no_third_engine(template_of: Synthesize) -> None:
    with pytest.raises(SettingsError, match="dynamodb"):
        template_of(search="elastic")
