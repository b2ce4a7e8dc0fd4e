import { linkify } from "../linkify.ts";

interface Props {
  text: string;
  /** The handles in it that lead to somebody; if it is not known which do, all are links. */
  mentions?: readonly string[];
  /** Addresses that anybody on the way could change are no links. */
  onlySecure?: boolean;
}

/** What somebody wrote, with its hashtags, handles and web addresses as links. */
export function Linked({ text, mentions, onlySecure = false }: Props) {
  return (
    <>
      {linkify(text, mentions).map(({ text: piece, href }, index) => {
        if (href === undefined) return piece;
        if (href.startsWith("/"))
          return (
            <a key={index} href={href}>
              {piece}
            </a>
          );
        if (onlySecure && !href.startsWith("https:")) return piece;
        // Nobody's page learns of ours, nor rises in searches because somebody wrote of it here.
        return (
          <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {piece}
          </a>
        );
      })}
    </>
  );
}
