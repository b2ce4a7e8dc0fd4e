import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { User, UserAsSeen } from "../api.ts";
import { unblock } from "../blocks.ts";
import { Avatar } from "../components/avatar.tsx";
import { Empty } from "../components/empty.tsx";
import { FollowButton } from "../components/follow-button.tsx";
import { Icon } from "../components/icons.tsx";
import { Linked } from "../components/linked.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { PersonMenu } from "../components/person-menu.tsx";
import { FollowsMe } from "../components/user-row.tsx";
import { count, counted, countedParts, parts, t } from "../language.ts";
import { me } from "../me.ts";
import { isMuted } from "../relation.ts";
import { useRelation } from "../relations.ts";
import { useStore } from "../store.ts";
import { ShareProfile } from "./share-profile.tsx";

interface Props {
  seen: UserAsSeen;
  isOwn: boolean;
  onChange: (seen: UserAsSeen) => void;
}

/** Who somebody is, and what one can do about them. */
export function Head({ seen, isOwn, onChange }: Props) {
  const { user } = seen;
  const relation = useRelation(user.id, seen);
  const badges = (
    <>
      {relation.follows_me && <FollowsMe />} {isMuted(relation) && <Muted />}
    </>
  );
  return (
    <Who user={user} badges={badges} hasLists={user.counts.posts !== null}>
      <div class="profile-actions">
        {isOwn ? <OwnActions user={seen.user} /> : <Actions seen={seen} onChange={onChange} />}
      </div>
    </Who>
  );
}

/** The same for whoever is not signed in: there is nothing that they can do, and no list to read. */
export function PublicHead({ user }: { user: User }) {
  return <Who user={user} hasLists={false} />;
}

interface WhoProps {
  user: User;
  badges?: ComponentChildren;
  /** The lists of followers may be read. */
  hasLists: boolean;
  /** What can be done. */
  children?: ComponentChildren;
}

function Who({ user, badges, hasLists, children }: WhoProps) {
  return (
    <header class="profile">
      <Avatar user={user} size="large" />
      <div class="profile-text">
        <p class="profile-name">
          <bdi>{user.display_name || `@${user.handle}`}</bdi>
        </p>
        <p class="handle">
          <bdi>@{user.handle}</bdi>
        </p>
        {badges}
        <Counts user={user} hasLists={hasLists} />
        {user.bio && (
          <p class="bio" dir="auto">
            <Linked text={user.bio} onlySecure />
          </p>
        )}
      </div>
      {children}
    </header>
  );
}

function Muted() {
  return <span class="badge">{t("Muted")}</span>;
}

/** The number of posts is left out where one may not see them. */
function Counts({ user, hasLists }: { user: User; hasLists: boolean }) {
  const { posts, followers, following } = user.counts;
  const followersText = countedParts(followers, "{count} follower", "{count} followers", {
    count: <b>{count(followers)}</b>,
  });
  const followingText = parts("{count} following", { count: <b>{count(following)}</b> });
  return (
    <ul class="counts">
      {posts !== null && (
        <li>
          {countedParts(posts, "{count} post", "{count} posts", { count: <b>{count(posts)}</b> })}
        </li>
      )}
      <li>
        {hasLists ? <a href={`/u/${user.handle}/followers`}>{followersText}</a> : followersText}
      </li>
      <li>
        {hasLists ? <a href={`/u/${user.handle}/following`}>{followingText}</a> : followingText}
      </li>
    </ul>
  );
}

function OwnActions({ user }: { user: User }) {
  const waiting = useStore(me)?.requests ?? 0;
  return (
    <>
      <div class="profile-buttons">
        <a class="button" href="/settings/profile">
          {t("Edit profile")}
        </a>
        <ShareButton user={user} />
        <a class="icon-button" href="/settings" aria-label={t("Settings")}>
          <MoreIcon name="settings" />
        </a>
      </div>
      {waiting > 0 && (
        <a class="button button-primary" href="/requests">
          {counted(waiting, "{count} follow request", "{count} follow requests")}
        </a>
      )}
    </>
  );
}

function Actions({ seen, onChange }: Omit<Props, "isOwn">) {
  const { user } = seen;
  const [isOpen, setOpen] = useState(false);
  const own = useStore(me);
  return (
    <div class="profile-buttons">
      <FollowButton user={user} seen={seen} onChange={onChange} />
      <ShareButton user={user} />
      {own !== null && own.id !== user.id && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("Options for @{handle}", { handle: user.handle })}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
        >
          <Icon name="more" />
        </button>
      )}
      {isOpen && <PersonMenu person={user} seen={seen} onClose={() => setOpen(false)} />}
    </div>
  );
}

function ShareButton({ user }: { user: User }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t("Share @{handle}", { handle: user.handle })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <MoreIcon name="share" />
      </button>
      {isOpen && <ShareProfile user={user} onClose={() => setOpen(false)} />}
    </>
  );
}

export function HeadSkeleton() {
  return (
    <div class="profile" role="status" aria-label={t("Loading profile")}>
      <span class="avatar avatar-large skeleton" />
      <span class="skeleton skeleton-line" />
    </div>
  );
}

/** In place of the posts of a private account that does not let one in yet. */
export function Locked({ isRequested }: { isRequested: boolean }) {
  return (
    <Empty title={t("This account is private")} drawing="lock">
      <p>
        {isRequested
          ? t(
              "You have asked to follow it. Once that is accepted, you see its photos and videos here.",
            )
          : t("Follow it to see its photos and videos. Its owner decides who may.")}
      </p>
    </Empty>
  );
}

/** In place of the whole profile of somebody whom one has just blocked. */
export function Blocked({ user }: { user: User }) {
  // What had the focus is gone with the profile.
  useEffect(() => document.querySelector("h1")?.focus({ preventScroll: true }), []);
  return (
    <Empty title={t("You have blocked @{handle}", { handle: user.handle })} drawing="block">
      <p>
        {t("You are not there for each other. All whom you have blocked are in your settings.")}
      </p>
      <p class="empty-actions">
        <button type="button" class="button" onClick={() => void unblock(user)}>
          {t("Unblock")}
        </button>
        <a class="button" href="/settings/blocked">
          {t("Blocked people")}
        </a>
      </p>
    </Empty>
  );
}
