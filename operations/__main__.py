"""The operator's commands: `python -m operations waiting`. The Makefile is their short form."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from operations import deployment
from tools.errors import exit_status


def main(arguments: Sequence[str]) -> int:
    """Run one command. If it cannot go on, print one sentence on standard error that says why."""
    options = _parser().parse_args(arguments)
    return exit_status(lambda: options.run(options))


def _waiting(options: argparse.Namespace) -> int:
    from operations import waiting

    print(waiting.table(waiting.waiting(deployment.find(options.stage))))
    return 0


def _redrive(options: argparse.Namespace) -> int:
    from operations.redrive import redrive

    for queue, count in redrive(deployment.find(options.stage), options.queue).items():
        print(f"{queue:<20}{count:>6,} moved")
    return 0


def _reconcile(options: argparse.Namespace) -> int:
    from operations.reconcile import reconcile

    result = reconcile(deployment.find(options.stage))
    print(f"{result['looked_at']} posts looked at")
    for finding, count in sorted(result["findings"].items()):
        print(f"  {finding:<20}{count:>6,}")
    return 0


def _collect(options: argparse.Namespace) -> int:
    from operations.collect import candidates

    found = candidates(deployment.find(options.stage))
    for due, blob_id in found:
        print(f"{blob_id}  from {due:%Y-%m-%d %H:%M} on")
    print(f"{len(found):,} contents would be removed, unless somebody posts them again.")
    return 0


def _audit(options: argparse.Namespace) -> int:
    from operations import audit

    audit.run(deployment.find(options.stage), repair=options.repair)
    return 0


def _screen(options: argparse.Namespace) -> int:
    from operations import screen

    screen.command(deployment.find(options.stage), options.list, options.days)
    return 0


def _reindex(options: argparse.Namespace) -> int:
    from operations import search_index

    done = search_index.reindex(deployment.find(options.stage))
    print(f"{done['indexed']:,} posts and users are in the new index.")
    return 0


def _search_check(options: argparse.Namespace) -> int:
    from operations import search_index

    found = search_index.check(deployment.find(options.stage), repair=options.repair)
    kinds = ("looked at", "entries", "missing", "outdated", "unfinished", "left over", "astray")
    for kind in (*kinds, "mended"):
        print(f"{kind:<12}{found[kind]:>9,}")
    return 0


def _sign_out(options: argparse.Namespace) -> int:
    from operations.sign_out import sign_out

    account = sign_out(deployment.find(options.stage), options.handle)
    print(f"All sessions of @{options.handle.removeprefix('@')} have ended.")
    print(f"Cognito knows the account as {account}.")
    return 0


def _close(options: argparse.Namespace) -> int:
    from operations.close import close

    at = close(deployment.find(options.stage), options.handle, erase_now=options.erase_now)
    print(f"@{options.handle.removeprefix('@')} is closed, and erased at {at:%Y-%m-%d %H:%M} UTC.")
    return 0


def _deny(options: argparse.Namespace) -> int:
    from operations import denials

    for each in denials.deny(deployment.find(options.stage), options.id):
        print(f"{each} is denied, until `make allow`.")
    return 0


def _allow(options: argparse.Namespace) -> int:
    from operations import denials

    for each in denials.allow(deployment.find(options.stage), options.id):
        print(f"{each} is not denied.")
    return 0


def _erase(options: argparse.Namespace) -> int:
    from operations.erasing import erase

    if erase(deployment.find(options.stage), options.post):
        print(f"{options.post} is erased: its links are dead within seconds, its item in a minute.")
    else:
        print(f"There is no post {options.post}: it is gone, or it never was.")
    return 0


def _denied(options: argparse.Namespace) -> int:
    from operations import denials

    entries = denials.denied(deployment.find(options.stage))
    for each, until in sorted(entries.items()):
        print(f"{each}  {'until `make allow`' if until is None else f'{until:%Y-%m-%d %H:%M}'}")
    print(f"{len(entries):,} media and contents are denied.")
    return 0


def _moderator(options: argparse.Namespace) -> int:
    from operations import moderation

    stage, name = deployment.find(options.stage), options.handle.removeprefix("@")
    if options.out:
        moderation.dismiss(stage, name)
        print(f"@{name} is no moderator, and all their sessions have ended.")
    else:
        moderation.appoint(stage, name)
        print(f"@{name} is a moderator from the next sign-in or refresh on.")
    return 0


def _moderation_log(options: argparse.Namespace) -> int:
    from operations import moderation

    stage = deployment.find(options.stage)
    if not options.verify:
        for entry in moderation.entries(stage):
            print(moderation.line(entry))
        return 0
    count, last, found = moderation.verify(stage)
    if found is not None:
        print(f"The chain is broken at entry {found.number:,}: {found.what}.")
        return 1
    print(f"The chain of {count:,} entries is whole. The last hash is {last or 'none'}.")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from operations.explain import explain

    for line in explain(deployment.find(options.stage), options.viewer, options.post):
        print(line)
    return 0


def _smoke(options: argparse.Namespace) -> int:
    from operations.smoke import command

    stage = deployment.find(options.stage)
    if options.clean:
        command.clean(stage, options.clean)
    else:
        command.ask(stage)
    return 0


def _erasure_scan(options: argparse.Namespace) -> int:
    from operations import erasure_scan

    print(erasure_scan.scan(deployment.find(options.stage), options.user, deep=options.deep))
    return 0


def _erasure_receipts(options: argparse.Namespace) -> int:
    from pathlib import Path

    from operations import receipts

    issued = receipts.issue(deployment.find(options.stage), Path(options.folder), deep=options.deep)
    print(*issued.reports, sep="\n")
    for file in issued.files:
        print(f"{file} has to be given to its person, and then deleted.")
    print(f"{issued.sent:,} receipts sent, {len(issued.files):,} kept as files;", end=" ")
    print(f"something is left of {len(issued.reports):,}; {issued.unfinished:,} are being erased.")
    print(issued.cost)
    return 1 if issued.reports else 0


def _receipt_key(options: argparse.Namespace) -> int:
    from operations import receipts

    print(receipts.key_of(deployment.find(options.stage)))
    return 0


def _verify_receipt(options: argparse.Namespace) -> int:
    from pathlib import Path

    from operations import receipts

    key = options.key or receipts.key_of(deployment.find(options.stage))
    print(receipts.verify(Path(options.file).read_bytes(), key))
    print("The receipt is genuine.")
    return 0


def _export_accounts(options: argparse.Namespace) -> int:
    from pathlib import Path

    from operations import accounts

    count = accounts.export(deployment.find(options.stage), Path(options.file))
    print(f"{count:,} accounts are in {options.file}: keep it as you keep passwords.")
    return 0


def _erase_again(options: argparse.Namespace) -> int:
    from operations import erased_again

    found = erased_again.again(deployment.find(options.stage))
    print(f"{len(found.user_ids):,} accounts and {len(found.posts):,} posts are erased again.")
    return 0


def _restore_data(options: argparse.Namespace) -> int:
    from operations import restore
    from tools import aws, creation

    where, client_for = aws.connect()
    stage = aws.stage_of(options.context)
    names = creation.bucket_names(stage, where.number, where.region)
    template = aws.template(options.context)
    forgotten = restore.take_over(client_for, stage, template, options.table, names["originals"])
    for whose, count in sorted(forgotten.items()):
        print(f"{count:,} {whose} were noted to have something that is lost")
    print("Now run `make deploy`.")
    return 0


def _restore_service(options: argparse.Namespace) -> int:
    from pathlib import Path

    from operations import accounts, restore

    brought = accounts.read(Path(options.accounts))
    done = restore.complete(deployment.find(options.stage), brought)
    for outcome, count in sorted(done.accounts.items()):
        print(f"{count:,} accounts {outcome}")
    print(f"{done.lost:,} originals are lost: their uploaders can send them again")
    print(f"{done.documents:,} posts and users are in the search index; {done.alarms} alarms.")
    return 0


def _restore_drill(_: argparse.Namespace) -> int:
    from operations import restore_drill

    print(restore_drill.drill())
    return 0


_FLAGS: Final = {
    "audit": ("--repair", "mend what is safe"),
    "search-check": ("--repair", "mend what is safe"),
    "close": ("--erase-now", "and erase it at once"),
}
"""The flags of the commands that have one."""


_ARGUMENTS: Final = {
    "sign-out": ("handle", "the user's handle"),
    "close": ("handle", "the user's handle"),
    "deny": ("id", "of a post, a medium or a blob"),
    "allow": ("id", "of a post, a medium or a blob"),
    "erase": ("post", "the post's id"),
    "erasure-scan": ("user", "a handle, or a user id"),
    "erasure-receipts": ("folder", "where to, for those whom no mail can be sent"),
    "verify-receipt": ("file", "the receipt"),
    "export-accounts": ("file", "where to; only its owner may read it"),
    "restore-service": ("accounts", "the file that export-accounts wrote"),
}
"""The argument of the commands that have one."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, run, what in (
        ("waiting", _waiting, "show what stands in the queues"),
        ("redrive", _redrive, "send dead letters back to their queues"),
        ("collect", _collect, "show what would be removed"),
        ("audit", _audit, "hold what is stored against what is recorded"),
        ("reconcile", _reconcile, "look at every post on its way now"),
        ("screen", _screen, "say what a list would find, and change nothing"),
        ("reindex", _reindex, "build the search index again"),
        ("search-check", _search_check, "hold the search index against the table"),
        ("sign-out", _sign_out, "end all sessions of a user"),
        ("close", _close, "close a user's account"),
        ("deny", _deny, "show nobody a post's media, a medium or a content"),
        ("allow", _allow, "show it again"),
        ("denied", _denied, "list what is denied"),
        ("moderator", _moderator, "let a user moderate"),
        ("moderation-log", _moderation_log, "show what moderators have done"),
        ("explain", _explain, "say why somebody sees a post, or does not"),
        ("erase", _erase, "erase a post at once, which cannot be undone"),
        ("smoke", _smoke, "ask a stage some questions, as people would"),
        ("erasure-scan", _erasure_scan, "look for a person in everything that is stored"),
        ("erasure-receipts", _erasure_receipts, "give those who were erased a receipt"),
        ("erase-again", _erase_again, "erase what a restored table has again"),
        ("receipt-key", _receipt_key, "print the key with which receipts are checked"),
        ("verify-receipt", _verify_receipt, "check a receipt"),
        ("export-accounts", _export_accounts, "write all accounts into a file"),
        ("restore-service", _restore_service, "bring in what a restored stage lacks"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("--stage", help="in AWS; without it, what runs on this machine")
        if name in _FLAGS:
            flag, meaning = _FLAGS[name]
            command.add_argument(flag, action="store_true", help=meaning)
        if name in _ARGUMENTS:
            argument, meaning = _ARGUMENTS[name]
            command.add_argument(argument, help=meaning)
        if name == "smoke":
            command.add_argument(
                "--clean", nargs="+", metavar="email", help="delete what earlier runs left"
            )
        _moderation_arguments(command, name)
        _screening_arguments(command, name)
        if name in {"erasure-scan", "erasure-receipts"}:
            command.add_argument("--deep", action="store_true", help="read every object's tags")
        if name == "verify-receipt":
            command.add_argument("--key", help="the public key; without it, the stage is asked")
        if name == "redrive":
            command.add_argument("queue", nargs="?", help="only this queue's dead letters")
        command.set_defaults(run=run)
    data = commands.add_parser("restore-data", help="make a stack of a restored table")
    data.add_argument("--table", required=True, help="the restored table's name")
    data.add_argument("context", nargs="*", help="name=value of CDK context, as for `make deploy`")
    data.set_defaults(run=_restore_data)
    drill = commands.add_parser("restore-drill", help="lose a region and restore it, locally")
    drill.set_defaults(run=_restore_drill)
    return parser


def _screening_arguments(command: argparse.ArgumentParser, name: str) -> None:
    if name == "screen":
        command.add_argument("--days", type=int, default=7, help="how far it looks back")
        command.add_argument("list", help="the name of a list, or a file on this machine")


def _moderation_arguments(command: argparse.ArgumentParser, name: str) -> None:
    if name == "moderator":
        command.add_argument("handle", help="the user's handle")
        command.add_argument("--out", action="store_true", help="no longer")
    if name == "moderation-log":
        command.add_argument("--verify", action="store_true", help="whether its chain is whole")
    if name == "explain":
        command.add_argument("viewer", help="a handle, or nobody for who is not signed in")
        command.add_argument("post", help="the id of a post")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
