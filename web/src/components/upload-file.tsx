/** One file of the ledger of uploads: its picture, its name, and what can be done about it. */
import { useEffect, useState } from "preact/hooks";
import type { PostBody, UploadBody } from "../api.ts";
import { askForCaptions, captionsHeard } from "../captions.ts";
import { explained, Failure, sentence } from "../errors.ts";
import { t } from "../language.ts";
import type { FileState } from "../ledger.ts";
import { ofUpload } from "../link-sources.ts";
import { useLinks } from "../links.ts";
import { localFiles } from "../local-files.ts";
import { previewOf } from "../pending.ts";
import { fetchPost, recall } from "../posts.ts";
import { useSender } from "../senders.ts";
import { awaitedStage } from "../stages.ts";
import { useStore } from "../store.ts";
import { fileSize } from "../text.ts";
import { MoreIcon } from "./more-icons.tsx";

const KINDS: Record<string, string> = {
  "image/avif": "AVIF",
  "image/gif": "GIF",
  "image/heic": "HEIC",
  "image/heif": "HEIF",
  "image/jpeg": "JPEG",
  "image/png": "PNG",
  "image/webp": "WebP",
  "video/mp4": "MP4",
  "video/quicktime": "MOV",
  "video/webm": "WebM",
};

/** Such as "JPEG, 2.1 MB". */
export function fileFacts({ content_type, bytes }: UploadBody): string {
  return t("{kind}, {size}", { kind: KINDS[content_type] ?? content_type, size: fileSize(bytes) });
}

/** The ledger's states of the files of a post; of those still awaited, this browser may know more. */
export function useFileStates(files: readonly UploadBody[]): readonly FileState[] {
  const sender = useSender(files[0]!.post_id);
  const known = useStore(localFiles);
  return files.map(({ state, media_id, created_at }) =>
    state === "awaiting" ? awaitedStage(sender, known[media_id], created_at, Date.now()) : state,
  );
}

/** What was picked here, or what has become of it. */
export function FileThumb({ upload }: { upload: UploadBody }) {
  const known = useStore(localFiles)[upload.media_id];
  const picture = upload.thumbnail ?? previewOf(upload.media_id) ?? known?.thumb ?? null;
  const [unshowable, setUnshowable] = useState<string | null>(null); // a HEIC, in most browsers
  const links = useLinks(picture ?? undefined, ofUpload(upload.media_id));
  const url = picture && links.fresh(picture);
  if (url === null || url === unshowable) {
    return (
      <span class="row-thumb">
        <MoreIcon name={isVideo(upload) ? "video" : "image"} />
      </span>
    );
  }
  return (
    <img
      class="row-thumb"
      src={url}
      alt=""
      loading="lazy"
      onError={() => {
        setUnshowable(url);
        links.failed();
      }}
    />
  );
}

interface NameProps {
  /** The first file of the post. */
  upload: UploadBody;
  state: FileState;
  isAlbum: boolean;
}

/** The file's name, if it was sent from this browser; otherwise its post's caption. */
export function PostName({ upload, state, isAlbum }: NameProps) {
  const file = useStore(localFiles)[upload.media_id];
  useStore(captionsHeard);
  const [awaited, setAwaited] = useState<PostBody | null>(null);
  const isAvatar = upload.purpose === "avatar";
  const caption = awaited?.caption ?? recall(upload.post_id)?.caption;
  const isUnknown = !isAvatar && !file?.name && caption === undefined;
  const isAwaited = isMissing(state);

  useEffect(() => {
    if (!isUnknown) return;
    // Only what is published is in the list of one's posts.
    if (isAwaited) fetchPost(upload.post_id).then(setAwaited, () => undefined);
    else void askForCaptions();
  }, [isUnknown, isAwaited]);

  if (file?.name) return <>{file.name}</>;
  if (isAvatar) return <>{t("Profile picture")}</>;
  if (caption) return <bdi>{caption}</bdi>;
  if (isAlbum) return <>{t("Album")}</>;
  return <>{isVideo(upload) ? t("Video") : t("Photo")}</>;
}

/** What there is to say of a file, and what can be done if it is missing. */
export function FileNotes({ upload, state }: { upload: UploadBody; state: FileState }) {
  return (
    <>
      {upload.failure && <p class="field-error">{explained("failure", upload.failure)}</p>}
      {upload.notes.map((note) => (
        <p key={note.code} class="row-note">
          {explained("note", note)}
        </p>
      ))}
      {isMissing(state) && upload.purpose !== "avatar" && <Continue upload={upload} />}
    </>
  );
}

/** The browser forgot the file when the page was closed: chosen again, it goes on where it stopped. */
function Continue({ upload }: { upload: UploadBody }) {
  const [note, setNote] = useState<string | null>(null);

  async function go(file: File): Promise<void> {
    setNote(t("Comparing…"));
    const isAnother = t("This is not the file that was interrupted. Please choose that one.");
    try {
      if (file.size !== upload.bytes) throw new Failure(isAnother);
      const { hashFile, resume } = await import("../upload/all.ts");
      if ((await hashFile(file, () => undefined)) !== upload.sha256) throw new Failure(isAnother);
      await resume(upload.post_id, upload.media_id, file);
      setNote(t("Going on."));
    } catch (error) {
      setNote(sentence(error));
    }
  }

  return (
    <>
      <label class="button button-small file-button row-remedy">
        {t("Choose the file again to continue")}
        <input
          class="visually-hidden"
          type="file"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) void go(file);
          }}
        />
      </label>
      <p class="row-note" role="status">
        {note}
      </p>
    </>
  );
}

function isMissing(state: FileState): boolean {
  return state === "interrupted" || state === "awaited";
}

function isVideo({ content_type }: UploadBody): boolean {
  return content_type.startsWith("video/");
}
