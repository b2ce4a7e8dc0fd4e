import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { MediumView, PostBody } from "../api.ts";
import { useKept } from "../kept-state.ts";
import { t } from "../language.ts";
import { lazyPart } from "../lazy.tsx";
import { ofPost } from "../link-sources.ts";
import { ListAround, openByTap } from "../looking.ts";
import { isReportedPost, useCover } from "../sensitive.ts";
import { CoverButton, CoverPicture } from "./cover.tsx";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";

/** Wider or taller than this, a picture would leave no room for anything else. */
const WIDEST = 1.91;
const TALLEST = 0.75;

const answers = () => import("../answers/all.ts");

const Clip = lazyPart(answers, "Clip");
const Look = lazyPart(answers, "Look");
const Unready = lazyPart(answers, "Unready");
const People = lazyPart(answers, "People");

interface Props {
  post: PostBody;
  sizes: string;
  eager?: boolean;
  controls?: boolean;
  /** Nothing more urgent is on its way, so that what plays videos and leads to the viewer may come. */
  isSettled?: boolean;
  /** It may be taken from the page and come back: at the slide and the moment where it was. */
  isKept?: boolean;
}

/** A post's photos and videos; those of a covered post once one has chosen to look. */
export function Carousel(props: Props) {
  const { post } = props;
  const cover = useCover(post);
  const [first] = post.media;
  if (cover === "none" || first === undefined) return <Slides {...props} />;
  const what =
    post.media.length > 1
      ? t("Album of {total} by {name}", { total: post.media.length, name: nameOf(post) })
      : describe(post, first);
  return (
    <div class="covered">
      <CoverButton post={post} cover={cover} what={what} />
      {cover === "open" ? (
        <Slides {...props} />
      ) : (
        <CoverPicture medium={first} class="stage" ratio={ratioOf(first)}>
          {isReportedPost(post) ? t("You have reported this post") : t("Sensitive content")}
        </CoverPicture>
      )}
    </div>
  );
}

/** One photo or video, or an album to swipe through. */
function Slides(props: Props) {
  const { post, sizes, isSettled = true, eager = false, controls = false, isKept = false } = props;
  const slides = useRef<HTMLUListElement>(null);
  const [index, setIndex] = useKept(isKept ? `slide ${post.id}` : undefined, 0);
  const media = post.media;
  const [first] = media;
  const ratio = ratioOf(first);

  // A changed width moves every slide.
  useEffect(() => {
    const list = slides.current;
    if (list === null) return undefined;
    let width = list.clientWidth;
    const watcher = new ResizeObserver(() => {
      if (list.clientWidth === width) return;
      width = list.clientWidth;
      const left = Math.round(list.scrollLeft / width) * width;
      list.scrollTo({ left, behavior: "instant" });
    });
    watcher.observe(list);
    return () => watcher.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (index > 0) go(index, "instant");
  }, []);

  function go(to: number, behavior: ScrollBehavior = "auto"): void {
    const list = slides.current!;
    const target = Math.max(0, Math.min(media.length - 1, to));
    list.scrollTo({ left: target * list.clientWidth * (isRightToLeft() ? -1 : 1), behavior });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return; // a video's own keys
    const by = isRightToLeft() ? -1 : 1;
    const last = media.length - 1;
    const to = { ArrowLeft: index - by, ArrowRight: index + by, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  }

  if (first === undefined) return null;
  if (media.length === 1) {
    return (
      <div class="stage" style={{ aspectRatio: String(ratio) }}>
        <Slide
          medium={first}
          ratio={ratio}
          {...{ post, sizes, isSettled, eager, controls, isKept }}
        />
      </div>
    );
  }
  return (
    <div class="carousel" role="group" aria-label={t("Album of {total}", { total: media.length })}>
      <ul
        class="stage slides"
        style={{ aspectRatio: String(ratio) }}
        ref={slides}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be scrolled by keys, too
        tabIndex={0}
        aria-label={t("{number} of {total}", { number: index + 1, total: media.length })}
        onKeyDown={onKeyDown}
        onScroll={({ currentTarget: list }) =>
          setIndex(Math.abs(Math.round(list.scrollLeft / Math.max(1, list.clientWidth))))
        }
      >
        {media.map((medium, position) => (
          <li key={medium.id} class="slide">
            <Slide
              {...{ post, medium, sizes, ratio, isSettled, controls, isKept }}
              eager={eager && position === 0}
              number={position + 1}
            />
          </li>
        ))}
      </ul>
      <span class="carousel-count" aria-hidden="true">
        {index + 1}/{media.length}
      </span>
      {index > 0 && (
        <button
          type="button"
          class="arrow arrow-back"
          aria-label={t("Previous")}
          onClick={() => go(index - 1)}
        >
          <Icon name="left" />
        </button>
      )}
      {index < media.length - 1 && (
        <button
          type="button"
          class="arrow arrow-on"
          aria-label={t("Next")}
          onClick={() => go(index + 1)}
        >
          <Icon name="right" />
        </button>
      )}
      <div class="dots" aria-hidden="true">
        {media.map((medium, position) => (
          <span key={medium.id} class={position === index ? "dot dot-on" : "dot"} />
        ))}
      </div>
    </div>
  );
}

function isRightToLeft(): boolean {
  return document.documentElement.dir === "rtl";
}

interface SlideProps extends Props {
  medium: MediumView;
  ratio: number;
  number?: number;
}

function Slide({
  post,
  medium,
  sizes,
  ratio,
  number,
  isSettled = true,
  eager = false,
  controls = false,
  isKept = false,
}: SlideProps) {
  const alt = describe(post, medium, number);
  const source = ofPost(post.id);
  const around = useContext(ListAround);
  const index = (number ?? 1) - 1;
  if (medium.state !== "ready") return <Unready medium={medium} />;
  const fits = Math.abs(ratioOf(medium, false) - ratio) / ratio < 0.02;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button on it, once it is there, is for all
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same
    <div
      class={fits ? "slide-box" : "slide-box slide-whole"}
      onClick={({ currentTarget }) => openByTap(currentTarget, post, index, around)}
    >
      <Picture medium={medium} source={source} sizes={sizes} fallbackAlt={alt} eager={eager} />
      {medium.clip && isSettled && (
        <Clip
          clip={medium.clip}
          source={source}
          label={medium.alt_text || alt}
          controls={controls}
          keptAs={isKept ? medium.id : undefined}
        />
      )}
      {medium.people.length > 0 && <People post={post} medium={medium} />}
      {isSettled && <Look post={post} index={index} what={alt} />}
    </div>
  );
}

/** What a screen reader says of a picture that its owner did not describe. */
export function describe(post: PostBody, medium: MediumView, number?: number): string {
  const values = { name: nameOf(post), number: number ?? 1, total: post.media.length };
  const isVideo = medium.content_type.startsWith("video/");
  if (number === undefined)
    return isVideo ? t("Video by {name}", values) : t("Photo by {name}", values);
  return isVideo
    ? t("Video {number} of {total} by {name}", values)
    : t("Photo {number} of {total} by {name}", values);
}

export function nameOf({ author }: Pick<PostBody, "author">): string {
  return author.display_name || `@${author.handle}`;
}

function ratioOf(medium: MediumView | undefined, limited = true): number {
  const ratio = medium?.width && medium.height ? medium.width / medium.height : 1;
  return limited ? Math.min(WIDEST, Math.max(TALLEST, ratio)) : ratio;
}
