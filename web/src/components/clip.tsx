import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ClipBody } from "../api.ts";
import { savesData } from "../data-saver.ts";
import { keepState, keptState, useKept } from "../kept-state.ts";
import { t } from "../language.ts";
import { type LinkSource, useLinks } from "../links.ts";
import { useOnline } from "../recovery.ts";
import { watchSight } from "../sight.ts";
import { Store, useStore } from "../store.ts";
import { clock } from "../text.ts";
import { MoreIcon } from "./more-icons.tsx";

/** Whoever turns the sound on for one video wants it for the next, too. */
const withSound = new Store(false);
const MOSTLY = 0.6;

interface Props {
  clip: ClipBody;
  /** Where its link is renewed from. */
  source: LinkSource;
  label: string;
  /** For a post's own page: with the browser's controls, and playing only on demand. */
  controls?: boolean;
  /** It plays at once, because one has asked for it. */
  starts?: boolean;
  /** It goes on where it was once it has been taken from the page and comes back: of which medium it is. */
  keptAs?: string | undefined;
}

/** A video or animation over its poster. It plays without sound while it is in view. */
export function Clip(props: Props) {
  const { clip, source, label, controls = false, starts = false, keptAs } = props;
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const sound = useStore(withSound);
  const [inView, setInView] = useState(false);
  // Null: nobody said.
  const [wanted, setWanted] = useKept<boolean | null>(keptAs && `wanted ${keptAs}`, starts || null);
  const moment = keptAs && `moment ${keptAs}`;
  const [isPlaying, setPlaying] = useState(false);
  const links = useLinks(clip.url, source);
  const url = links.fresh(clip.url);
  const [failedUrl, setFailed] = useState<string>();
  const hasFailed = failedUrl === url;
  /** In seconds. */
  const brokeOffAt = useRef(keptState(moment, 0));
  useOnline(hasFailed, () => {
    setFailed(undefined);
    video.current?.load();
  });
  const shouldPlay = inView && (wanted ?? (!controls && !prefersStill()));

  useEffect(() => {
    return watchSight(box.current!, { threshold: [0, MOSTLY] }, (now) =>
      setInView(now.intersectionRatio >= MOSTLY),
    );
  }, []);

  useLayoutEffect(() => {
    const player = video.current!;
    return () => keepState(moment, player.currentTime || brokeOffAt.current);
  }, []);

  useEffect(() => {
    const player = video.current!;
    if (!shouldPlay) {
      if (!controls) player.pause();
      return;
    }
    player.play().catch((error: unknown) => {
      // The browser may forbid it, or it was paused before it began: the button remains.
      if (error instanceof DOMException && error.name === "NotAllowedError") setWanted(false);
    });
  }, [shouldPlay, controls, url]);

  const isLoop = !clip.has_audio;
  return (
    <div class={isPlaying ? "clip clip-playing" : "clip"} ref={box}>
      <video
        ref={video}
        src={shouldPlay || isPlaying || wanted !== null || controls ? url : undefined}
        width={clip.width}
        height={clip.height}
        preload={controls ? "metadata" : "none"}
        controls={controls}
        loop={!controls || isLoop}
        muted={!controls && !sound}
        playsInline
        aria-label={label}
        onPlaying={() => setPlaying(true)}
        onEnded={() => setPlaying(false)}
        onLoadedMetadata={() => {
          // It goes on where it was left, or where the link before had expired.
          if (brokeOffAt.current > 0) video.current!.currentTime = brokeOffAt.current;
          brokeOffAt.current = 0;
        }}
        onError={() => {
          brokeOffAt.current = video.current!.currentTime;
          setFailed(url);
          links.failed();
        }}
      />
      {hasFailed && <p class="clip-note">{t("This video could not be loaded.")}</p>}
      {!controls && !hasFailed && (
        <div class="clip-buttons">
          <button
            type="button"
            class="clip-button"
            aria-label={shouldPlay ? t("Pause video") : t("Play video")}
            onClick={() => setWanted(!shouldPlay)}
          >
            <MoreIcon name={shouldPlay ? "pause" : "play"} />
          </button>
          {!isPlaying && <span class="clip-length">{clock(clip.duration_ms)}</span>}
          {clip.has_audio && isPlaying && (
            <button
              type="button"
              class="clip-button"
              aria-label={sound ? t("Turn sound off") : t("Turn sound on")}
              onClick={() => withSound.set(!sound)}
            >
              <MoreIcon name={sound ? "sound" : "muted"} />
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** Whether nothing is to move by itself, or to be fetched that need not be. */
export function prefersStill(): boolean {
  return savesData() || matchMedia("(prefers-reduced-motion: reduce)").matches;
}
