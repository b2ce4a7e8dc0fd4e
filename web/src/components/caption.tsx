import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../language.ts";
import { Linked } from "./linked.tsx";

interface Props {
  text: string;
  /** Whose handles in it are links. */
  mentions: readonly string[];
  whole?: boolean;
}

/** What was written, with links; long ones open on demand. */
export function Caption({ text, mentions, whole = false }: Props) {
  const [isOpen, setOpen] = useState(whole);
  const [isCut, setCut] = useState(false);
  const box = useRef<HTMLParagraphElement>(null);

  useLayoutEffect(() => {
    const paragraph = box.current;
    if (paragraph && !isOpen) setCut(paragraph.scrollHeight > paragraph.clientHeight + 1);
  }, [text, isOpen]);

  if (text === "") return null;
  return (
    <div class="caption">
      <p ref={box} class={isOpen ? "caption-text" : "caption-text caption-short"} dir="auto">
        <Linked text={text} mentions={mentions} />
      </p>
      {isCut && !isOpen && (
        <button type="button" class="link-button" onClick={() => setOpen(true)}>
          {t("Show all of it")}
        </button>
      )}
    </div>
  );
}
