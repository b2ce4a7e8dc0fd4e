/**
 * The place in which this tab keeps its draft. Each tab has one of its own, which it holds by a lock, so
 * that no tab overwrites another's draft; the place of a tab that was closed is taken by the next one. What
 * was put aside has a place, too, which a tab takes when its author goes on with it.
 */
import { Store } from "../store.ts";
import { finish } from "./given-up.ts";
import { read, readNamed, takeLock, write } from "./kept.ts";
import type { KeptDraft } from "./kept-draft.ts";

const LOCK = "shutterfeed.draft.";

/** Counts changes of what is kept, other than of the draft in the dialog, and drafts that the API has again. */
export const keptChanges = new Store(0);

let own: { readonly name: string; readonly letGo: () => void } | null = null;

/** Null until this tab has looked for one. */
export function ownSlot(): string | null {
  return own?.name ?? null;
}

/** Takes the place of a draft that no open tab has, or else an empty one. Returns what is kept there. */
export async function takeSlot(): Promise<KeptDraft | undefined> {
  const before = own;
  for (const [name, draft] of await readNamed<KeptDraft>("draft")) {
    if (name === before?.name || draft.isAside) continue; // what is in it was shown before, or waits
    if (draft.items.length === 0) {
      if (draft.server !== null) void finish(draft.server.postId);
      continue;
    }
    const found = await takeNamed(name);
    if (found !== null) return found;
  }
  if (own === null) await takeNamed(crypto.randomUUID());
  return undefined;
}

/** Takes a place by its name. Returns what is kept there, or null if there is nothing or a tab has it. */
export async function takeNamed(name: string): Promise<KeptDraft | null> {
  const letGo = await takeLock(LOCK + name);
  if (letGo === null) return null;
  own?.letGo();
  own = { name, letGo };
  return (await read<KeptDraft>("draft", name)) ?? null;
}

/** All drafts that this browser keeps, by their places. */
export async function keptDrafts(): Promise<Map<string, KeptDraft>> {
  const all = await readNamed<KeptDraft>("draft");
  return new Map([...all].filter(([, { items }]) => items.length > 0));
}

/** Keeps a draft among those that were put aside. False if that failed. */
export async function keepAside(draft: KeptDraft, name: string): Promise<boolean> {
  const kept: KeptDraft = { ...draft, isAside: true, keptAt: Date.now() };
  const isKept = await write((shelf) => void shelf("draft").put(kept, name));
  keptChanges.update((count) => count + 1);
  return isKept;
}

/** Takes a draft away that no tab has open. False if one has. */
export async function dropKept(name: string): Promise<boolean> {
  const letGo = await takeLock(LOCK + name);
  if (letGo === null) return false;
  await write((shelf) => void shelf("draft").delete(name));
  letGo();
  keptChanges.update((count) => count + 1);
  return true;
}

/** Takes the draft of this tab's place away, and leaves that. */
export async function dropOwn(): Promise<void> {
  if (own === null) return;
  const { name } = own;
  await write((shelf) => void shelf("draft").delete(name));
  leaveSlot();
  keptChanges.update((count) => count + 1);
}

/** Lets another tab, or another person's draft, have a place again. */
export function leaveSlot(): void {
  own?.letGo();
  own = null;
}
