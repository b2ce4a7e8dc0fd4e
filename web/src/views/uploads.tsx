import { useEffect } from "preact/hooks";
import { call, type UploadBody, type UploadPage } from "../api.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import {
  FileNotes,
  FileThumb,
  fileFacts,
  PostName,
  useFileStates,
} from "../components/upload-file.tsx";
import { sentence } from "../errors.ts";
import { counted, t } from "../language.ts";
import { byPost, type FileState, stateOfPost } from "../ledger.ts";
import { readAgain } from "../list-changes.ts";
import { List } from "../lists.ts";
import { pending } from "../pending.ts";
import { tabsKnown } from "../senders.ts";
import { useStore } from "../store.ts";
import { ago, fullDate } from "../text.ts";
import { toast } from "../toasts.ts";
import { ofThisVisit } from "../visits.ts";

/** What became of everything that one has sent: a row for each post. */
export function UploadsView() {
  const list = ofThisVisit("uploads", () => new List(page, (upload) => upload.media_id));
  const underway = useStore(pending);

  // What is known of one's posts on their way tells when the ledger has changed.
  useEffect(() => {
    if (list.state.value.items.length === 0) return;
    readAgain(list, page).catch(() => undefined); // what is shown stays
  }, [underway]);

  return (
    <Page title={t("Your uploads")} class="page-narrow">
      <p class="page-sub">{t("What became of each file, and the way back to it as it was.")}</p>
      <Endless
        list={list}
        render={(uploads) => (
          <ul class="rows">
            {byPost(uploads).map((files) => (
              <Row key={files[0]!.post_id} files={files} />
            ))}
          </ul>
        )}
        skeleton={
          <p class="page-sub" role="status">
            {t("Loading…")}
          </p>
        }
        empty={<Empty title={t("Nothing uploaded yet")} drawing="uploads" next="post" />}
      />
    </Page>
  );
}

async function page(cursor?: string): Promise<UploadPage> {
  await tabsKnown;
  return call("get", "/me/uploads", { query: cursor === undefined ? {} : { cursor } });
}

const STATES: Record<FileState, string> = {
  interrupted: t("Interrupted"),
  held: t("Goes on by itself"),
  unconfirmed: t("Sent, not confirmed yet"),
  awaited: t("Waiting for the file"),
  elsewhere: t("Being sent in another tab"),
  sending: t("Being sent"),
  received: t("Received, being prepared"),
  processing: t("Being prepared"),
  ready: t("Ready"),
  failed: t("Could not be used"),
};

function Row({ files }: { files: readonly UploadBody[] }) {
  const [first] = files as [UploadBody];
  const states = useFileStates(files);
  const state = stateOfPost(states);
  const isAlbum = files.length > 1;
  const isAvatar = first.purpose === "avatar";
  return (
    <li class="row">
      <FileThumb upload={first} />
      <div class="row-text">
        <p class="row-title">
          <PostName upload={first} state={states[0]!} isAlbum={isAlbum} />
        </p>
        <p class="row-note">
          <span class={`badge badge-${state}`}>{STATES[state]}</span>{" "}
          <time dateTime={first.created_at} title={fullDate(first.created_at)}>
            {ago(first.created_at)}
          </time>
          {!isAlbum && ` · ${fileFacts(first)}`}
        </p>
        {!isAlbum && <FileNotes upload={first} state={state} />}
        {isAlbum && (
          <details class="row-files" open={state !== "ready"}>
            <summary>{counted(files.length, "{count} file", "{count} files")}</summary>
            <ol>
              {files.map((file, index) => (
                <li key={file.media_id} class="row-file">
                  <p class="row-note">
                    {states[index] !== "ready" && (
                      <span class={`badge badge-${states[index]}`}>{STATES[states[index]!]}</span>
                    )}{" "}
                    {fileFacts(file)}
                  </p>
                  <FileNotes upload={file} state={states[index]!} />
                  {file.state === "ready" && <Original upload={file} />}
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
      {state === "ready" && (
        <div class="row-actions">
          {!isAvatar && (
            <a class="button button-small" href={`/p/${first.post_id}`}>
              {t("View post")}
            </a>
          )}
          {!isAlbum && <Original upload={first} />}
        </div>
      )}
    </li>
  );
}

/** The file as it was uploaded, bit for bit; the storage sends it as a download. */
function Original({ upload: { media_id } }: { upload: UploadBody }) {
  async function download(): Promise<void> {
    try {
      const { url } = await call("get", "/me/uploads/{media_id}/original", { path: { media_id } });
      window.location.assign(url);
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }
  return (
    <button type="button" class="button button-small" onClick={() => void download()}>
      {t("Original")}
    </button>
  );
}
