/** Saving another album of a published post: its new files are sent here, and it is told when they are shown. */
import { type Album, call, type FileBody, type PostBody } from "../api.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { rememberOwn } from "../posts.ts";
import { toast } from "../toasts.ts";
import { type AlbumDraft, changeOf, undoOf } from "./album-change.ts";
import { declaration } from "./facts.ts";
import { sendFile } from "./transfer.ts";

const POLL_MS = 2_000;
const MOST_POLLS = 60;

/** Saves the album, and sends its new files; `onShare` hears how much of them has arrived. Raises `Failure`. */
export async function saveAlbum(
  { id }: PostBody,
  draft: AlbumDraft,
  onShare: (share: number) => void,
): Promise<void> {
  const path = { id };
  const declared = new Map<string, FileBody>();
  for (const entry of draft.entries) {
    if (entry.file) declared.set(entry.id, await declaration(entry.file));
  }
  const album = await call("put", "/posts/{id}/album", { path, body: changeOf(draft, declared) });
  rememberOwn(album.post);
  await send(album, draft, onShare);
  if (album.coming.length === 0) {
    const body = undoOf(draft, album);
    toast(t("Changes saved."), { action: t("Undo"), onAction: () => void undo(id, body) });
    return;
  }
  toast(t("The new files are shown once they are ready."));
  void watch(id);
}

async function undo(id: string, body: ReturnType<typeof undoOf>): Promise<void> {
  try {
    const { post } = await call("put", "/posts/{id}/album", { path: { id }, body });
    rememberOwn(post);
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}

/** Sends the files that have not arrived. The album has its media in the order of the draft. */
async function send(
  { coming, uploads }: Album,
  { entries }: AlbumDraft,
  onShare: (share: number) => void,
): Promise<void> {
  const files = new Map(coming.map(({ id }, index) => [id, entries[index]?.file ?? null]));
  const total = [...files.values()].reduce((sum, file) => sum + (file?.size ?? 0), 0);
  const { signal } = new AbortController();
  let done = 0;
  for (const link of uploads) {
    const file = files.get(link.media_id);
    if (!file) continue;
    const before = done;
    const onProgress = (bytes: number) => onShare((before + bytes) / total);
    await sendFile(file, link, { signal, onProgress });
    done += file.size;
  }
}

/** Shows the album here, too, once it is shown. */
async function watch(id: string): Promise<void> {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    try {
      const { post, coming } = await call("get", "/posts/{id}/album", { path: { id } });
      if (coming.length === 0) {
        rememberOwn(post);
        return;
      }
      if (coming.some(({ state }) => state === "failed")) {
        toast(t("A file could not be used. The post stays as it is."), { isError: true });
        return;
      }
    } catch {
      return; // whoever looks at the post again reads it again
    }
  }
}
