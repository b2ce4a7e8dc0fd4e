import { followedTags, followTag, loadFollowedTags, tagWishes } from "../hashtags.ts";
import { useResource } from "../resource.ts";
import { useStore } from "../store.ts";

/** Follows a hashtag: its new posts come into one's feed. Nothing until it is known whether one does. */
export function FollowTag({ tag: written }: { tag: string }) {
  const tag = written.normalize("NFKC").toLowerCase();
  const loaded = useResource("hashtags", loadFollowedTags);
  const followed = useStore(followedTags);
  const wanted = useStore(tagWishes.wanted).get(tag);
  if (loaded.value === null || followed === null) return null;
  const isFollowed = wanted ?? followed.includes(tag);
  return (
    <button
      type="button"
      class={isFollowed ? "button button-small" : "button button-primary button-small"}
      aria-label={`${isFollowed ? "Following" : "Follow"} #${written}`}
      {...(isFollowed && { title: "Stop following" })}
      onClick={() => void followTag(tag, !isFollowed)}
    >
      {isFollowed ? "Following" : "Follow"}
    </button>
  );
}
