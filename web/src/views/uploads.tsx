import { useEffect, useState } from "preact/hooks";
import { call, type PostBody, type UploadBody, type UploadPage } from "../api.ts";
import { askForCaptions, captionsHeard } from "../captions.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Page } from "../components/page.tsx";
import { openCompose } from "../compose.ts";
import { Failure, sentence } from "../errors.ts";
import { ofUpload } from "../link-sources.ts";
import { useLinks } from "../links.ts";
import { List } from "../lists.ts";
import { localFiles } from "../local-files.ts";
import { pending, previews } from "../pending.ts";
import { fetchPost, recall } from "../posts.ts";
import { type AwaitedStage, awaitedStage } from "../stages.ts";
import { useStore } from "../store.ts";
import { tabsKnown, useSender } from "../tabs.ts";
import { ago, fileSize, fullDate } from "../text.ts";
import { toast } from "../toasts.ts";
import { ofThisVisit } from "../visits.ts";

/** The ledger: what became of every file. */
export function UploadsView() {
  const list = ofThisVisit("uploads", () => new List(page, (upload) => upload.media_id));
  const underway = useStore(pending);

  // What is known of one's posts on their way tells when the ledger has changed.
  useEffect(() => {
    if (list.state.value.items.length === 0) return;
    list.renew(page).catch(() => undefined); // what is shown stays
  }, [underway]);

  return (
    <Page title="Uploads" class="page-narrow">
      <p class="page-sub">
        What became of each file. <a href="/deleted">Recently deleted posts</a>
      </p>
      <Endless
        list={list}
        render={(uploads) => (
          <ul class="rows">
            {uploads.map((upload) => (
              <Row key={upload.media_id} upload={upload} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            Loading…
          </p>
        }
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

async function page(cursor?: string): Promise<UploadPage> {
  await tabsKnown;
  return call("get", "/me/uploads", { query: cursor === undefined ? {} : { cursor } });
}

type State = AwaitedStage | Exclude<UploadBody["state"], "awaiting">;

const STATES: Record<State, string> = {
  interrupted: "Interrupted",
  held: "Goes on by itself",
  unconfirmed: "Sent, not confirmed yet",
  awaited: "Waiting for the file",
  elsewhere: "Being sent in another tab",
  sending: "Uploading",
  received: "Received, being prepared",
  processing: "Processing",
  ready: "Ready",
  failed: "Failed",
};

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
  const state = useShownState(upload);
  const isMissing = state === "interrupted" || state === "awaited";
  const kind = KINDS[upload.content_type] ?? upload.content_type;
  return (
    <li class="row">
      <Thumb upload={upload} />
      <div class="row-text">
        <p class="row-title">
          <Name upload={upload} isAwaited={isMissing} />
        </p>
        <p class="row-note">
          <span class={`badge badge-${state}`}>{STATES[state]}</span> {kind},{" "}
          {fileSize(upload.bytes)} ·{" "}
          <time dateTime={upload.created_at} title={fullDate(upload.created_at)}>
            {ago(upload.created_at)}
          </time>
        </p>
        {upload.failure && <p class="field-error">{upload.failure.message}</p>}
        {upload.notes.map(({ code, message }) => (
          <p key={code} class="row-note">
            {message}
          </p>
        ))}
        {isMissing && !isAvatar && <Continue upload={upload} />}
      </div>
      {upload.state === "ready" && (
        <div class="row-actions">
          {!isAvatar && (
            <a class="button button-small" href={`/p/${upload.post_id}`}>
              View post
            </a>
          )}
          <button type="button" class="button button-small" onClick={() => void download(upload)}>
            Original
          </button>
        </div>
      )}
    </li>
  );
}

/** The ledger's state; of a file that is still awaited, this browser may know more. */
function useShownState({ state, post_id, media_id, created_at }: UploadBody): State {
  const sender = useSender(post_id);
  const file = useStore(localFiles)[media_id];
  return state === "awaiting" ? awaitedStage(sender, file, created_at, Date.now()) : state;
}

/** What was picked here, or what has become of it. */
function Thumb({ upload }: { upload: UploadBody }) {
  const known = useStore(localFiles)[upload.media_id];
  const picture = upload.thumbnail ?? previews.get(upload.media_id) ?? known?.thumb ?? null;
  const [unshowable, setUnshowable] = useState<string | null>(null); // a HEIC, in most browsers
  const links = useLinks(picture ?? undefined, ofUpload(upload.media_id));
  const url = picture && links.fresh(picture);
  if (url === null || url === unshowable) {
    const isVideo = upload.content_type.startsWith("video/");
    return (
      <span class="row-thumb">
        <MoreIcon name={isVideo ? "video" : "image"} />
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

/** The file's name, if it was sent from this browser; otherwise its post's caption. */
function Name({ upload, isAwaited }: { upload: UploadBody; isAwaited: boolean }) {
  const file = useStore(localFiles)[upload.media_id];
  useStore(captionsHeard);
  const [awaited, setAwaited] = useState<PostBody | null>(null);
  const isAvatar = upload.purpose === "avatar";
  const caption = awaited?.caption ?? recall(upload.post_id)?.caption;
  const isUnknown = !isAvatar && !file?.name && caption === undefined;

  useEffect(() => {
    if (!isUnknown) return;
    // Only what is published is in the list of one's posts.
    if (isAwaited) fetchPost(upload.post_id).then(setAwaited, () => undefined);
    else void askForCaptions();
  }, [isUnknown, isAwaited]);

  if (file?.name) return <>{file.name}</>;
  if (isAvatar) return <>Profile picture</>;
  if (caption) return <>{caption}</>;
  return <>{upload.content_type.startsWith("video/") ? "Video" : "Photo"}</>;
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
      if (file.size !== upload.bytes)
        throw new Failure("This is not the file that was interrupted. Please choose that one.");
      const { hashFile, resume } = await import("../upload/all.ts");
      if ((await hashFile(file, () => undefined)) !== upload.sha256)
        throw new Failure("This is not the file that was interrupted. Please choose that one.");
      await resume(upload.post_id, upload.media_id, file);
      setNote("Going on.");
    } catch (error) {
      setNote(sentence(error));
    }
  }

  return (
    <>
      <label class="button button-small file-button row-remedy">
        Choose the file again to continue
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
