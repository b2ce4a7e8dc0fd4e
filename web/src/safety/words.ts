/** Reports and decisions in words. */

import type { ActionKind, Outcome, ReportReason, StatementBody, SubjectKind } from "../api.ts";
import { counted, t } from "../language.ts";

/** Why something is reported, and the rule by which a moderator decides: what happens most is first. */
export const REASONS: Readonly<Record<ReportReason, string>> = {
  spam: t("Spam or fraud"),
  nudity: t("Nudity or sex"),
  harassment: t("Bullying or harassment"),
  hate: t("Hate against people for what they are"),
  violence: t("Violence or threats"),
  self_harm: t("Suicide or self-harm"),
  impersonation: t("Somebody pretends to be somebody else"),
  illegal: t("It is against the law"),
  other: t("Something else"),
};

export const KINDS: Readonly<Record<SubjectKind, string>> = {
  post: t("A post"),
  comment: t("A comment"),
  user: t("A profile"),
};

export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  open: t("Waits for a moderator"),
  acted: t("Something was done about it"),
  dismissed: t("It is not against the rules"),
};

type Told = Pick<StatementBody, "action" | "kind">;

/** What was decided, as its owner is told. */
export function decisionOf({ action, kind }: Told): string {
  const harmless: Record<SubjectKind, string> = {
    post: t("Your post is not against the rules"),
    comment: t("Your comment is not against the rules"),
    user: t("Your profile is not against the rules"),
  };
  const told: Record<ActionKind, string> = {
    label_sensitive: t("Your post was marked as sensitive"),
    hide_post:
      kind === "user"
        ? t("Your profile picture was hidden from everybody")
        : t("Your post was hidden from everybody"),
    remove_comment: t("Your comment was removed"),
    withhold_content: t("Your post was hidden from everybody"),
    limit: t("You and your posts no longer come up in searches and suggestions"),
    suspend: t("Your account was suspended"),
    dismiss: harmless[kind],
  };
  return told[action];
}

/** What becomes of a closed account whose user has so many days to come back. */
export function whatFollows(days: number): string[] {
  if (days === 0) {
    return [
      t(
        "All of it is erased for ever, beginning at once: you cannot come back. Your photos and videos go, too. If somebody else has posted the same photo, theirs stays.",
      ),
    ];
  }
  return [
    counted(
      days,
      "For {count} day you can come back: sign in, and everything is as it was. Until then, nobody can take your handle, and you can still download your data.",
      "For {count} days you can come back: sign in, and everything is as it was. Until then, nobody can take your handle, and you can still download your data.",
    ),
    counted(
      days,
      "After {count} day, all of it is erased for ever. Your photos and videos go, too. If somebody else has posted the same photo, theirs stays.",
      "After {count} days, all of it is erased for ever. Your photos and videos go, too. If somebody else has posted the same photo, theirs stays.",
    ),
  ];
}
