import { useEffect, useRef, useState } from "preact/hooks";
import type { ClipBody } from "../api.ts";
import { type LinkSource, useLinks } from "../links.ts";
import { watchSight } from "../sight.ts";
import { Turns } from "../turns.ts";
import { prefersStill } from "./clip.tsx";

/** What moves for longer would need a button to stop it. */
const SECONDS = 5;
const MOSTLY = 0.9;
const turns = new Turns(3);

interface Props {
  clip: ClipBody;
  /** Where its link is renewed from. */
  source: LinkSource;
}

/**
 * The first seconds of a video in a grid, over its poster and without sound, once each time that it comes
 * into view. A few play at a time. Decoration: the tile around it says what it is, and leads to it.
 */
export function TileClip({ clip, source }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [inView, setInView] = useState(false);
  const [hasTurn, setTurn] = useState(false);
  const [isPlaying, setPlaying] = useState(false);
  const links = useLinks(clip.url, source);

  useEffect(() => {
    if (prefersStill()) return undefined;
    return watchSight(box.current!, { threshold: [0, MOSTLY] }, (now) =>
      setInView(now.intersectionRatio >= MOSTLY),
    );
  }, []);

  const leave = useRef<(() => void) | null>(null);

  function stop(): void {
    leave.current?.();
    setTurn(false);
    setPlaying(false);
  }

  useEffect(() => {
    if (!inView) return undefined;
    leave.current = turns.wait(() => setTurn(true));
    return stop;
  }, [inView]);

  // Where the browser forbids it, the poster stays.
  useEffect(() => {
    if (hasTurn) video.current!.play().catch(stop);
  }, [hasTurn]);
  return (
    <div class={isPlaying ? "clip clip-playing" : "clip"} ref={box} aria-hidden="true">
      {hasTurn && (
        <video
          ref={video}
          src={links.fresh(clip.url)}
          muted
          playsInline
          tabIndex={-1}
          onPlaying={() => setPlaying(true)}
          onTimeUpdate={({ currentTarget }) => {
            if (currentTarget.currentTime >= SECONDS) stop();
          }}
          onEnded={stop}
          onError={() => {
            stop();
            links.failed();
          }}
        />
      )}
    </div>
  );
}
