import { useState } from "preact/hooks";
import type { ActionBody, ActionKind, CaseBody } from "../api.ts";
import { Confirm } from "../components/confirm.tsx";
import { Empty } from "../components/empty.tsx";
import { Retry } from "../components/endless.tsx";
import { keepFocusOnPage } from "../components/focus.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { ActDialog, AppealDialog } from "./act.tsx";
import { known, loadCase, neighbour, Overtaken, undo } from "./cases.ts";
import { EvidencePanel } from "./evidence.tsx";
import { Frame } from "./frame.tsx";
import { History } from "./history.tsx";
import type { Shortcut } from "./shortcuts.tsx";
import { ACTS } from "./words.ts";

export function CaseView({ id }: Record<string, string>) {
  const loaded = useResource(`case ${id}`, () => loadCase(id!));
  const found = useStore(known)[id!] ?? loaded.value;
  if (found) return <Case key={found.id} found={found} />;
  return (
    <Frame title={t("Case")}>
      {loaded.isMissing && <Empty title={t("There is no such case")} />}
      {loaded.error && !loaded.isMissing && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {!loaded.error && (
        <p class="page-sub" role="status">
          {t("Loading…")}
        </p>
      )}
    </Frame>
  );
}

type Step = ActionKind | "appeal" | ActionBody;

/** Everything about one case, and what can be done about it. */
function Case({ found }: { found: CaseBody }) {
  const [isOpen, setOpen] = useState(false);
  const [step, setStep] = useState<Step | null>(null);
  const close = () => {
    setStep(null);
    keepFocusOnPage();
  };
  const last = found.actions.findLast(({ undone_at }) => undone_at === null);
  const next = neighbour(found.id, 1);
  const before = neighbour(found.id, -1);
  const toggle = () => setOpen(!isOpen);
  const keys: Shortcut[] = [
    ...found.possible.map((kind) => ({ ...ACTS[kind], run: () => setStep(kind) })),
    { key: "b", name: isOpen ? t("Blur pictures") : t("Show pictures"), run: toggle },
  ];
  if (last)
    keys.push({
      key: "u",
      name: t("Undo: {done}", { done: ACTS[last.kind].done }),
      run: () => setStep(last),
    });
  if (found.can_decide_appeal) {
    keys.push({ key: "a", name: t("Decide the appeal"), run: () => setStep("appeal") });
  }
  if (next) keys.push({ key: "j", name: t("Next case"), run: () => goTo(next) });
  if (before) keys.push({ key: "k", name: t("Case before"), run: () => goTo(before) });
  return (
    <Frame title={t("Case")} keys={keys}>
      <div class="case">
        <EvidencePanel found={found} isOpen={isOpen} onToggle={toggle} />
        <div class="case-side">
          <Actions found={found} onStep={setStep} next={next} />
          <History found={found} onUndo={setStep} />
        </div>
      </div>
      {step === "appeal" && <AppealDialog found={found} onClose={close} />}
      {typeof step === "string" && step !== "appeal" && (
        <ActDialog found={found} kind={step} onClose={close} />
      )}
      {step !== null && typeof step !== "string" && (
        <ConfirmUndo found={found} action={step} onClose={close} />
      )}
    </Frame>
  );
}

function goTo(id: string): void {
  navigate(`/moderation/cases/${id}`, { replace: true });
}

interface ActionsProps {
  found: CaseBody;
  onStep: (step: Step) => void;
  next: string | undefined;
}

function Actions({ found, onStep, next }: ActionsProps) {
  return (
    <section class="panel" aria-labelledby="decide">
      <div class="panel-head">
        <h2 id="decide">{t("Decide")}</h2>
        {next && (
          <a class="button button-small" href={`/moderation/cases/${next}`} aria-keyshortcuts="J">
            {t("Next case")} <kbd>j</kbd>
          </a>
        )}
      </div>
      {found.state === "appealed" &&
        (found.can_decide_appeal ? (
          <button
            type="button"
            class="button button-primary"
            aria-keyshortcuts="A"
            onClick={() => onStep("appeal")}
          >
            {t("Decide the appeal")} <kbd>a</kbd>
          </button>
        ) : (
          <p class="notice-line">
            {t("You have decided this case: another moderator decides the appeal.")}
          </p>
        ))}
      <div class="case-actions">
        {found.possible.map((kind) => (
          <button
            key={kind}
            type="button"
            class="button"
            aria-haspopup="dialog"
            aria-keyshortcuts={ACTS[kind].key.toUpperCase()}
            onClick={() => onStep(kind)}
          >
            {ACTS[kind].name} <kbd>{ACTS[kind].key}</kbd>
          </button>
        ))}
      </div>
    </section>
  );
}

interface UndoProps {
  found: CaseBody;
  action: ActionBody;
  onClose: () => void;
}

function ConfirmUndo({ found, action, onClose }: UndoProps) {
  async function confirm(): Promise<void> {
    try {
      await undo(found, action.id);
      toast(t("Undone: {done}.", { done: ACTS[action.kind].done }));
    } catch (error) {
      // What another moderator did is in the history by now.
      const told = error instanceof Overtaken ? error.message : sentence(error);
      toast(told, { isError: true });
    }
  }
  return (
    <Confirm title={t("Undo this?")} action={t("Undo")} onConfirm={confirm} onClose={onClose}>
      <p>
        {t("{done}: everything is again as it was before it, and its owner sees that.", {
          done: ACTS[action.kind].done,
        })}
      </p>
    </Confirm>
  );
}
