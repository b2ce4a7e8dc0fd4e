"""Settings from the environment."""

from __future__ import annotations

import pytest

from shutterfeed import config
from shutterfeed.config import ApiSettings, MetadataSettings, MissingSetting
from tests.settings import API


def test_each_setting_is_read_from_the_variable_of_its_name() -> None:
    settings = ApiSettings.from_env(API | {"OTHER": "ignored"})
    assert settings == ApiSettings(**{name.lower(): value for name, value in API.items()})


@pytest.mark.parametrize("missing", sorted(API))
@pytest.mark.parametrize("empty", [True, False])
def test_a_missing_or_empty_variable_is_named(missing: str, empty: bool) -> None:
    env = {name: value for name, value in API.items() if name != missing}
    if empty:
        env[missing] = ""
    with pytest.raises(MissingSetting, match=missing):
        ApiSettings.from_env(env)


def test_the_process_environment_is_read_when_nothing_else_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("METADATA_TABLE", "from the process")
    assert MetadataSettings.from_env() == MetadataSettings("from the process")


def test_the_queues_of_steps_are_read_by_their_words() -> None:
    env = {"FAN_OUT_QUEUE_URL": "https://one", "INDEX_QUEUE_URL": "https://two"}
    assert config.queue_urls(("fan_out", "index"), env) == {
        "fan_out": "https://one",
        "index": "https://two",
    }
    with pytest.raises(MissingSetting, match="DELIVER_QUEUE_URL"):
        config.queue_urls(("fan_out", "deliver"), env)
