"""A synthesized template, with the questions that the tests ask of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools import staging
from tools.layers import Target

# The CDK would look at each template by itself, which takes a third of a synthesis, and only warn
# of what it finds. In the tests cfn-lint looks at them.
os.environ["CDK_VALIDATION"] = "false"

LAYERS_TARGETS: Final = ("cp313-aarch64", "cp312-x86_64")
LOCAL_ACTION: Final = "sqs:SendMessageBatch"
"""AWS has no such right: a function that may send may send a batch. The local cloud asks for it."""

Properties = dict[str, Any]


def stand_in_layers(folder: Path) -> Path:
    """Fill a folder in place of `build/layers`: templates do not show what a layer holds."""
    for target in LAYERS_TARGETS:
        for layer in ("runtime", "imaging", "video", "caching", "search", "push", "edge"):
            packages = folder / target / layer / "python"
            packages.mkdir(parents=True)
            (packages / f"{layer}.txt").write_text(layer)
    return folder


def staged(_: str) -> Path:
    """Our code, compiled by the Python that runs this: not every machine has the functions' own."""
    return staging.stage(str(Target.host()))


def stand_in_site(folder: Path) -> Path:
    """Fill a folder in place of `web/dist`."""
    (folder / "index.html").write_text("<!doctype html>")
    return folder


@dataclass(frozen=True)
class Template:
    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> Template:
        return cls(path, json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def synthesized(cls, context: Mapping[str, object], outdir: Path) -> Template:
        from infra.synthesis import synthesize

        (stack,) = synthesize(staged, context, outdir).stacks
        return cls.read(Path(stack.template_full_path))

    def types(self) -> set[str]:
        return {resource["Type"] for resource in self.content["Resources"].values()}

    def whole(self, kind: str) -> dict[str, Any]:
        """The resources of a type by logical id, policies for their removal included."""
        return {
            logical_id: resource
            for logical_id, resource in self.content["Resources"].items()
            if resource["Type"] == kind
        }

    def all(self, kind: str) -> dict[str, Properties]:
        """The properties of a type's resources by logical id."""
        return {key: resource["Properties"] for key, resource in self.whole(kind).items()}

    def only(self, kind: str) -> Properties:
        (properties,) = self.all(kind).values()
        return properties

    def id_of(self, kind: str, prefix: str) -> str:
        """The logical id of the only resource of a type whose construct path begins so."""
        (logical_id,) = (key for key in self.whole(kind) if _path(key) == prefix)
        return logical_id

    def outputs(self) -> dict[str, str]:
        return {name: text(output["Value"]) for name, output in self.content["Outputs"].items()}

    def queues(self) -> dict[str, Properties]:
        return self._named("AWS::SQS::Queue", "QueueName", r"shutterfeed-[a-z]+-(.+)")

    def buckets(self) -> dict[str, Properties]:
        return self._named("AWS::S3::Bucket", "BucketName", r"shutterfeed-[a-z]+-([a-z]+)-.*")

    def functions(self) -> dict[str, Properties]:
        """Ours; the one that CDK brings to put the site's files has another handler."""
        return self._named("AWS::Lambda::Function", "Handler", r"([a-z_]+)\.handler\.handler")

    def table(self, name: str) -> Properties:
        return self.all("AWS::DynamoDB::Table")[self.id_of("AWS::DynamoDB::Table", f"Tables{name}")]

    def mapping(self, function: str) -> Properties:
        """The only event source mapping of a function."""
        (mapping,) = self.mappings(function)
        return mapping

    def mappings(self, function: str) -> list[Properties]:
        """The event source mappings of a function."""
        logical_id = self.function_id(function)
        return [
            properties
            for properties in self.all("AWS::Lambda::EventSourceMapping").values()
            if properties["FunctionName"] == {"Ref": logical_id}
        ]

    def mapping_of(self, queue: str) -> Properties:
        """The only event source mapping of a queue."""
        (mapping,) = (
            properties
            for properties in self.all("AWS::Lambda::EventSourceMapping").values()
            if self.named(properties["EventSourceArn"]) == queue
        )
        return mapping

    def function_id(self, name: str) -> str:
        (logical_id,) = (
            key
            for key, properties in self.all("AWS::Lambda::Function").items()
            if properties["Handler"] == f"{name}.handler.handler"
        )
        return logical_id

    def statements(self, function: str) -> Iterator[Properties]:
        """What the function's role may do."""
        role = self.functions()[function]["Role"]["Fn::GetAtt"][0]
        for policy in self.all("AWS::IAM::Policy").values():
            if {"Ref": role} in policy["Roles"]:
                yield from policy["PolicyDocument"]["Statement"]

    def rights(self, function: str) -> set[str]:
        """What a function may do: each action with the resource that it is allowed on."""
        return {
            f"{action} {self.named(resource)}"
            for statement in self.statements(function)
            for action in listed(statement["Action"])
            for resource in listed(statement["Resource"])
            if action != LOCAL_ACTION
        }

    def named(self, value: Any) -> str:
        """An ARN or reference with the names that people know: `originals/*`, `images`."""
        known = {
            **{self._id("AWS::SQS::Queue", p): name for name, p in self.queues().items()},
            **{self._id("AWS::S3::Bucket", p): name for name, p in self.buckets().items()},
        }
        return re.sub(
            r"\$\{(\w+?)(\.\w+)?\}",
            lambda match: (
                known.get(match[1], _path(match[1]))
                + ("" if match[2] in {".Arn", None} else match[2])
            ),
            text(value),
        )

    def _id(self, kind: str, properties: Properties) -> str:
        (logical_id,) = (key for key, other in self.all(kind).items() if other is properties)
        return logical_id

    def _named(self, kind: str, attribute: str, pattern: str) -> dict[str, Properties]:
        found = {}
        for properties in self.all(kind).values():
            if properties.get("Handler") == "index.handler":
                continue
            match = re.fullmatch(pattern, text(properties[attribute]))
            assert match, f"{properties[attribute]} does not match {pattern}"
            found[match[1]] = properties
        return found


def text(value: Any) -> str:
    """An intrinsic function's value with what it refers to as `${LogicalId.Attribute}`."""
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(text, parts))
        case {"Fn::GetAtt": [logical_id, attribute]}:
            return f"${{{logical_id}.{attribute}}}"
        case {"Fn::Sub": str(pattern)}:
            return pattern
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::Select": [index, {"Fn::Split": [separator, whole]}]}:
            return f"{text(whole)}|{separator}|{index}"
        case str():
            return value
    raise AssertionError(f"unknown intrinsic function: {value}")


def listed(value: Any) -> list[Any]:
    """What a policy may hold alone or in a list."""
    return value if isinstance(value, list) else [value]


def _path(logical_id: str) -> str:
    """A logical id without its hash."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)
