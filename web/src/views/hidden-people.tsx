/** Those whom one has blocked or muted, each with the way back. */

import { useState } from "preact/hooks";
import { type BlockedUser, call, type MutedUser } from "../api.ts";
import { block, mute, type Person, unblock, unmute } from "../blocks.ts";
import { Empty } from "../components/empty.tsx";
import { Endless } from "../components/endless.tsx";
import { Page } from "../components/page.tsx";
import { Outcome, PersonRow, UsersSkeleton } from "../components/user-row.tsx";
import { t } from "../language.ts";
import { List } from "../lists.ts";
import { day } from "../text.ts";
import { ofThisVisit } from "../visits.ts";

function from(cursor: string | undefined): { query: { cursor?: string } } {
  return { query: cursor === undefined ? {} : { cursor } };
}

export function BlockedView() {
  const list = ofThisVisit(
    "blocked",
    () =>
      new List(
        (cursor) => call("get", "/me/blocks", from(cursor)),
        (blocked: BlockedUser) => blocked.handle,
      ),
  );
  return (
    <Page title={t("Blocked people")} class="page-narrow">
      <p class="page-sub">
        {t(
          "You and they are not there for each other. Unblocking makes neither follow the other again.",
        )}
      </p>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((item) => (
              <Blocked key={item.handle} item={item} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={t("You have blocked nobody")} drawing="block" next="settings" />}
      />
    </Page>
  );
}

function Blocked({ item }: { item: BlockedUser }) {
  const { handle, user } = item;
  // Whoever has no account any more can still be taken off the list.
  const shown = user ?? { id: handle, handle, display_name: "", avatar: null };
  return (
    <Row
      user={shown}
      note={
        user === null
          ? t("This account is deleted")
          : t("Blocked on {day}", { day: day(item.blocked_at) })
      }
      back={[t("Unblock"), () => unblock(shown)]}
      done={t("Unblocked")}
      {...(user !== null && { again: [t("Block"), () => block(shown)] as const })}
    />
  );
}

export function MutedView() {
  const list = ofThisVisit(
    "muted",
    () =>
      new List(
        (cursor) => call("get", "/me/mutes", from(cursor)),
        (muted: MutedUser) => muted.user.id,
      ),
  );
  return (
    <Page title={t("Muted people")} class="page-narrow">
      <p class="page-sub">
        {t(
          "Their posts do not come up in your feed, in searches and under hashtags. They learn nothing of it.",
        )}
      </p>
      <Endless
        list={list}
        render={(items) => (
          <ul class="rows">
            {items.map((item) => (
              <Muted key={item.user.id} item={item} />
            ))}
          </ul>
        )}
        skeleton={<UsersSkeleton />}
        empty={<Empty title={t("You have muted nobody")} drawing="muted" next="settings" />}
      />
    </Page>
  );
}

function Muted({ item: { user, until } }: { item: MutedUser }) {
  return (
    <Row
      user={user}
      note={until === null ? t("Until you unmute them") : t("Until {day}", { day: day(until) })}
      back={[t("Unmute"), () => unmute(user)]}
      done={t("Unmuted")}
      again={[t("Mute"), () => mute(user, until)]}
    />
  );
}

/** The name of a button, and what it does: true if that succeeded. */
type Action = readonly [name: string, act: () => Promise<boolean>];

interface RowProps {
  user: Person & Parameters<typeof PersonRow>[0]["user"];
  note: string;
  /** Takes them off the list; the row stays until one leaves the page. */
  back: Action;
  /** What is said of them then. */
  done: string;
  /** Puts them on it again. */
  again?: Action;
}

function Row({ user, note, back, done, again }: RowProps) {
  const [isOff, setOff] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const action = isOff ? again : back;

  async function act(): Promise<void> {
    if (action === undefined || isBusy) return;
    setBusy(true);
    if (await action[1]()) setOff(!isOff);
    setBusy(false);
  }

  return (
    <PersonRow user={user} bio={isOff && action ? done : note}>
      {action === undefined ? (
        <Outcome>{done}</Outcome>
      ) : (
        <button
          type="button"
          class="button button-small"
          aria-label={t("{action} @{handle}", { action: action[0], handle: user.handle })}
          onClick={() => void act()}
        >
          {action[0]}
        </button>
      )}
    </PersonRow>
  );
}
