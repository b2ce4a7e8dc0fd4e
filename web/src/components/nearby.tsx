import { Component } from "preact";
import { nameOf } from "./carousel.tsx";
import { type CardProps, PostCard } from "./post-card.tsx";

/** Farther away than this, nobody comes to it before it is there again. */
const NEAR = "500% 0px";

const watched = new Map<Element, NearbyCard>();
let watcher: IntersectionObserver | undefined;

/** One watcher for all: a feed may have thousands of posts. */
function watch(element: Element, card: NearbyCard): void {
  watcher ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.moved(isIntersecting);
    },
    { rootMargin: NEAR },
  );
  watched.set(element, card);
  watcher.observe(element);
}

interface State {
  /** In pixels; null while it is near. */
  readonly height: number | null;
}

/**
 * A post of a long feed, which is taken down while it is far from what one sees: only its height and its text
 * are kept. So a feed may become as long as it likes, nothing moves, and searching in the page finds everything.
 *
 * It is no function, as hooks take a third of the memory of a post that is far away.
 */
export class NearbyCard extends Component<CardProps, State> {
  override state: State = { height: null };

  /** Further pages of the list change nothing of it. */
  override shouldComponentUpdate(next: CardProps, { height }: State): boolean {
    const { post, eager, hasActions } = this.props;
    return (
      height !== this.state.height ||
      next.post !== post ||
      next.eager !== eager ||
      next.hasActions !== hasActions
    );
  }

  override componentDidMount(): void {
    watch(this.#element, this);
  }

  override componentWillUnmount(): void {
    watched.delete(this.#element);
    watcher!.unobserve(this.#element);
  }

  /** It has come near, or has gone far away. */
  moved(isNear: boolean): void {
    const element = this.#element;
    if (isNear) this.setState({ height: null });
    // What is deleted has no height, and may come back by an undo.
    else if (element.offsetHeight > 0 && !element.contains(document.activeElement))
      this.setState({ height: element.offsetHeight });
  }

  /** The same, near and far. */
  get #element(): HTMLElement {
    return this.base as HTMLElement;
  }

  override render() {
    const { post } = this.props;
    const { height } = this.state;
    if (height === null)
      return (
        <div data-post={post.id}>
          <PostCard {...this.props} />
        </div>
      );
    // One element for each with one text, and nothing else: there may be thousands.
    return (
      <div data-post={post.id} class="far" role="article" style={`height:${height}px`}>
        {`${nameOf(post)} ${post.caption}`}
      </div>
    );
  }
}
