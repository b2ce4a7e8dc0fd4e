"""Templates synthesized once for all tests, without built layers and without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra.contexts import CONTEXTS
from tests.infra.templates import Template, stand_in_layers, stand_in_site

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
    return template_of(**CONTEXTS["dev"])


@pytest.fixture(scope="session")
def prod(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["prod"])


@pytest.fixture(scope="session")
def first(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["first"])


@pytest.fixture(scope="session")
def local(template_of: Synthesize) -> Template:
    """The template that `make up` deploys."""
    return template_of(**CONTEXTS["local"])


@pytest.fixture(scope="session")
def searching(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["searching"])


@pytest.fixture(scope="session")
def valkey(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["valkey"])


@pytest.fixture(scope="session")
def small(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["small"])


@pytest.fixture(scope="session")
def large(template_of: Synthesize) -> Template:
    return template_of(**CONTEXTS["large"])


@pytest.fixture(scope="session", params=sorted(CONTEXTS))
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
