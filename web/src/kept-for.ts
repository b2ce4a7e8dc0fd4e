/** Where this browser keeps a user's draft and the files on their way: a database for each user. */

/** `user` is the account's id. */
export function databaseOf(user: string): string {
  return `shutterfeed.${user}`;
}

/** Whoever signs out by hand leaves no pictures behind. Nothing to do if nobody was signed in. */
export function forgetKept(user: string | null): void {
  if (user !== null) indexedDB.deleteDatabase(databaseOf(user));
}
