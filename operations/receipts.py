"""`make erasure-receipts`: look for everybody who was erased, and give them a receipt.

Run it every day, from the machine that runs the other nightly work. It is no function of the
deployment: it may take hours, and would need the right to read everything and to send mails. One
run looks through everything once, for all who wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from operations.deployment import Deployment
from operations.erasure_scan import cost, erased_person, look, report
from operations.erasure_sweep import Sweep
from operations.everything import DeployedEverything, unread
from operations.signing import NotGenuine, checked, public_key, signed
from shutterfeed.adapters.dynamodb.erasures import DynamoErasureRecords
from shutterfeed.adapters.dynamodb.secrets import DynamoSecrets
from shutterfeed.adapters.erasures import S3ErasureList
from shutterfeed.adapters.system import SystemClock
from shutterfeed.domain.erasures import Erasable, ErasedAccount, digest_of
from shutterfeed.domain.receipts import Receipt, digest
from shutterfeed.domain.traces import Person
from shutterfeed.ports.system import Clock
from shutterfeed.services.erasure_scan import Looked
from tools.errors import ToolError

_SUBJECT: Final = "Your account was erased"
_BODY: Final = """\
Your account was erased, and nothing of it was found any more.

The attached receipt says what was looked through, what may still name you for a time, and when the
last backup with it is gone. It is signed: keep it, as we do not.
"""
_FILE: Final = "receipt.txt"


@dataclass(slots=True)
class Issued:
    """What a run of `issue` has done, and what an operator is told."""

    sent: int = 0
    files: list[Path] = field(default_factory=list)
    """Receipts that nobody could be sent, in files that only their owner may read."""
    again: int = 0
    """Accounts that were erased once more, and have a receipt."""
    unfinished: int = 0
    """Accounts whose erasing has not ended yet."""
    reports: list[str] = field(default_factory=list)
    """A text for each account of which something is left, which says what that is, and one for each
    receipt that could not be sent, which says why."""
    cost: str = ""


def issue(
    deployment: Deployment, folder: Path, *, deep: bool = False, clock: Clock | None = None
) -> Issued:
    """Look for everybody whose erasing has ended. Of whom nothing is left is sent a receipt, or
    gets it as a file in `folder`, and the record of the erasure goes. The others stay for the next
    run."""
    clock = clock or SystemClock()
    records = DynamoErasureRecords(deployment.metadata)
    waiting = list(records.waiting())
    finished = [record for record in waiting if record.finished_at is not None]
    issued = Issued(unfinished=len(waiting) - len(finished))
    if not finished:
        return issued
    people = {
        record.user_id: erased_person(record, list(records.contents(record.user_id)))
        for record in finished
    }
    everything = DeployedEverything(deployment, deep=deep)
    looked = _looked(deployment, everything, people, clock)
    post = _Post(deployment, records, looked, folder, clock)
    for record in finished:
        if looked.findings.left(record.user_id):
            left = report(looked, record.user_id)
            issued.reports.append(f"Of {record.user_id} something is left:\n{left}")
        else:
            post.give(record, people[record.user_id], issued)
    issued.cost = cost(everything)
    return issued


def verify(text: bytes, key: str) -> str:
    """The text of a receipt that was signed with the private key of this public one. Raises
    `ToolError` for any other text."""
    try:
        return checked(text, key).decode()
    except NotGenuine as error:
        raise ToolError(str(error)) from error


def key_of(deployment: Deployment) -> str:
    """The public key with which the stage's receipts are checked."""
    return public_key(DynamoSecrets(deployment.metadata).receipt_key())


def _looked(
    deployment: Deployment, everything: DeployedEverything, people: dict[str, Person], clock: Clock
) -> Looked:
    """Look through everything, and once more if that has removed what others had of somebody."""
    sweep = Sweep.of(deployment, clock)
    looked = look(everything, list(people.values()), found=sweep.remove)
    if sweep.removed:
        looked = look(everything, list(people.values()))
    return looked


@dataclass(frozen=True, slots=True)
class _Post:
    """Gives people their receipts."""

    deployment: Deployment
    records: DynamoErasureRecords
    looked: Looked
    folder: Path
    clock: Clock

    def give(self, record: ErasedAccount, person: Person, issued: Issued) -> None:
        """Sign a receipt, note its hash, and send it or write it into a file. The record goes last,
        so that whatever fails is done again. Whoever was erased once more after a restore has a
        receipt, and no address: they get no other."""
        now = self.clock.now()
        listed = digest_of(Erasable.ACCOUNT, record.user_id)
        originals = self.deployment.outputs["OriginalsBucketName"]
        erasures = S3ErasureList(self.deployment.client_for("s3"), originals)
        if record.email is None and erasures.has_receipt(listed):
            self.records.forget(record.user_id)
            issued.again += 1
            return
        receipt = Receipt(
            self.deployment.stage,
            record,
            len(person.contents),
            now,
            self.looked.through,
            self.looked.findings.staying(record.user_id),
            unread(self.deployment, now),
        )
        content = receipt.content()
        text = signed(content, DynamoSecrets(self.deployment.metadata).receipt_key())
        erasures.note_receipt(listed, digest(content), now)
        sender = _sender(self.deployment)
        if sender is not None and record.email is not None:
            try:
                self._send(sender, record.email, text)
            except ClientError as error:
                issued.reports.append(f"The receipt of {record.user_id} was not sent: {error}")
                return
            issued.sent += 1
        else:
            issued.files.append(self._keep(listed, record.email, text))
        self.records.forget(record.user_id)

    def _send(self, sender: str, address: str, text: bytes) -> None:
        mail = _mail(address, text)
        mail["From"] = sender
        self.deployment.client_for("sesv2").send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": [address]},
            Content={"Raw": {"Data": mail.as_bytes()}},
        )

    def _keep(self, listed: str, address: str | None, text: bytes) -> Path:
        """Write the receipt into a file; as a mail that can be sent, if the address is known."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = text if address is None else _mail(address, text).as_bytes()
        file = self.folder / f"{listed[:16]}.{'txt' if address is None else 'eml'}"
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_bytes(content)
        return file


def _mail(address: str, text: bytes) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = address, _SUBJECT
    mail.set_content(_BODY)
    mail.add_attachment(text, maintype="application", subtype="octet-stream", filename=_FILE)
    return mail


def _sender(deployment: Deployment) -> str | None:
    """The address from which the user pool sends its mails by SES; None if Cognito sends them."""
    cognito = deployment.client_for("cognito-idp")
    pool = cognito.describe_user_pool(UserPoolId=deployment.outputs["UserPoolId"])["UserPool"]
    settings = pool.get("EmailConfiguration", {})
    if settings.get("EmailSendingAccount") != "DEVELOPER":
        return None
    sender: str | None = settings.get("From")
    return sender
