/** A copy of everything of one's own: begun here, made by the service, and downloaded in parts. */

import { useEffect, useState } from "preact/hooks";
import { call, type ExportBody } from "../api.ts";
import { Confirm } from "../components/confirm.tsx";
import { Retry } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { sentence } from "../errors.ts";
import { counted, t } from "../language.ts";
import { useResource } from "../resource.ts";
import { fileSize, fullDate } from "../text.ts";
import { toast } from "../toasts.ts";
import { progressOf } from "./progress.ts";

const POLL_MS = 5_000;

export function ExportView() {
  return (
    <Page title={t("Download your data")} class="page-narrow">
      <ExportPanel />
    </Page>
  );
}

async function lastExport(): Promise<{ last: ExportBody | null }> {
  const { items } = await call("get", "/me/exports");
  return { last: items[0] ?? null };
}

/** The last export and what can be done with it; also for whoever is suspended or has closed. */
export function ExportPanel() {
  const loaded = useResource("export", lastExport);
  const last = loaded.value?.last ?? null;
  const isBuilding = last?.state === "building";

  useEffect(() => {
    if (!isBuilding) return undefined;
    const timer = setInterval(() => {
      // Without an answer, what is shown stays until the next time.
      if (!document.hidden) lastExport().then(loaded.set, () => undefined);
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [isBuilding]);

  async function attempt(action: () => Promise<ExportBody | null>): Promise<void> {
    try {
      loaded.set({ last: await action() });
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  const start = () => attempt(() => call("post", "/me/exports", { repeats: true }));
  const remove = (export_id: string) =>
    attempt(async () => {
      await call("delete", "/me/exports/{export_id}", { path: { export_id } });
      return null;
    });
  return (
    <section class="prose" aria-label={t("Your data")}>
      <p>
        {t(
          "Your posts with their original files, your profile and settings, comments, likes, saves and the people you follow, as ZIP files. Making them can take a while: you can leave this page.",
        )}
      </p>
      {loaded.error && <Retry message={loaded.error} onRetry={loaded.retry} />}
      {loaded.value && <Shown last={last} onStart={start} onRemove={remove} />}
    </section>
  );
}

interface ShownProps {
  last: ExportBody | null;
  onStart: () => Promise<void>;
  onRemove: (id: string) => Promise<void>;
}

function Shown({ last, onStart, onRemove }: ShownProps) {
  if (last?.state === "building") {
    return <Building last={last} onCancel={() => onRemove(last.id)} />;
  }
  if (last?.state === "ready") {
    return <Ready last={last} onStart={onStart} onRemove={() => onRemove(last.id)} />;
  }
  return (
    <>
      {last?.state === "failed" && (
        <p class="notice-line" role="status">
          {t("The last one could not be finished. Please start a new one.")}
        </p>
      )}
      {last?.state === "expired" && (
        <p class="notice-line" role="status">
          {t("The last one can be downloaded no more. You can start a new one.")}
        </p>
      )}
      <StartButton onStart={onStart} />
    </>
  );
}

function StartButton({
  onStart,
  again = false,
}: {
  onStart: () => Promise<void>;
  again?: boolean;
}) {
  const [isBusy, setBusy] = useState(false);
  return (
    <button
      type="button"
      class={again ? "button" : "button button-primary"}
      disabled={isBusy}
      onClick={() => {
        setBusy(true);
        void onStart().then(() => setBusy(false));
      }}
    >
      {again ? t("Make a new one") : t("Start")}
    </button>
  );
}

function Building({ last, onCancel }: { last: ExportBody; onCancel: () => Promise<void> }) {
  const { posts_done, posts_total, parts } = last;
  return (
    <>
      <p role="status">{t("Your data is being packed.")}</p>
      <progress class="progress" aria-label={t("How far it is")} max={1} value={progressOf(last)} />
      <p class="row-note">
        {counted(
          Math.max(posts_total, posts_done),
          "{done} of {count} post packed",
          "{done} of {count} posts packed",
          { done: posts_done },
        )}
        {parts.length > 0 && (
          <>
            <br />
            {counted(parts.length, "{count} file made", "{count} files made")}
          </>
        )}
      </p>
      <p>
        <button type="button" class="button" onClick={() => void onCancel()}>
          {t("Cancel")}
        </button>
      </p>
    </>
  );
}

interface ReadyProps {
  last: ExportBody;
  onStart: () => Promise<void>;
  onRemove: () => Promise<void>;
}

function Ready({ last, onStart, onRemove }: ReadyProps) {
  const [isAsking, setAsking] = useState(false);
  const { parts, expires_at } = last;
  return (
    <>
      <p role="status">
        {counted(
          parts.length,
          "Your data is ready: {count} file, {size}.",
          "Your data is ready: {count} files, {size} in all.",
          { size: fileSize(last.bytes) },
        )}{" "}
        {expires_at && t("You can download it until {date}.", { date: fullDate(expires_at) })}
      </p>
      <ul class="rows">
        {parts.map(({ number, bytes, files }) => (
          <li key={number} class="row">
            <div class="row-text">
              <p class="row-title">
                {t("Part {number} of {count}", { number, count: parts.length })}
              </p>
              <p class="row-note">
                {counted(files, "{size}, {count} file", "{size}, {count} files", {
                  size: fileSize(bytes),
                })}
              </p>
            </div>
            <div class="row-actions">
              <button
                type="button"
                class="button button-small"
                aria-label={t("Download part {number}", { number })}
                onClick={() => void download(last.id, number)}
              >
                {t("Download")}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <p class="button-row">
        <StartButton onStart={onStart} again />
        <button type="button" class="button" onClick={() => setAsking(true)}>
          {t("Delete these files")}
        </button>
      </p>
      {isAsking && (
        <Confirm
          title={t("Delete these files?")}
          action={t("Delete")}
          keep={t("Keep them")}
          danger
          onConfirm={onRemove}
          onClose={() => setAsking(false)}
        >
          <p>{t("They can be downloaded no more. Nothing else of yours is deleted.")}</p>
        </Confirm>
      )}
    </>
  );
}

/** Links live for an hour: a new one is asked for at each download. */
async function download(id: string, number: number): Promise<void> {
  try {
    const { last } = await lastExport();
    const part = last?.id === id ? last.parts.find((one) => one.number === number) : undefined;
    if (part?.url) window.location.assign(part.url);
    else
      toast(t("These files are not there any more. Please reload this page."), { isError: true });
  } catch (error) {
    toast(sentence(error), { isError: true });
  }
}
