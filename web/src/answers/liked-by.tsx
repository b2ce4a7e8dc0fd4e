import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Author } from "../api.ts";
import { counted, parts, t } from "../language.ts";
import type { Counted } from "../wishes.ts";
import { type LikedSentence, likedSentence } from "./liked-sentence.ts";
import { useNamedLiker } from "./named-likers.ts";

interface Props {
  postId: string;
  like: Counted;
}

/** "Liked by anna and 12 others"; until the name is there, the number, in as much space. */
export function LikedBy({ postId, like }: Props) {
  const root = useRef<HTMLParagraphElement>(null);
  const named = useNamedLiker(postId, like.count > Number(like.isOn), root);
  const sentence = likedSentence(like, named?.handle);
  const address = `/p/${postId}/likes`;
  if (sentence === null) {
    return (
      <p class="liked-by" ref={root}>
        <a href={address}>{counted(like.count, "{count} like", "{count} likes")}</a>
      </p>
    );
  }
  return (
    <p class="liked-by" ref={root}>
      {whole(sentence, named).map((piece, index) =>
        typeof piece === "string" ? (
          <Words key={index} address={address}>
            {piece}
          </Words>
        ) : (
          piece
        ),
      )}
    </p>
  );
}

/** Words that lead to an address. The spaces around them are outside of the link, which would swallow them. */
function Words({ address, children }: { address: string; children: string }) {
  const words = children.trim();
  if (words === "") return children;
  const [before, after] = children.split(words);
  return (
    <>
      {before}
      <a href={address}>{words}</a>
      {after}
    </>
  );
}

/** The sentence: its words lead to everybody who likes the post, the name to the one who has it. */
function whole({ you, others }: LikedSentence, named: Author | undefined): ComponentChildren[] {
  const name = named && (
    <a class="liked-by-name" href={`/u/${named.handle}`}>
      <bdi>{named.handle}</bdi>
    </a>
  );
  const rest = others > 0 ? counted(others, "and {count} other", "and {count} others") : "";
  if (you && name) {
    return rest
      ? parts("Liked by you, {name} {others}", { name, others: rest })
      : parts("Liked by you and {name}", { name });
  }
  if (you) return [rest ? t("Liked by you {others}", { others: rest }) : t("Liked by you")];
  return rest
    ? parts("Liked by {name} {others}", { name, others: rest })
    : parts("Liked by {name}", { name });
}
