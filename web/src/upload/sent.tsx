import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { useStore } from "../store.ts";
import { draft } from "./draft.ts";
import type { Item } from "./item.ts";
import { batches } from "./queue.ts";

/** How far a file is that is sent while its author still writes. */
export function Sent({ item }: { item: Item }) {
  const { server } = useStore(draft);
  const batch = useStore(batches).find(({ post }) => post.id === server?.postId);
  const mediaId = server?.media[item.id]?.id;
  const transfer = batch?.files.find((file) => file.mediaId === mediaId);
  if (transfer === undefined || transfer.state === "failed") return null;
  const { name } = item;
  const { size } = transfer.file;
  const share = transfer.state === "sent" ? 1 : transfer.sent / Math.max(1, size);
  if (share === 1) {
    return (
      <span class="sent sent-whole" role="img" aria-label={t("{name} is uploaded", { name })}>
        <MoreIcon name="check" />
      </span>
    );
  }
  return (
    <progress class="sent progress" value={share} aria-label={t("Uploading {name}", { name })} />
  );
}
