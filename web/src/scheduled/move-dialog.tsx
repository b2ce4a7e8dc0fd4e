import { useState } from "preact/hooks";
import { call, type PostBody } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { WhenField } from "../components/when-field.tsx";
import { ApiError, sentence } from "../errors.ts";
import { t } from "../language.ts";
import { fromField, suggested, toField } from "../moments.ts";
import { rememberOwn } from "../posts.ts";
import { fullDate } from "../text.ts";
import { toast } from "../toasts.ts";

interface Props {
  post: PostBody;
  onClose: () => void;
}

/** Another time for a post that waits for its time. */
export function MoveDialog({ post, onClose }: Props) {
  const [value, setValue] = useState(() =>
    post.publish_at ? toField(new Date(post.publish_at)) : suggested(),
  );
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isOfField = error instanceof ApiError && error.field === "publish_at";

  async function save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const moment = fromField(value);
    if (moment === null) return;
    setBusy(true);
    setError(null);
    try {
      const path = { id: post.id };
      const body = { publish_at: moment };
      rememberOwn(await call("put", "/posts/{id}/schedule", { path, body }));
      toast(t("It will be published on {moment}.", { moment: fullDate(moment) }));
      onClose();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }

  return (
    <Dialog title={t("Change the time")} class="dialog-small" onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => void save(event)}>
        <div class="dialog-body form">
          <WhenField value={value} onValue={setValue} error={isOfField ? sentence(error) : null} />
          {error !== null && !isOfField && (
            <p class="field-error" role="alert">
              {sentence(error)}
            </p>
          )}
        </div>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            {t("Cancel")}
          </button>
          <button type="submit" class="button button-primary" disabled={isBusy}>
            {t("Save")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
