import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKept } from "../kept-state.ts";
import { t } from "../language.ts";
import { lazyPart } from "../lazy.tsx";

const Linked = lazyPart(
  () => import("../answers/all.ts"),
  "Linked",
  ({ text }: { text: string; mentions: readonly string[] }) => text,
);

interface Props {
  text: string;
  /** Whose handles in it are links. */
  mentions: readonly string[];
  whole?: boolean;
  /** Nothing more urgent is on its way, so that what finds the links in it may come. */
  isSettled?: boolean;
  /** It stays open where it is taken from the page and comes back: of which post it is. */
  keptAs?: string;
}

/** What was written, with links; long ones open on demand. */
export function Caption(props: Props) {
  const { text, mentions, whole = false, isSettled = true, keptAs } = props;
  const [isOpen, setOpen] = useKept(keptAs && `caption ${keptAs}`, whole);
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
        {isSettled ? <Linked text={text} mentions={mentions} /> : text}
      </p>
      {isCut && !isOpen && (
        <button type="button" class="link-button" onClick={() => setOpen(true)}>
          {t("Show all of it")}
        </button>
      )}
    </div>
  );
}
