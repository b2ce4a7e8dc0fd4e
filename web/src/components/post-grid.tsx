import { useContext } from "preact/hooks";
import type { PostBody } from "../api.ts";
import { t } from "../language.ts";
import { ofPost } from "../link-sources.ts";
import { type Around, alone, ListAround, openViewer } from "../looking.ts";
import { usePost } from "../posts.ts";
import { isPlainClick } from "../router.ts";
import { isReportedPost, useCover } from "../sensitive.ts";
import { describe } from "./carousel.tsx";
import { CoverButton, CoverPicture } from "./cover.tsx";
import { keepFocusNear } from "./focus.ts";
import { Icon } from "./icons.tsx";
import { MoreIcon } from "./more-icons.tsx";
import { Picture } from "./picture.tsx";
import { TileClip } from "./tile-clip.tsx";

const SIZES = "(min-width: 1200px) 300px, (min-width: 700px) 25vw, 33vw";
const ON_FIRST_SCREEN = 6;

interface Props {
  posts: readonly PostBody[];
  /** Videos play without sound while they are in view. */
  plays?: boolean;
  /** Takes a post out of the list that is shown, if that can be done there. */
  onTakeOut?: (post: PostBody) => Promise<void>;
}

/** Posts as squares: each opens the viewer, and is a link to its page for what else one does with links. */
export function PostGrid({ posts, plays = false, onTakeOut }: Props) {
  const around = useContext(ListAround) ?? alone(posts);
  return (
    <ul class="grid">
      {posts.map((post, index) => (
        <Tile
          key={post.id}
          post={post}
          around={around}
          eager={index < ON_FIRST_SCREEN}
          plays={plays}
          {...(onTakeOut && { onTakeOut })}
        />
      ))}
    </ul>
  );
}

interface TileProps extends Pick<Props, "onTakeOut"> {
  post: PostBody;
  around: Around;
  eager: boolean;
  plays: boolean;
}

function Tile({ post: given, around, eager, plays, onTakeOut }: TileProps) {
  const post = usePost(given);
  const cover = useCover(post);
  const [first] = post.media;
  if (post.state === "deleted" || first === undefined) return null;
  const what = describe(post, first);
  const said = post.sensitive ? t("{what}, sensitive", { what }) : what;
  const isHidden = cover === "closed" && isReportedPost(post);
  const label = isHidden
    ? t("A post that you have reported")
    : post.caption
      ? `${said}: ${post.caption.slice(0, 120)}`
      : said;
  return (
    <li class="tile" data-post={post.id}>
      <CoverButton post={post} cover={cover} what={what} />
      <a
        href={`/p/${post.id}`}
        aria-label={label}
        aria-haspopup="dialog"
        onClick={(event) => {
          if (isHidden || !isPlainClick(event)) return;
          event.preventDefault();
          openViewer(post, 0, around);
        }}
      >
        {cover === "closed" ? (
          <CoverPicture medium={first}>{isHidden && t("Reported")}</CoverPicture>
        ) : (
          <Picture
            medium={first}
            source={ofPost(post.id)}
            sizes={SIZES}
            fallbackAlt=""
            eager={eager}
          />
        )}
        {plays && first.clip && cover !== "closed" && (
          <TileClip clip={first.clip} source={ofPost(post.id)} />
        )}
        {post.sensitive && cover === "none" && (
          <span class="tile-mark tile-mark-start">
            <Icon name="hidden" />
          </span>
        )}
        {post.media.length > 1 ? (
          <span class="tile-mark">
            <MoreIcon name="album" />
          </span>
        ) : (
          first.clip && (
            <span class="tile-mark">
              <MoreIcon name="video" />
            </span>
          )
        )}
      </a>
      {onTakeOut && (
        <button
          type="button"
          class="tile-out"
          aria-label={t("Take out: {label}", { label })}
          onClick={({ currentTarget }) =>
            void onTakeOut(post).then(keepFocusNear(currentTarget.closest("li")!))
          }
        >
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

export function GridSkeleton() {
  return (
    <div class="grid" role="status" aria-label={t("Loading posts")}>
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} class="tile skeleton" />
      ))}
    </div>
  );
}
