/** One's own settings: a switch is moved at once, and moved back if the API refuses. */
import { call, type Me } from "./api.ts";
import { sentence } from "./errors.ts";
import { me, setMe } from "./me.ts";
import { rememberMe } from "./own-profile.ts";
import { toast } from "./toasts.ts";

export type Setting = Partial<
  Pick<Me, "private" | "public_page" | "sensitive" | "comments_from" | "mentions_from" | "activity">
>;

/** `said` is what a success is told by. */
export async function changeSetting(change: Setting, said: string): Promise<void> {
  const before = me.value;
  if (before !== null) setMe({ ...before, ...change });
  try {
    rememberMe(await call("patch", "/me", { body: change }));
    toast(said);
  } catch (error) {
    setMe(before);
    toast(sentence(error), { isError: true });
  }
}
