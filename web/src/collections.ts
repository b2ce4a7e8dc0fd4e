/** One's own collections of saved posts: read once, and then as one changes them. */

import { type CollectionBody, call, type PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { sentence } from "./errors.ts";
import { askedNow, noteWrite } from "./freshness.ts";
import { t } from "./language.ts";
import { recall, rememberAnswered } from "./posts.ts";
import { Store } from "./store.ts";
import { toast } from "./toasts.ts";

const COLLECTIONS = "collections";

/** Null until they are read. */
export const collections = new Store<readonly CollectionBody[] | null>(null);

person.watch(() => collections.set(null));

/** Reads all of them: they are few. Raises the same errors as `call`. */
export async function loadCollections(): Promise<readonly CollectionBody[]> {
  const [knows, asking] = [askedNow(), person.value];
  const found: CollectionBody[] = [];
  let cursor: string | null = null;
  do {
    const query: { cursor?: string } = cursor === null ? {} : { cursor };
    const page = await call("get", "/me/collections", { query });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  // What was asked before somebody else signed in is not about them.
  if (person.value !== asking) return found;
  if (!knows(COLLECTIONS)) return loadCollections();
  collections.set(found);
  return found;
}

/** Raises the same errors as `call`. */
export async function createCollection(name: string): Promise<CollectionBody> {
  const asking = person.value;
  const created = await call("post", "/me/collections", { body: { name } });
  if (person.value !== asking) return created;
  noteWrite(COLLECTIONS);
  collections.update((known) => known && [created, ...known.filter(({ id }) => id !== created.id)]);
  return created;
}

/** Raises the same errors as `call`. */
export async function renameCollection(id: string, name: string): Promise<void> {
  const given = { path: { collection_id: id }, body: { name } };
  const renamed = await call("patch", "/me/collections/{collection_id}", given);
  replace(renamed);
}

/** What is in it stays saved. False if it failed, which is told. */
export async function deleteCollection(id: string): Promise<boolean> {
  try {
    await call("delete", "/me/collections/{collection_id}", { path: { collection_id: id } });
  } catch (error) {
    toast(sentence(error), { isError: true });
    return false;
  }
  noteWrite(COLLECTIONS);
  collections.update((known) => known?.filter((one) => one.id !== id) ?? null);
  toast(t("Collection deleted. What was in it is still saved."));
  return true;
}

/** Puts a post into a collection, which saves it, or takes it out. Raises the same errors as `call`. */
export async function setInCollection(
  post: PostBody,
  collection: CollectionBody,
  isIn: boolean,
): Promise<void> {
  const path = { collection_id: collection.id, id: post.id };
  const method = isIn ? "put" : "delete";
  const changed = await call(method, "/me/collections/{collection_id}/posts/{id}", { path });
  if (isIn) rememberAnswered({ ...(recall(post.id) ?? post), saved_by_me: true });
  replace(changed);
}

function replace(changed: CollectionBody): void {
  noteWrite(COLLECTIONS);
  collections.update(
    (known) => known?.map((one) => (one.id === changed.id ? changed : one)) ?? null,
  );
}
