import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call, type PostBody } from "../api.ts";
import { explained, sentence } from "../errors.ts";
import { follow, mended } from "../following.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";

/** Why a post of one's own failed, file by file, and how it can be published all the same; `children` are what else can be done. */
export function Mend({ post, children }: { post: PostBody; children?: ComponentChildren }) {
  const [isBusy, setBusy] = useState(false);
  const failed = post.media.filter(({ state }) => state === "failed");

  async function change(mend: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await mend();
    } catch (error) {
      toast(sentence(error), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  async function replace(mediaId: string, file: File): Promise<void> {
    const { replaceFile } = await import("../upload/all.ts");
    await replaceFile(post.id, mediaId, file);
  }

  return (
    <>
      <ul class="reasons">
        {post.media.map((medium, index) => {
          const names = {
            number: index + 1,
            reason: medium.failure ? explained("failure", medium.failure) : "",
          };
          const isAlone = post.media.length === 1;
          return (
            medium.failure && (
              <li key={medium.id}>
                <p>{isAlone ? names.reason : t("File {number}: {reason}", names)}</p>
                <label class="button button-small file-button">
                  <span aria-hidden="true">{t("Replace")}</span>
                  <span class="visually-hidden">
                    {t("Choose another file in place of file {number}", names)}
                  </span>
                  <input
                    class="visually-hidden"
                    type="file"
                    disabled={isBusy}
                    onChange={({ currentTarget: { files } }) => {
                      const [file] = files ?? [];
                      if (file) void change(() => replace(medium.id, file));
                    }}
                  />
                </label>
              </li>
            )
          );
        })}
      </ul>
      <div class="pending-actions">
        {failed.length > 0 && failed.length < post.media.length && (
          <button
            type="button"
            class="button button-small button-primary"
            disabled={isBusy}
            onClick={() => void change(() => publishWithout(post, failed))}
          >
            {failed.length === 1 ? t("Post without it") : t("Post without them")}
          </button>
        )}
        {children}
      </div>
    </>
  );
}

async function publishWithout(post: PostBody, failed: PostBody["media"]): Promise<void> {
  let left = post;
  for (const { id } of failed) {
    const path = { id: post.id, media_id: id };
    left = await call("delete", "/posts/{id}/media/{media_id}", { path });
    mended.add(id);
  }
  follow(left);
}
