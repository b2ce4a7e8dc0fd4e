import { useState } from "preact/hooks";
import { call, type UploadBody } from "../api.ts";
import { Empty, Endless } from "../components/endless.tsx";
import { Icon } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { openCompose } from "../compose.ts";
import { Failure, sentence } from "../errors.ts";
import { List } from "../lists.ts";
import { ago, fileSize, fullDate } from "../text.ts";
import { toast } from "../toasts.ts";
import { ofThisVisit } from "../visits.ts";

/** The ledger: what became of every file. */
export function UploadsView() {
  const list = ofThisVisit("uploads", () => new List(
    (cursor) => call("get", "/me/uploads", { query: cursor === undefined ? {} : { cursor } }),
    (upload) => upload.media_id,
  ));
  return (
    <Page title="Uploads" class="page-narrow">
      <p class="page-sub">
        What became of each file. <a href="/deleted">Recently deleted posts</a>
      </p>
      <Endless
        list={list}
        render={(uploads) => (
          <ul class="rows">
            {uploads.map((upload) => <Row key={upload.media_id} upload={upload} />)}
          </ul>
        )}
        skeleton={<p class="page-sub" role="status">Loading…</p>}
        empty={
          <Empty title="Nothing uploaded yet">
            <p>
              <button type="button" class="button button-primary" onClick={openCompose}>
                Post a photo
              </button>
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

const STATES = {
  awaiting: "Not uploaded",
  processing: "Processing",
  ready: "Ready",
  failed: "Failed",
} as const;

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

function Row({ upload }: { upload: UploadBody }) {
  const isAvatar = upload.purpose === "avatar";
  const isVideo = upload.content_type.startsWith("video/");
  const kind = KINDS[upload.content_type] ?? upload.content_type;
  return (
    <li class="row">
      <span class="row-thumb"><Icon name={isVideo ? "video" : "image"} /></span>
      <div class="row-text">
        <p class="row-title">
          <span class={`badge badge-${upload.state}`}>{STATES[upload.state]}</span>
        </p>
        <p class="row-note">
          {isAvatar && "Profile picture, "}
          {kind}, {fileSize(upload.bytes)} ·{" "}
          <time dateTime={upload.created_at} title={fullDate(upload.created_at)}>{ago(upload.created_at)}</time>
        </p>
        {upload.failure && <p class="field-error">{upload.failure.message}</p>}
        {upload.state === "awaiting" && !isAvatar && <Continue upload={upload} />}
      </div>
      {upload.state === "ready" && (
        <div class="row-actions">
          {!isAvatar && <a class="button button-small" href={`/p/${upload.post_id}`}>View post</a>}
          <button type="button" class="button button-small" onClick={() => void download(upload)}>
            Original
          </button>
        </div>
      )}
    </li>
  );
}

/** The file as it was uploaded, bit for bit; the storage sends it as a download. */
async function download({ media_id }: UploadBody): Promise<void> {
  try {
    const { url } = await call("get", "/me/uploads/{media_id}/original", { path: { media_id } });
    window.location.assign(url);
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}

/** The browser forgot the file when the page was closed: chosen again, it goes on where it stopped. */
function Continue({ upload }: { upload: UploadBody }) {
  const [note, setNote] = useState<string | null>(null);

  async function go(file: File): Promise<void> {
    setNote("Comparing…");
    try {
      if (file.size !== upload.bytes) throw new Failure("This is another file.");
      const { hashFile, resume } = await import("../upload/all.ts");
      if ((await hashFile(file, () => undefined)) !== upload.sha256) throw new Failure("This is another file.");
      await resume(upload.post_id, upload.media_id, file);
      setNote("Going on.");
    } catch (error) {
      setNote(sentence(error));
    }
  }

  return (
    <>
      <label class="link-button file-button">
        Choose the file again to go on
        <input
          class="visually-hidden"
          type="file"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file) void go(file);
          }}
        />
      </label>
      <p class="row-note" role="status">{note}</p>
    </>
  );
}
