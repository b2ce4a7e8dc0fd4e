/** What moderators do, in words. */
import type { ActionKind, CaseState, CaseSummary } from "../api.ts";

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
    name: "Label as sensitive",
    effect: "The post is blurred until one chooses to look, whatever its author says.",
    done: "Labelled as sensitive",
  },
  hide_post: {
    key: "h",
    name: "Hide the post",
    effect: "Nobody sees this post any more, its author included. Copies by others stay.",
    done: "Post hidden",
  },
  remove_comment: {
    key: "r",
    name: "Remove the comment",
    effect: "Nobody sees this comment any more. Replies to it stay.",
    done: "Comment removed",
  },
  withhold_content: {
    key: "w",
    name: "Withhold the content",
    effect:
      "Its photos and videos are shown nowhere any more, whoever has posted them or will, and links" +
      " to them end at once. Authors learn no more than that their post is not shown.",
    done: "Content withheld",
  },
  limit: {
    key: "m",
    name: "Limit the account",
    effect: "The account and its posts no longer come up in searches, hashtags and suggestions.",
    done: "Account limited",
  },
  suspend: {
    key: "s",
    name: "Suspend the account",
    effect:
      "Nothing of theirs is shown. They can sign in, download their data and appeal, and nothing else.",
    done: "Account suspended",
  },
  dismiss: {
    key: "d",
    name: "Dismiss",
    effect: "Nothing changes. Whoever has reported it is told that it is not against the rules.",
    done: "Dismissed",
  },
};

export const STATES: Readonly<Record<CaseState, string>> = {
  open: "Open",
  appealed: "Appealed",
  decided: "Decided",
};

/** Whose it is, as far as that is known. */
export function ownerOf({ owner }: Pick<CaseSummary, "owner">): string {
  return owner === null ? "an account that is gone" : `@${owner.handle}`;
}
