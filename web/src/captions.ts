/** What one's posts are called, for files whose names this browser does not know. */
import { call } from "./api.ts";
import { me } from "./me.ts";
import { loadMe } from "./own-profile.ts";
import { readPage } from "./posts.ts";
import { Store } from "./store.ts";

/** How many of the newest posts are asked for at once. */
const ASKED = 30;

/** Counts the answers: more posts can be recalled then. */
export const captionsHeard = new Store(0);

let asking: Promise<void> | undefined;

/** One request for all rows at the same time. Without an answer they stay without a name. */
export function askForCaptions(): Promise<void> {
  asking ??= ask()
    .catch(() => undefined)
    .finally(() => {
      asking = undefined;
    });
  return asking;
}

async function ask(): Promise<void> {
  const { handle } = me.value ?? (await loadMe());
  const path = { handle };
  const query = { limit: ASKED };
  await readPage(() => call("get", "/users/{handle}/posts", { path, query }));
  captionsHeard.update((count) => count + 1);
}
