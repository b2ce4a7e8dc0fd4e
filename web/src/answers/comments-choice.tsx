import type { CreatePost } from "../api.ts";
import { Choice } from "../components/choice.tsx";

/** Null: whatever the account's setting is. */
export type CommentsFrom = NonNullable<CreatePost["comments_from"]> | null;

interface Props {
  value: CommentsFrom;
  onChange: (value: CommentsFrom) => void;
}

const OPTIONS = [
  ["account", "As in my settings"],
  ["everyone", "Everybody"],
  ["followers", "My followers"],
  ["nobody", "Nobody"],
] as const;

/** Who may comment on one post. */
export function CommentsChoice({ value, onChange }: Props) {
  return (
    <Choice
      label="Who may comment"
      value={value ?? "account"}
      options={OPTIONS}
      onChange={(chosen) => onChange(chosen === "account" ? null : chosen)}
    />
  );
}
