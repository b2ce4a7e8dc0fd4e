import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { hasFile, type Item } from "./item.ts";
import { noteSize, showInside } from "./showing.ts";
import { isVideo } from "./sniff.ts";

interface Props {
  item: Item;
  class?: string;
  /** There is no room for words. */
  isSmall?: boolean;
}

/** The file itself; a picture within it, if the browser cannot show it; or a tile with its name. */
export function Shown({ item, class: extra = "", isSmall = false }: Props) {
  const { preview, type, inside, name } = item;
  const tile = (says: string) => (
    <span class="file-tile">
      <MoreIcon name={isVideo(type ?? "") ? "video" : "image"} />
      {!isSmall && (
        <>
          <span class="item-name">
            <bdi>{name}</bdi>
          </span>
          {hasFile(item) && type !== null && <span>{kindOf(type)}</span>}
          <span class="tile-says">{says}</span>
        </>
      )}
    </span>
  );
  if (inside === "none") return tile(t("It can be posted. Only this browser cannot show it."));
  if (preview === null && !hasFile(item)) {
    return tile(t("It comes from another device, and cannot be shown yet."));
  }
  if (preview === null || type === null) return <span class="file-tile skeleton" />;
  if (isVideo(type) && hasFile(item)) {
    return (
      <video
        src={`${preview}#t=0.1`}
        muted
        playsInline
        preload="metadata"
        controls={!isSmall}
        aria-label={isSmall ? undefined : t("Preview of {name}", { name })}
        aria-hidden={isSmall}
        onError={() => void showInside(item)}
      />
    );
  }
  return (
    <img
      class={extra}
      src={preview}
      alt=""
      draggable={false}
      onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
        noteSize(item, { width, height })
      }
      onError={() => void showInside(item)}
    />
  );
}

/** The name by which people know a kind of file. */
function kindOf(type: string): string {
  const kind = type.slice(type.indexOf("/") + 1);
  return kind === "quicktime" ? "MOV" : kind.toUpperCase();
}
