/** The cases that this page knows, and what is done about them. */

import { type CaseBody, type CaseSummary, type CreateAction, call } from "../api.ts";
import { person } from "../auth.ts";
import { ApiError } from "../errors.ts";
import { t } from "../language.ts";
import { Store } from "../store.ts";

/** By id, as last heard of. */
export const known = new Store<Readonly<Record<string, CaseBody>>>({});
/** The ids of the queue that was looked at last, in its order. */
const queue = new Store<readonly string[]>([]);

person.watch(() => {
  known.set({});
  queue.set([]);
});

function remember(found: CaseBody): CaseBody {
  known.update((cases) => ({ ...cases, [found.id]: found }));
  return found;
}

/** Raises the same errors as `call`. */
export async function loadCase(case_id: string): Promise<CaseBody> {
  return remember(await call("get", "/moderation/cases/{case_id}", { path: { case_id } }));
}

/** Notes which cases wait, for the way from one to the next. */
export function noteQueue(cases: readonly CaseSummary[]): void {
  queue.set(cases.map(({ id }) => id));
}

/** The case after or before this one in the queue that still waits, if there is one. */
export function neighbour(id: string, by: 1 | -1): string | undefined {
  const ids = queue.value;
  for (let at = ids.indexOf(id) + by; at >= 0 && at < ids.length; at += by) {
    if (known.value[ids[at]!]?.state !== "decided") return ids[at];
  }
  return undefined;
}

/** Another moderator was first: the case is as they have left it now, and nothing was done. */
export class Overtaken extends Error {
  readonly now: CaseBody;

  constructor(now: CaseBody) {
    super(t("Another moderator has changed this case meanwhile."));
    this.now = now;
  }
}

/** Raises `Overtaken`, and the same errors as `call`. */
async function changing(id: string, change: () => Promise<CaseBody>): Promise<CaseBody> {
  try {
    return remember(await change());
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "case_changed")) throw error;
    throw new Overtaken(await loadCase(id));
  }
}

const at = ({ id }: CaseBody) => ({ path: { case_id: id }, repeats: true });

/** Does something about a case, as it was seen. Raises `Overtaken`, and the same errors as `call`. */
export function act(seen: CaseBody, wanted: Omit<CreateAction, "version">): Promise<CaseBody> {
  const body = { ...wanted, version: seen.version };
  return changing(seen.id, () =>
    call("post", "/moderation/cases/{case_id}/actions", { ...at(seen), body }),
  );
}

/** Takes an action back. Raises `Overtaken`, and the same errors as `call`. */
export function undo(seen: CaseBody, action_id: string): Promise<CaseBody> {
  const body = { action_id, version: seen.version };
  return changing(seen.id, () =>
    call("post", "/moderation/cases/{case_id}/undo", { ...at(seen), body }),
  );
}

/** Raises `Overtaken`, and the same errors as `call`. */
export function decideAppeal(
  seen: CaseBody,
  overturn: boolean,
  statement: string,
): Promise<CaseBody> {
  const body = { overturn, statement, version: seen.version };
  return changing(seen.id, () =>
    call("post", "/moderation/cases/{case_id}/appeal", { ...at(seen), body }),
  );
}
