import { useEffect, useId, useRef, useState } from "preact/hooks";
import { call, type ListedUser, type PostBody, type SuggestionBody } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { Empty, Endless, Retry } from "../components/endless.tsx";
import { Icon } from "../components/icons.tsx";
import { Page } from "../components/page.tsx";
import { GridSkeleton, PostGrid } from "../components/post-grid.tsx";
import { UserRow, UsersSkeleton } from "../components/user-row.tsx";
import { Failure } from "../errors.ts";
import { List } from "../lists.ts";
import { remember } from "../posts.ts";
import { learnOf } from "../relations.ts";
import { useResource } from "../resource.ts";
import { location, navigate } from "../router.ts";
import { useStore } from "../store.ts";
import { ofThisVisit } from "../visits.ts";

const TABS = [
  ["all", "All"],
  ["users", "People"],
  ["posts", "Posts"],
  ["hashtags", "Tags"],
] as const;
type Tab = (typeof TABS)[number][0];

const SUGGEST_AFTER_MS = 150;
/** People and tags each, above the posts. */
const BEST = 3;

export function SearchView() {
  const { query, key } = useStore(location);
  const asked = query.get("q")?.trim() ?? "";
  const tab = TABS.find(([name]) => name === query.get("type"))?.[0] ?? "all";
  return (
    <Page title={asked ? `Search: ${asked}` : "Search"} hideTitle class="page-wide">
      <SearchBox asked={asked} tab={tab} />
      {asked === "" ? (
        <Empty title="Find people and pictures">
          <p>Names, captions, places or #hashtags: small typing errors do no harm.</p>
        </Empty>
      ) : (
        <>
          <nav class="tabs" aria-label="Kinds of results">
            {TABS.map(([name, label]) => (
              <a
                key={name}
                class="tab"
                href={address(asked, name)}
                {...(name === tab && { "aria-current": "page" as const })}
              >
                {label}
              </a>
            ))}
          </nav>
          <Results key={`${key} ${asked} ${tab}`} asked={asked} tab={tab} />
        </>
      )}
    </Page>
  );
}

function address(asked: string, tab: Tab): string {
  return `/search?${new URLSearchParams({ q: asked, ...(tab !== "all" && { type: tab }) })}`;
}

function Results({ asked, tab }: { asked: string; tab: Tab }) {
  const nothing = (
    <Empty title={`Nothing found for “${asked}”`}>
      <p>Try fewer words, or look among the other kinds above.</p>
    </Empty>
  );
  if (tab === "all") return <All asked={asked} nothing={nothing} />;
  if (tab === "hashtags") return <Tags asked={asked} nothing={nothing} />;
  if (tab === "users") return <People asked={asked} nothing={nothing} />;
  return <Posts asked={asked} nothing={nothing} />;
}

type ResultsProps = { asked: string; nothing: preact.VNode };

/** The best of each kind, of one call; the other tabs go on from there. */
function All({ asked, nothing }: ResultsProps) {
  const found = useResource(`all ${asked}`, async () => {
    const page = await call("get", "/search", { query: { q: asked } });
    page.posts.forEach(remember);
    learnOf(page.users);
    return page;
  });
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return <GridSkeleton />;
  const { posts, users, hashtags } = found.value;
  if (posts.length + users.length + hashtags.length === 0) return nothing;
  return (
    <>
      {users.length + hashtags.length > 0 && (
        <ul class="rows rows-wide">
          {users.slice(0, BEST).map((user) => <UserRow key={user.id} user={user} />)}
          {hashtags.slice(0, BEST).map((tag) => <TagRow key={tag} tag={tag} />)}
        </ul>
      )}
      {posts.length > 0 && <PostGrid posts={posts} />}
    </>
  );
}

function Posts({ asked, nothing }: ResultsProps) {
  const list = ofThisVisit(`posts ${asked}`, () => new List<PostBody>(
    async (cursor) => {
      const query = { q: asked, type: "posts" as const, limit: 30, ...(cursor !== undefined && { cursor }) };
      const page = await call("get", "/search", { query });
      page.posts.forEach(remember);
      return { items: page.posts, next_cursor: page.next_cursor };
    },
    (post) => post.id,
  ));
  return (
    <Endless
      list={list}
      render={(posts) => <PostGrid posts={posts} />}
      skeleton={<GridSkeleton />}
      empty={nothing}
    />
  );
}

function People({ asked, nothing }: ResultsProps) {
  const list = ofThisVisit(`users ${asked}`, () => new List<ListedUser>(
    async (cursor) => {
      const query = { q: asked, type: "users" as const, ...(cursor !== undefined && { cursor }) };
      const page = await call("get", "/search", { query });
      learnOf(page.users);
      return { items: page.users, next_cursor: page.next_cursor };
    },
    (user) => user.id,
  ));
  return (
    <Endless
      list={list}
      render={(users) => (
        <ul class="rows rows-wide">
          {users.map((user) => <UserRow key={user.id} user={user} />)}
        </ul>
      )}
      skeleton={<UsersSkeleton />}
      empty={nothing}
    />
  );
}

function Tags({ asked, nothing }: ResultsProps) {
  const found = useResource(`tags ${asked}`, () =>
    call("get", "/search", { query: { q: asked, type: "hashtags" } }),
  );
  if (found.error) return <Retry message={found.error} onRetry={found.retry} />;
  if (found.value === null) return <UsersSkeleton />;
  if (found.value.hashtags.length === 0) return nothing;
  return (
    <ul class="rows rows-wide">
      {found.value.hashtags.map((tag) => <TagRow key={tag} tag={tag} />)}
    </ul>
  );
}

function TagRow({ tag }: { tag: string }) {
  return (
    <li>
      <a class="user-row" href={`/tags/${encodeURIComponent(tag)}`}>
        <span class="avatar avatar-medium avatar-initial tint-0"><Icon name="tag" /></span>
        <span class="name">#{tag}</span>
      </a>
    </li>
  );
}

/** A combobox: suggestions while one types, arrow keys through them, Enter to take one or to search. */
function SearchBox({ asked, tab }: { asked: string; tab: Tab }) {
  const id = useId();
  const [text, setText] = useState(asked);
  const [suggestions, setSuggestions] = useState<readonly SuggestionBody[]>([]);
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const typing = useRef(false);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    // A keyboard on a touch screen would cover what one came for.
    if (asked === "" && matchMedia("(pointer: fine)").matches) input.current!.focus();
  }, []);

  useEffect(() => {
    const q = text.trim();
    if (!typing.current || q === "") {
      setSuggestions([]);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      call("get", "/search/suggest", { query: { q }, signal: stop.signal }).then(
        ({ items }) => {
          setSuggestions(items);
          setActive(-1);
          setOpen(true);
        },
        (error: unknown) => {
          // Searching itself will say what is wrong.
          if (!(error instanceof Failure) && !stop.signal.aborted) throw error;
        },
      );
    }, SUGGEST_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);

  function close(): void {
    typing.current = false;
    setOpen(false);
    setActive(-1);
  }

  function submit(): void {
    close();
    const q = text.trim();
    if (q !== "") navigate(address(q, q.startsWith("#") ? "hashtags" : tab));
  }

  function take(suggestion: SuggestionBody): void {
    close();
    navigate(suggestionAddress(suggestion));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const { length } = suggestions;
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && length > 0) {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setActive(((active + 1 + step + length + 1) % (length + 1)) - 1);
    } else if (event.key === "Enter" && isOpen && suggestions[active]) {
      event.preventDefault();
      take(suggestions[active]);
    }
  }

  const isListed = isOpen && suggestions.length > 0;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label class="visually-hidden" for={`${id}-input`}>Search</label>
      <span class="search-icon"><Icon name="search" /></span>
      <input
        ref={input}
        id={`${id}-input`}
        class="search-input"
        type="search"
        role="combobox"
        placeholder="Search"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={100}
        value={text}
        aria-expanded={isListed}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(isListed && active >= 0 && { "aria-activedescendant": `${id}-${active}` })}
        onInput={(event) => {
          typing.current = true;
          setText(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <ul class="suggestions" id={`${id}-list`} role="listbox" aria-label="Suggestions" hidden={!isListed}>
        {suggestions.map((suggestion, index) => (
          <li
            key={`${suggestion.kind} ${suggestion.text}`}
            id={`${id}-${index}`}
            class={index === active ? "suggestion suggestion-active" : "suggestion"}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => event.preventDefault() /* the input keeps the focus */}
            onClick={() => take(suggestion)}
          >
            <SuggestionIcon suggestion={suggestion} />
            <span class="suggestion-text">
              <SuggestionText suggestion={suggestion} />
            </span>
          </li>
        ))}
      </ul>
    </form>
  );
}

function suggestionAddress({ kind, text }: SuggestionBody): string {
  if (kind === "user") return `/u/${text}`;
  if (kind === "hashtag") return `/tags/${encodeURIComponent(text)}`;
  return address(text, "posts");
}

function SuggestionIcon({ suggestion }: { suggestion: SuggestionBody }) {
  if (suggestion.user) return <Avatar user={suggestion.user} />;
  return <Icon name={suggestion.kind === "place" ? "place" : "tag"} />;
}

function SuggestionText({ suggestion: { kind, text, user } }: { suggestion: SuggestionBody }) {
  if (kind === "hashtag") return <>#{text}</>;
  if (kind === "place") return <>{text}</>;
  return (
    <>
      {user?.display_name && <bdi class="name">{user.display_name} </bdi>}
      <span class="handle">@{text}</span>
    </>
  );
}
