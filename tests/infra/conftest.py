"""Templates synthesized once for all tests, without built layers and without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shutterfeed import topology
from tests.infra.templates import Template, stand_in_layers, stand_in_site

DOMAIN = "photos.example.com"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/front/0a-1b"
FAR_VAULT = "arn:aws:backup:eu-west-1:210987654321:backup-vault:far"
IDENTITY = "arn:aws:ses:eu-west-1:123456789012:identity/hello@example.com"
BOUNDS = {"seconds": 0, "authors": 7, "megabytes": 9}
REPLICA = "arn:aws:s3:::keep-originals-elsewhere"

Synthesize = Callable[..., Template]


@pytest.fixture(scope="session")
def layers_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in place of `build/layers`."""
    return stand_in_layers(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="session")
def site_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in place of `web/dist`."""
    return stand_in_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def template_of(
    tmp_path_factory: pytest.TempPathFactory, layers_dir: Path, site_dir: Path
) -> Synthesize:
    """Synthesizes with context values of one's own; fails on a finding of cdk-nag."""

    def template_of(**context: object) -> Template:
        outdir = tmp_path_factory.mktemp("cdk.out")
        built = {"layers_dir": str(layers_dir), "site_dir": str(site_dir)}
        return Template.synthesized({**built, **context}, outdir)

    return template_of


@pytest.fixture(scope="session")
def dev(template_of: Synthesize) -> Template:
    """The template that `make deploy` would deploy with the defaults of `cdk.json`."""
    return template_of()


@pytest.fixture(scope="session")
def prod(template_of: Synthesize) -> Template:
    """Production, with every option other than it is by default. Options that exclude each other,
    and those that cost much, are in `searching` and `valkey`."""
    return template_of(
        stage="prod",
        domain=DOMAIN,
        certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/0a-1b",
        hosted_zone_id="Z0123456789ABC",
        web_acl_arn=WEB_ACL,
        cdn_logs=True,
        email_from=f"Shutterfeed <hello@mail.{DOMAIN}>",
        warm_throughput={"read": 24000, "write": 8000},
        backup_days=35,
        backup_copy_vault_arn=FAR_VAULT,
        alarms="all",
        budget=50,
        tracing=False,
        canary=True,
        toolkit="OurToolkit",
        qualifier="ours",
        snap_start=True,
        alarm_email="operators@example.com",
        keep_originals=False,
        originals_replica_bucket_arn=REPLICA,
        media_base_url="https://media.example.com/of/posts/",
        cors_origins=["https://front.example.com"],
        worker_concurrency=dict.fromkeys((lane.setting for lane in topology.LANES), 7)
        | {"transcode": 2, "thumbnail_bulk": 2},
        reserved_concurrency={"api": 200, "thumbnail": 9, "collect": None},
        account_concurrency=20,
        log_retention_days=365,
        log_level="WARN",
        recent_posts_cache=BOUNDS,
        access_token_minutes=60,
        renames_in_30_days=2,
        api_throttle={"rate": 7, "burst": 9},
        python_runtime="python3.13",
    )


@pytest.fixture(scope="session")
def local(template_of: Synthesize) -> Template:
    """The template that `make up` deploys."""
    return template_of(stage="local", local_port=4999)


@pytest.fixture(scope="session")
def searching(template_of: Synthesize) -> Template:
    """The stack with an OpenSearch domain, and the longest stage that its name leaves room for."""
    return template_of(search="opensearch", stage="abcdefghi")


@pytest.fixture(scope="session")
def valkey(template_of: Synthesize) -> Template:
    """The stack with the cache that all containers share, and a sender known elsewhere."""
    return template_of(cache="valkey", email_from="hello@example.com", email_identity_arn=IDENTITY)


@pytest.fixture(scope="session")
def small(template_of: Synthesize) -> Template:
    """The stack in a new account, which may run ten functions at a time."""
    return template_of(account_concurrency=10)


@pytest.fixture(scope="session")
def large(template_of: Synthesize) -> Template:
    """The stack of the preset for many users, in an account whose quotas were raised."""
    return template_of(
        preset="large",
        stage="prod",
        alarm_email="operators@example.com",
        account_concurrency=4000,
    )


@pytest.fixture(scope="session", params=["dev", "prod", "local", "searching", "valkey", "large"])
def any_at_all(request: pytest.FixtureRequest) -> Template:
    """Each template that any test looks at in turn, with every option in one of them."""
    template = request.getfixturevalue(request.param)
    assert isinstance(template, Template)
    return template


@pytest.fixture(scope="session", params=["dev", "prod", "local", "large"])
def every(request: pytest.FixtureRequest) -> Template:
    """Each of the templates in turn."""
    template = request.getfixturevalue(request.param)
    assert isinstance(template, Template)
    return template
