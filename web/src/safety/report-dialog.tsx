import { useEffect, useState } from "preact/hooks";
import { MAX_REPORT_NOTE } from "../../build/limits.ts";
import { call, type ReportReason } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { keepFocusOnPage } from "../components/focus.ts";
import { ConfirmBlock } from "../components/person-dialogs.tsx";
import { sentence } from "../errors.ts";
import { parts, t } from "../language.ts";
import { hideReported, type Reportable } from "../reporting.ts";
import { REASONS } from "./words.ts";

interface Props {
  subject: Reportable;
  onClose: () => void;
}

/** Asks why something is reported, and says what happens next. */
export function ReportDialog({ subject, onClose }: Props) {
  const [step, setStep] = useState<"ask" | "done" | "block">("ask");
  useEffect(() => keepFocusOnPage, []);
  if (step === "block") return <ConfirmBlock person={subject.author} onClose={onClose} />;
  if (step === "done") {
    return <Done subject={subject} onBlock={() => setStep("block")} onClose={onClose} />;
  }
  return <Ask subject={subject} onDone={() => setStep("done")} onClose={onClose} />;
}

function Ask({ subject, onDone, onClose }: Props & { onDone: () => void }) {
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (reason === null) return;
    setBusy(true);
    setError(null);
    try {
      const { kind, id } = subject;
      await call("post", "/reports", { body: { kind, id, reason, note }, repeats: true });
      hideReported(subject);
      onDone();
    } catch (failed) {
      setError(sentence(failed));
      setBusy(false);
    }
  }

  return (
    <Dialog title={titleOf(subject)} class="dialog-small" onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void send(event)}>
        <div class="dialog-body form">
          <fieldset class="reasons">
            <legend class="field-label">{t("What is wrong with it?")}</legend>
            {(Object.keys(REASONS) as ReportReason[]).map((one) => (
              <label key={one} class="check">
                <input
                  type="radio"
                  name="reason"
                  required
                  checked={reason === one}
                  onChange={() => setReason(one)}
                />
                {REASONS[one]}
              </label>
            ))}
          </fieldset>
          <Field
            label={t("Anything a moderator should know (optional)")}
            rows={2}
            value={note}
            onValue={setNote}
            maxLength={MAX_REPORT_NOTE}
          />
          <p class="field-hint">
            {t(
              "You will not see it any more, and a moderator looks at it as it is now. @{handle} is never told who has reported it.",
              { handle: subject.author.handle },
            )}
          </p>
          {error && (
            <p class="field-error" role="alert">
              {error}
            </p>
          )}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("Cancel")}
          </button>
          <button type="submit" class="button button-danger" disabled={isBusy || reason === null}>
            {t("Report")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Done({ subject, onBlock, onClose }: Props & { onBlock: () => void }) {
  return (
    <Dialog title={t("Thank you for your report")} class="dialog-small" onClose={onClose}>
      <div class="dialog-body">
        <p role="status">
          {parts("A moderator will look at it. What comes of it you find among {reports}.", {
            reports: (
              <a class="text-link" href="/settings/reports" onClick={onClose}>
                {t("your reports")}
              </a>
            ),
          })}
        </p>
        <p>
          {t("Do you want to have nothing to do with @{handle} any more?", {
            handle: subject.author.handle,
          })}
        </p>
      </div>
      <div class="dialog-actions">
        <button type="button" class="button" onClick={onBlock}>
          {t("Block @{handle}", { handle: subject.author.handle })}
        </button>
        <button type="button" class="button button-primary" onClick={onClose}>
          {t("Done")}
        </button>
      </div>
    </Dialog>
  );
}

function titleOf({ kind, author: { handle } }: Reportable): string {
  const titles: Record<Reportable["kind"], string> = {
    post: t("Report the post by @{handle}", { handle }),
    comment: t("Report the comment by @{handle}", { handle }),
    user: t("Report @{handle}", { handle }),
  };
  return titles[kind];
}
