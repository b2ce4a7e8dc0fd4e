/** What became of one's account: whoever has closed it, or is suspended, sees nothing but that. */
import { person } from "./auth.ts";
import type { ApiError } from "./errors.ts";
import { Store } from "./store.ts";

export type Standing = "closed" | "suspended";

/** As the API has last refused something because of it; null as long as it does not. */
export const standing = new Store<Standing | null>(null);

person.watch(() => standing.set(null));

const TOLD_BY: Readonly<Record<string, Standing>> = {
  account_closed: "closed",
  account_suspended: "suspended",
};

/** Notes what a refusal says of one's account, if it does. */
export function learnStanding({ code }: ApiError): void {
  const told = TOLD_BY[code];
  if (told !== undefined) standing.set(told);
}
