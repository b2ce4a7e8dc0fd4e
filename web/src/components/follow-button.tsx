import { useEffect, useState } from "preact/hooks";
import { call, type User, type UserAsSeen } from "../api.ts";
import { unblock } from "../blocks.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { loadMe } from "../own-profile.ts";
import type { Flags } from "../relation.ts";
import { type FollowState, followed, followState, UNFOLLOWED } from "../relation-acts.ts";
import { changing, learnFrom } from "../relation-changes.ts";
import { useRelation } from "../relations.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";
import { Confirm } from "./confirm.tsx";

interface Props {
  user: Pick<User, "id" | "handle" | "private">;
  /** As the API said when the user was loaded. */
  seen: Flags;
  /** Hears of the new count of followers. */
  onChange?: (seen: UserAsSeen) => void;
  class?: string;
}

/**
 * Follows, asks to follow, and takes either back: shown at once, undone if the API refuses. What a
 * private account would have to allow again is asked about first. Not for oneself.
 */
export function FollowButton({ user, seen, onChange, class: extra = "" }: Props) {
  const [asked, setAsked] = useState<FollowState>("none");
  const relation = useRelation(user.id, seen);
  const own = useStore(me);
  const [isWaiting, setWaiting] = useState(own === null);
  const state = followState(relation);
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
    const [method, change] =
      state === "none"
        ? (["put", followed(user.private)] as const)
        : (["delete", UNFOLLOWED] as const);
    try {
      const answer = await changing(user.id, change, () =>
        call(method, "/me/following/{handle}", { path: { handle } }),
      );
      onChange?.(learnFrom(answer));
      void loadMe().catch(() => undefined); // one's own count is shown elsewhere, and later again
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  if (relation.blocked_by_me) {
    return (
      <button
        type="button"
        class={`button ${extra}`}
        aria-label={t("Unblock @{handle}", { handle })}
        onClick={() => void unblock(user)}
      >
        {t("Unblock")}
      </button>
    );
  }
  const asksFirst = state === "requested" || (state === "following" && user.private);
  return (
    <>
      <button
        type="button"
        class={`button ${state === "none" ? "button-primary" : ""} ${extra}`}
        aria-label={labelOf(state, handle)}
        title={TITLES[state]}
        {...(asksFirst && { "aria-haspopup": "dialog" as const })}
        onClick={() => (asksFirst ? setAsked(state) : void toggle())}
      >
        {NAMES[state]}
      </button>
      {asked !== "none" && (
        <Confirm
          title={
            asked === "requested"
              ? t("Withdraw your request?")
              : t("Stop following @{handle}?", { handle })
          }
          action={asked === "requested" ? t("Withdraw") : t("Stop following")}
          onConfirm={toggle}
          onClose={() => setAsked("none")}
        >
          <p>
            {asked === "requested"
              ? t("@{handle} has not answered yet. You can ask again at any time.", { handle })
              : t("This account is private: to see its posts again, you would have to ask.")}
          </p>
        </Confirm>
      )}
    </>
  );
}

/** What the button is called for those who do not see whom it is beside. */
function labelOf(state: FollowState, handle: string): string {
  if (state === "none") return t("Follow @{handle}", { handle });
  return state === "requested"
    ? t("Requested @{handle}", { handle })
    : t("Following @{handle}", { handle });
}

const NAMES = { none: t("Follow"), requested: t("Requested"), following: t("Following") };
const TITLES = {
  none: undefined,
  requested: t("Withdraw your request"),
  following: t("Stop following"),
};
