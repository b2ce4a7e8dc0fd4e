/**
 * The place in which this tab keeps its draft. Each tab has one of its own, which it holds by a lock, so
 * that no tab overwrites another's draft; the place of a tab that was closed is taken by the next one.
 */
import { discardAhead } from "./ahead.ts";
import type { OnServer } from "./draft.ts";
import { readNamed, takeLock, write } from "./kept.ts";
import { EMPTY, type KeptDraft, keptOf } from "./kept-draft.ts";

const LOCK = "shutterfeed.draft.";

let own: { readonly name: string; readonly letGo: () => void } | null = null;

/** Null until this tab has looked for one. */
export function ownSlot(): string | null {
  return own?.name ?? null;
}

/** Takes the place of a draft that no open tab has, or else an empty one. Returns what is kept there. */
export async function takeSlot(): Promise<KeptDraft | undefined> {
  const before = own;
  for (const [name, draft] of await readNamed<KeptDraft>("draft")) {
    if (name === before?.name) continue; // what is there was shown before
    if (draft.items.length === 0) {
      finishDiscarding(draft, name);
      continue;
    }
    const letGo = await takeLock(LOCK + name);
    if (letGo === null) continue;
    before?.letGo();
    own = { name, letGo };
    return draft;
  }
  if (own === null) {
    const name = crypto.randomUUID();
    own = { name, letGo: (await takeLock(LOCK + name)) ?? (() => undefined) };
  }
  return undefined;
}

/** Notes that a draft was discarded that the API has: it is deleted there, perhaps by another page. */
export function noteDiscarded(server: OnServer): void {
  const note = { ...keptOf(EMPTY), server };
  void write((shelf) => void shelf("draft").put(note, server.postId));
}

/** The draft was brought back, or is deleted. */
export function forgetDiscarded({ postId }: OnServer): void {
  void write((shelf) => void shelf("draft").delete(postId));
}

function finishDiscarding({ server }: KeptDraft, name: string): void {
  if (server !== null) discardAhead(server.postId);
  void write((shelf) => void shelf("draft").delete(name));
}

/** Lets another tab, or another person's draft, have a place again. */
export function leaveSlot(): void {
  own?.letGo();
  own = null;
}
