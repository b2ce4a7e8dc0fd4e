import type { MediumView } from "../api.ts";
import { explained } from "../errors.ts";
import { t } from "../language.ts";

/** In place of a photo or video that cannot be shown yet, or never. */
export function Unready({ medium }: { medium: MediumView }) {
  const says = {
    awaiting: t("Waiting for the file"),
    processing:
      medium.progress === null
        ? t("Preparing")
        : t("Preparing, {percent} %", { percent: medium.progress }),
    failed: medium.failure
      ? explained("failure", medium.failure)
      : t("This file could not be prepared."),
    ready: "",
  }[medium.state];
  return (
    <div class="unready">
      {medium.state !== "failed" && <span class="spinner" aria-hidden="true" />}
      <p>{says}</p>
    </div>
  );
}
