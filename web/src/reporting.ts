/** What one reports: the dialog that asks why, and what is hidden from one at once. */
import { person } from "./auth.ts";
import { Store, useStore } from "./store.ts";

export interface Reportable {
  readonly kind: "post" | "comment" | "user";
  readonly id: string;
  /** Whoever made it, whom one may want to block as well. */
  readonly author: { readonly id: string; readonly handle: string };
}

/** What the dialog is open for, if it is; its code comes when it is first opened. */
export const reporting = new Store<Reportable | null>(null);
/** By kind and id. */
export const reported = new Store<ReadonlySet<string>>(new Set());

person.watch(() => {
  reporting.set(null);
  reported.set(new Set());
});

export function report(subject: Reportable): void {
  reporting.set(subject);
}

export function closeReport(): void {
  reporting.set(null);
}

/** Notes that it is reported: the API gives it to one no more, and no page shows it any more. */
export function hideReported({ kind, id }: Reportable): void {
  reported.update((keys) => new Set([...keys, `${kind} ${id}`]));
}

/** Whether one has reported it since the page was loaded. */
export function isReported(kind: Reportable["kind"], id: string): boolean {
  return reported.value.has(`${kind} ${id}`);
}

/** The same; the component renders again when it changes. */
export function useIsReported(kind: Reportable["kind"], id: string): boolean {
  useStore(reported);
  return isReported(kind, id);
}
