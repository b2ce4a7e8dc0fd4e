import { useState } from "preact/hooks";
import type { MediumView } from "../api.ts";
import { type LinkSource, useLinks } from "../links.ts";
import { useOnline } from "../recovery.ts";
import { sourcesOf, srcset } from "../sources.ts";
import { placeholderUrl } from "./placeholder.ts";

interface Props {
  medium: MediumView;
  /** Where its links are renewed from. */
  source: LinkSource;
  /** How wide it is shown, as the `sizes` attribute says it. */
  sizes: string;
  /** The alt text if its owner wrote none. */
  fallbackAlt: string;
  /** On the first screen: fetched before everything else. */
  eager?: boolean;
}

/** A photo, or a video's poster, in the size and format that fit; its placeholder until then. */
export function Picture(props: Props) {
  const { medium, source, sizes, fallbackAlt, eager = false } = props;
  const { jpeg, webp } = sourcesOf(medium);
  const usual = jpeg.find((rendition) => rendition.width >= 640) ?? jpeg.at(-1);
  const links = useLinks(usual?.url, source);
  const url = usual && links.fresh(usual.url);
  const [failedUrl, setFailed] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const failed = url !== undefined && failedUrl === url;
  useOnline(failed, () => {
    setFailed(undefined);
    setAttempt((count) => count + 1);
  });
  if (usual === undefined || url === undefined) return null;
  return (
    // A new element for a new attempt or link: the old one has given up.
    <picture key={`${attempt} ${url}`}>
      {webp.length > 0 && (
        <source type="image/webp" srcset={srcset(webp, links.fresh)} sizes={sizes} />
      )}
      <img
        class={failed ? "picture picture-failed" : "picture"}
        src={url}
        srcset={srcset(jpeg, links.fresh)}
        sizes={sizes}
        width={medium.width ?? usual.width}
        height={medium.height ?? usual.height}
        alt={medium.alt_text || fallbackAlt}
        loading={eager ? "eager" : "lazy"}
        decoding={eager ? "auto" : "async"}
        fetchpriority={eager ? "high" : "auto"}
        style={{ backgroundImage: placeholderUrl(medium.placeholder) }}
        onError={() => {
          setFailed(url);
          links.failed();
        }}
      />
    </picture>
  );
}
