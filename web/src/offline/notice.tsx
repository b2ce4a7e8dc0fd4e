import { keptSince } from "../feed.ts";
import { leaveKept } from "../feed-news.ts";
import { t } from "../language.ts";
import { useRecovery } from "../recovery.ts";
import { useStore } from "../store.ts";
import { fullDate } from "../text.ts";

/** Says of when the posts are, and lets the newest ones take their place as soon as they can be had. */
export function KeptNotice() {
  const at = useStore(keptSince);
  useRecovery(at !== null, at === null, () => void leaveKept());
  if (at === null) return null;
  return (
    <p class="offline offline-feed" role="status">
      {t("There is no connection. You see what was here on {when}.", {
        when: fullDate(new Date(at).toISOString()),
      })}
    </p>
  );
}
