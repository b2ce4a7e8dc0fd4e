import type { Author } from "../api.ts";
import { ofUser } from "../link-sources.ts";
import { FileImage } from "./file-image.tsx";
import { placeholderUrl } from "./placeholder.ts";

interface Props {
  user: Pick<Author, "handle" | "display_name" | "avatar">;
  size?: "small" | "medium" | "large";
}

const PIXELS = { small: 36, medium: 48, large: 112 };

/** A user's picture, or their initial; decoration beside their name. */
export function Avatar({ user, size = "small" }: Props) {
  const { avatar } = user;
  if (avatar) {
    return (
      <FileImage
        class={`avatar avatar-${size}`}
        url={avatar.url}
        source={ofUser(user.handle)}
        alt=""
        width={PIXELS[size]}
        height={PIXELS[size]}
        loading="lazy"
        decoding="async"
        style={{ backgroundImage: placeholderUrl(avatar.placeholder) }}
      />
    );
  }
  const initial = [...(user.display_name || user.handle)][0] ?? "";
  return (
    <span
      class={`avatar avatar-${size} avatar-initial tint-${tint(user.handle)}`}
      aria-hidden="true"
    >
      {initial.toLocaleUpperCase("en")}
    </span>
  );
}

/** One of six background colours, always the same for a user. */
function tint(handle: string): number {
  let sum = 0;
  for (const character of handle) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 6;
}
