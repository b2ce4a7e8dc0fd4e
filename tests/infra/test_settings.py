"""Reading the settings from context."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from infra.context import SettingsError
from infra.presets import VALUES
from infra.settings import REPOSITORY, Settings
from shutterfeed import schema, topology
from shutterfeed.bootstrap.limits import limits_of
from shutterfeed.domain.limits import Allowance, Limited
from shutterfeed.domain.media import UPLOAD_LINK_LIFETIME
from shutterfeed.domain.moderation import ReportReason
from shutterfeed.domain.multipart import RESUMABLE
from shutterfeed.domain.screening import Consequence, LabelRule, Rule, ScreeningPolicy
from tests.infra.contexts import CERTIFICATE, CONTEXTS, SCREENING

CONTEXT = json.loads((REPOSITORY / "cdk.json").read_text(encoding="utf-8"))["context"]
FEED = CONTEXT["feed"]
LIMITS = CONTEXT["limits"]


OF_THE_BUILD = {"layers_dir", "openapi", "site_dir"}
OF_THE_LOCAL_CLOUD = {"layers_target", "search_endpoint"}


def _settings(**overrides: object) -> Settings:
    return Settings.from_context({**CONTEXT, **overrides}.get)


def test_the_defaults_are_complete() -> None:
    settings = _settings()
    assert settings.stack_name == "Shutterfeed-dev"
    assert settings.layers_target == "cp313-aarch64"
    assert settings.openapi == REPOSITORY / "functions" / "api" / "openapi.json"


def test_every_value_is_other_than_by_default_in_a_template_that_is_tested() -> None:
    other = {
        name
        for context in CONTEXTS.values()
        for name, value in context.items()
        if value != {**CONTEXT["presets"]["small"], **CONTEXT}[name]
    }
    ours = {name for name in CONTEXT if not name.startswith("@aws-cdk/")} - {"presets"} | VALUES
    assert ours - other == OF_THE_BUILD | OF_THE_LOCAL_CLOUD


def test_values_from_the_command_line_are_text() -> None:
    settings = _settings(
        snap_start="true",
        local_port="4600",
        cors_origins='["https://a.example"]',
        reserved_concurrency='{"api": 100, "thumbnail": null}',
        account_concurrency="10",
        layers_target="null",
        alarm_email="",
    )
    assert settings.snap_start is True
    assert settings.local_port == 4600
    assert settings.cors_origins == ("https://a.example",)
    assert settings.reserved_concurrency == {"api": 100}
    assert settings.account_concurrency == 10
    assert settings.layers_target == "cp313-aarch64"
    assert settings.watch.alarm_email is None


def test_limits_are_told_to_the_api_in_the_form_that_it_reads() -> None:
    assert set(schema.LIMITS) == LIMITS.keys()
    limits = limits_of(_settings(storage_quota_bytes=None).limits_setting)
    assert limits.storage_bytes is None
    assert limits.allowances[Limited.POSTS] == Allowance(**LIMITS["posts"])
    assert limits_of(_settings().limits_setting).storage_bytes == 10**12
    one = {**LIMITS, "follows": {"at_once": 168, "per_hour": 1}}
    assert _settings(limits=json.dumps(one)).limits["follows"] == (168, 1)


def test_what_a_user_may_have_open_is_what_the_page_on_limits_says() -> None:
    def most_in(time: timedelta, name: str) -> int:
        """What a full bucket gives away, with what flows in meanwhile."""
        limit = LIMITS[name]
        return int(limit["at_once"] + limit["per_hour"] * (time / timedelta(hours=1)))

    files = most_in(UPLOAD_LINK_LIFETIME, "files")
    gigabytes = most_in(RESUMABLE, "bytes") / 10**9
    page = " ".join((REPOSITORY / "docs/limits.md").read_text(encoding="utf-8").split())
    assert f"at most {files:,} photos and small videos of a user are open, and" in page
    assert f"and {gigabytes:.0f} GB of large ones" in page


def test_devices_are_told_where_there_is_a_contact() -> None:
    assert _settings().push.services_setting == "off"
    on = _settings(push_contact="mailto:push@example.com")
    assert on.push.services_setting.split(",") == CONTEXT["push_services"]


def test_nothing_is_screened_unless_it_is_asked_for() -> None:
    off = _settings().screening
    assert (off.is_on, off.setting, off.reads_lists) == (False, "off", False)
    words = _settings(screening={"word_lists": {"slurs": {"does": "review"}}}).screening
    assert (words.setting, words.contents, words.reads_lists) == ("texts", False, True)
    labels = _settings(screening={"labels": {"Violence": {"does": "match"}}}).screening
    assert (labels.setting, labels.reads_lists) == ("contents", False)


def test_functions_are_told_what_is_screened() -> None:
    screening = _settings(screening=SCREENING).screening
    policy = msgspec.json.decode(screening.policy, type=ScreeningPolicy)
    assert policy == ScreeningPolicy(
        {"known": Rule(Consequence.BLOCK, ReportReason.ILLEGAL)},
        {"slurs": Rule(Consequence.REVIEW)},
        {"Explicit": LabelRule(Consequence.REVIEW, ReportReason.NUDITY, 95)},
        20,
    )
    nothing = msgspec.json.decode(_settings().screening.policy, type=ScreeningPolicy)
    assert nothing == ScreeningPolicy()


@pytest.mark.parametrize(
    ("screening", "said"),
    [
        ({"lists": {}}, "has no lists"),
        ({"hash_lists": {"Known": {"does": "block"}}}, "a name must match"),
        ({"hash_lists": {"../known": {"does": "block"}}}, "a name must match"),
        ({"hash_lists": ["known"]}, "must map names"),
        ({"hash_lists": {"known": "block"}}, "must be like"),
        ({"hash_lists": {"known": {"does": "delete"}}}, "does must be one of match, review, block"),
        ({"word_lists": {"slurs": {"does": "review", "reason": "rude"}}}, "reason must be one of"),
        ({"word_lists": {"slurs": {"does": "review", "confidence": 9}}}, "must be like"),
        ({"labels": {"Violence": {"does": "review", "confidence": 101}}}, "from 1 to 100 percent"),
        ({"hash_lists": {"known": {"does": "block"}}, "distance": 32}, "from 0 to 31 bits"),
    ],
)
def test_screening_that_is_written_wrong_is_refused(
    screening: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        _settings(screening=screening)


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("push.example.com", True),
        ("*.push.example.com", True),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("2130706433", False),
        ("[::1]", False),
        ("localhost", False),
        ("*.internal", False),
        ("metadata.google.internal", False),
        ("printer.local", False),
        ("push.example.com:8443", False),
        ("push.*.com", False),
        ("*", False),
        ("", False),
    ],
)
def test_no_push_service_is_inside(host: str, right: bool) -> None:
    if right:
        assert _settings(push_services=[host]).push.services == (host,)
        return
    with pytest.raises(SettingsError, match="push_services must have names of public hosts"):
        _settings(push_services=[host])


def test_a_shared_cache_is_an_option_on_aws_alone() -> None:
    assert not _settings().shared_cache
    assert not _settings(cache="null").shared_cache
    assert _settings(cache="valkey").shared_cache
    with pytest.raises(SettingsError, match="cache"):
        _settings(cache="valkey", stage="local")


REFUSED = "null or false: the local cloud"
VAULT = "arn:aws:backup:eu-west-1:210987654321:backup-vault:far"
DOMAIN = {"domain": "photos.example.com", "certificate_arn": CERTIFICATE}


@pytest.mark.parametrize(
    "context",
    [
        DOMAIN,
        {"hosted_zone_id": "Z1"},
        {"web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/0a"},
        {"cdn_logs": True},
        {"cdn_logs": "true"},
        {"email_from": "hello@example.com"},
        {"warm_throughput": {"read": 12000, "write": 4000}},
        {"backup_days": 35},
        {"budget": 50},
        {"canary": "true"},
        {"cache": "valkey"},
    ],
)
def test_what_the_local_cloud_lacks_is_refused_there(context: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=REFUSED):
        _settings(stage="local", **context)
    defaults = {name: CONTEXT.get(name) for name in context}
    assert _settings(stage="local", **defaults).stage == "local"


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"cache": "valkey", "search": "opensearch"}, "every search would fail"),
        ({"snap_start": True, "python_runtime": "python3.11"}, "python3.12 or newer"),
        ({"domain": "photos.example.com"}, "need each other"),
        ({"certificate_arn": CERTIFICATE}, "need each other"),
        ({"hosted_zone_id": "Z1"}, "needs a domain"),
        ({"push_contact": "me@example.com"}, "push_contact must match"),
        ({"push_contact": "mailto:me@example.com", "push_services": []}, "needs push_services"),
        ({"email_identity_arn": "arn:aws:ses:eu-west-1:1" + "2" * 11 + ":identity/a.b"}, "sender"),
        ({"backup_copy_vault_arn": VAULT}, "needs backup_days"),
        ({"budget": 50}, "needs an alarm_email"),
        ({"layers_target": "cp311-x86_64"}, "follow python_runtime"),
        ({"search": "opensearch", "search_endpoint": "http://127.0.0.1:9200"}, "makes a domain"),
        ({"stage": "local", "search_endpoint": "http://127.0.0.1:9200"}, "search=opensearch"),
    ],
)
def test_values_that_do_not_go_together_are_refused(context: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        _settings(**context)


@pytest.mark.parametrize(
    ("stage", "chosen", "infrequent"),
    [
        ("dev", None, set()),
        ("prod", None, {"metadata", "search"}),
        ("prod", "standard", set()),
        ("dev", "infrequent", {"metadata", "feed", "search"}),
        ("dev", '{"feed": "infrequent"}', {"feed"}),
        ("prod", {"feed": "infrequent", "search": "standard"}, {"metadata", "feed"}),
    ],
)
def test_tables_are_stored_as_the_stage_and_the_context_say(
    stage: str, chosen: object, infrequent: set[str]
) -> None:
    assert _settings(stage=stage, table_class=chosen).data.infrequent == infrequent


@pytest.mark.parametrize(
    ("sender", "taken"),
    [
        ("hello@example.com", True),
        ("Our photos <hello@mail.example.com>", True),
        ("hello@example", False),
        ("hello@example.com>", False),
        ("<hello@example.com", False),
        ("example.com", False),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(sender: str, taken: bool) -> None:
    if taken:
        assert _settings(email_from=sender).email_from == sender
    else:
        with pytest.raises(SettingsError, match="email_from"):
            _settings(email_from=sender)


def test_workers_have_the_concurrency_of_their_rows_unless_the_context_names_them() -> None:
    usual = {lane.setting: lane.concurrency for lane in topology.LANES}
    assert _settings().worker_concurrency == usual
    assert _settings(worker_concurrency=None).worker_concurrency == usual
    chosen = {"thumbnail": 7, "transcode_bulk": 3, "collect": None}
    settings = _settings(worker_concurrency=chosen)
    assert settings.worker_concurrency == usual | {"thumbnail": 7, "transcode_bulk": 3}


def test_workers_share_this_machine_on_the_local_cloud() -> None:
    settings = _settings(stage="local")
    assert settings.worker_concurrency == {lane.setting: 2 for lane in topology.LANES}
    both = {worker.function: 2 * len(worker.lanes) for worker in topology.WORKERS}
    assert settings.reserved_concurrency == both


def test_everybody_may_rename_at_least_once() -> None:
    assert _settings(renames_in_30_days="1").renames_in_30_days == 1
    with pytest.raises(SettingsError, match="renames_in_30_days must be at least 1"):
        _settings(renames_in_30_days=0)


@pytest.mark.parametrize("days", [-1, 91])
def test_an_account_that_was_closed_is_erased_within_three_months(days: int) -> None:
    assert _settings().closing_days == 30
    assert _settings(closing_days="0").closing_days == 0
    with pytest.raises(SettingsError, match="closing_days must be from 0 to 90"):
        _settings(closing_days=days)


@pytest.mark.parametrize("minutes", [0, 4, 1441])
def test_access_tokens_live_as_long_as_cognito_lets_them(minutes: int) -> None:
    assert _settings().access_token_minutes == 15
    assert _settings(access_token_minutes="60").access_token_minutes == 60
    with pytest.raises(SettingsError, match="access_token_minutes must be from 5 to 1440"):
        _settings(access_token_minutes=minutes)


@pytest.mark.parametrize(
    ("account", "reserved", "started"),
    [
        (None, None, 10),
        (1000, None, 10),
        (20, None, 4),
        (4, None, 1),
        (20, {"route_changes": 9}, 10),
    ],
)
def test_the_router_starts_a_fifth_of_what_the_account_has_at_most(
    account: int | None, reserved: dict[str, int] | None, started: int
) -> None:
    settings = _settings(account_concurrency=account, reserved_concurrency=reserved)
    assert settings.started_by_shard == started


def test_no_reservation_at_all_is_null() -> None:
    assert _settings(reserved_concurrency=None).reserved_concurrency == {}
    assert _settings(reserved_concurrency="null").reserved_concurrency == {}


def test_an_account_that_nobody_looked_at_is_null() -> None:
    assert _settings().account_concurrency is None
    assert _settings(account_concurrency="null").account_concurrency is None


def test_only_production_is_protected_and_not_before_it_is_there() -> None:
    assert _settings(stage="prod").protects_data
    assert not _settings(stage="prod", protected="false").protects_data
    assert not _settings(stage="dev").protects_data


@pytest.mark.parametrize(
    ("runtime", "architecture", "target"),
    [
        ("python3.13", "arm64", "cp313-aarch64"),
        ("python3.12", "x86_64", "cp312-x86_64"),
    ],
)
def test_layers_follow_runtime_and_architecture(
    runtime: str, architecture: str, target: str
) -> None:
    settings = _settings(python_runtime=runtime, architecture=architecture)
    assert settings.layers_target == target


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "Production"),
        ("stage", "No Such Stage"),
        ("stage", "a-stage-too-long"),
        ("stage", None),
        ("architecture", "sparc"),
        ("snap_start", "yes"),
        ("snap_start", 1),
        ("log_retention_days", "a month"),
        ("log_retention_days", True),
        ("cors_origins", "https://a.example"),
        ("cors_origins", [1]),
        ("worker_concurrency", {"thumbnail": "many"}),
        ("worker_concurrency", [5]),
        ("worker_concurrency", {"api": 50}),
        ("worker_concurrency", {"thumbnail": 1}),
        ("worker_concurrency", {"thumbnail": 1001}),
        ("reserved_concurrency", {"thumbnail": 49}),
        ("reserved_concurrency", {"api": 0}),
        ("account_concurrency", "ten"),
        ("protected", "yes"),
        ("api_throttle", {"rate": 5}),
        ("media_base_url", 5),
        ("media_base_url", "media.example.com"),
        ("python_runtime", "python2.7"),
        ("log_level", "LOUD"),
        ("log_level", "WARN"),
        ("domain", "https://photos.example.com"),
        ("domain", "localhost"),
        ("certificate_arn", "arn:aws:acm:eu-west-1:123456789012:certificate/0a"),
        ("hosted_zone_id", "example.com"),
        ("web_acl_arn", "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/front/0a"),
        ("cdn_logs", "s3"),
        ("email_identity_arn", "example.com"),
        ("warm_throughput", {"read": 11999, "write": 4000}),
        ("warm_throughput", {"read": 12000}),
        ("warm_throughput", "fast"),
        ("table_class", "cold"),
        ("table_class", {"users": "infrequent"}),
        ("table_class", {"feed": "cold"}),
        ("backup_days", 0),
        ("backup_days", "a month"),
        ("backup_copy_vault_arn", "far"),
        ("tracing", "some"),
        ("alarms", "none"),
        ("alarm_email", "on-call"),
        ("budget", 0),
        ("budget", "little"),
        ("canary", "yes"),
        ("toolkit", "our toolkit"),
        ("qualifier", "our-own"),
        ("originals_replica_bucket_arn", "keep-originals-elsewhere"),
        ("originals_replica_bucket_arn", "arn:aws:s3:::keep/originals"),
        ("cache", "redis"),
        ("cache", 1),
        ("feed", {**FEED, "active_days": 61}),
        ("feed", {**FEED, "active_days": 0}),
        ("feed", {"active_days": 30}),
        ("limits", None),
        ("limits", {"posts": 5}),
        ("limits", {"posts": {"at_once": 1, "per_hour": 1}}),
        ("limits", {**LIMITS, "claps": {"at_once": 1, "per_hour": 1}}),
        ("limits", {**LIMITS, "posts": {"at_once": 1}}),
        ("limits", {**LIMITS, "posts": {"at_once": 0, "per_hour": 1}}),
        ("limits", {**LIMITS, "posts": {"at_once": 169, "per_hour": 1}}),
        ("storage_quota_bytes", "much"),
        ("recent_posts_cache", {"seconds": 2, "authors": 1000}),
        ("recent_posts_cache", {"seconds": 31, "authors": 1000, "megabytes": 64}),
        ("recent_posts_cache", {"seconds": -1, "authors": 1000, "megabytes": 64}),
        ("recent_posts_cache", {"seconds": 2, "authors": 0, "megabytes": 64}),
        ("recent_posts_cache", {"seconds": 2, "authors": 1000, "megabytes": 0}),
    ],
)
def test_a_wrong_value_is_named(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        _settings(**{name: value})


def test_what_is_not_a_value_of_the_feed_any_more_changes_nothing() -> None:
    assert _settings(feed={**FEED, "feed_posts": 1_000}) == _settings()


@pytest.mark.parametrize(
    "context", [{"layers_dir": "no/such/folder"}, {"log_retention_days": 31}], ids=str
)
def test_the_app_ends_with_one_sentence(context: dict[str, object], tmp_path: Path) -> None:
    environment = os.environ | {
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(tmp_path),
        # The end of a Node release's life is for whoever installs Node.
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20,22",
    }
    app = str(REPOSITORY / "app.py")
    result = subprocess.run(
        [sys.executable, app], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
