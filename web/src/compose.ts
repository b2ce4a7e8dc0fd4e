/** Whether the post dialog is open; its code comes when it is first opened. */
import { person } from "./auth.ts";
import { withHandle } from "./handles.ts";
import { Store } from "./store.ts";

export interface ComposeRequest {
  readonly files: readonly File[];
}

export const compose = new Store<ComposeRequest | null>(null);

person.watch(closeCompose);

/** Opens the dialog; files that were dropped or pasted come with it. */
export function openCompose(files: readonly File[] | unknown = []): void {
  withHandle(() => compose.set({ files: Array.isArray(files) ? (files as File[]) : [] }));
}

/** The files that came with the request are in the draft now. */
export function filesTaken(): void {
  compose.update((request) => request && { files: [] });
}

export function closeCompose(): void {
  compose.set(null);
}
