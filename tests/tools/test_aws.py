"""The order of a deployment: look, build, clear away, create unprotected, protect."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operations.__main__ import main
from shutterfeed.domain import devices
from tools import aws, creation, doctor, layers, paths, quota, site, templates
from tools.doctor import Finding, Level
from tools.errors import ToolError

OUTPUTS = {"SiteUrl": "u", "UserPoolId": "p", "UserPoolClientId": "c", "DashboardName": "d"}


class Deployment:
    """What `make deploy` did, without AWS and without the CDK."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.is_new = False
        self.left: int | None = 10
        self.reserved: dict[str, int] = {}
        self.fails = False
        self.findings: list[Finding] = []
        self.arguments: list[Sequence[str]] = []
        self.has_keys = True

    def build_layers(self, _: object) -> None:
        self.done.append("layers")

    def build_site(self) -> None:
        self.done.append("site")

    def clear(self, _: object, stack: str, buckets: dict[str, str]) -> bool:
        assert buckets["originals"].endswith("-originals-123456789012-eu-north-1")
        self.done.append(f"clear {stack}")
        return self.is_new

    def left_unreserved(self, _: object, reserved: dict[str, int]) -> int | None:
        self.reserved = reserved
        return self.left

    def examine(self, patient: doctor.Patient) -> list[Finding]:
        assert (patient.region, patient.partition) == ("eu-north-1", "aws")
        assert patient.buckets["originals"].endswith("-originals-123456789012-eu-north-1")
        return self.findings

    def has_parameter(self, _: object, stack: str, name: str) -> bool:
        assert stack.startswith("Shutterfeed-")
        assert name in {*aws.KEY_VARIABLES, *aws.PUSH_VARIABLES}
        return self.has_keys

    def cdk(self, arguments: Sequence[str], what: str, **_: object) -> None:
        self.arguments.append(arguments)
        pairs = itertools.pairwise(arguments)
        chosen = [value for name, value in pairs if name == "--context"]
        self.done.append(" ".join(["cdk", *([] if what == "deploy" else [what]), *chosen]))
        if self.fails:
            raise ToolError("The CDK could not deploy.")


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    fake = Deployment()
    outputs = tmp_path / "outputs.json"
    stages = ("dev", "prod")
    outputs.write_text(json.dumps({f"Shutterfeed-{stage}": OUTPUTS for stage in stages}))
    monkeypatch.setattr(aws, "_OUTPUTS", outputs)
    monkeypatch.setattr(paths, "relative", str)
    clients: Any = lambda _: lambda service: service  # noqa: E731
    for module, name, replacement in (
        (aws, "account", lambda: aws.Account("123456789012", "eu-north-1")),
        (doctor, "examine", fake.examine),
        (aws, "_clients", clients),
        (aws, "_cdk", fake.cdk),
        (layers, "build", fake.build_layers),
        (site, "build", fake.build_site),
        (creation, "clear", fake.clear),
        (creation, "has_parameter", fake.has_parameter),
        (quota, "left_unreserved", fake.left_unreserved),
    ):
        monkeypatch.setattr(module, name, replacement)
    return fake


def test_what_would_fail_is_told_before_anything_is_done(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.findings = [
        Finding(Level.FINE, "All is well here."),
        Finding(Level.WARNING, "Nobody is told."),
        Finding(Level.UNKNOWN, "Nobody knows."),
        Finding(Level.FAILS, "There is no domain."),
    ]
    with pytest.raises(ToolError, match=r"Nothing was changed, .* \(1 of the above\)"):
        aws.deploy([])
    assert deployment.done == []
    told = capsys.readouterr().out
    assert "All is well" not in told
    assert "WARNING  Nobody is told." in told
    assert "FAILS  There is no domain." in told
    assert aws.doctor_says([]) == 1
    assert "ok  All is well here." in capsys.readouterr().out


def test_warnings_do_not_keep_anybody_from_deploying(deployment: Deployment) -> None:
    deployment.findings = [Finding(Level.WARNING, "x"), Finding(Level.UNKNOWN, "y")]
    aws.deploy([])
    assert "cdk account_concurrency=10" in deployment.done
    assert aws.doctor_says([]) == 0


def _keys(arguments: Sequence[str]) -> list[str]:
    return [value for name, value in itertools.pairwise(arguments) if name == "--parameters"]


def test_a_stack_gets_a_random_key_once_and_keeps_it(deployment: Deployment) -> None:
    deployment.is_new, deployment.has_keys = True, False
    made = set()
    for _ in range(2):
        deployment.arguments.clear()
        aws.deploy(["stage=prod"])
        creating, protecting = deployment.arguments
        for name, key in zip(("OriginKeys", "MediaKeys"), _keys(creating), strict=True):
            assert key.startswith(f"Shutterfeed-prod:{name}=")
            assert len(key.partition("=")[2]) >= 40
            made.add(key.partition("=")[2])
        assert _keys(protecting) == []
    assert len(made) == 4
    # A stack of before there were keys gets one, too.
    deployment.is_new = False
    aws.deploy([])
    assert len(_keys(deployment.arguments[-1])) == 2
    deployment.has_keys = True
    aws.deploy([])
    assert _keys(deployment.arguments[-1]) == []


def test_a_stack_that_tells_devices_gets_a_pair_of_keys_once(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ["push_contact=mailto:push@example.com"]
    aws.deploy(context)
    assert _keys(deployment.arguments[-1]) == []
    deployment.has_keys = False
    aws.deploy(context)
    private, public = _keys(deployment.arguments[-1])[2:]
    for given, name, length in ((private, "PushKey", 43), (public, "PushPublicKey", 87)):
        assert re.fullmatch(rf"Shutterfeed-dev:{name}=[\w-]{{{length}}}", given)
    assert devices.is_point(devices.decoded(public.partition("=")[2]))
    aws.deploy([])
    assert len(_keys(deployment.arguments[-1])) == 2, "none where no device is told"
    deployment.has_keys = True
    monkeypatch.setenv("PUSH_KEY", "private")
    with pytest.raises(ToolError, match="PUSH_KEY and PUSH_PUBLIC_KEY need each other"):
        aws.deploy(context)
    monkeypatch.setenv("PUSH_PUBLIC_KEY", "public")
    aws.deploy(context)
    named = ["Shutterfeed-dev:PushKey=private", "Shutterfeed-dev:PushPublicKey=public"]
    assert _keys(deployment.arguments[-1]) == named


def test_keys_are_replaced_by_naming_them(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = set()
    for name, keys in itertools.product(aws.KEY_VARIABLES, ("old,new", "new,old")):
        with monkeypatch.context() as patch:
            patch.setenv(aws.KEY_VARIABLES[name], keys)
            aws.deploy([])
        assert _keys(deployment.arguments[-1]) == [f"Shutterfeed-dev:{name}={keys}"]
        # The function's published version has to be published again.
        (digest,) = re.findall(r"keys_digest=(\w{16})$", deployment.done[-1])
        digests.add(digest)
    assert len(digests) == 4


@pytest.mark.parametrize("before", ["current", "current,former"])
def test_the_key_of_links_is_replaced_without_refusing_anybody(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    class Lambda:
        def get_function_configuration(self, **asked: str) -> dict[str, Any]:
            assert asked == {"FunctionName": "shutterfeed-prod-api"}
            return {"Environment": {"Variables": {"MEDIA_KEYS": before}}}

    monkeypatch.setattr(aws, "_clients", lambda _: lambda _: Lambda())
    aws.rotate_media_keys(["stage=prod"])
    first, second = deployment.arguments
    (accepted,), (signing,) = _keys(first), _keys(second)
    current, new = accepted.removeprefix("Shutterfeed-prod:MediaKeys=").split(",")
    assert current == "current"
    assert len(new) >= 40
    assert signing == f"Shutterfeed-prod:MediaKeys={new},current"


def test_the_cdk_works_with_the_bootstrap_stack_that_the_context_names(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(aws, "_cli", lambda: tmp_path)
    context = ["toolkit=OurToolkit", "qualifier=ours"]
    aws.bootstrap(context)
    aws.deploy(context)
    aws.diff(context)
    bootstrapping, deploying, comparing = deployment.arguments
    for arguments in (bootstrapping, deploying, comparing):
        assert ("--toolkit-stack-name", "OurToolkit") in itertools.pairwise(arguments)
    assert bootstrapping[:2] == ["bootstrap", "aws://123456789012/eu-north-1"]
    assert ("--qualifier", "ours") in itertools.pairwise(bootstrapping)
    assert deployment.done[-1] == f"cdk compare {' '.join(context)} account_concurrency=10"


def test_a_stack_that_is_there_is_deployed_once(deployment: Deployment) -> None:
    aws.deploy(["stage=prod"])
    assert deployment.done == [
        "layers",
        "site",
        "clear Shutterfeed-prod",
        "cdk stage=prod account_concurrency=10",
    ]


def test_production_is_created_unprotected_and_protected_once_it_is_there(
    deployment: Deployment,
) -> None:
    deployment.is_new = True
    aws.deploy(["stage=prod"])
    assert deployment.done[3:] == [
        "cdk stage=prod account_concurrency=10 protected=false",
        "cdk stage=prod account_concurrency=10",
    ]


def test_another_stage_is_created_in_one_go(deployment: Deployment) -> None:
    deployment.is_new = True
    aws.deploy([])
    assert deployment.done[3:] == ["cdk account_concurrency=10 protected=false"]


def test_a_creation_that_fails_is_not_protected(deployment: Deployment) -> None:
    deployment.is_new = deployment.fails = True
    with pytest.raises(ToolError, match="could not deploy"):
        aws.deploy(["stage=prod"])
    assert deployment.done[3:] == ["cdk stage=prod account_concurrency=10 protected=false"]


def test_what_nobody_may_look_up_and_what_is_named_is_not_added(deployment: Deployment) -> None:
    aws.deploy(["account_concurrency=500"])
    deployment.left = None
    aws.deploy([])
    assert deployment.done[3::4] == ["cdk account_concurrency=500", "cdk"]


def test_reservations_are_held_against_the_quota_before_anything_is_done(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.deploy(['reserved_concurrency={"dedup_hash": 60, "thumbnail": null}'])
    assert deployment.reserved == {"shutterfeed-dev-dedup-hash": 60}
    aws.deploy(["reserved_concurrency=null"])
    assert deployment.reserved == {}

    def refuse(*_: object) -> None:
        raise ToolError("That is too much.")

    deployment.done.clear()
    monkeypatch.setattr(quota, "left_unreserved", refuse)
    with pytest.raises(ToolError, match="too much"):
        aws.deploy([])
    assert deployment.done == []


def test_what_could_not_be_created_is_removed_instead_of_planned_for(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(creation, "is_failed", lambda _, stack: stack == "Shutterfeed-prod")
    answers = iter(["no", "prod"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    with pytest.raises(ToolError, match="Nothing was deleted"):
        aws.destroy(["stage=prod"], with_originals=False)
    assert deployment.done == []
    aws.destroy(["stage=prod"], with_originals=False)
    assert deployment.done == ["clear Shutterfeed-prod"]
    assert "Shutterfeed-prod was never created" in capsys.readouterr().out


def test_nothing_can_be_operated_that_could_not_be_created(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = {"StackName": "Shutterfeed-prod", "StackStatus": "ROLLBACK_COMPLETE"}
    client = SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [stack]})
    monkeypatch.setattr(aws, "_clients", lambda _: lambda _: client)
    with pytest.raises(ToolError, match="Shutterfeed-prod is ROLLBACK_COMPLETE: deploy it"):
        aws.deployed("prod")
    assert deployment.done == []


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        ("ValidationError", "Stack with id x does not exist", "There is no stack Shutterfeed-prod"),
        ("AccessDenied", "User x is not authorized", "lack the right to DescribeStacks"),
    ],
)
def test_a_stack_that_may_not_be_read_is_not_taken_for_a_missing_one(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    message: str,
    said: str,
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")

    client = SimpleNamespace(describe_stacks=refuse)
    monkeypatch.setattr(aws, "_clients", lambda _: lambda _: client)
    assert main(["smoke", "--stage", "prod"]) == 1
    assert said in capsys.readouterr().err
    assert deployment.done == []


@pytest.mark.parametrize("value", ["many", "5", '{"thumbnail": "many"}'])
def test_reservations_that_are_no_map_are_refused(deployment: Deployment, value: str) -> None:
    with pytest.raises(ToolError, match="reserved_concurrency must map names to numbers"):
        aws.deploy([f"reserved_concurrency={value}"])
    assert deployment.done == []


def test_the_template_of_a_deployment_is_of_its_own_context(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def synthesize(context: object) -> Any:
        asked.append(context)
        return SimpleNamespace(template={"Resources": {}})

    monkeypatch.setattr(templates, "synthesize", synthesize)
    assert aws.template(["stage=prod", "web_acl_arn=null"]) == {"Resources": {}}
    # What it is made of is built first.
    assert deployment.done == ["layers", "site"]
    assert asked == [{"stage": "prod", "web_acl_arn": None}]
    assert aws.stage_of(["stage=prod"]) == "prod"
    assert aws.stage_of([]) == "dev"
