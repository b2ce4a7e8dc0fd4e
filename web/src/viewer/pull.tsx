import { useEffect, useRef, useState } from "preact/hooks";
import { MoreIcon } from "../components/more-icons.tsx";
import { sentence } from "../errors.ts";
import { dropGone, showNews } from "../feed-news.ts";
import { t } from "../language.ts";
import { toast } from "../toasts.ts";

/** Pulled as far as this, the feed is read again. */
const FAR_PX = 90;
/** What is pulled follows the finger ever more slowly. */
const DAMPING = 0.45;

/** Reads the feed again when a finger pulls it down at its top. */
export function Pull() {
  const [distance, setDistance] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const now = useRef(0);

  useEffect(() => {
    let began: number | null = null;
    const listening = new AbortController();
    const options = { signal: listening.signal, passive: true };
    const show = (pulled: number) => {
      now.current = pulled;
      setDistance(pulled);
    };
    const start = ({ touches }: TouchEvent) => {
      const isFree = window.scrollY <= 0 && document.querySelector("dialog[open]") === null;
      began = isFree && touches.length === 1 ? touches[0]!.clientY : null;
    };
    const move = ({ touches }: TouchEvent) => {
      if (began === null) return;
      if (touches.length > 1 || window.scrollY > 0) began = null;
      show(began === null ? 0 : Math.max(0, (touches[0]!.clientY - began) * DAMPING));
    };
    const end = () => {
      const isFar = began !== null && now.current >= FAR_PX * DAMPING;
      began = null;
      show(0);
      if (isFar) void refresh();
    };
    window.addEventListener("touchstart", start, options);
    window.addEventListener("touchmove", move, options);
    window.addEventListener("touchend", end, options);
    window.addEventListener("touchcancel", () => show(0), options);
    return () => listening.abort();
  }, []);

  async function refresh(): Promise<void> {
    setBusy(true);
    try {
      await showNews();
      await dropGone();
    } catch (error) {
      toast(sentence(error), { isError: true });
    } finally {
      setBusy(false);
    }
  }

  if (distance === 0 && !isBusy) return null;
  return (
    <div
      class="pull"
      role="status"
      style={{ translate: `0 ${isBusy ? FAR_PX * DAMPING : distance}px` }}
    >
      {isBusy ? (
        <span class="spinner">
          <span class="visually-hidden">{t("Looking for new posts")}</span>
        </span>
      ) : (
        <span class={distance >= FAR_PX * DAMPING ? "" : "turned"} aria-hidden="true">
          <MoreIcon name="up" />
        </span>
      )}
    </div>
  );
}
