import { useState } from "preact/hooks";
import type { MediumView } from "../api.ts";
import { useOnline } from "../recovery.ts";
import { sourcesOf, srcset } from "../sources.ts";
import { placeholderUrl } from "./placeholder.ts";

interface Props {
  medium: MediumView;
  /** How wide it is shown, as the `sizes` attribute says it. */
  sizes: string;
  /** The alt text if its owner wrote none. */
  fallbackAlt: string;
  /** On the first screen: fetched before everything else. */
  eager?: boolean;
  /** Small and cropped: the JPEG of 320 px is less to fetch than the smallest WebP. */
  tile?: boolean;
}

/** A photo, or a video's poster, in the size and format that fit; its placeholder until then. */
export function Picture({ medium, sizes, fallbackAlt, eager = false, tile = false }: Props) {
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  useOnline(failed, () => {
    setFailed(false);
    setAttempt((count) => count + 1); // a new element: the old one has given up
  });
  const { jpeg, webp } = sourcesOf(medium);
  const usual = jpeg.find((rendition) => rendition.width >= 640) ?? jpeg.at(-1);
  if (usual === undefined) return null;
  return (
    <picture key={attempt}>
      {webp.length > 0 && (
        <source
          type="image/webp"
          srcset={srcset(webp)}
          sizes={sizes}
          {...(tile && { media: "(min-width: 900px), (min-resolution: 2.5dppx)" })}
        />
      )}
      <img
        class={failed ? "picture picture-failed" : "picture"}
        src={usual.url}
        srcset={srcset(jpeg)}
        sizes={sizes}
        width={medium.width ?? usual.width}
        height={medium.height ?? usual.height}
        alt={medium.alt_text || fallbackAlt}
        loading={eager ? "eager" : "lazy"}
        decoding={eager ? "auto" : "async"}
        fetchpriority={eager ? "high" : "auto"}
        style={{ backgroundImage: placeholderUrl(medium.placeholder) }}
        onError={() => setFailed(true)}
      />
    </picture>
  );
}
