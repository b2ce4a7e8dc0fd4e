/** Going on with a draft that was put aside, or begun on another device; and giving one up. */
import { person } from "../auth.ts";
import { openCompose } from "../compose.ts";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";
import { discard, putAside, showTaken } from "./draft.ts";
import { giveUp } from "./given-up.ts";
import { dropFiles } from "./kept.ts";
import type { KeptDraft } from "./kept-draft.ts";
import { latest, sayWhatBecame } from "./latest.ts";
import type { DraftRow } from "./own-drafts.ts";
import {
  dropKept,
  dropOwn,
  keepAside,
  keptChanges,
  leaveSlot,
  ownSlot,
  takeNamed,
} from "./slot.ts";

/** As long as the message that offers to undo is shown, and a little longer. */
const UNDO_MS = 15_000;

/** Opens a draft in the dialog. What stood there is put aside. What keeps it from that is told. */
export async function continueDraft({ name, kept, post }: DraftRow): Promise<void> {
  if (name !== null && name === ownSlot()) return openCompose();
  const before = person.value;
  if (!(await putAside())) return openCompose(); // which says why
  const taken = await takeNamed(name ?? crypto.randomUUID());
  if (name !== null && taken === null) return sayOpenElsewhere();
  try {
    const found = await latest(taken, post?.id ?? kept?.server?.postId ?? null);
    if (person.value !== before) return;
    if (typeof found === "object") return showTaken(found);
    sayWhatBecame(found);
    if (taken !== null) dropFiles(taken.items.map(({ id }) => id));
    await dropOwn();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    leaveSlot();
    toast(error.message, { isError: true });
  }
}

/** Gives a draft up; for some seconds that can be undone. */
export async function discardDraft({ name, kept, post }: DraftRow): Promise<void> {
  if (name !== null && name === ownSlot()) return discard();
  if (name !== null && !(await dropKept(name))) return sayOpenElsewhere();
  const postId = post?.id ?? kept?.server?.postId ?? null;
  const restore = postId === null ? null : giveUp(postId);
  const dropping = setTimeout(() => dropFiles(idsOf(kept)), UNDO_MS);
  toast(t("Draft discarded."), {
    action: t("Undo"),
    onAction: () => {
      clearTimeout(dropping);
      if (name !== null && kept !== null) void keepAside(kept, name);
      void restore?.().then((isBack) => {
        if (isBack) {
          // The list may have been read before it was there again.
          keptChanges.update((count) => count + 1);
        } else if (kept === null) {
          toast(t("The draft could not be brought back."), { isError: true });
        }
      });
    },
  });
}

function sayOpenElsewhere(): void {
  toast(t("This draft is open in another tab."));
}

function idsOf(kept: KeptDraft | null): readonly string[] {
  return kept?.items.map(({ id }) => id) ?? [];
}
