import { render } from "preact";
import { App } from "./app.tsx";
import { signedIn } from "./auth.ts";
import { feed } from "./feed.ts";
import { location } from "./router.ts";

// The one request that the first pictures wait for: sent before anything is drawn.
if (signedIn.value && location.value.path === "/") void feed().more();

render(<App />, document.getElementById("app")!);
if (location.value.returned) {
  // After a reload; without that part, the page begins at its top.
  import("./viewer/all.ts").then(
    (module) => module.scrollBack(),
    () => undefined,
  );
}
