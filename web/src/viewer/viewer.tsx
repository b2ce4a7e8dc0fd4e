import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Caption } from "../components/caption.tsx";
import { describe } from "../components/carousel.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icons.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { PostHead } from "../components/post-card.tsx";
import { counted, t } from "../language.ts";
import { lazyPart } from "../lazy.tsx";
import { type Around, closeViewer, type looking } from "../looking.ts";
import { recall, usePost } from "../posts.ts";
import { useIsShown } from "../relations.ts";
import { currentCover, isReportedPost } from "../sensitive.ts";
import { sourcesOf, srcset } from "../sources.ts";
import { fullDate } from "../text.ts";
import type { Swipe } from "./geometry.ts";
import type { Gestures } from "./gestures.ts";
import { beside, isNearEnd, type Spot } from "./sequence.ts";
import { Stage } from "./stage.tsx";

const Actions = lazyPart(() => import("../answers/all.ts"), "Actions");

const KEY_ZOOM = 1.5;
const KEY_PAN_PX = 80;

interface Props {
  start: NonNullable<typeof looking.value>;
}

/** A post's pictures as large as the screen, and from there those of the posts beside it. */
export function Viewer({ start }: Props) {
  const { around } = start;
  const [spot, setSpot] = useState<Spot>({ id: start.post.id, index: start.index });
  const [isOpen, setOpen] = useState(false);
  const [scale, setScale] = useState(1);
  const hand = useRef<Gestures>(null);
  const posts = useListed(around, spot);
  const found = posts.find(({ id }) => id === spot.id);
  const post = usePost(found ?? start.post);
  const medium = post.media[spot.index] ?? post.media[0];
  const number = post.media.length > 1 ? spot.index + 1 : undefined;

  function go(by: 1 | -1): void {
    const next = beside(posts, spot, by);
    if (next === null) return;
    setScale(1);
    setSpot(next);
  }

  /** Leads back to the post that one has come to. */
  function close(): void {
    closeViewer();
    if (spot.id !== start.post.id) requestAnimationFrame(() => showPost(spot.id));
  }

  useKeys({ go, hand, isZoomed: scale > 1, toggleInfo: () => setOpen(!isOpen) });
  // Deleted, reported, or its author blocked, from the menu.
  const isGone = found === undefined || medium === undefined;
  useEffect(() => {
    if (isGone) closeViewer();
  }, [isGone]);
  useEffect(() => fetchAhead(posts, beside(posts, spot, 1)), [spot]);
  if (isGone) return null;

  const swiped = (swipe: Exclude<Swipe, null>) =>
    swipe === "close" ? close() : go(swipe === "next" ? 1 : -1);
  const title = describe(post, medium, number);
  const hasClip = medium.clip !== null;
  return (
    <Dialog title={title} class={isOpen ? "viewer viewer-open" : "viewer"} onClose={close}>
      <div class="viewer-tools">
        {!hasClip && (
          <button
            type="button"
            class="icon-button"
            aria-label={scale > 1 ? t("Show the whole picture") : t("Enlarge")}
            onClick={() => hand.current?.toggle()}
          >
            {scale > 1 ? <MoreIcon name="smaller" /> : <MoreIcon name="larger" />}
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label={t("About this picture")}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <MoreIcon name="about" />
        </button>
      </div>
      <p class="visually-hidden" role="status">
        {title}
      </p>
      <div class={hasClip ? "viewer-middle viewer-clip" : "viewer-middle"}>
        <Stage
          key={medium.id}
          {...{ post, medium, number, hand }}
          onSwipe={swiped}
          onZoom={setScale}
        />
        {beside(posts, spot, -1) && (
          <button
            type="button"
            class="arrow arrow-back"
            aria-label={t("Previous")}
            onClick={() => go(-1)}
          >
            <Icon name="left" />
          </button>
        )}
        {beside(posts, spot, 1) && (
          <button type="button" class="arrow arrow-on" aria-label={t("Next")} onClick={() => go(1)}>
            <Icon name="right" />
          </button>
        )}
      </div>
      <About key={post.id} post={post} isOpen={isOpen} camera={medium.capture?.camera ?? null} />
    </Dialog>
  );
}

/** The list's posts that have pictures to show; its next page is read before the last one is reached. */
function useListed(around: Around, spot: Spot): readonly PostBody[] {
  const [, readOn] = useReducer((pages: number) => pages + 1, 0);
  useIsShown();
  const posts = around
    .items()
    .filter(({ id, media }) => media.length > 0 && recall(id)?.state !== "deleted")
    .filter((post) => !isReportedPost(post) || currentCover(post) !== "closed");
  useEffect(() => {
    if (isNearEnd(posts, spot)) void around.more().then(() => readOn(undefined));
  }, [spot]);
  return posts;
}

interface AboutProps {
  post: PostBody;
  isOpen: boolean;
  camera: string | null;
}

/** Who posted it, when and where, and what one can do; all that was written once one asks for it. */
function About({ post, isOpen, camera }: AboutProps) {
  const { comments } = post.counts;
  return (
    <article class="viewer-about">
      <PostHead post={post} />
      {signedIn.value && post.state === "published" && (
        <div class="actions">
          <Actions post={post} />
        </div>
      )}
      {isOpen && (
        <>
          <Caption text={post.caption} mentions={post.mentions} whole />
          {post.taken_at && <p>{t("Taken on {date}", { date: fullDate(post.taken_at) })}</p>}
          {camera && <p>{t("Camera: {camera}", { camera })}</p>}
          <p>
            <a href={`/p/${post.id}`}>
              {comments > 0
                ? counted(comments, "Post with {count} comment", "Post with {count} comments")
                : t("Go to post")}
            </a>
          </p>
        </>
      )}
    </article>
  );
}

interface Keys {
  go: (by: 1 | -1) => void;
  hand: { current: Gestures | null };
  isZoomed: boolean;
  toggleInfo: () => void;
}

/** The viewer's keys, unless a menu is open in front of it or the browser's own player has the focus. */
function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isOthers = document.querySelectorAll("dialog[open]").length > 1;
      const isPlayer = (event.target as Element).matches("video") && event.key.startsWith("Arrow");
      if (isOthers || isPlayer || event.ctrlKey || event.metaKey || event.altKey) return;
      if (pressed(event.key, current.current)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Does what a key is for; false if it is for nothing. */
function pressed(key: string, { go, hand, isZoomed, toggleInfo }: Keys): boolean {
  const pan = isZoomed ? PANS[key] : undefined;
  const isRightToLeft = document.documentElement.dir === "rtl";
  if (pan !== undefined) hand.current?.pan(pan);
  else if (key === "ArrowRight") go(isRightToLeft ? -1 : 1);
  else if (key === "ArrowLeft") go(isRightToLeft ? 1 : -1);
  else if (key === "+" || key === "=") hand.current?.zoom(KEY_ZOOM);
  else if (key === "-") hand.current?.zoom(1 / KEY_ZOOM);
  else if (key === "0" && isZoomed) hand.current?.toggle();
  else if (key === "i") toggleInfo();
  else if (key === "l") document.querySelector<HTMLElement>(".viewer .action-like")?.click();
  else return false;
  return true;
}

/** The picture moves against the arrow: what is seen of it moves with the arrow. */
const PANS: Readonly<Record<string, { x: number; y: number }>> = {
  ArrowLeft: { x: KEY_PAN_PX, y: 0 },
  ArrowRight: { x: -KEY_PAN_PX, y: 0 },
  ArrowUp: { x: 0, y: KEY_PAN_PX },
  ArrowDown: { x: 0, y: -KEY_PAN_PX },
};

/** Fetches the picture that comes next; of a sensitive post, nothing before one chooses to look. */
function fetchAhead(posts: readonly PostBody[], spot: Spot | null): void {
  const post = posts.find(({ id }) => id === spot?.id);
  const medium = post?.media[spot!.index];
  if (post === undefined || medium?.state !== "ready" || currentCover(post) === "closed") return;
  const picture = new Image();
  picture.sizes = "100vw";
  picture.srcset = srcset(sourcesOf(medium).webp);
}

/** Brings a post of the page below into view, with the focus on it. */
function showPost(id: string): void {
  const place = document.querySelector<HTMLElement>(`[data-post="${id}"]`);
  place?.scrollIntoView({ block: "nearest" });
  (place?.querySelector<HTMLElement>("a[aria-haspopup]") ?? place)?.focus({ preventScroll: true });
}
