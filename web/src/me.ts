/** The signed-in user's own profile, remembered so that the first screen need not ask for it. */
import { call, type User } from "./api.ts";
import { signedIn } from "./auth.ts";
import { Store } from "./store.ts";

const KEY = "shutterfeed.me";

export const me = new Store<User | null>(stored());

signedIn.watch(() => {
  if (!signedIn.value) setMe(null);
});

let loading: Promise<User> | undefined;

/** Asks the API; calls at the same time share one request. */
export function loadMe(): Promise<User> {
  loading ??= call("get", "/me")
    .then((user) => {
      setMe(user);
      return user;
    })
    .finally(() => {
      loading = undefined;
    });
  return loading;
}

export function setMe(user: User | null): void {
  if (user === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify(user));
  me.set(user);
}

function stored(): User | null {
  const text = localStorage.getItem(KEY);
  return text === null ? null : (JSON.parse(text) as User);
}
