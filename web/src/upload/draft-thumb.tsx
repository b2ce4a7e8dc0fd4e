import { useEffect, useState } from "preact/hooks";
import { FileImage } from "../components/file-image.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { ofPost } from "../link-sources.ts";
import { keptFiles } from "./kept.ts";
import type { DraftRow } from "./own-drafts.ts";
import { isVideo } from "./sniff.ts";

/** The first picture of a draft, as the service shows it or else from this browser's copy. */
export function DraftThumb({ row: { kept, post } }: { row: DraftRow }) {
  const url = post?.media[0]?.renditions.at(-1)?.url;
  const first = kept?.items[0];
  const isVideoFirst = isVideo(first?.type ?? post?.media[0]?.content_type ?? "");
  const own = useOwnPicture(url === undefined && !isVideoFirst ? first?.id : undefined);
  if (url !== undefined && post !== null) {
    return <FileImage class="row-thumb" url={url} source={ofPost(post.id)} alt="" />;
  }
  if (own.url !== null) {
    return <img class="row-thumb" src={own.url} alt="" onError={own.failed} />;
  }
  return (
    <span class="row-thumb">
      <MoreIcon name={isVideoFirst ? "video" : "image"} />
    </span>
  );
}

/** An object URL of a file that this browser keeps; null until it is read, or if it cannot be shown. */
function useOwnPicture(id: string | undefined) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (id === undefined) return;
    let made: string | null = null;
    let isOver = false;
    void keptFiles([id]).then((files) => {
      const file = files.get(id);
      if (isOver || file === undefined) return;
      made = URL.createObjectURL(file);
      setUrl(made);
    });
    return () => {
      isOver = true;
      if (made !== null) URL.revokeObjectURL(made);
      setUrl(null);
    };
  }, [id]);
  return { url, failed: () => setUrl(null) };
}
