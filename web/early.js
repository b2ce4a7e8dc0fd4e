{
  // The theme that was chosen on this device (src/theme.ts keeps it); without one, the device's own counts.
  const theme = localStorage.getItem("shutterfeed.theme");
  if (theme !== null) {
    document.documentElement.dataset.theme = theme;
    for (const meta of document.querySelectorAll("meta[name=theme-color]")) {
      meta.content = theme === "dark" ? "#121110" : "#ffffff";
    }
  }
}
{
  // The messages of the reader's language, unless that is English (src/language.ts takes them).
  const { content } = document.querySelector("meta[name=messages]");
  const files = Object.fromEntries(content.split(" ").map((entry) => entry.split("=")));
  const chosen = localStorage.getItem("shutterfeed.language");
  const wanted = chosen === null ? navigator.languages : [chosen];
  const names = wanted.map((tag) => tag.split("-")[0]);
  const name = names.find((name) => name === "en" || Object.hasOwn(files, name)) ?? "en";
  if (name !== "en") {
    const url = files[name];
    const read = async () => (await fetch(url)).json();
    const messages = read();
    messages.catch(() => undefined); // who takes them hears of it
    window.language = { name, url, messages };
    document.documentElement.lang = name === "pt" ? "pt-BR" : name;
    document.documentElement.dir = name === "ar" ? "rtl" : "ltr";
  }
}
{
  // The feed is asked for while the app's own code is still on its way (src/early.ts takes the
  // answer), and its first picture as soon as that is known (src/sources.ts chooses it the same way).
  const access = JSON.parse(sessionStorage.getItem("shutterfeed.access") ?? "null");
  const isSignedIn = localStorage.getItem("shutterfeed.refresh") !== null;
  if (isSignedIn && location.pathname === "/" && access?.expiresAt - 60000 > Date.now()) {
    const url = "/api/feed?limit=5";
    const headers = { Authorization: `Bearer ${access.token}` };
    const answer = fetch(url, { headers, signal: AbortSignal.timeout(30000) });
    window.early = { url, token: access.token, answer };
    const showFirst = async () => {
      const response = await answer;
      const { items } = response.ok ? await response.clone().json() : { items: [] };
      // Of a sensitive post, nothing is fetched before one chooses to look.
      const first = items[0]?.sensitive ? undefined : items[0];
      const renditions = first?.media[0].renditions ?? [];
      const webp = renditions.filter(({ content_type }) => content_type === "image/webp");
      const picture = new Image();
      picture.fetchPriority = "high";
      picture.sizes =
        "(min-width: 2560px) 840px, (min-width: 1920px) 720px, (min-width: 700px) 600px, 100vw";
      picture.srcset = webp.map(({ url, width }) => `${url} ${width}w`).join(", ");
    };
    showFirst().catch(() => undefined); // who takes the answer hears of it
  }
}
