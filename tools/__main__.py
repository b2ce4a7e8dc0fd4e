"""The developer's commands: `python -m tools up`. The Makefile is their short form."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.errors import ToolError

if TYPE_CHECKING:
    from tools.operate import Deployment


def main(arguments: Sequence[str]) -> int:
    """Run one command. What stops it is told in one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: run the same command again to go on.", file=sys.stderr)
        return 130
    return status


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


def _lint(_: argparse.Namespace) -> int:
    from tools import checks

    checks.lint()
    return 0


def _test(options: argparse.Namespace) -> int:
    from tools import checks

    checks.test(options.arguments)


def _e2e(options: argparse.Namespace) -> int:
    from tools import checks

    checks.e2e(options.arguments)


def _bench(options: argparse.Namespace) -> int:
    from tools import checks

    against = ["--against", options.against] if options.against else []
    pairs = ["--pairs", options.pairs] if options.pairs else []
    checks.bench([*options.names, *against, *pairs])


def _deploy(options: argparse.Namespace) -> int:
    from tools import aws

    aws.deploy(options.context)
    return 0


def _synth(options: argparse.Namespace) -> int:
    from tools import aws

    aws.synthesize(options.context)
    return 0


def _bootstrap(_: argparse.Namespace) -> int:
    from tools import aws

    aws.bootstrap()
    return 0


def _waiting(options: argparse.Namespace) -> int:
    from tools import operate

    print(operate.table(operate.waiting(_deployment(options))))
    return 0


def _redrive(options: argparse.Namespace) -> int:
    from tools import operate

    for queue, count in operate.redrive(_deployment(options), options.queue).items():
        print(f"{queue:<20}{count:>6,} moved")
    return 0


def _reconcile(options: argparse.Namespace) -> int:
    from tools import operate

    result = operate.reconcile(_deployment(options))
    print(f"{result['looked_at']} posts looked at")
    for finding, count in sorted(result["findings"].items()):
        print(f"  {finding:<20}{count:>6,}")
    return 0


def _collect(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from tools import operate

    found = operate.candidates(_deployment(options))
    for due, blob_id in found:
        print(f"{blob_id}  from {datetime.fromtimestamp(due, UTC):%Y-%m-%d %H:%M} on")
    print(f"{len(found):,} contents would be removed, unless somebody posts them again.")
    return 0


def _audit(options: argparse.Namespace) -> int:
    from tools import audit

    audit.run(_deployment(options), repair=options.repair)
    return 0


def _reindex(options: argparse.Namespace) -> int:
    from tools import search

    done = search.reindex(_deployment(options))
    print(f"{done['indexed']:,} posts and users are in the new index.")
    return 0


def _search_check(options: argparse.Namespace) -> int:
    from tools import search

    found = search.check(_deployment(options), repair=options.repair)
    kinds = ("looked at", "entries", "missing", "outdated", "unfinished", "left over", "astray")
    for kind in (*kinds, "mended"):
        print(f"{kind:<12}{found[kind]:>9,}")
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


def _deployment(options: argparse.Namespace) -> Deployment:
    """The stage in AWS, or what runs on this machine."""
    from tools import aws, local, operate
    from tools.deploy import LocalAws

    if options.stage:
        return aws.deployment(options.stage)
    running = local.current()
    client = LocalAws(running.endpoint).client
    return operate.Deployment(client, "local", running.outputs)


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
    commands.add_parser("lint", help="style, types, import contracts").set_defaults(run=_lint)
    commands.add_parser("bootstrap", help="prepare AWS for the CDK").set_defaults(run=_bootstrap)

    logs = commands.add_parser("logs", help="follow the functions' logs")
    logs.add_argument("function", nargs="?", help="only this function's")
    logs.set_defaults(run=_logs)

    built = commands.add_parser("layers", help="build the third-party layers")
    built.add_argument("target", nargs="?", help="for example cp313-aarch64")
    built.set_defaults(run=_layers)

    lock = commands.add_parser("lock", help="write the lock files from pyproject.toml")
    lock.add_argument("upgrade", nargs="*", help="packages to upgrade, or `all`")
    lock.set_defaults(run=_lock)

    for name, run, what in (("test", _test, "everything"), ("e2e", _e2e, "end to end")):
        tests = commands.add_parser(name, help=f"run the tests: {what}")
        tests.add_argument("arguments", nargs="*", help="for pytest, after --")
        tests.set_defaults(run=run)

    bench = commands.add_parser("bench", help="measure")
    bench.add_argument("names", nargs="*", help="benchmarks; all if none is named")
    bench.add_argument("--against", help="a commit to compare with")
    bench.add_argument("--pairs", help="how often each side runs then")
    bench.set_defaults(run=_bench)

    for name, run, what in (
        ("waiting", _waiting, "show what stands in the queues"),
        ("redrive", _redrive, "send dead letters back to their queues"),
        ("collect", _collect, "show what would be removed"),
        ("audit", _audit, "hold what is stored against what is recorded"),
        ("reconcile", _reconcile, "look at every post on its way now"),
        ("reindex", _reindex, "build the search index again"),
        ("search-check", _search_check, "hold the search index against the table"),
    ):
        operated = commands.add_parser(name, help=what)
        operated.add_argument("--stage", help="in AWS; without it, what runs on this machine")
        if name in {"audit", "search-check"}:
            operated.add_argument("--repair", action="store_true", help="mend what is safe")
        if name == "redrive":
            operated.add_argument("queue", nargs="?", help="only this queue's dead letters")
        operated.set_defaults(run=run)

    node = commands.add_parser("opensearch", help="run an OpenSearch node")
    node.add_argument("--port", help="9200 if none is given")
    node.set_defaults(run=_opensearch)

    for name, run, what in (
        ("deploy", _deploy, "deploy to AWS"),
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
        raise ToolError(f"PORT is a number from 1024 to 65535, not {text}.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
