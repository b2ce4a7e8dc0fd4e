import type { User } from "../api.ts";
import { Avatar } from "./avatar.tsx";

/** A user in a list, with a link to their profile. */
export function UserRow({ user }: { user: User }) {
  return (
    <li>
      <a class="user-row" href={`/u/${user.handle}`}>
        <Avatar user={user} size="medium" />
        <span class="user-row-text">
          <bdi class="name">{user.display_name || `@${user.handle}`}</bdi>
          <span class="handle">@{user.handle}</span>
          {user.bio && <span class="user-row-bio">{user.bio}</span>}
        </span>
      </a>
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
