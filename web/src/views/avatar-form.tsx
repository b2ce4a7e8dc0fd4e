import { useEffect, useState } from "preact/hooks";
import { call, type Me } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { loadMe } from "../own-profile.ts";
import { toast } from "../toasts.ts";

/** One's picture, to be changed or removed. */
export function AvatarForm({ user }: { user: Me }) {
  const [note, setNote] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [stop] = useState(() => new AbortController());

  useEffect(() => () => stop.abort(), [stop]);

  async function attempt(action: () => Promise<void>): Promise<void> {
    setError(null);
    try {
      await action();
    } catch (reason) {
      if (!stop.signal.aborted) setError(sentence(reason));
    } finally {
      setNote(null);
    }
  }

  async function upload(file: File): Promise<void> {
    const { uploadAvatar } = await import("../upload/all.ts");
    await uploadAvatar(file, setNote, stop.signal);
    await loadMe();
    toast(t("Your picture is changed."));
  }

  async function remove(): Promise<void> {
    await call("delete", "/me/avatar");
    await loadMe();
    toast(t("Your picture is removed."));
  }

  return (
    <section class="avatar-form" aria-label={t("Your picture")}>
      <Avatar user={user} size="large" />
      <div>
        <div class="avatar-actions">
          <label class="button file-button">
            {user.avatar ? t("Change picture") : t("Choose a picture")}
            <input
              class="visually-hidden"
              type="file"
              accept="image/*,.heic,.heif,.avif"
              disabled={note !== null}
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                event.currentTarget.value = "";
                if (file) void attempt(() => upload(file));
              }}
            />
          </label>
          {user.avatar && (
            <button type="button" class="button" onClick={() => void attempt(remove)}>
              {t("Remove picture")}
            </button>
          )}
        </div>
        <p class="field-hint" role="status">
          {note}
        </p>
        {error && (
          <p class="field-error" role="alert">
            {error}
          </p>
        )}
      </div>
    </section>
  );
}
