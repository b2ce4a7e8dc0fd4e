/** The picture that is looked at in the viewer, if one is; the viewer's code comes when it is first opened. */
import { createContext } from "preact";
import type { PostBody } from "./api.ts";
import { person } from "./auth.ts";
import { location } from "./router.ts";
import { Store } from "./store.ts";

/** The list of posts that a picture stands in: the viewer goes on to the posts beside it. */
export interface Around {
  items(): readonly PostBody[];
  /** Reads the list's next page, if there is one. */
  more(): Promise<void>;
}

/** What a picture's holder sends upward when it is tapped twice. */
export const DOUBLE_TAP = "shutterfeed:doubletap";

interface Looking {
  readonly post: PostBody;
  /** The position of the medium in the post, from 0. */
  readonly index: number;
  readonly around: Around;
}

export const looking = new Store<Looking | null>(null);
/** The list that is shown around a component, if there is one. */
export const ListAround = createContext<Around | null>(null);

person.watch(closeViewer);
location.watch(closeViewer);

/** Shows a picture as large as the screen; without a list, its post alone. */
export function openViewer(post: PostBody, index: number, around: Around | null): void {
  looking.set({ post, index, around: around ?? alone([post]) });
}

/**
 * Shows a picture that was tapped before its button was there, whose code comes after the first pictures. Once
 * it is there, that takes all taps.
 */
export function openByTap(
  picture: Pick<Element, "querySelector">,
  ...what: Parameters<typeof openViewer>
): void {
  if (picture.querySelector(".look") === null) openViewer(...what);
}

/** A list that is all there. */
export function alone(posts: readonly PostBody[]): Around {
  return { items: () => posts, more: () => Promise.resolve() };
}

/** The posts among a list's items that are shown: a list may be one of people, or of comments. */
export function postsIn<T>(
  items: readonly T[],
  isShown: (item: T) => boolean = () => true,
): readonly PostBody[] {
  const isPost = (item: unknown): item is PostBody => Array.isArray((item as PostBody).media);
  const shown: readonly unknown[] = items.filter(isShown);
  return shown.filter(isPost);
}

export function closeViewer(): void {
  looking.set(null);
}
