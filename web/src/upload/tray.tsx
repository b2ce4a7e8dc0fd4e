import { useState } from "preact/hooks";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { counted, t } from "../language.ts";
import { useStore } from "../store.ts";
import { fileSize } from "../text.ts";
import { type Batch, batches, discard, isBusy, retry, stop, type Transfer } from "./queue.ts";

/** What is on its way to storage, in a corner of every page. */
export function Tray() {
  const all = useStore(batches).filter(({ isAhead }) => !isAhead);
  const [isOpen, setOpen] = useState(true);
  const files = all.flatMap((batch) => batch.files);
  if (files.length === 0) return null;

  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const sent = files.reduce((sum, transfer) => sum + transfer.sent, 0);
  const percent = Math.floor((100 * sent) / total);
  const failed = files.filter(({ state }) => state === "failed").length;
  const done = files.filter(({ state }) => state === "sent").length;
  const says =
    failed > 0
      ? counted(failed, "{count} file not uploaded", "{count} files not uploaded")
      : isBusy()
        ? counted(files.length - done, "Uploading {count} file", "Uploading {count} files")
        : done === files.length
          ? t("Uploaded")
          : t("Stopped");
  return (
    <section class="tray" aria-label={t("Uploads in progress")}>
      <div class="tray-head">
        <p class="tray-title" role="status">
          {says}
        </p>
        <span class="tray-percent">{t("{percent} %", { percent })}</span>
        <button
          type="button"
          class="icon-button"
          aria-expanded={isOpen}
          aria-label={isOpen ? t("Show less") : t("Show all files")}
          onClick={() => setOpen(!isOpen)}
        >
          <span class={isOpen ? "turned" : ""}>
            <MoreIcon name="up" />
          </span>
        </button>
      </div>
      <progress class="progress" max={100} value={percent} aria-label={t("All files")} />
      {isOpen && all.map((batch) => <Files key={batch.post.id} batch={batch} />)}
    </section>
  );
}

function Files({ batch }: { batch: Batch }) {
  const isDone = batch.files.every(({ state }) => state === "sent");
  return (
    <div class="tray-batch">
      <ul class="tray-files">
        {batch.files.map((transfer) => (
          <FileRow key={transfer.mediaId} transfer={transfer} />
        ))}
      </ul>
      {!isDone && (
        <button type="button" class="link-button" onClick={() => void discard(batch)}>
          {t("Discard this post")}
        </button>
      )}
    </div>
  );
}

function FileRow({ transfer }: { transfer: Transfer }) {
  const { file, state, sent, error } = transfer;
  const percent = Math.floor((100 * sent) / file.size);
  const note = {
    waiting: t("Waiting"),
    sending: t("{sent} of {size}", { sent: fileSize(sent), size: fileSize(file.size) }),
    sent: t("Uploaded"),
    stopped: t("Stopped"),
    failed: error ?? "",
  }[state];
  return (
    <li class="tray-file">
      <div class="tray-file-text">
        <p class="tray-name">{file.name}</p>
        <progress class="progress" max={100} value={percent} aria-label={file.name} />
        <p class={state === "failed" ? "tray-note field-error" : "tray-note"}>{note}</p>
      </div>
      {(state === "waiting" || state === "sending") && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("Cancel {name}", { name: file.name })}
          onClick={() => stop(transfer)}
        >
          <Icon name="close" />
        </button>
      )}
      {(state === "stopped" || state === "failed") && (
        <button
          type="button"
          class="button button-small"
          aria-label={t("Retry {name}", { name: file.name })}
          onClick={() => retry(transfer)}
        >
          {t("Retry")}
        </button>
      )}
    </li>
  );
}
