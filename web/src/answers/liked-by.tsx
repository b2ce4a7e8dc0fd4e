import { useRef } from "preact/hooks";
import { plural } from "../text.ts";
import type { Counted } from "../wishes.ts";
import { likedSentence } from "./liked-sentence.ts";
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
        <a href={address}>{plural(like.count, "like")}</a>
      </p>
    );
  }
  const { you, others } = sentence;
  const isLast = others === 0;
  return (
    <p class="liked-by" ref={root}>
      <a href={address}>Liked by</a>
      {you && " you"}
      {you && named && (isLast ? " and" : ",")}
      {named && (
        <>
          {" "}
          <a class="liked-by-name" href={`/u/${named.handle}`}>
            <bdi>{named.handle}</bdi>
          </a>
        </>
      )}
      {!isLast && (
        <>
          {" and "}
          <a href={address}>{plural(others, "other")}</a>
        </>
      )}
    </p>
  );
}
