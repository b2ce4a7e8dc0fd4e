import { feed } from "../feed.ts";
import { counted, t } from "../language.ts";
import { useStore } from "../store.ts";

const DAY_MS = 86_400_000;

/** What is true at the end of the feed: how far back it goes, and where older posts are. */
export function FeedEnd() {
  const { items } = useStore(feed().state);
  const last = items.at(-1);
  if (!last?.published_at) return null;
  const { handle } = last.author;
  const days = Math.max(1, Math.ceil((Date.now() - Date.parse(last.published_at)) / DAY_MS));
  return (
    <p class="list-end">
      {counted(
        days,
        "You have seen everything since yesterday.",
        "You have seen everything from the last {count} days.",
      )}{" "}
      <a class="text-link" href={`/u/${handle}`}>
        {t("Older posts are on @{handle}'s profile", { handle })}
      </a>
    </p>
  );
}
