import { useState } from "preact/hooks";
import type { UploadBody } from "../api.ts";
import { sentence } from "../errors.ts";
import { t } from "../language.ts";
import { localFiles } from "../local-files.ts";
import { useSender } from "../senders.ts";
import { type AwaitedStage, awaitedStage } from "../stages.ts";
import { useStore } from "../store.ts";
import { continueUnfinished } from "./draft.ts";
import type { LocalItem } from "./item.ts";

/** The file was to be uploaded before: what has become of that, and how it goes on. */
export function Unfinished({ item, upload }: { item: LocalItem; upload: UploadBody }) {
  const [error, setError] = useState<string | null>(null);
  const sender = useSender(upload.post_id);
  const file = useStore(localFiles)[upload.media_id];
  const stage = awaitedStage(sender, file, upload.created_at, Date.now());

  async function resume(): Promise<void> {
    try {
      await continueUnfinished(item, upload);
    } catch (reason) {
      setError(sentence(reason));
    }
  }

  return (
    <p class="notice-line">
      {EARLIER[stage]()}{" "}
      {(stage === "interrupted" || stage === "awaited") && (
        <button type="button" class="link-button" onClick={() => void resume()}>
          {t("Continue it")}
        </button>
      )}
      {error && (
        <span class="field-error" role="alert">
          {" "}
          {error}
        </span>
      )}
    </p>
  );
}

const EARLIER: Record<AwaitedStage, () => string> = {
  interrupted: () => t("An earlier upload of this file was interrupted."),
  awaited: () => t("An earlier upload of this file has not arrived yet."),
  unconfirmed: () => t("This file was sent a moment ago."),
  held: () => t("An earlier upload of this file goes on by itself."),
  elsewhere: () => t("This file is being sent in another tab already."),
  sending: () => t("This file is being sent already."),
  received: () => t("This file was sent a moment ago."),
};
