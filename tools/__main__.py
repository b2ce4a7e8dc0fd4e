"""The developer's commands: `python -m tools up`. The Makefile is their short form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tools.errors import ToolError, exit_status


def main(arguments: Sequence[str]) -> int:
    """Run one command. If it cannot go on, print one sentence on standard error that says why."""
    options = _parser().parse_args(arguments)
    return exit_status(lambda: options.run(options))


def _up(options: argparse.Namespace) -> int:
    from tools import local

    print(local.describe(local.up(options.cloud, _port(options.port))))
    return 0


def _down(_: argparse.Namespace) -> int:
    from tools import local

    print("Stopped." if local.down() else "Nothing was running.")
    return 0


def _logs(options: argparse.Namespace) -> int:
    from tools import local

    try:
        local.logs(options.function or None)
    except KeyboardInterrupt:
        return 0
    return 0


def _demo(_: argparse.Namespace) -> int:
    from tools import local

    running = local.current()
    local.seed(running)
    print(local.describe(running))
    return 0


def _layers(options: argparse.Namespace) -> int:
    from tools import aws, layers, paths

    targets = {layers.Target.host(), aws.target(aws.effective_context([]))}
    if options.target:
        targets = {layers.Target.parse(options.target)}
    for target in sorted(targets, key=str):
        print(paths.relative(layers.build(target)))
    return 0


def _lock(options: argparse.Namespace) -> int:
    from tools import locks, paths

    for lock in locks.write(options.upgrade):
        print(f"{paths.relative(lock)} has changed.")
    return 0


def _site(_: argparse.Namespace) -> int:
    from tools import paths, site

    print(paths.relative(site.build()))
    return 0


def _format_site(_: argparse.Namespace) -> int:
    from tools import site

    site.format_sources()
    return 0


def _check(_: argparse.Namespace) -> int:
    from tools import checks

    checks.check()
    return 0


def _test(options: argparse.Namespace) -> int:
    from tools import checks

    checks.test(options.arguments)


def _unit(options: argparse.Namespace) -> int:
    from tools import checks

    checks.unit(options.arguments)


def _e2e(options: argparse.Namespace) -> int:
    from tools import checks

    checks.e2e(options.arguments)


def _bench(options: argparse.Namespace) -> int:
    from tools import checks

    against = ["--against", options.against] if options.against else []
    pairs = ["--pairs", options.pairs] if options.pairs else []
    checks.bench([*options.names, *against, *pairs])


def _events(_: argparse.Namespace) -> int:
    from tools import checks

    checks.events()


def _rights(_: argparse.Namespace) -> int:
    from tools import checks

    checks.rights()


def _visibility(_: argparse.Namespace) -> int:
    from tools import checks

    checks.visibility()


def _costs(_: argparse.Namespace) -> int:
    from tools import checks

    checks.costs()


def _deploy(options: argparse.Namespace) -> int:
    from tools import aws

    aws.deploy(options.context)
    return 0


def _rotate_media_keys(options: argparse.Namespace) -> int:
    from tools import aws

    aws.rotate_media_keys(options.context)
    return 0


def _synth(options: argparse.Namespace) -> int:
    from tools import aws

    aws.synthesize(options.context)
    return 0


def _bootstrap(options: argparse.Namespace) -> int:
    from tools import aws

    aws.bootstrap(options.context)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from tools import aws

    return aws.doctor_says(options.context)


def _diff(options: argparse.Namespace) -> int:
    from tools import aws

    aws.diff(options.context)
    return 0


def _opensearch(options: argparse.Namespace) -> int:
    import signal

    from tools import opensearch_node

    with opensearch_node.running(_port(options.port) or opensearch_node.HTTP_PORT) as address:
        print(f"OpenSearch {opensearch_node.VERSION} is running at {address}; Ctrl-C stops it.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("Stopped.")
    return 0


def _destroy(options: argparse.Namespace) -> int:
    from tools import aws

    aws.destroy(options.context, with_originals=options.originals == "delete")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    up = commands.add_parser("up", help="run Shutterfeed on this machine")
    up.add_argument("--cloud", default="ministack", help="ministack or localstack")
    up.add_argument("--port", help="of the local cloud; 4566 if none is given")
    up.set_defaults(run=_up)

    commands.add_parser("down", help="stop it, leave nothing behind").set_defaults(run=_down)
    commands.add_parser("demo", help="add missing demo data").set_defaults(run=_demo)
    commands.add_parser("site", help="build the web client").set_defaults(run=_site)
    commands.add_parser("format-site", help="format the web client's sources").set_defaults(
        run=_format_site
    )
    commands.add_parser("check", help="style, types, import contracts").set_defaults(run=_check)
    commands.add_parser("events", help="write the sample batches").set_defaults(run=_events)
    commands.add_parser("rights", help="write the functions' rights").set_defaults(run=_rights)
    commands.add_parser("visibility", help="write who sees what").set_defaults(run=_visibility)
    commands.add_parser("costs", help="write the bill of an idle month").set_defaults(run=_costs)

    logs = commands.add_parser("logs", help="follow the functions' logs")
    logs.add_argument("function", nargs="?", help="only this function's")
    logs.set_defaults(run=_logs)

    built = commands.add_parser("layers", help="build the third-party layers")
    built.add_argument("target", nargs="?", help="for example cp313-aarch64")
    built.set_defaults(run=_layers)

    lock = commands.add_parser("lock", help="write the lock files from pyproject.toml")
    lock.add_argument("upgrade", nargs="*", help="packages to upgrade, or `all`")
    lock.set_defaults(run=_lock)

    for name, run, what in (
        ("test", _test, "everything"),
        ("unit", _unit, "the pure ones"),
        ("e2e", _e2e, "end to end"),
    ):
        tests = commands.add_parser(name, help=f"run the tests: {what}")
        tests.add_argument("arguments", nargs="*", help="for pytest, after --")
        tests.set_defaults(run=run)

    bench = commands.add_parser("bench", help="measure")
    bench.add_argument("names", nargs="*", help="benchmarks; all if none is named")
    bench.add_argument("--against", help="a commit to compare with")
    bench.add_argument("--pairs", help="how often each side runs then")
    bench.set_defaults(run=_bench)

    node = commands.add_parser("opensearch", help="run an OpenSearch node")
    node.add_argument("--port", help="9200 if none is given")
    node.set_defaults(run=_opensearch)

    for name, run, what in (
        ("doctor", _doctor, "look at AWS before a deployment"),
        ("bootstrap", _bootstrap, "prepare AWS for the CDK"),
        ("diff", _diff, "print what a deployment would change"),
        ("deploy", _deploy, "deploy to AWS"),
        ("rotate-media-keys", _rotate_media_keys, "replace the key of links to media"),
        ("synth", _synth, "make the template for AWS"),
        ("destroy", _destroy, "delete from AWS"),
    ):
        remote = commands.add_parser(name, help=what)
        remote.add_argument("context", nargs="*", help="name=value of CDK context")
        remote.set_defaults(run=run)
        if name == "destroy":
            remote.add_argument("--originals", choices=("keep", "delete"), default="keep")
    return parser


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise ToolError(f"PORT must be a number from 1024 to 65535, not {text}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
