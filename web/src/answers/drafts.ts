/**
 * Comments that are written and not sent: kept for as long as the app is open, whether one goes to
 * another page, answers somebody else first, or a comment is refused after one has gone on.
 */
import { person } from "../auth.ts";

export interface Draft {
  readonly text: string;
  /** The same for the same text: sent twice, it is one comment. */
  readonly key: string;
}

const MAX_KEPT = 50;
/** By the name of where they are written; what was typed last is last. */
const kept = new Map<string, Draft>();

person.watch(() => kept.clear());

/** A new key belongs to a new text. */
export function newDraft(text: string): Draft {
  return { text, key: crypto.randomUUID() };
}

export function draftOf(name: string): Draft | undefined {
  return kept.get(name);
}

export function keepDraft(name: string, draft: Draft): void {
  kept.delete(name);
  kept.set(name, draft);
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) return;
    kept.delete(oldest);
  }
}

/** Forgets what was written there. If `sent` is given, only that: what was typed since stays. */
export function forgetDraft(name: string, sent?: Draft): void {
  if (sent === undefined || kept.get(name)?.key === sent.key) kept.delete(name);
}
