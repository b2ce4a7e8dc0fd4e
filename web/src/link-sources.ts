/** What is read again for new links to the files of a post, of a user, of an upload. */
import { call, read } from "./api.ts";
import { signedIn } from "./auth.ts";
import { type LinkSource, renewals } from "./links.ts";
import { fetchPost } from "./posts.ts";

const MOST_DELETED = 100;

signedIn.watch(() => renewals.forget());

export function ofPost(id: string): LinkSource {
  return { key: `post ${id}`, read: () => fetchPost(id) };
}

export function ofUser(handle: string): LinkSource {
  return {
    key: `user ${handle}`,
    read: () => {
      const given = { path: { handle } };
      return signedIn.value
        ? call("get", "/users/{handle}", given)
        : read("/public/users/{handle}", given);
    },
  };
}

export function ofUpload(media_id: string): LinkSource {
  return {
    key: `upload ${media_id}`,
    read: () => call("get", "/me/uploads/{media_id}", { path: { media_id } }),
  };
}

/** A deleted post cannot be read by itself. */
export const OF_DELETED: LinkSource = {
  key: "deleted",
  read: () => call("get", "/me/deleted", { query: { limit: MOST_DELETED } }),
};
