import type { ListedUser } from "../api.ts";
import { Avatar } from "./avatar.tsx";
import { FollowButton } from "./follow-button.tsx";

/** A user in a list, with a link to their profile, to be followed from here. */
export function UserRow({ user }: { user: ListedUser }) {
  return (
    <li class="person">
      <a class="user-row" href={`/u/${user.handle}`}>
        <Avatar user={user} size="medium" />
        <span class="user-row-text">
          <bdi class="name">{user.display_name || `@${user.handle}`}</bdi>
          <span class="handle">@{user.handle}</span>
          {user.bio && <span class="user-row-bio">{user.bio}</span>}
        </span>
      </a>
      <FollowButton user={user} follows={user.followed_by_me} class="button-small" />
    </li>
  );
}

export function UsersSkeleton() {
  return (
    <div role="status" aria-label="Loading people">
      {Array.from({ length: 6 }, (_, index) => (
        <div key={index} class="user-row">
          <span class="avatar avatar-medium skeleton" />
          <span class="skeleton skeleton-line" />
        </div>
      ))}
    </div>
  );
}
