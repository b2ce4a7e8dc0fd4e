import type { JSX } from "preact";
import { type LinkSource, useLinks } from "../links.ts";

interface Props extends Omit<JSX.IntrinsicElements["img"], "src" | "onError"> {
  url: string;
  source: LinkSource;
}

/** One file of a medium, as an image whose link is renewed once it has expired. */
export function FileImage({ url, source, ...rest }: Props) {
  const { fresh, failed } = useLinks(url, source);
  // biome-ignore lint/a11y/useAltText: whoever uses this gives it
  return <img {...rest} src={fresh(url)} onError={failed} />;
}
