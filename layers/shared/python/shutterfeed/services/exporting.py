"""Builds exports, a part at a time.

A part is made by one run from its beginning to its end, as an object of its own, and counts once it
is noted together with the checkpoint at which the next begins. So a run that ends anywhere has done
nothing that anybody sees, and the next one makes the same part again. Of two runs for one part, the
one that notes it second removes what it has made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from shutterfeed.domain import exported
from shutterfeed.domain.exports import Checkpoint, Export, ExportState
from shutterfeed.domain.messages import DiscardExport, ExportData, ExportMessage, TellExport
from shutterfeed.ports.exports import Directory, ExportParts, Exports, Mailer
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.export_part import NotWanted, PartLimits, PartRun
from shutterfeed.services.export_sections import ExportSections


class ExportOutcome(StrEnum):
    """What became of a message, for the log."""

    STORED = "stored"
    READY = "ready"
    DISCARDED = "discarded"
    TOLD = "told"
    NOT_TOLD = "not told"
    NOT_WANTED = "not wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportingService:
    exports: Exports
    parts: ExportParts
    sections: ExportSections
    directory: Directory
    mailer: Mailer | None
    """None if the deployment sends no mails of its own."""
    site_url: str
    clock: Clock
    ids: Ids
    limits: PartLimits = field(default_factory=PartLimits)

    def handle(self, message: ExportMessage) -> ExportOutcome:
        """Do what a message asks for. Repeating it is harmless, but a mail may come twice."""
        match message:
            case ExportData():
                return self._build(message)
            case TellExport():
                return self._tell(message)
            case DiscardExport(user_id, export_id):
                self.parts.remove(user_id, export_id)
                return ExportOutcome.DISCARDED

    def _build(self, message: ExportData) -> ExportOutcome:
        export = self.exports.get(message.user_id)
        if export is None or not export.awaits_part(message.export_id, message.part):
            return ExportOutcome.NOT_WANTED
        now = self.clock.now()
        writer = self.parts.begin(export, message.part, self.ids.new(now))
        run = PartRun(export, writer, self.exports, self.clock, self.limits)
        try:
            checkpoint = run.fill(self.sections.all())
            return self._store(run, checkpoint)
        except NotWanted:
            writer.abandon()
            return ExportOutcome.NOT_WANTED

    def _store(self, run: PartRun, checkpoint: Checkpoint | None) -> ExportOutcome:
        """Complete a part, and note it. Raises `NotWanted`."""
        export, number = run.export, len(run.export.parts) + 1
        about = exported.about(number, export.begun_at, self.sections.handle_of(export.user_id))
        run.writer.add(f"shutterfeed/about_{number}.json", export.begun_at, about)
        part = run.writer.finish()
        done = replace(export, posts_done=run.posts, bytes_done=run.bytes)
        after = done.including(part, checkpoint, self.clock.now())
        if not self.exports.put(after, export):
            raise NotWanted
        return ExportOutcome.READY if checkpoint is None else ExportOutcome.STORED

    def _tell(self, message: TellExport) -> ExportOutcome:
        export = self.exports.get(message.user_id)
        is_ready = export is not None and export.state_at(self.clock.now()) is ExportState.READY
        if self.mailer is None or export is None or not is_ready or export.id != message.export_id:
            return ExportOutcome.NOT_TOLD
        account = self.directory.known_of(export.account_name)
        if account is None or account.email is None or not account.email_is_verified:
            return ExportOutcome.NOT_TOLD
        self.mailer.send(account.email, "Your export is ready", self._text(export))
        return ExportOutcome.TOLD

    def _text(self, export: Export) -> str:
        # There is no link to the files in it: whoever reads the mail has to be signed in, too.
        return (
            "The export of your photos and everything else of yours is ready:\n"
            f"{self.site_url}/settings/export\n\n"
            f"You can download it until {export.expires_at:%d %B %Y, %H:%M} UTC. If you did not"
            " ask for it, change your password.\n"
        )
