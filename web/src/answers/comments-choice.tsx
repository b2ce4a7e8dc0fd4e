import type { CreatePost } from "../api.ts";
import { Choice } from "../components/choice.tsx";
import { t } from "../language.ts";

/** Null: whatever the account's setting is. */
export type CommentsFrom = NonNullable<CreatePost["comments_from"]> | null;

interface Props {
  value: CommentsFrom;
  onChange: (value: CommentsFrom) => void;
}

const OPTIONS = [
  ["account", t("As in my settings")],
  ["everyone", t("Everybody")],
  ["followers", t("My followers")],
  ["nobody", t("Nobody")],
] as const;

/** Who may comment on one post. */
export function CommentsChoice({ value, onChange }: Props) {
  return (
    <Choice
      label={t("Who may comment")}
      value={value ?? "account"}
      options={OPTIONS}
      onChange={(chosen) => onChange(chosen === "account" ? null : chosen)}
    />
  );
}
