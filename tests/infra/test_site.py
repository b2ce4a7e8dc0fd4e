"""The web client's files in their bucket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.context import SettingsError
from tests.infra.conftest import Synthesize
from tests.infra.templates import Properties, Template, listed, text
from tools import site

PUT = "Custom::CDKBucketDeployment"
DOCUMENTATION = "docs.htmlopenapi.json"


def test_assets_are_kept_for_good_and_pages_are_asked_about(dev: Template, prod: Template) -> None:
    for template in (dev, prod):
        put = {"".join(group["Include"]) or "*": group for group in _put(template)}
        assert put.keys() == {"assets/*", DOCUMENTATION, "*"}
        assert put["assets/*"]["SystemMetadata"] == {
            "cache-control": "public, max-age=31536000, immutable"
        }
        assert put["*"]["SystemMetadata"] == {"cache-control": "no-cache"}
        # Old for some minutes at most, and until then answered without asking the bucket.
        assert put[DOCUMENTATION]["SystemMetadata"] == {"cache-control": "public, max-age=300"}
        # One deployment does not remove what another stores.
        assert {*put["*"]["Exclude"]} == {"assets/*", *put[DOCUMENTATION]["Include"]}
        # One open in a browser may still ask for parts of the version before.
        assert (put["assets/*"]["Prune"], put["*"]["Prune"]) == (False, True)
        for group in put.values():
            assert template.named(group["DestinationBucketName"]) == "site"
            assert group["RetainOnDelete"] is True
            # Nothing has to be told: whatever may change is not cached.
            assert "DistributionId" not in group


def _put(template: Template) -> list[Properties]:
    return list(template.all(PUT).values())


def test_a_page_never_comes_before_its_parts(dev: Template) -> None:
    resources = dev.whole(PUT)
    (assets,) = (
        key for key, put in resources.items() if put["Properties"]["Include"] == ["assets/*"]
    )
    for key, put in resources.items():
        assert key == assets or assets in put["DependsOn"]


def test_the_client_is_told_where_the_rest_is(dev: Template, local: Template) -> None:
    clients = {
        client["ClientName"].rpartition("-")[2]: f"${{{key}}}"
        for key, client in dev.all("AWS::Cognito::UserPoolClient").items()
    }
    config = json.loads(dev.outputs()["SiteConfig"])
    assert config == {
        "apiUrl": "/api",
        "region": "${AWS::Region}",
        "userPoolClientId": clients["public"],
        "accountClientId": clients["account"],
        "closingDays": 30,
        "cognitoUrl": "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}/",
    }
    config = json.loads(local.outputs()["SiteConfig"])
    assert config["cognitoUrl"] == "http://127.0.0.1:4999/"


def test_what_puts_them_reaches_their_bucket_and_the_cdks_alone(dev: Template) -> None:
    statements = [
        statement
        for policy in dev.all("AWS::IAM::Policy").values()
        if policy["PolicyName"].startswith("SiteRole")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    reached = {
        dev.named(resource).removesuffix("/*"): statement["Action"]
        for statement in statements
        for resource in listed(statement["Resource"])
    }
    assets = "arn:${AWS::Partition}:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    assert reached.keys() == {"SiteLogs", "site", assets}
    assert reached[assets] == ["s3:GetBucket*", "s3:GetObject*", "s3:List*"]


def test_the_local_cloud_leaves_it_to_the_tools(local: Template) -> None:
    assert not local.all(PUT)
    assert text(local.outputs()["SiteBucketName"])


def test_a_file_is_put_as_the_groups_say_in_both_worlds(tmp_path: Path) -> None:
    from infra.site import CONFIG_FILE, read_groups

    for name in ("index.html", "favicon.svg", "docs.html", "openapi.json", "assets/main-1.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    files = list(site.files(tmp_path, "{}"))
    put = {file.key: file.cache_control for file in files}
    forever, minutes, asked = (group.cache_control for group in read_groups())
    assert put == {
        "assets/main-1.js": forever,
        "docs.html": minutes,
        "openapi.json": minutes,
        "index.html": asked,
        "favicon.svg": asked,
        CONFIG_FILE: asked,
    }
    assert len(files) == len(put)  # each by one group


def test_the_documentation_is_stored_as_what_is_compressed_on_its_way(tmp_path: Path) -> None:
    for name in ("index.html", "docs.html", "openapi.json"):
        (tmp_path / name).write_text("x" * 2000)
    stored = {file.key: file for file in site.files(tmp_path, "{}")}
    # CloudFront compresses both types (tests/infra/test_delivery.py); the local cloud's does not.
    for name, content_type in {
        "docs.html": "text/html",
        "openapi.json": "application/json",
    }.items():
        assert (stored[name].content_type, stored[name].encoding) == (content_type, "gzip")
        assert len(stored[name].content) < 100


def test_a_client_that_is_not_built_is_told(template_of: Synthesize, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make site"):
        template_of(site_dir=str(tmp_path))
