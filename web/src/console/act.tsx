/** The dialogs in which a moderator decides. What one writes stays, whatever happens meanwhile. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { MAX_STATEMENT } from "../../build/limits.ts";
import { draftOf, forgetDraft, keepDraft, newDraft } from "../answers/drafts.ts";
import { isSending } from "../answers/typing.ts";
import type { ActionKind, CaseBody, ReportReason } from "../api.ts";
import { Choice } from "../components/choice.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Field } from "../components/field.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { muteEnd } from "../relation-acts.ts";
import { REASONS } from "../safety/words.ts";
import { toast } from "../toasts.ts";
import { act, decideAppeal, Overtaken } from "./cases.ts";
import { LastChange } from "./history.tsx";
import { ACTS } from "./words.ts";

const RULES = Object.entries(REASONS) as [ReportReason, string][];

const TIMES = [
  ["1", t("A day")],
  ["7", t("A week")],
  ["30", t("30 days")],
  ["", t("Until a moderator ends it")],
] as const;

interface Props {
  found: CaseBody;
  onClose: () => void;
}

export function ActDialog({ found, kind: begun, onClose }: Props & { kind: ActionKind }) {
  const [kind, setKind] = useState(begun);
  const [rule, setRule] = useState<ReportReason>(found.reason);
  const [days, setDays] = useState<(typeof TIMES)[number][0]>("7");
  const [statement, setStatement, forget] = useDraft(`case ${found.id}`);
  const isTold = kind !== "dismiss";
  const canBeDone = found.possible.includes(kind);
  const kinds = canBeDone ? found.possible : [kind, ...found.possible];

  async function decide(): Promise<void> {
    await act(found, {
      kind,
      rule,
      statement: isTold ? statement : "",
      until: kind === "suspend" && days !== "" ? muteEnd(Number(days)) : null,
    });
    forget();
    toast(`${ACTS[kind].done}.`);
  }

  return (
    <DecisionDialog
      title={ACTS[begun].name}
      action={ACTS[kind].name}
      isDanger={kind !== "dismiss" && kind !== "label_sensitive"}
      isReady={canBeDone && (!isTold || statement.trim() !== "")}
      onDecide={decide}
      onClose={onClose}
      found={found}
    >
      <Choice
        label={t("What is done")}
        value={kind}
        options={kinds.map((one) => [one, ACTS[one].name] as const)}
        hint={canBeDone ? ACTS[kind].effect : t("This is done already.")}
        onChange={setKind}
      />
      <Choice label={t("Rule")} value={rule} options={RULES} onChange={setRule} />
      {kind === "suspend" && (
        <Choice label={t("How long")} value={days} options={TIMES} onChange={setDays} />
      )}
      {isTold && (
        <Statement label={t("What the author is told")} {...{ statement, setStatement }} />
      )}
    </DecisionDialog>
  );
}

const APPEAL_CHOICES = [
  ["uphold", t("The decision stands")],
  ["overturn", t("Take everything back that stands")],
] as const;

export function AppealDialog({ found, onClose }: Props) {
  const [choice, setChoice] = useState<"uphold" | "overturn">("uphold");
  const [statement, setStatement, forget] = useDraft(`appeal ${found.id}`);

  async function decide(): Promise<void> {
    await decideAppeal(found, choice === "overturn", statement);
    forget();
    toast(choice === "overturn" ? t("The decision is taken back.") : t("The decision stands."));
  }

  return (
    <DecisionDialog
      title={t("Decide the appeal")}
      action={t("Decide")}
      isReady={found.can_decide_appeal && statement.trim() !== ""}
      onDecide={decide}
      onClose={onClose}
      found={found}
    >
      <Choice label={t("Decision")} value={choice} options={APPEAL_CHOICES} onChange={setChoice} />
      <Statement label={t("What the author is told")} {...{ statement, setStatement }} />
    </DecisionDialog>
  );
}

/** What one writes about a case: there again if the dialog was closed, until it is sent. */
function useDraft(name: string): [string, (text: string) => void, () => void] {
  const [text, setText] = useState(draftOf(name)?.text ?? "");
  const write = (typed: string) => {
    setText(typed);
    keepDraft(name, newDraft(typed));
  };
  return [text, write, () => forgetDraft(name)];
}

interface StatementProps {
  label: string;
  statement: string;
  setStatement: (text: string) => void;
}

function Statement({ label, statement, setStatement }: StatementProps) {
  return (
    <Field
      label={label}
      rows={4}
      value={statement}
      onValue={setStatement}
      maxLength={MAX_STATEMENT}
      hint={t("They read it in their activity, and can appeal. Ctrl+Enter sends it.")}
      area={{ required: true }}
    />
  );
}

interface DecisionProps extends Props {
  title: string;
  action: string;
  isDanger?: boolean;
  isReady: boolean;
  onDecide: () => Promise<void>;
  children: ComponentChildren;
}

const FIRST = "textarea, [type=submit]";

/** Around a decision: closes once it is made. If another moderator was first, it says so and stays. */
function DecisionDialog(props: DecisionProps) {
  const { found, title, action, isDanger = false, isReady, onDecide, onClose, children } = props;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [wasOvertaken, setOvertaken] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  // Whoever came by a key goes on typing, or presses Enter if there is nothing to write.
  useEffect(() => form.current!.querySelector<HTMLElement>(FIRST)!.focus(), []);

  async function submit(): Promise<void> {
    if (!isReady || isBusy) return;
    setBusy(true);
    setProblem(null);
    setOvertaken(false);
    try {
      await onDecide();
      onClose();
    } catch (error) {
      if (error instanceof Overtaken) setOvertaken(true);
      else setProblem(sentence(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (!isSending(event)) return;
          event.preventDefault();
          void submit();
        }}
      >
        <div class="dialog-body form">
          {wasOvertaken && <LastChange found={found} />}
          {children}
          {problem && (
            <p class="field-error" role="alert">
              {problem}
            </p>
          )}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("Cancel")}
          </button>
          <button
            type="submit"
            class={`button ${isDanger ? "button-danger" : "button-primary"}`}
            disabled={isBusy || !isReady}
          >
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
