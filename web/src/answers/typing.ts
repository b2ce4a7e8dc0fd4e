/** The handle that one is typing, the text once it is completed, and what keys mean meanwhile. */
import { MAX_HANDLE } from "../../build/limits.ts";
import { BEFORE_HANDLE } from "../linkify.ts";

export interface TypedHandle {
  /** Where its @ is. */
  readonly start: number;
  /** What is typed of it, without the @. */
  readonly typed: string;
}

const TYPED = new RegExp(`${BEFORE_HANDLE}@([A-Za-z0-9._]{1,${MAX_HANDLE}})$`, "u");

/** Null if what is before the caret is no mention. */
export function typedHandle(text: string, caret: number): TypedHandle | null {
  const found = TYPED.exec(text.slice(0, caret));
  return found && { start: found.index, typed: found[1]! };
}

/** The text with the whole handle in place of what was typed of it, and where the caret is then. */
export function completed(
  text: string,
  caret: number,
  handle: string,
): { text: string; caret: number } {
  const { start } = typedHandle(text, caret) ?? { start: caret };
  const before = `${text.slice(0, start)}@${handle} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}

type Keys = Pick<
  KeyboardEvent,
  "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "isComposing"
>;

/** Whether a key sends what is written, people to mention being listed or not. */
export function isSending({ key, ctrlKey, metaKey, isComposing }: Keys): boolean {
  return key === "Enter" && (ctrlKey || metaKey) && !isComposing;
}

/**
 * What a key does while people to mention are listed: a step through them, or take one, or close the
 * list. Null if it is meant for the text, such as Enter with the shift key.
 */
export function listKey(event: Keys): 1 | -1 | "take" | "close" | null {
  const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing } = event;
  if (isComposing || shiftKey || ctrlKey || metaKey || altKey) return null;
  if (key === "ArrowDown") return 1;
  if (key === "ArrowUp") return -1;
  if (key === "Enter" || key === "Tab") return "take";
  return key === "Escape" ? "close" : null;
}
