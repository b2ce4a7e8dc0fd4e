import { useEffect, useRef, useState } from "preact/hooks";
import type { MediumView, PostBody } from "../api.ts";
import { describe } from "../components/carousel.tsx";
import { Clip } from "../components/clip.tsx";
import { CoverButton, CoverPicture } from "../components/cover.tsx";
import { Picture } from "../components/picture.tsx";
import { t } from "../language.ts";
import { lazyPart } from "../lazy.tsx";
import { ofPost } from "../link-sources.ts";
import { useCover } from "../sensitive.ts";
import type { Swipe } from "./geometry.ts";
import { Gestures } from "./gestures.ts";
import { SharperPicture } from "./sharper-picture.tsx";

const answers = () => import("../answers/all.ts");

const Unready = lazyPart(answers, "Unready");
const People = lazyPart(answers, "People");

/** Of a medium whose size is not known, which is the shape of a screen's. */
const USUAL = { width: 4, height: 3 };

interface Props {
  post: PostBody;
  medium: MediumView;
  /** Its number in the post, from 1, if there are several. */
  number: number | undefined;
  onSwipe: (swipe: Exclude<Swipe, null>) => void;
  /** How many times the picture is enlarged, and what enlarges it; null if it cannot be. */
  onZoom: (scale: number) => void;
  hand: { current: Gestures | null };
}

/** A photo to enlarge and to move, or a video to play; a covered one until one chooses to look. */
export function Stage({ post, medium, number, onSwipe, onZoom, hand }: Props) {
  const stage = useRef<HTMLDivElement>(null);
  const moved = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  const cover = useCover(post);
  const { width, height, clip } = medium;
  const size = width && height ? { width, height } : USUAL;
  const isStill = medium.state === "ready" && !clip && cover !== "closed";
  const told = useRef({ onSwipe, onZoom });
  told.current = { onSwipe, onZoom };

  useEffect(() => {
    const gestures = new Gestures(stage.current!, moved.current!, isStill ? size : null, {
      swipe: (swipe) => told.current.onSwipe(swipe),
      scale: (now) => {
        setScale(Math.ceil(now));
        told.current.onZoom(now);
      },
    });
    hand.current = gestures;
    return () => {
      gestures.stop();
      hand.current = null;
    };
  }, [isStill]);

  const alt = describe(post, medium, number);
  const source = ofPost(post.id);
  // Enlarged, it is drawn from a larger file, if there is one; until then none is fetched.
  const ratio = size.width / size.height;
  const sizes = `min(${100 * scale}vw, ${Math.round(100 * scale * ratio)}vh)`;
  return (
    <div class="viewer-stage" ref={stage}>
      <div class="viewer-moved" ref={moved}>
        <div
          class="viewer-fit"
          style={{ aspectRatio: String(ratio), width: `min(100cqw, ${100 * ratio}cqh)` }}
        >
          {cover === "closed" ? (
            <CoverPicture medium={medium}>{t("Sensitive content")}</CoverPicture>
          ) : medium.state === "ready" ? (
            <>
              <Picture {...{ medium, source, sizes }} fallbackAlt={alt} eager />
              <SharperPicture {...{ post, medium, scale }} />
              {clip && (
                <Clip {...{ clip, source }} label={medium.alt_text || alt} controls starts />
              )}
              {medium.people.length > 0 && <People post={post} medium={medium} />}
            </>
          ) : (
            <Unready medium={medium} />
          )}
        </div>
      </div>
      <CoverButton post={post} cover={cover} what={alt} />
    </div>
  );
}
