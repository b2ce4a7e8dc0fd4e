import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Author, ListedUser } from "../api.ts";
import { t } from "../language.ts";
import { useRelation } from "../relations.ts";
import { Avatar } from "./avatar.tsx";
import { FollowButton } from "./follow-button.tsx";

/** A user in a list, with a link to their profile, to be followed from here. */
export function UserRow({ user, children }: { user: ListedUser; children?: ComponentChildren }) {
  const relation = useRelation(user.id, user);
  return (
    <PersonRow user={user} bio={user.bio} followsMe={relation.follows_me}>
      <FollowButton user={user} seen={user} class="button-small" />
      {children}
    </PersonRow>
  );
}

interface PersonRowProps {
  user: Pick<Author, "handle" | "display_name" | "avatar">;
  /** A line below the names, cut where it ends. */
  bio?: string;
  /** Why somebody is in the list. */
  reason?: string;
  followsMe?: boolean;
  /** What needs the whole width. */
  below?: ComponentChildren;
  /** The buttons beside it. */
  children?: ComponentChildren;
}

/** Somebody in a list, with whatever can be done about them there. */
export function PersonRow(props: PersonRowProps) {
  const { user, bio, reason, followsMe = false, below, children } = props;
  return (
    <li class="person">
      <a class="user-row" href={`/u/${user.handle}`}>
        <Avatar user={user} size="medium" />
        <span class="user-row-text">
          <bdi class="name">{user.display_name || `@${user.handle}`}</bdi>
          <bdi class="handle">@{user.handle}</bdi>
          {followsMe && <FollowsMe />}
          {bio && <bdi class="user-row-bio">{bio}</bdi>}
          {reason && <span class="user-row-reason">{reason}</span>}
        </span>
      </a>
      <div class="person-actions">{children}</div>
      {below}
    </li>
  );
}

/** What has become of a row, in place of the button that was pressed: it takes its focus. */
export function Outcome({ children }: { children: string }) {
  const said = useRef<HTMLSpanElement>(null);
  useEffect(() => said.current!.focus({ preventScroll: true }), []);
  return (
    <span ref={said} class="outcome" tabIndex={-1}>
      {children}
    </span>
  );
}

/** The mark of somebody who follows one. */
export function FollowsMe() {
  return <span class="badge follows-me">{t("Follows you")}</span>;
}

export function UsersSkeleton() {
  return (
    <div role="status" aria-label={t("Loading people")}>
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} class="user-row">
          <span class="avatar avatar-medium skeleton" />
          <span class="skeleton skeleton-line" />
        </div>
      ))}
    </div>
  );
}
