import { useEffect, useState } from "preact/hooks";
import {
  MAX_BIO,
  MAX_DISPLAY_NAME,
  MAX_HANDLE,
  MAX_HANDLE_INPUT,
  MIN_HANDLE,
} from "../../build/limits.ts";
import { call, type Me } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Retry } from "../components/endless.tsx";
import { Field } from "../components/field.tsx";
import { Page } from "../components/page.tsx";
import { ApiError, sentence } from "../errors.ts";
import { t } from "../language.ts";
import { loadMe, rememberMe } from "../me.ts";
import { useResource } from "../resource.ts";
import { navigate } from "../router.ts";
import { toast } from "../toasts.ts";

/** Who one is for others: name, handle, picture, a few words. */
export function EditProfileView() {
  const user = useResource("me", loadMe);
  return (
    <Page title={t("Edit profile")} class="page-narrow">
      {user.error && <Retry message={user.error} onRetry={user.retry} />}
      {user.value && (
        <>
          <AvatarForm user={user.value} onChange={user.set} />
          <ProfileForm key={user.value.id} user={user.value} />
        </>
      )}
    </Page>
  );
}

function handleHint(): string {
  return t(
    "{least} to {most} letters a-z, digits, and single dots or underscores between them. If you change it, nobody else can take the old one for 30 days.",
    { least: MIN_HANDLE, most: MAX_HANDLE },
  );
}

function ProfileForm({ user }: { user: Me }) {
  const [name, setName] = useState(user.display_name);
  const [handle, setHandle] = useState(user.handle);
  const [bio, setBio] = useState(user.bio);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const bare = handle.trim().replace(/^@/, "").toLowerCase();
    const body = {
      display_name: name,
      bio,
      ...(bare !== user.handle && { handle: bare }),
    };
    try {
      const saved = await call("patch", "/me", { body });
      rememberMe(saved);
      toast(t("Profile saved."));
      navigate(`/u/${saved.handle}`);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  const field = error instanceof ApiError ? error.field : null;
  const errorOf = (wanted: string) => (field === wanted ? sentence(error) : null);
  const isOfField = field !== null && ["display_name", "handle", "bio"].includes(field);
  return (
    <form class="form" onSubmit={(event) => void save(event)}>
      <Field
        label={t("Name")}
        value={name}
        onValue={setName}
        maxLength={MAX_DISPLAY_NAME}
        error={errorOf("display_name")}
        input={{ autocomplete: "name" }}
      />
      <Field
        label={t("Handle")}
        value={handle}
        onValue={setHandle}
        maxLength={MAX_HANDLE_INPUT}
        error={errorOf("handle")}
        hint={handleHint()}
        input={{ autocapitalize: "off", spellcheck: false, required: true }}
      />
      <Field
        label={t("About you")}
        rows={3}
        value={bio}
        onValue={setBio}
        maxLength={MAX_BIO}
        error={errorOf("bio")}
      />
      {error !== null && !isOfField && (
        <p class="field-error" role="alert">
          {sentence(error)}
        </p>
      )}
      <button type="submit" class="button button-primary" disabled={isBusy}>
        {t("Save")}
      </button>
    </form>
  );
}

/** One's picture, to be changed or removed. */
export function AvatarForm({ user, onChange }: { user: Me; onChange: (user: Me) => void }) {
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
    onChange(await loadMe());
    toast(t("Your picture is changed."));
  }

  async function remove(): Promise<void> {
    await call("delete", "/me/avatar");
    onChange(await loadMe());
    toast(t("Your picture is removed."));
  }

  return (
    <section class="avatar-form" aria-label={t("Your picture")}>
      <Avatar user={user} size="large" />
      <div>
        <div class="avatar-actions">
          <label class="button file-button">
            {t("Change picture")}
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
