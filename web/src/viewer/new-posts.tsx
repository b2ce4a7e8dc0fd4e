import { useEffect } from "preact/hooks";
import { MoreIcon } from "../components/more-icons.tsx";
import { sentence } from "../errors.ts";
import { feed, news } from "../feed.ts";
import { askForNews, dropGone, lacksOwn, showNews } from "../feed-news.ts";
import { counted } from "../language.ts";
import { published } from "../pending.ts";
import { useStore } from "../store.ts";
import { toast } from "../toasts.ts";

const POLL_MS = 20_000;
/** Scrolled less than this, one is at the top, and posts may be put above. */
const TOP_PX = 200;

/** "3 new posts": asked for while the page is visible, shown only when one wants to see them. */
export function NewPosts() {
  const found = useStore(news);
  const count = useStore(published);

  useEffect(() => {
    const ask = () => {
      if (!document.hidden && navigator.onLine) void look(window.scrollY < TOP_PX);
    };
    const comeBack = () => {
      ask();
      if (!document.hidden && navigator.onLine) void dropGone();
    };
    const goUp = () => {
      void look(true);
      void dropGone();
    };
    const timer = setInterval(ask, POLL_MS);
    document.addEventListener("visibilitychange", comeBack);
    window.addEventListener("shutterfeed:again", goUp);
    window.addEventListener("online", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", comeBack);
      window.removeEventListener("shutterfeed:again", goUp);
      window.removeEventListener("online", ask);
    };
  }, []);

  // One's own post is out, perhaps since one was here last.
  useEffect(() => {
    if (lacksOwn()) void look(window.scrollY < TOP_PX);
  }, [count]);

  // Where there is nothing yet, there is no place to lose.
  useEffect(() => {
    if (found && feed().state.value.items.length === 0) void show();
  }, [found]);

  /** One's own new post belongs on top, at once if no place is lost by it; others' are counted. */
  function look(isAtTop: boolean): Promise<void> {
    return isAtTop && lacksOwn() ? show() : askForNews();
  }

  async function show(): Promise<void> {
    try {
      await showNews();
    } catch (error) {
      toast(sentence(error), { isError: true });
    }
  }

  if (found === null) return null;
  return (
    <button
      type="button"
      class="news-pill"
      onClick={() => {
        void show().then(() => window.scrollTo({ top: 0 }));
        document.querySelector("h1")?.focus({ preventScroll: true }); // the button goes away
      }}
    >
      <MoreIcon name="up" />
      {found.more
        ? counted(found.count, "More than {count} new post", "More than {count} new posts")
        : counted(found.count, "{count} new post", "{count} new posts")}
    </button>
  );
}
