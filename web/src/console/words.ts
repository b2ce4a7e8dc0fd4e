/** What moderators do, in words. */

import type { ActionKind, CaseState, CaseSummary } from "../api.ts";
import { t } from "../language.ts";
import { KINDS } from "../safety/words.ts";

interface Act {
  /** The key that begins it. */
  readonly key: string;
  readonly name: string;
  readonly effect: string;
  /** In the list of what was done. */
  readonly done: string;
}

export const ACTS: Readonly<Record<ActionKind, Act>> = {
  label_sensitive: {
    key: "l",
    name: t("Label as sensitive"),
    effect: t("The post is blurred until one chooses to look, whatever its author says."),
    done: t("Labelled as sensitive"),
  },
  hide_post: {
    key: "h",
    name: t("Hide the post"),
    effect: t("Nobody sees this post any more, its author included. Copies by others stay."),
    done: t("Post hidden"),
  },
  remove_comment: {
    key: "r",
    name: t("Remove the comment"),
    effect: t("Nobody sees this comment any more. Replies to it stay."),
    done: t("Comment removed"),
  },
  withhold_content: {
    key: "w",
    name: t("Withhold the content"),
    effect: t(
      "Its photos and videos, or the profile picture, are shown nowhere any more, whoever has posted them or will, and links to them end at once. Authors learn no more than that theirs is not shown.",
    ),
    done: t("Content withheld"),
  },
  limit: {
    key: "m",
    name: t("Limit the account"),
    effect: t("The account and its posts no longer come up in searches, hashtags and suggestions."),
    done: t("Account limited"),
  },
  suspend: {
    key: "s",
    name: t("Suspend the account"),
    effect: t(
      "Nothing of theirs is shown. They can sign in, download their data and appeal, and nothing else.",
    ),
    done: t("Account suspended"),
  },
  dismiss: {
    key: "d",
    name: t("Dismiss"),
    effect: t("Nothing changes. Whoever has reported it is told that it is not against the rules."),
    done: t("Dismissed"),
  },
};

export const STATES: Readonly<Record<CaseState, string>> = {
  open: t("Open"),
  appealed: t("Appealed"),
  decided: t("Decided"),
};

/** What a case is about, and whose it is, as far as that is known. */
export function subjectOf({ kind, owner }: Pick<CaseSummary, "kind" | "owner">): string {
  if (kind === "user") {
    return owner === null
      ? t("The profile of an account that is gone")
      : t("The profile of @{handle}", { handle: owner.handle });
  }
  if (owner === null) {
    return t("{kind} by an account that is gone", { kind: KINDS[kind] });
  }
  return t("{kind} by @{handle}", { kind: KINDS[kind], handle: owner.handle });
}
