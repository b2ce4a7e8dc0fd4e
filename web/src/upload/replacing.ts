/** Another file in the place of one that failed. */
import { call } from "../api.ts";
import { follow, mended } from "../following.ts";
import { declaration } from "./facts.ts";
import { keepOne } from "./outbox.ts";
import { resume } from "./queue.ts";

/** Declares the file, and begins to send it. Raises `Failure`. */
export async function replaceFile(postId: string, mediaId: string, file: File): Promise<void> {
  const { post, uploads } = await call("put", "/posts/{id}/media/{media_id}", {
    path: { id: postId, media_id: mediaId },
    body: await declaration(file),
  });
  const [link] = uploads; // none if it was sent before
  if (link) {
    const arrived = await keepOne(postId, link.media_id, file);
    await resume(postId, link.media_id, file, arrived);
  }
  mended.add(mediaId);
  follow(post);
}
