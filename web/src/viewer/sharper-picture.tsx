import { useEffect, useRef, useState } from "preact/hooks";
import { call, type MediumView, type PostBody, read } from "../api.ts";
import { signedIn } from "../auth.ts";
import { Failure } from "../errors.ts";
import { awaitSharper, isBlurred, type Sharper } from "./sharper.ts";

interface Props {
  post: PostBody;
  medium: MediumView;
  /** How many times the picture is enlarged. */
  scale: number;
}

/** A larger rendition over the picture, as soon as that is enlarged beyond its pixels and this one is decoded. */
export function SharperPicture({ post, medium, scale }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [sharper, setSharper] = useState<Sharper>("unasked");
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => {
      isShown.current = false;
    };
  }, []);
  useEffect(() => {
    const across = place.current!.clientWidth * scale;
    const canAsk = navigator.onLine && medium.zoomable && sharper === "unasked";
    if (!canAsk || scale <= 1 || !isBlurred(medium.renditions, across, devicePixelRatio)) return;
    setSharper("asked");
    void fetched(post, medium, () => isShown.current).then((found) => {
      if (isShown.current) setSharper(found);
    });
  }, [scale]);
  return (
    <div class="viewer-sharper" ref={place}>
      {typeof sharper === "object" && (
        <img src={sharper.url} width={sharper.width} height={sharper.height} alt="" />
      )}
    </div>
  );
}

/** The rendition once it is decoded, so that it is drawn at once. */
async function fetched(
  post: PostBody,
  medium: MediumView,
  isWanted: () => boolean,
): Promise<Sharper> {
  const path = { id: post.id, media_id: medium.id };
  const ask = () =>
    call("post", "/posts/{id}/media/{media_id}/zoom", { path, repeats: true } as const);
  // Whoever is not signed in has none made.
  const look = () => read("/public/posts/{id}/media/{media_id}/zoom", { path });
  try {
    const found = signedIn.value
      ? await awaitSharper(ask, isWanted)
      : isWanted() && (await look()).rendition;
    if (!found) return "missing";
    const picture = new Image();
    picture.src = found.url;
    await picture.decode();
    return found;
  } catch (error) {
    // Refused, offline, or no picture: the one below stays.
    if (error instanceof Failure || error instanceof DOMException) return "missing";
    throw error;
  }
}
