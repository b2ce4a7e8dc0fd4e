import type { PostBody } from "../api.ts";
import { ofPost } from "../link-sources.ts";
import { usePost } from "../posts.ts";
import { useCover } from "../sensitive.ts";
import { describe } from "./carousel.tsx";
import { CoverButton, CoverPicture } from "./cover.tsx";
import { Icon } from "./icons.tsx";
import { Picture } from "./picture.tsx";

const SIZES = "(min-width: 1200px) 300px, (min-width: 700px) 25vw, 33vw";
const ON_FIRST_SCREEN = 6;

/** Posts as squares, each a link to its page. */
export function PostGrid({ posts }: { posts: readonly PostBody[] }) {
  return (
    <ul class="grid">
      {posts.map((post, index) => (
        <Tile key={post.id} post={post} eager={index < ON_FIRST_SCREEN} />
      ))}
    </ul>
  );
}

function Tile({ post: given, eager }: { post: PostBody; eager: boolean }) {
  const post = usePost(given);
  const cover = useCover(post);
  const [first] = post.media;
  if (post.state === "deleted" || first === undefined) return null;
  const what = describe(post, first);
  const said = post.sensitive ? `${what}, sensitive` : what;
  const label = post.caption ? `${said}: ${post.caption.slice(0, 120)}` : said;
  return (
    <li class="tile">
      <CoverButton post={post} cover={cover} what={what} />
      <a href={`/p/${post.id}`} aria-label={label}>
        {cover === "closed" ? (
          <CoverPicture medium={first} />
        ) : (
          <Picture
            medium={first}
            source={ofPost(post.id)}
            sizes={SIZES}
            fallbackAlt=""
            eager={eager}
            tile
          />
        )}
        {post.sensitive && cover === "none" && (
          <span class="tile-mark tile-mark-left">
            <Icon name="hidden" />
          </span>
        )}
        {post.media.length > 1 ? (
          <span class="tile-mark">
            <Icon name="album" />
          </span>
        ) : (
          first.clip && (
            <span class="tile-mark">
              <Icon name="video" />
            </span>
          )
        )}
      </a>
    </li>
  );
}

export function GridSkeleton() {
  return (
    <div class="grid" role="status" aria-label="Loading posts">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} class="tile skeleton" />
      ))}
    </div>
  );
}
