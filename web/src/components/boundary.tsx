import { Component, type ComponentChildren } from "preact";
import { Failure, sentence } from "../errors.ts";

/** A view that fails says so in its place; the rest of the app goes on. */
export class Boundary extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  /** With the network back, what could not be fetched is tried again. */
  override componentDidMount() {
    window.addEventListener("online", this.#retry);
  }

  override componentWillUnmount() {
    window.removeEventListener("online", this.#retry);
  }

  readonly #retry = () => {
    if (this.state.error !== null) this.setState({ error: null });
  };

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const isStale = !(error instanceof Failure) && navigator.onLine;
    return (
      <div class="notice" role="alert">
        <h1>This page could not be shown</h1>
        <p>
          {navigator.onLine
            ? sentence(error)
            : "You are offline. Try again once you are connected."}
        </p>
        <button
          type="button"
          class="button button-primary"
          onClick={() => (isStale ? window.location.reload() : this.setState({ error: null }))}
        >
          Try again
        </button>
      </div>
    );
  }
}
