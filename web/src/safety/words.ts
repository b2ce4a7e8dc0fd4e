/** Reports and decisions in words. */
import type { ActionKind, Outcome, ReportReason, StatementBody, SubjectKind } from "../api.ts";

/** Why something is reported, and the rule by which a moderator decides: what happens most is first. */
export const REASONS: Readonly<Record<ReportReason, string>> = {
  spam: "Spam or fraud",
  nudity: "Nudity or sex",
  harassment: "Bullying or harassment",
  hate: "Hate against people for what they are",
  violence: "Violence or threats",
  self_harm: "Suicide or self-harm",
  impersonation: "Somebody pretends to be somebody else",
  illegal: "It is against the law",
  other: "Something else",
};

export const KINDS: Readonly<Record<SubjectKind, string>> = {
  post: "Post",
  comment: "Comment",
  user: "Profile",
};

export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  open: "Waits for a moderator",
  acted: "Something was done about it",
  dismissed: "It is not against the rules",
};

type Told = Pick<StatementBody, "action" | "kind">;

/** What was decided, as its owner is told. */
export function decisionOf({ action, kind }: Told): string {
  const told: Record<ActionKind, string> = {
    label_sensitive: "Your post was marked as sensitive",
    hide_post: "Your post was hidden from everybody",
    remove_comment: "Your comment was removed",
    withhold_content: "Your post was hidden from everybody",
    limit: "You and your posts no longer come up in searches and suggestions",
    suspend: "Your account was suspended",
    dismiss: `Your ${KINDS[kind].toLowerCase()} is not against the rules`,
  };
  return told[action];
}
