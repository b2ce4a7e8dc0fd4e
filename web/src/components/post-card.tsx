import type { PostBody } from "../api.ts";
import { signedIn } from "../auth.ts";
import { openMenu } from "../post-menu.ts";
import { usePost } from "../posts.ts";
import { FEED_SIZES } from "../sources.ts";
import { useStore } from "../store.ts";
import { ago, fullDate } from "../text.ts";
import { Avatar } from "./avatar.tsx";
import { Caption } from "./caption.tsx";
import { Carousel, nameOf } from "./carousel.tsx";
import { Icon } from "./icons.tsx";
import { share } from "./share.ts";

/** A post in the feed. */
export function PostCard({ post: given, eager = false }: { post: PostBody; eager?: boolean }) {
  const post = usePost(given);
  if (post.state === "deleted") return null;
  return (
    <article class="card" aria-label={`Post by ${nameOf(post)}`}>
      <PostHead post={post} />
      <Carousel post={post} sizes={FEED_SIZES} eager={eager} />
      <Caption text={post.caption} />
    </article>
  );
}

/** Who posted, when and where, and what can be done about it. */
export function PostHead({ post }: { post: PostBody }) {
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
          {author.display_name && <span class="handle">@{author.handle}</span>}
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
              <a class="quiet-link" href={`/search?q=${encodeURIComponent(place.name)}&type=posts`}>
                {place.name}
              </a>
            </>
          )}
          {post.sensitive && (
            <>
              {(published || place) && <span aria-hidden="true"> · </span>}
              Sensitive
            </>
          )}
        </p>
      </div>
      <button type="button" class="icon-button" aria-label="Share" onClick={() => void share(post)}>
        <Icon name="share" />
      </button>
      {isSignedIn && (
        <button
          type="button"
          class="icon-button"
          aria-label="Post options"
          aria-haspopup="dialog"
          onClick={() => openMenu(post)}
        >
          <Icon name="more" />
        </button>
      )}
    </header>
  );
}
