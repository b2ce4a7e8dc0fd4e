/** Has the API show other parts of photos that it has already, of a draft. */
import { call, type PostBody } from "../api.ts";
import type { OnServer } from "./draft.ts";
import type { Item } from "./item.ts";
import { noteMade } from "./queue.ts";

/**
 * The draft as the API has it after it has cropped the photos as was chosen since they were declared. What
 * is stored already need not be sent again. Raises `Failure`.
 */
export async function recropped(server: OnServer, items: readonly Item[]): Promise<OnServer> {
  let { media } = server;
  for (const { id, crop } of items) {
    const known = media[id];
    if (known === undefined || JSON.stringify(known.crop) === JSON.stringify(crop)) continue;
    const { post } = await call("put", "/posts/{id}/media/{media_id}/crop", {
      path: { id: server.postId, media_id: known.id },
      body: { crop },
    });
    // What never came is nobody's any more: it has no item, but is not new.
    const ids = post.media.filter((medium) => !isLost(medium)).map(({ id }) => id);
    const before = new Set(Object.values(media).map((medium) => medium.id));
    // A file whose declaration was answered to nobody may be there, too. It is older: ids tell that.
    const others = ids.filter((other) => !before.has(other)).sort();
    const now = ids.includes(known.id) ? known.id : others.at(-1)!;
    if (now !== known.id) noteMade(now);
    media = { ...media, [id]: { id: now, crop } };
  }
  return { ...server, media };
}

/** Its bytes came too late, or never: the file is declared anew. */
export function isLost({ failure }: PostBody["media"][number]): boolean {
  return failure?.code === "never_arrived";
}
