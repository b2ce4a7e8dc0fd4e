/** Blocking, muting and removing people: shown at once, with a way back where the API has one. */

import { call } from "./api.ts";
import { sentence } from "./errors.ts";
import { t } from "./language.ts";
import { loadMe } from "./own-profile.ts";
import { positionKept } from "./position.ts";
import type { Change } from "./relation.ts";
import { BLOCKED } from "./relation-acts.ts";
import { changing, note } from "./relation-changes.ts";
import { day } from "./text.ts";
import { toast } from "./toasts.ts";

export interface Person {
  readonly id: string;
  readonly handle: string;
}

/** True if it succeeded. A failure is told, and what was shown is taken back. */
async function attempt(
  { id }: Person,
  change: Change,
  action: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await changing(id, change, action);
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  return true;
}

/** One's own counts are shown elsewhere; without an answer they are read again later. */
function recount(): void {
  loadMe().catch(() => undefined);
}

export async function block(person: Person): Promise<boolean> {
  const { handle } = person;
  const goBack = positionKept();
  const path = { handle };
  if (!(await attempt(person, BLOCKED, () => call("put", "/me/blocks/{handle}", { path }))))
    return false;
  recount();
  toast(t("@{handle} is blocked.", { handle }), {
    action: t("Undo"),
    onAction: () => void unblock(person).then((isDone) => isDone && goBack()),
  });
  return true;
}

/** Shown once it is done: until then, whatever is read of them again is not found. */
export async function unblock(person: Person): Promise<boolean> {
  const { id, handle } = person;
  const path = { handle };
  if (!(await attempt(person, {}, () => call("delete", "/me/blocks/{handle}", { path }))))
    return false;
  note(id, { blocked_by_me: false });
  toast(t("@{handle} is not blocked any more. You do not follow each other.", { handle }));
  return true;
}

/** `until` is a moment in the future, or null for a mute that does not end. */
export async function mute(person: Person, until: string | null): Promise<boolean> {
  const { handle } = person;
  const goBack = positionKept();
  const given = { path: { handle }, query: until === null ? {} : { until } };
  const change = { muted_by_me: true, muted_until: until };
  if (!(await attempt(person, change, () => call("put", "/me/mutes/{handle}", given))))
    return false;
  const said =
    until === null
      ? t("@{handle} is muted.", { handle })
      : t("@{handle} is muted until {day}.", { handle, day: day(until) });
  toast(said, {
    action: t("Undo"),
    onAction: () => void unmute(person).then((isDone) => isDone && goBack()),
  });
  return true;
}

export async function unmute(person: Person): Promise<boolean> {
  const { handle } = person;
  const path = { handle };
  const change = { muted_by_me: false, muted_until: null };
  if (!(await attempt(person, change, () => call("delete", "/me/mutes/{handle}", { path }))))
    return false;
  toast(t("@{handle} is not muted any more.", { handle }));
  return true;
}

/** There is no way back: only they can follow again. */
export async function removeFollower(person: Person): Promise<boolean> {
  const { handle } = person;
  const path = { handle };
  const change = { follows_me: false };
  if (!(await attempt(person, change, () => call("delete", "/me/followers/{handle}", { path }))))
    return false;
  recount();
  toast(t("@{handle} does not follow you any more.", { handle }));
  return true;
}
