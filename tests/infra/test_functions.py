"""The functions' settings; many of these the local cloud ignores."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from infra.context import SettingsError
from infra.settings import REPOSITORY
from shutterfeed import config, topology
from shutterfeed.services import routing
from tests.infra.conftest import Synthesize
from tests.infra.templates import Template, listed, text
from tools import doctor, names

FUNCTIONS = sorted(path.parent.name for path in (REPOSITORY / "functions").glob("*/handler.py"))


def test_every_function_folder_is_deployed(every: Template) -> None:
    assert sorted(every.functions()) == FUNCTIONS


def test_a_function_carries_its_own_code_and_nothing_else(dev: Template) -> None:
    for name, function in dev.functions().items():
        asset = function["Code"]["S3Key"].removesuffix(".zip")
        carried = dev.path.parent / f"asset.{asset}"
        files = [path.relative_to(carried) for path in carried.rglob("*") if path.is_file()]
        assert Path(name, "handler.py") in files
        assert {path.parts[0] for path in files} == {name}
        # The OpenAPI document, a file of the site, would otherwise lie in the API's.
        assert {path.suffix for path in files} == {".py", ".pyc"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_runtime_and_logs(every: Template, name: str) -> None:
    function = every.functions()[name]
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    group = every.all("AWS::Logs::LogGroup")[function["LoggingConfig"]["LogGroup"]["Ref"]]
    assert group["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_environment_is_what_the_functions_settings_read(every: Template, name: str) -> None:
    if name == topology.ROUTER:
        expected = {topology.lane(step).queue_variable for step in routing.STEPS} | {"SCREENING"}
    else:
        own = f"{name.title().replace('_', '')}Settings"
        read = [getattr(config, own, config.MetadataSettings)]
        if name == "api":
            read.append(config.OriginSettings)
        fields = [field for settings in read for field in dataclasses.fields(settings)]
        expected = {field.name.upper() for field in fields}
    variables = every.functions()[name]["Environment"]["Variables"]
    assert variables.keys() == expected | {
        "POWERTOOLS_SERVICE_NAME",
        "POWERTOOLS_METRICS_NAMESPACE",
    }
    assert variables["POWERTOOLS_SERVICE_NAME"] == name
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "Shutterfeed"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_variables_point_at_what_they_are_named_for(every: Template, name: str) -> None:
    variables = every.functions()[name]["Environment"]["Variables"]
    for variable, value in variables.items():
        shown = every.named(value)
        if variable.endswith("_BUCKET"):
            assert shown == variable.removesuffix("_BUCKET").lower()
        elif variable.endswith("_QUEUE_URL"):
            queue = variable.removesuffix("_QUEUE_URL").lower().replace("_", "-")
            assert shown == queue
        elif variable.endswith("_TABLE"):
            assert shown == f"Tables{variable.removesuffix('_TABLE').capitalize()}"


def test_only_renderers_have_parsers_and_our_code_is_everywhere(dev: Template) -> None:
    for name, function in dev.functions().items():
        layers = [dev.named(layer).removeprefix("FunctionsLayers") for layer in function["Layers"]]
        imaging = ["Imaging"] if name in {"thumbnail", "transcode"} else []
        video = ["Video"] if name == "transcode" else []
        edge = ["Edge"] if name == "deny" else []
        push = ["Push"] if name == "push" else []
        assert sorted(layers) == [*edge, *imaging, *push, "Runtime", "Shared", *video]


def test_traces_are_recorded_unless_the_context_says_no(dev: Template, prod: Template) -> None:
    for template, traced in ((dev, True), (prod, False)):
        for name, function in template.functions().items():
            assert function.get("TracingConfig") == ({"Mode": "Active"} if traced else None)
            actions = {a for s in template.statements(name) for a in listed(s["Action"])}
            assert ("xray:PutTraceSegments" in actions) is traced


def test_a_new_account_allows_the_memory_of_every_function(any_at_all: Template) -> None:
    memory = {name: f["MemorySize"] for name, f in any_at_all.functions().items()}
    assert max(memory.values()) == doctor.LARGEST_MB == 3008


def test_the_renderer_has_a_whole_core(every: Template) -> None:
    thumbnail = every.functions()["thumbnail"]
    assert (thumbnail["MemorySize"], thumbnail["Timeout"]) == (1769, 60)


def test_the_transcoder_has_time_memory_and_room_for_the_largest_video(every: Template) -> None:
    transcode = every.functions()["transcode"]
    assert (transcode["MemorySize"], transcode["Timeout"]) == (3008, 900)
    assert transcode["EphemeralStorage"] == {"Size": 4096}
    others = [f for name, f in every.functions().items() if name != "transcode"]
    assert not [function for function in others if "EphemeralStorage" in function]


def test_more_than_lambda_unpacks_is_not_deployed(template_of: Synthesize, tmp_path: Path) -> None:
    for layer, megabytes in (("runtime", 50), ("imaging", 50), ("video", 151)):
        folder = tmp_path / "cp313-aarch64" / layer / "python"
        folder.mkdir(parents=True)
        with (folder / "sparse").open("wb") as file:
            file.truncate(megabytes << 20)
    with pytest.raises(SettingsError, match=r"runtime, imaging, video, shared have 25\d MB"):
        template_of(layers_dir=str(tmp_path))


def test_no_function_has_more_layers_than_lambda_takes(every: Template) -> None:
    assert max(len(function["Layers"]) for function in every.functions().values()) <= 5


def _reserved(template: Template) -> dict[str, int]:
    return {
        name: function["ReservedConcurrentExecutions"]
        for name, function in template.functions().items()
        if "ReservedConcurrentExecutions" in function
    }


def test_by_default_nothing_is_reserved_of_what_a_new_account_does_not_have(dev: Template) -> None:
    assert _reserved(dev) == {}


def test_on_the_local_cloud_a_reservation_keeps_each_queue_to_two(local: Template) -> None:
    assert _reserved(local) == {w.function: 2 * len(w.lanes) for w in topology.WORKERS}


def test_the_tools_know_the_functions_names(dev: Template) -> None:
    for name, function in dev.functions().items():
        assert function["FunctionName"] == names.function("dev", name)


def test_what_the_context_says_is_reserved(prod: Template) -> None:
    assert _reserved(prod) == {"api": 200, "thumbnail": 9}


def test_long_chains_of_messages_are_no_runaway_loop(every: Template) -> None:
    allowed = {name for name, function in every.functions().items() if "RecursiveLoop" in function}
    chained = {
        w.function
        for w in topology.WORKERS
        for lane in w.lanes
        if lane.queue_variable in every.functions()[w.function]["Environment"]["Variables"]
    }
    sent_on_once = {"dedup_hash", "push"}
    assert allowed == chained - sent_on_once
    for name in allowed:
        assert every.functions()[name]["RecursiveLoop"] == "Allow"


def test_logs_are_kept_as_long_as_the_context_says(dev: Template, prod: Template) -> None:
    # The API's access log, and those of what puts the site's files and of what makes calls.
    for template, days, others in ((dev, 30, 2), (prod, 365, 3)):
        groups = template.all("AWS::Logs::LogGroup").values()
        assert {group["RetentionInDays"] for group in groups} == {days}
        assert len(groups) == len(FUNCTIONS) + others


def test_the_log_level_comes_from_the_context(dev: Template, prod: Template) -> None:
    for template, level in ((dev, "INFO"), (prod, "DEBUG")):
        levels = {
            function["LoggingConfig"]["ApplicationLogLevel"]
            for function in template.functions().values()
        }
        assert levels == {level}


def test_snapshots_are_an_option_of_the_api_function_alone(dev: Template, prod: Template) -> None:
    assert not [name for name, function in dev.functions().items() if "SnapStart" in function]
    assert "AWS::Lambda::Version" not in dev.types()
    started = {
        name: function["SnapStart"]
        for name, function in prod.functions().items()
        if "SnapStart" in function
    }
    assert started == {"api": {"ApplyOn": "PublishedVersions"}}
    assert prod.only("AWS::Lambda::Alias")["Name"] == "live"
    integration = text(prod.only("AWS::ApiGatewayV2::Integration")["IntegrationUri"])
    (alias,) = prod.all("AWS::Lambda::Alias")
    assert alias in integration


def test_an_unbuilt_layer_is_named_in_one_sentence(template_of: Synthesize, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^The layer .+ is not built: run `make layers`"):
        template_of(layers_dir=str(tmp_path))


def test_a_reservation_for_an_unknown_function_is_refused(template_of: Synthesize) -> None:
    with pytest.raises(SettingsError, match="thumbnails"):
        template_of(reserved_concurrency={"thumbnails": 3})
