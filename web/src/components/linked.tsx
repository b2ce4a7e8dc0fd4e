import { linkify } from "../text.ts";

/** What somebody wrote, with its hashtags, handles and web addresses as links. */
export function Linked({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map(({ text: piece, href }, index) => {
        if (href === undefined) return piece;
        if (href.startsWith("/"))
          return (
            <a key={index} href={href}>
              {piece}
            </a>
          );
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
