import type { ComponentChildren } from "preact";
import type { PostBody } from "../api.ts";
import { signedIn } from "../auth.ts";
import { t } from "../language.ts";
import { lazyPart } from "../lazy.tsx";
import { openMenu } from "../post-menu.ts";
import { usePost } from "../posts.ts";
import { useIsReported } from "../reporting.ts";
import { FEED_SIZES } from "../sources.ts";
import { useStore } from "../store.ts";
import { ago, fullDate } from "../text.ts";
import { placeAddress } from "../topics.ts";
import { Avatar } from "./avatar.tsx";
import { Caption } from "./caption.tsx";
import { Carousel, nameOf } from "./carousel.tsx";
import { Icon } from "./icons.tsx";

const Actions = lazyPart(() => import("../answers/all.ts"), "Actions");

export interface CardProps {
  post: PostBody;
  eager?: boolean;
  /** Its buttons are fetched now; until then, their place is kept. */
  hasActions: boolean;
}

/** A post in the feed. It can have the focus, for the keys that answer it. */
export function PostCard({ post: given, eager = false, hasActions }: CardProps) {
  const post = usePost(given);
  const isReported = useIsReported("post", post.id);
  if (post.state === "deleted" || isReported) return null;
  return (
    <article class="card" aria-label={t("Post by {name}", { name: nameOf(post) })} tabIndex={-1}>
      {post.hashtag && (
        <a class="card-why" href={`/tags/${encodeURIComponent(post.hashtag)}`}>
          {t("You follow #{hashtag}", { hashtag: post.hashtag })}
        </a>
      )}
      <PostHead post={post} />
      <Carousel post={post} sizes={FEED_SIZES} eager={eager} isSettled={hasActions} isKept />
      <div class={post.counts.likes > 0 ? "actions actions-liked" : "actions"}>
        {hasActions && <Actions post={post} />}
      </div>
      <Caption
        text={post.caption}
        mentions={post.mentions}
        isSettled={hasActions}
        keptAs={post.id}
      />
    </article>
  );
}

/** A place, with the way to its page if it has one. */
export function PlaceName({ name }: { name: string }) {
  const address = placeAddress(name);
  if (address === null) return <bdi>{name}</bdi>;
  return (
    <a class="quiet-link" href={address}>
      <bdi>{name}</bdi>
    </a>
  );
}

/** Who posted, when and where, and what can be done about it. */
export function PostHead({ post, children }: { post: PostBody; children?: ComponentChildren }) {
  const { author, place, published_at: published } = post;
  const isSignedIn = useStore(signedIn);
  return (
    <header class="card-head">
      {/* biome-ignore lint/a11y/useAnchorContent: the name beside it is the same link, and is read */}
      <a href={`/u/${author.handle}`} class="card-avatar" tabIndex={-1} aria-hidden="true">
        <Avatar user={author} />
      </a>
      <div class="card-who">
        <p class="card-names">
          <a class="name" href={`/u/${author.handle}`}>
            <bdi>{nameOf(post)}</bdi>
          </a>
          {author.display_name && <bdi class="handle">@{author.handle}</bdi>}
        </p>
        <p class="card-when">
          {published && (
            <a class="quiet-link" href={`/p/${post.id}`} title={fullDate(published)}>
              <time dateTime={published}>{ago(published)}</time>
            </a>
          )}
          {place && (
            <>
              {published && <span aria-hidden="true"> · </span>}
              <PlaceName name={place.name} />
            </>
          )}
          {post.sensitive && (
            <>
              {(published || place) && <span aria-hidden="true"> · </span>}
              {t("Sensitive")}
            </>
          )}
        </p>
      </div>
      {children}
      {isSignedIn && (
        <button
          type="button"
          class="icon-button"
          aria-label={t("Post options")}
          aria-haspopup="dialog"
          onClick={() => openMenu(post)}
        >
          <Icon name="more" />
        </button>
      )}
    </header>
  );
}
