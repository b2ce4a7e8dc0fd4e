/** After an interruption: whichever files are chosen, each goes on where it was missed. */
import { MAX_PAGE } from "../../build/limits.ts";
import { call, type UploadBody } from "../api.ts";
import { hashFile } from "./inspect.ts";
import { resume } from "./queue.ts";

type Awaited = Pick<UploadBody, "media_id" | "bytes" | "sha256">;

/**
 * Which files are awaited, by their content: a name says nothing. Each upload takes one file, and a file
 * may serve several uploads. Only files of an awaited size are read.
 */
export async function matching<F extends { readonly size: number }, U extends Awaited>(
  files: readonly F[],
  awaited: readonly U[],
  hash: (file: F) => Promise<string>,
): Promise<[F, U][]> {
  const found: [F, U][] = [];
  let left = [...awaited];
  for (const file of files) {
    if (!left.some(({ bytes }) => bytes === file.size)) continue;
    const sha256 = await hash(file);
    for (const upload of left.filter((other) => other.sha256 === sha256)) {
      found.push([file, upload]);
    }
    left = left.filter((other) => other.sha256 !== sha256);
  }
  return found;
}

/**
 * Goes on with every upload that waits for one of these files, of whichever post. Returns how many those
 * are. Raises `Failure`.
 */
export async function continueWith(files: readonly File[]): Promise<number> {
  const { items } = await call("get", "/me/uploads", { query: { limit: MAX_PAGE } });
  const awaited = items.filter(({ state, purpose }) => state === "awaiting" && purpose === "post");
  const found = await matching(files, awaited, (file) => hashFile(file, () => undefined));
  let [going, problem]: [number, unknown] = [0, null];
  for (const [file, { post_id, media_id }] of found) {
    try {
      await resume(post_id, media_id, file);
      going++;
    } catch (error) {
      problem = error; // it is too late for this one, for example since its post was deleted
    }
  }
  if (going === 0 && problem !== null) throw problem;
  return going;
}
