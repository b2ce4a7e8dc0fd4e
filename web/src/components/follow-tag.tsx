import { foldTag } from "../fold.ts";
import { followedTags, followTag, loadFollowedTags, tagWishes } from "../hashtags.ts";
import { t } from "../language.ts";
import { useResource } from "../resource.ts";
import { useStore } from "../store.ts";

/** Follows a hashtag: its new posts come into one's feed. Nothing until it is known whether one does. */
export function FollowTag({ tag }: { tag: string }) {
  const folded = foldTag(tag);
  const loaded = useResource("hashtags", loadFollowedTags);
  const followed = useStore(followedTags);
  const wanted = useStore(tagWishes.wanted).get(folded);
  if (loaded.value === null || followed === null) return null;
  const isFollowed = wanted ?? followed.some((other) => foldTag(other) === folded);
  return (
    <button
      type="button"
      class={isFollowed ? "button button-small" : "button button-primary button-small"}
      aria-label={isFollowed ? t("Following #{tag}", { tag }) : t("Follow #{tag}", { tag })}
      {...(isFollowed && { title: t("Stop following") })}
      onClick={() => void followTag(tag, !isFollowed)}
    >
      {isFollowed ? t("Following") : t("Follow")}
    </button>
  );
}
