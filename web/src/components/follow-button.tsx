import { useEffect, useState } from "preact/hooks";
import { call, type User, type UserAsSeen } from "../api.ts";
import { sentence } from "../errors.ts";
import { loadMe, me } from "../me.ts";
import { learn, learnFrom, useFollows } from "../relations.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

interface Props {
  user: User;
  /** As the API said when the user was loaded. */
  follows: boolean;
  /** Hears of the new count of followers. */
  onChange?: (seen: UserAsSeen) => void;
  class?: string;
}

/** Follows and unfollows: shown at once, taken back where the API refuses. Not for oneself. */
export function FollowButton({ user, follows: given, onChange, class: extra = "" }: Props) {
  const [isBusy, setBusy] = useState(false);
  const follows = useFollows(user.id, given);
  const own = useStore(me);
  const [isWaiting, setWaiting] = useState(own === null);
  const { handle } = user;

  // Until one knows who one is oneself, it may be oneself.
  useEffect(() => {
    if (isWaiting)
      void loadMe()
        .catch(() => undefined)
        .then(() => setWaiting(false));
  }, []);
  if (isWaiting || own?.id === user.id) return null;

  async function toggle(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    learn(user.id, !follows);
    try {
      const seen = await call(follows ? "delete" : "put", "/me/following/{handle}", {
        path: { handle },
      });
      onChange?.(learnFrom(seen));
      void loadMe().catch(() => undefined); // one's own count is shown elsewhere, and later again
    } catch (error) {
      learn(user.id, follows);
      toast(sentence(error), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  return (
    <button
      type="button"
      class={`button ${follows ? "" : "button-primary"} ${extra}`}
      aria-label={`${follows ? "Following" : "Follow"} @${handle}`}
      title={follows ? "Stop following" : undefined}
      onClick={() => void toggle()}
    >
      {follows ? "Following" : "Follow"}
    </button>
  );
}
