/** Has the API show other parts of photos that it has already, of a draft. */
import { call, type PostBody } from "../api.ts";
import type { Rectangle } from "../cropping/rectangle.ts";
import type { OnServer } from "./draft.ts";
import type { Item } from "./item.ts";
import { noteMade } from "./queue.ts";

const SIDES = ["x", "y", "width", "height"] as const;
/** The API has four decimal places. */
const LEAST = 0.00011;

/**
 * The draft as the API has it after it has cropped the photos as was chosen since they were declared. What
 * is stored already need not be sent again. `tell` hears of it after each photo. Raises `Failure`.
 */
export async function recropped(
  server: OnServer,
  items: readonly Item[],
  tell: (now: OnServer) => Promise<void> = async () => undefined,
): Promise<OnServer> {
  let { media } = server;
  for (const { id, crop } of items) {
    const known = media[id];
    if (known === undefined || JSON.stringify(known.crop) === JSON.stringify(crop)) continue;
    const { post } = await call("put", "/posts/{id}/media/{media_id}/crop", {
      path: { id: server.postId, media_id: known.id },
      body: { crop },
    });
    const isKnown = post.media.some((medium) => medium.id === known.id && !isLost(medium));
    const now = isKnown ? known.id : madeOf(post, crop, media);
    if (now !== known.id && now !== null) noteMade(now);
    const { [id]: _, ...others } = media;
    media = now === null ? others : { ...media, [id]: { id: now, crop } };
    await tell({ ...server, media });
  }
  return { ...server, media };
}

/**
 * The medium that took the place of one that was stored. Null if a file may be it whose declaration was
 * answered to nobody: then it is declared as a file, and the API knows by its content which it is.
 */
function madeOf(post: PostBody, crop: Rectangle | null, media: OnServer["media"]): string | null {
  const known = new Set(Object.values(media).map(({ id }) => id));
  const made = post.media.filter(
    // What never came is nobody's any more.
    (medium) => !known.has(medium.id) && !isLost(medium) && isSame(medium.crop, crop),
  );
  return made.length === 1 ? made[0]!.id : null;
}

function isSame(one: Rectangle | null, other: Rectangle | null): boolean {
  if (one === null || other === null) return one === other;
  return SIDES.every((side) => Math.abs(one[side] - other[side]) < LEAST);
}

/** Its bytes came too late, or never: the file is declared anew. */
export function isLost({ failure }: PostBody["media"][number]): boolean {
  return failure?.code === "never_arrived";
}
