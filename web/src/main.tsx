import { render } from "preact";
import { App } from "./app.tsx";
import { signedIn } from "./auth.ts";
import { feed } from "./feed.ts";
import { location } from "./router.ts";

/** Enough to read an answer that came before this code did. */
const AT_HAND_MS = 50;

const draw = () => render(<App />, document.getElementById("app")!);

// The one request that the first pictures wait for goes out before anything is drawn. If its answer
// is here, its posts are the first thing that is drawn, not what stands in for them.
if (signedIn.value && location.value.path === "/") {
  void Promise.race([
    feed().more(),
    new Promise((resolve) => setTimeout(resolve, AT_HAND_MS)),
  ]).then(draw);
} else {
  draw();
}
