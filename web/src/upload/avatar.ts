/** A new picture of oneself: declared, sent and waited for. */
import { MAX_PHOTO_BYTES } from "../../build/limits.ts";
import { call } from "../api.ts";
import { explained, Failure } from "../errors.ts";
import { t } from "../language.ts";
import { fileSize } from "../text.ts";
import { hashFile } from "./inspect.ts";
import { isVideo, SNIFF_BYTES, sniff } from "./sniff.ts";
import { sendFile } from "./transfer.ts";

const LOOK_MS = 1_000;
const PATIENCE_MS = 120_000;

/** Raises `Failure` with the reason where the picture is not taken. */
export async function uploadAvatar(
  file: File,
  say: (progress: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const type = sniff(new Uint8Array(await file.slice(0, SNIFF_BYTES).arrayBuffer()));
  if (type === null || isVideo(type)) throw new Failure(t("Please choose a photo."));
  if (file.size > MAX_PHOTO_BYTES) {
    throw new Failure(t("The photo may have at most {size}.", { size: fileSize(MAX_PHOTO_BYTES) }));
  }
  say(t("Uploading…"));
  const sha256 = await hashFile(file, () => undefined);
  const { media_id, upload } = await call("post", "/me/avatar", {
    header: { "Idempotency-Key": crypto.randomUUID() },
    body: { content_type: type, bytes: file.size, sha256 },
  });
  if (upload !== null) {
    const onProgress = (sent: number) =>
      say(t("Uploading, {percent} %", { percent: Math.floor((100 * sent) / file.size) }));
    await sendFile(file, upload, { signal, onProgress });
  }
  say(t("Preparing…"));
  await processed(media_id, signal);
}

async function processed(mediaId: string, signal: AbortSignal): Promise<void> {
  const path = { media_id: mediaId };
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; ) {
    const { upload } = await call("get", "/me/uploads/{media_id}", { path, signal });
    if (upload.state === "ready") return;
    if (upload.failure !== null) throw new Failure(explained("failure", upload.failure));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Failure(t("This takes longer than usual. Your picture changes once it is done."));
}
