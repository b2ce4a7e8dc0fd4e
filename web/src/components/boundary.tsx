import { Component, type ComponentChildren } from "preact";
import { Failure, sentence } from "../errors.ts";
import { t } from "../language.ts";

interface Props {
  children: ComponentChildren;
  /**
   * They are a part of a page, which stays if they fail: only `instead` is shown in their place. Whoever has
   * asked for that part has to be told otherwise.
   */
  onPartFailed?: (error: unknown) => void;
  instead?: ComponentChildren;
}

/** A view that fails says so in its place; the rest of the app goes on. */
export class Boundary extends Component<Props, { error: unknown }> {
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

  override componentDidCatch(error: unknown) {
    this.props.onPartFailed?.(error);
  }

  readonly #retry = () => {
    if (this.state.error !== null) this.setState({ error: null });
  };

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (this.props.onPartFailed) return this.props.instead ?? null;
    const isStale = !(error instanceof Failure) && navigator.onLine;
    return (
      <div class="notice" role="alert">
        <h1>{t("This page could not be shown")}</h1>
        <p>{reason(error)}</p>
        <button
          type="button"
          class="button button-primary"
          onClick={() => (isStale ? window.location.reload() : this.setState({ error: null }))}
        >
          {t("Try again")}
        </button>
      </div>
    );
  }
}

/** Why something could not be shown, and what to do. */
export function reason(error: unknown): string {
  return navigator.onLine
    ? sentence(error)
    : t("You are offline. Try again once you are connected.");
}
