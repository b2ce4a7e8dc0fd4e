import type { ComponentChildren } from "preact";
import type { MediumView, PostBody } from "../api.ts";
import { t } from "../language.ts";
import { type Cover, isReportedPost, toggleCover } from "../sensitive.ts";
import { Icon } from "./icons.tsx";
import { placeholderUrl } from "./placeholder.ts";

interface ButtonProps {
  post: PostBody;
  cover: Cover;
  /** What is covered, such as "Photo by Ada". */
  what: string;
}

/**
 * Shows the pictures of a sensitive post, and covers them again: one button, so that it keeps the
 * focus. It stands before what it shows, which is then what comes next.
 */
export function CoverButton({ post, cover, what }: ButtonProps) {
  if (cover === "none") return null;
  const isOpen = cover === "open";
  const label = isReportedPost(post)
    ? isOpen
      ? t("Hide the post that you have reported")
      : t("Show the post that you have reported")
    : isOpen
      ? t("Hide sensitive: {what}", { what })
      : t("Show sensitive: {what}", { what });
  return (
    <button
      type="button"
      class={`cover-button cover-button-${cover}`}
      aria-label={label}
      onClick={() => toggleCover(post)}
    >
      {isOpen ? t("Hide") : t("Show")}
    </button>
  );
}

interface Props {
  /** Its placeholder is all that is shown of it: nothing of its files is fetched. */
  medium: MediumView;
  class?: string;
  ratio?: number;
  children?: ComponentChildren;
}

/** In place of a picture: a blur that was made from its placeholder of some thirty bytes. */
export function CoverPicture({ medium, class: extra = "", ratio, children }: Props) {
  return (
    <span
      class={`cover ${extra}`}
      style={{
        backgroundImage: placeholderUrl(medium.placeholder),
        ...(ratio !== undefined && { aspectRatio: String(ratio) }),
      }}
    >
      <span class="cover-text">
        <Icon name="hidden" />
        {children}
      </span>
    </span>
  );
}
