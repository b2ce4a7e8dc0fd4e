/** The post whose menu is open, if one is; the menu's code comes when it is first opened. */
import type { PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { Store } from "./store.ts";

export const menuOf = new Store<PostBody | null>(null);

person.watch(closeMenu);

export function openMenu(post: PostBody): void {
  menuOf.set(post);
}

export function closeMenu(): void {
  menuOf.set(null);
}
