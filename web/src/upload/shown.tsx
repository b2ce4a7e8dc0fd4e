import { MoreIcon } from "../components/more-icons.tsx";
import { t } from "../language.ts";
import { noteSize, showInside } from "./draft.ts";
import type { Item } from "./item.ts";
import { isVideo } from "./sniff.ts";

interface Props {
  item: Item;
  class?: string;
  /** There is no room for words. */
  isSmall?: boolean;
}

/** The file itself; a picture within it, if the browser cannot show it; or a tile with its name. */
export function Shown({ item, class: extra = "", isSmall = false }: Props) {
  const { preview, type, inside, file } = item;
  if (inside === "none") {
    return (
      <span class="file-tile">
        <MoreIcon name={isVideo(type ?? "") ? "video" : "image"} />
        {!isSmall && (
          <>
            <span class="item-name">{file.name}</span>
            <span>{t("It can be posted. Only this browser cannot show it.")}</span>
          </>
        )}
      </span>
    );
  }
  if (preview === null || type === null) return <span class="file-tile skeleton" />;
  if (isVideo(type)) {
    return (
      <video
        src={`${preview}#t=0.1`}
        muted
        playsInline
        preload="metadata"
        controls={!isSmall}
        aria-label={isSmall ? undefined : t("Preview of {name}", { name: file.name })}
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
