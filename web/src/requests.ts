/** Requests to follow a private account: answered, and counted in the badge. */

import { call } from "./api.ts";
import { type Person, removeFollower } from "./blocks.ts";
import { sentence } from "./errors.ts";
import { t } from "./language.ts";
import { me, setMe } from "./me.ts";
import { loadMe } from "./own-profile.ts";
import { changing, learnFrom } from "./relation-changes.ts";
import { toast } from "./toasts.ts";

/** True if they follow one now. A failure is told, for example that the request was withdrawn. */
export function accept(person: Person): Promise<boolean> {
  const { handle } = person;
  return answer(async () => {
    const allow = () => call("put", "/me/requests/{handle}", { path: { handle } });
    learnFrom(await changing(person.id, {}, allow));
    // The request does not come back: they would have to ask again.
    const onAction = () => void removeFollower(person);
    toast(t("@{handle} follows you now.", { handle }), { action: t("Undo"), onAction });
  });
}

/** True if the request is gone. */
export function decline({ id, handle }: Person): Promise<boolean> {
  return answer(async () => {
    const refuse = () => call("delete", "/me/requests/{handle}", { path: { handle } });
    learnFrom(await changing(id, {}, refuse));
    toast(
      t("The request of @{handle} is declined. They are not told, and may ask again.", { handle }),
    );
  });
}

async function answer(action: () => Promise<void>): Promise<boolean> {
  count(-1);
  try {
    await action();
    return true;
  } catch (error) {
    count(+1);
    toast(sentence(error), { isError: true });
    return false;
  } finally {
    loadMe().catch(() => undefined); // the true number; without an answer, what is shown stays
  }
}

/** Shown at once: the API's number follows. */
function count(more: number): void {
  const own = me.value;
  if (own !== null) setMe({ ...own, requests: Math.max(0, own.requests + more) });
}
