import { render } from "preact";

render(<main>Shutterfeed</main>, document.getElementById("app")!);
