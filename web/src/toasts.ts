/** Short messages at the edge of the screen, one at a time. */
import { Store } from "./store.ts";

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
  readonly action?: string;
  readonly onAction?: () => void;
}

const SHOWN_MS = 6_000;
/** People need time to find and reach a button. */
const SHOWN_WITH_ACTION_MS = 12_000;

export const toasts = new Store<Toast | null>(null);

let nextId = 1;
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(
  text: string,
  options: { isError?: boolean; action?: string; onAction?: () => void } = {},
): void {
  toasts.set({ id: nextId++, text, isError: false, ...options });
  keepToast(false);
}

/** While a person points at it or has the focus in it, it stays. */
export function keepToast(held: boolean): void {
  clearTimeout(timer);
  const shown = toasts.value;
  if (shown === null || held) return;
  timer = setTimeout(dismissToast, shown.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}

export function dismissToast(): void {
  clearTimeout(timer);
  toasts.set(null);
}
