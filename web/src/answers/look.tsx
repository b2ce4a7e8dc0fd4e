import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { ListAround, openViewer } from "../looking.ts";
import { watchTaps } from "./taps.ts";

interface Props {
  post: PostBody;
  /** The position of the medium in the post, from 0. */
  index: number;
  /** What is looked at, such as "Photo by Ada". */
  what: string;
}

/** The way from a picture to the viewer: a button on it, and a tap anywhere on it. */
export function Look({ post, index, what }: Props) {
  const around = useContext(ListAround);
  const button = useRef<HTMLButtonElement>(null);
  const look = () => openViewer(post, index, around);
  const current = useRef(look);
  current.current = look;

  // With the button, not after the next frame: what shows pictures leaves taps to it from then on.
  useLayoutEffect(() => {
    const holder = button.current!.closest<HTMLElement>(".slide, .stage")!;
    return watchTaps(holder, () => current.current());
  }, []);

  return (
    <button
      ref={button}
      type="button"
      class="look"
      aria-label={t("Look closer: {what}", { what })}
      aria-haspopup="dialog"
      onClick={look}
    >
      <MoreIcon name="larger" />
    </button>
  );
}
