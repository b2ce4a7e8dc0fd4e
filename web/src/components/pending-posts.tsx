import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { deletePost } from "../deletion.ts";
import { sentence } from "../errors.ts";
import { forget } from "../following.ts";
import { counted, t } from "../language.ts";
import { ofPost } from "../link-sources.ts";
import { useLinks } from "../links.ts";
import { localFiles } from "../local-files.ts";
import {
  type Outgoing,
  outgoing,
  pending,
  previewOf,
  type Transferred,
  transfers,
} from "../pending.ts";
import { useSender } from "../senders.ts";
import { type Stage, stageOf } from "../stages.ts";
import { useStore } from "../store.ts";
import { sending } from "../tabs.ts";
import { toast } from "../toasts.ts";
import { Mend } from "./mend.tsx";
import { MoreIcon } from "./more-icons.tsx";

const uploading = () => import("../upload/all.ts");

/** One's own posts on their way, greyed where they will be, and what can be done for those that failed. */
export function PendingPosts() {
  const unknown = useStore(outgoing);
  const posts = useStore(pending);
  const isSending = useStore(sending).size + unknown.length > 0;
  if (unknown.length + posts.length === 0) return null;
  return (
    <section class="pending" aria-label={t("Your posts in progress")}>
      {/* Not each percent is read aloud. */}
      <p class="visually-hidden" role="status">
        {isSending ? t("Your post is being sent.") : t("Your post is being prepared.")}
      </p>
      {unknown.map((post) => (
        <OutgoingPost key={post.key} post={post} />
      ))}
      {posts.map((post) => (
        <PendingPost key={post.id} post={post} />
      ))}
    </section>
  );
}

/** A post that the API does not know yet. */
function OutgoingPost({ post }: { post: Outgoing }) {
  const { key, caption, previews, problem, waitsFor } = post;
  const [preview, skip] = useFirstShown(previews);
  const reason = problem ?? waitsFor;
  return (
    <Card
      state={problem === null ? "sending" : "failed"}
      says={problem !== null ? FAILED() : waitsFor !== null ? HELD() : sent(0)}
      picture={<Thumb url={preview ?? null} onFailed={skip} />}
      caption={problem === null ? caption : null}
      progress={reason === null ? 0 : null}
    >
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      {waitsFor !== null && <p class="field-hint">{waitsFor}</p>}
      {reason !== null && (
        <div class="pending-actions">
          {problem !== null && (
            <button
              type="button"
              class="button button-small button-primary"
              onClick={() => void uploading().then(({ editRefused }) => editRefused(key))}
            >
              {t("Edit")}
            </button>
          )}
          <button
            type="button"
            class="button button-small"
            onClick={() => void uploading().then(({ discardOutgoing }) => discardOutgoing(key))}
          >
            {t("Discard")}
          </button>
        </div>
      )}
    </Card>
  );
}

function PendingPost({ post }: { post: PostBody }) {
  const [first] = post.media;
  const files = useStore(localFiles);
  const transfer = useStore(transfers).get(post.id);
  const [preview, skip] = useFirstShown(
    post.media.flatMap(
      ({ id, renditions }) => previewOf(id) ?? renditions.at(-1)?.url ?? files[id]?.thumb ?? [],
    ),
  );
  const links = useLinks(preview ?? undefined, ofPost(post.id));
  const stage = stageOf(post, useSender(post.id), (id) => files[id], Date.now());
  const problem = stage === "sending" ? (transfer?.problem ?? null) : null;
  const hasFailed = stage === "failed";
  const name = (first && files[first.id]?.name) || t("It appears here once it is ready.");
  return (
    <Card
      state={problem === null ? post.state : "failed"}
      says={problem === null ? saysOf(stage, post, transfer) : t("Not all of it was sent")}
      picture={
        <Thumb
          url={(preview && links.fresh(preview)) ?? null}
          onFailed={() => {
            if (preview?.startsWith("blob:")) skip();
            else links.failed();
          }}
        />
      }
      caption={hasFailed ? null : post.caption || name}
      progress={problem === null ? progressOf(stage, post, transfer) : null}
    >
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      {hasFailed ? (
        <Mend post={post}>
          <Discard post={post} />
        </Mend>
      ) : (
        <Actions post={post} stage={stage} problem={problem} />
      )}
    </Card>
  );
}

interface ActionsProps {
  post: PostBody;
  stage: Stage;
  problem: string | null;
}

/** What can be done for a post whose files are being sent, or are not. */
function Actions({ post, stage, problem }: ActionsProps) {
  if (stage !== "interrupted" && stage !== "sending") return null;
  return (
    <div class="pending-actions">
      {stage === "interrupted" && <ChooseAgain />}
      {problem !== null && (
        <button
          type="button"
          class="button button-small button-primary"
          onClick={() => void uploading().then(({ retryPost }) => retryPost(post.id))}
        >
          {t("Try again")}
        </button>
      )}
      <Discard post={post} />
    </div>
  );
}

function Discard({ post }: { post: PostBody }) {
  return (
    <button
      type="button"
      class="button button-small"
      onClick={() => void deletePost(post).then((done) => done && forget(post.id))}
    >
      {t("Discard")}
    </button>
  );
}

/** Takes any files: those that are missed, of this post and others, are found by what is in them. */
function ChooseAgain() {
  const [isBusy, setBusy] = useState(false);

  async function go(files: readonly File[]): Promise<void> {
    setBusy(true);
    try {
      const found = await (await uploading()).continueWith(files);
      if (found === 0)
        toast(t("None of these files is missed. Please choose those that were interrupted."));
      else toast(counted(found, "{count} file goes on.", "{count} files go on."));
    } catch (error) {
      toast(sentence(error), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  return (
    <label class="button button-small button-primary file-button">
      {isBusy ? t("Comparing…") : t("Choose the files again")}
      <input
        class="visually-hidden"
        type="file"
        multiple
        disabled={isBusy}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          if (files.length > 0) void go(files);
        }}
      />
    </label>
  );
}

interface CardProps {
  state: string;
  says: string;
  picture: ComponentChildren;
  /** Null if there is more important to say. */
  caption: string | null;
  /** From 0 to 1; null if nothing is under way, or this browser does not know how far it is. */
  progress: number | null;
  children: ComponentChildren;
}

/** A post as it will be, greyed, with the truth about it. */
function Card({ state, says, picture, caption, progress, children }: CardProps) {
  return (
    <article
      class={state === "failed" ? "pending-post pending-failed" : "pending-post"}
      data-state={state}
      aria-label={caption || says}
    >
      {picture}
      <div class="pending-text">
        <p class="pending-title">{says}</p>
        {progress !== null && (
          <progress
            class="progress"
            max={100}
            value={Math.round(progress * 100)}
            aria-label={says}
          />
        )}
        {caption && (
          <p class="pending-note">
            <bdi>{caption}</bdi>
          </p>
        )}
        {children}
      </div>
    </article>
  );
}

/** The first of some pictures that the browser can show, and what tells that it cannot show this one. */
function useFirstShown(urls: readonly string[]): [string | undefined, () => void] {
  const [unshowable, setUnshowable] = useState<readonly string[]>([]);
  const first = urls.find((url) => !unshowable.includes(url));
  return [first, () => first !== undefined && setUnshowable([...unshowable, first])];
}

/** What was picked, or what has become of it; a sign if this browser cannot show it. */
function Thumb({ url, onFailed }: { url: string | null; onFailed?: () => void }) {
  const [unshowable, setUnshowable] = useState<string | null>(null); // a HEIC, in most browsers
  if (url === null || url === unshowable) {
    return (
      <span class="pending-picture pending-none">
        <MoreIcon name="image" />
      </span>
    );
  }
  return (
    <img
      class="pending-picture"
      src={url}
      alt=""
      onError={() => {
        setUnshowable(url);
        onFailed?.();
      }}
    />
  );
}

const FAILED = () => t("Your post could not be published");
const HELD = () => t("Not sent yet: it goes on by itself");

function sent(share: number): string {
  return t("Sending, {percent} %", { percent: Math.floor(share * 100) });
}

function saysOf(stage: Stage, post: PostBody, transfer: Transferred | undefined): string {
  switch (stage) {
    case "failed":
      return FAILED();
    case "interrupted":
      return t("The upload was interrupted");
    case "awaited":
      return t("Waiting for its files");
    case "held":
      return HELD();
    case "unconfirmed":
      return t("Sent; looking whether all has arrived");
    case "elsewhere":
      return t("Being sent in another tab");
    case "sending":
      return transfer ? sent(transfer.share) : t("Sending");
    case "received":
      return t("Received, being prepared");
    case "processing":
      return t("Preparing, {percent} %", { percent: Math.floor(prepared(post) * 100) });
    case "published":
      return t("Published");
  }
}

function progressOf(
  stage: Stage,
  post: PostBody,
  transfer: Transferred | undefined,
): number | null {
  if (stage === "sending") return transfer?.share ?? 0;
  if (stage === "received" || stage === "processing") return prepared(post);
  return null;
}

/** From 0 to 1. A little of a file's way is its arrival, the rest is its preparation. */
function prepared({ media }: PostBody): number {
  const done = media.map(({ state, progress }) => {
    if (state === "ready") return 1;
    return state === "processing" ? 0.1 + (progress ?? 0) / 115 : 0;
  });
  return done.reduce((sum, share) => sum + share, 0) / media.length;
}
