"""The presets: what each sets, and what overrides it."""

from __future__ import annotations

from typing import Any

import pytest

from infra.context import SettingsError
from infra.presets import VALUES
from infra.settings import Settings
from shutterfeed import topology
from tests.infra.conftest import Synthesize
from tests.infra.templates import Template
from tests.infra.test_settings import CONTEXT

PRESETS = CONTEXT["presets"]
LARGE: dict[str, Any] = {"preset": "large", "alarm_email": "operators@example.com"}


def _settings(**overrides: object) -> Settings:
    return Settings.from_context({**CONTEXT, **overrides}.get)


def test_a_preset_has_values_that_nothing_else_has() -> None:
    """A value beside the presets would override both of them."""
    assert PRESETS.keys() == {"small", "large"}
    assert CONTEXT["preset"] == "small"
    for values in PRESETS.values():
        assert values.keys() == VALUES
        assert not values.keys() & CONTEXT.keys()


@pytest.mark.parametrize("name", PRESETS["large"])
def test_every_value_of_a_preset_makes_a_difference_and_can_be_overridden(name: str) -> None:
    large, small = _settings(**LARGE), _settings(alarm_email=LARGE["alarm_email"])
    assert PRESETS["large"][name] != PRESETS["small"][name]
    value = PRESETS["small"][name]
    other = _settings(**LARGE, **{name: "null" if value is None else value})
    assert other not in (large, small)
    everything = {key: "null" if it is None else it for key, it in PRESETS["small"].items()}
    assert _settings(**LARGE, **everything) == small


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"preset": "huge"}, "preset must be one of small, large, not 'huge'."),
        ({"preset": None}, "preset must be one of small, large, not None."),
        ({"presets": {"small": {}, "large": 3}}, "must map names to maps"),
        ({"presets": {"small": {"alarm": "all"}}}, "small has alarm, which no preset sets."),
        ({"preset": "large"}, "budget needs an alarm_email to warn."),
        ({"api_throttle": {"rate": 0, "burst": 5}}, "rate and burst must be at least 1."),
        ({**LARGE, "reserved_concurrency": {"index": 9}}, "index must be at least 150, the"),
        ({**LARGE, "stage": "local"}, "must be null or false: the local cloud"),
        ({"memory_mb": {"api": "much"}}, "memory_mb must map names to numbers"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(context: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        _settings(**context)
    assert said in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"pai": 2048}, "names no function: pai."),
        ({"thumbnail": 1024}, "thumbnail must be from 1769, what its work takes, to 10240"),
        ({"api": 10241}, "api must be from 1024, what its work takes, to 10240, not 10241."),
    ],
)
def test_memory_that_work_does_not_fit_into_is_refused(
    template_of: Synthesize, chosen: dict[str, int], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        template_of(memory_mb=chosen)


def test_memory_is_the_functions_own_unless_a_preset_says_more(
    dev: Template, large: Template
) -> None:
    from infra.functions import SPECS

    chosen = PRESETS["large"]["memory_mb"]
    for name, function in large.functions().items():
        assert function["MemorySize"] == chosen.get(name, SPECS[name].memory_mb)
        assert dev.functions()[name]["MemorySize"] == SPECS[name].memory_mb


def test_the_large_preset_is_what_its_template_has(large: Template) -> None:
    values = PRESETS["large"]
    for lane in topology.LANES:
        mapping = large.mapping_of(lane.queue)
        most = mapping["ScalingConfig"]["MaximumConcurrency"]
        assert most == values["worker_concurrency"].get(lane.setting, lane.concurrency)
    assert large.functions()["api"]["ReservedConcurrentExecutions"] == 1000
    stage = large.only("AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"]
    throttle = values["api_throttle"]
    assert stage["ThrottlingRateLimit"] == throttle["rate"]
    assert stage["ThrottlingBurstLimit"] == throttle["burst"]
    warm = values["warm_throughput"]
    for table in large.all("AWS::DynamoDB::Table").values():
        for place in (table, *table.get("GlobalSecondaryIndexes", ())):
            assert place["WarmThroughput"] == {
                "ReadUnitsPerSecond": warm["read"],
                "WriteUnitsPerSecond": warm["write"],
            }
    (client,) = (
        properties
        for properties in large.all("AWS::Cognito::UserPoolClient").values()
        if properties["ClientName"].endswith("-public")
    )
    assert client["AccessTokenValidity"] == values["access_token_minutes"]
    assert all(
        "TracingConfig" not in function or function["TracingConfig"] == {"Mode": "PassThrough"}
        for function in large.functions().values()
    )


def test_the_large_preset_watches_quotas_queues_and_the_bill(
    dev: Template, large: Template
) -> None:
    def alarms(template: Template) -> set[str]:
        found = template.all("AWS::CloudWatch::Alarm").values()
        return {alarm["AlarmName"].split("-", 2)[2] for alarm in found}

    assert alarms(large) - alarms(dev) == {
        *(f"{worker.queue}-waiting" for worker in topology.WORKERS),
        "cases-waiting",
        "throttles",
        "concurrency",
        "throttled-sign-ins",
        "throttled-sign-ups",
        "throttled-token-refreshes",
        "throttled-password-checks",
    }
    assert "Custom::AWS" in large.types()
    assert "Custom::AWS" not in dev.types()
