import { useEffect, useId, useRef, useState } from "preact/hooks";
import { MAX_SEARCH } from "../../build/limits.ts";
import { call, type SuggestionBody } from "../api.ts";
import { Avatar } from "../components/avatar.tsx";
import { MoreIcon } from "../components/more-icons.tsx";
import { Failure } from "../errors.ts";
import { t } from "../language.ts";
import { noteSearch } from "../recent-searches.ts";
import { location, navigate } from "../router.ts";
import { placeAddress, tagAddress } from "../topics.ts";
import { searchAddress, type Tab } from "./search-tabs.ts";

const SUGGEST_AFTER_MS = 150;

/** A combobox: suggestions while one types, arrow keys through them, Enter to take one or to search. */
export function SearchBox({ asked, tab }: { asked: string; tab: Tab }) {
  const id = useId();
  const [text, setText] = useState(asked);
  const [suggestions, setSuggestions] = useState<readonly SuggestionBody[]>([]);
  const [active, setActive] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const typing = useRef(false);
  const highlighted = useRef<SuggestionBody | null>(null);
  highlighted.current = suggestions[active] ?? null;
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    // A keyboard on a touch screen would cover what one came for, and whoever explores looks first.
    const isSearch = location.value.path === "/search";
    if (isSearch && asked === "" && matchMedia("(pointer: fine)").matches) input.current!.focus();
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
          const chosen = highlighted.current;
          setSuggestions(items);
          setActive(items.findIndex((item) => chosen !== null && isSame(item, chosen)));
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
    if (q === "") return;
    noteSearch(q);
    navigate(searchAddress(q, q.startsWith("#") ? "hashtags" : tab));
  }

  function take(suggestion: SuggestionBody): void {
    close();
    noteSearch(suggestionText(suggestion));
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
      <label class="visually-hidden" for={`${id}-input`}>
        {t("Search")}
      </label>
      <span class="search-icon">
        <MoreIcon name="search" />
      </span>
      <input
        ref={input}
        id={`${id}-input`}
        class="search-input"
        type="search"
        role="combobox"
        placeholder={t("Search")}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={MAX_SEARCH}
        value={text}
        aria-expanded={isListed}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(isListed && active >= 0 && { "aria-activedescendant": `${id}-${active}` })}
        onInput={(event) => {
          typing.current = true;
          setText(event.currentTarget.value);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <div
        class="suggestions"
        id={`${id}-list`}
        role="listbox"
        aria-label={t("Suggestions")}
        hidden={!isListed}
      >
        {suggestions.map((suggestion, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input, see aria-activedescendant
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the input takes it
          <div
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
          </div>
        ))}
      </div>
    </form>
  );
}

function isSame(one: SuggestionBody, other: SuggestionBody): boolean {
  return one.kind === other.kind && one.text === other.text;
}

function suggestionAddress({ kind, text }: SuggestionBody): string {
  if (kind === "user") return `/u/${text}`;
  if (kind === "hashtag") return tagAddress(text);
  return placeAddress(text) ?? searchAddress(text, "posts");
}

/** What one would type to search for it. */
function suggestionText({ kind, text }: SuggestionBody): string {
  if (kind === "place") return text;
  return kind === "user" ? `@${text}` : `#${text}`;
}

function SuggestionIcon({ suggestion }: { suggestion: SuggestionBody }) {
  if (suggestion.user) return <Avatar user={suggestion.user} />;
  return <MoreIcon name={suggestion.kind === "place" ? "place" : "tag"} />;
}

function SuggestionText({ suggestion: { kind, text, user } }: { suggestion: SuggestionBody }) {
  if (kind === "hashtag") return <bdi>#{text}</bdi>;
  if (kind === "place") return <bdi>{text}</bdi>;
  return (
    <>
      {user?.display_name && <bdi class="name">{user.display_name} </bdi>}
      <bdi class="handle">@{text}</bdi>
    </>
  );
}
