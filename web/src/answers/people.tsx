import { useState } from "preact/hooks";
import { call, type MediumView, type PostBody } from "../api.ts";
import { Icon } from "../components/icons.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { me } from "../me.ts";
import { recall, rememberOwn } from "../posts.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

interface Props {
  post: PostBody;
  medium: MediumView;
}

/** Who is in a picture: their names where they are, once one asks for them. */
export function People({ post, medium }: Props) {
  const [isOpen, setOpen] = useState(false);
  const own = useStore(me);
  const { people, width, height } = medium;
  const ratio = width && height ? width / height : 1;
  return (
    <div class="people">
      <button
        type="button"
        class="people-button"
        aria-label={t("People in this picture")}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="person" />
      </button>
      {isOpen && (
        <ul
          class="people-names"
          style={{ aspectRatio: String(ratio), width: `min(100cqw, ${100 * ratio}cqh)` }}
        >
          {people.map(({ user, x, y }) => (
            <li
              key={user.id}
              class="people-name"
              style={{
                left: `${100 * x}%`,
                top: `${100 * y}%`,
                translate: `${-100 * x}% ${-100 * y}%`,
              }}
            >
              <a href={`/u/${user.handle}`}>
                <bdi>@{user.handle}</bdi>
              </a>
              {user.id === own?.id && (
                <button type="button" onClick={() => void removeMe(post, user.id)}>
                  {t("Remove me")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

async function removeMe(post: PostBody, id: string): Promise<void> {
  try {
    await call("delete", "/posts/{id}/people/me", { path: { id: post.id } });
  } catch (error) {
    toast(sentence(error), { isError: true });
    return;
  }
  const known = recall(post.id) ?? post;
  rememberOwn({
    ...known,
    media: known.media.map((medium) => ({
      ...medium,
      people: medium.people.filter(({ user }) => user.id !== id),
    })),
  });
  toast(t("You are not tagged in this post any more."));
}
