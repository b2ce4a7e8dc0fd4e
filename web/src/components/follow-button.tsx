import { useState } from "preact/hooks";
import { call, type UserAsSeen } from "../api.ts";
import { sentence } from "../errors.ts";
import { loadMe } from "../me.ts";
import { toast } from "../toasts.ts";

interface Props {
  seen: UserAsSeen;
  onChange: (seen: UserAsSeen) => void;
}

/** Follows and unfollows: shown at once, taken back where the API refuses. */
export function FollowButton({ seen, onChange }: Props) {
  const [isBusy, setBusy] = useState(false);
  const follows = seen.followed_by_me;
  const { handle } = seen.user;

  async function toggle(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    onChange(toggled(seen));
    try {
      onChange(await call(follows ? "delete" : "put", "/me/following/{handle}", { path: { handle } }));
      void loadMe().catch(() => undefined); // one's own count is shown elsewhere, and later again
    } catch (error) {
      onChange(seen);
      toast(sentence(error), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  return (
    <button
      type="button"
      class={follows ? "button" : "button button-primary"}
      aria-label={`${follows ? "Following" : "Follow"} @${handle}`}
      title={follows ? "Stop following" : undefined}
      onClick={() => void toggle()}
    >
      {follows ? "Following" : "Follow"}
    </button>
  );
}

function toggled(seen: UserAsSeen): UserAsSeen {
  const { user } = seen;
  const followers = user.counts.followers + (seen.followed_by_me ? -1 : 1);
  return {
    user: { ...user, counts: { ...user.counts, followers } },
    followed_by_me: !seen.followed_by_me,
  };
}
