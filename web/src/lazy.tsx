import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Boundary } from "./components/boundary.tsx";

/**
 * A component whose code is fetched when it is first shown. Where that fails, the error goes to the
 * nearest boundary; showing it again tries again.
 */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let Loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, setDone] = useState(Loaded !== undefined);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (Loaded !== undefined) return;
      load().then(
        (component) => {
          Loaded = component;
          setDone(true);
        },
        (reason: unknown) => setError(reason),
      );
    }, []);
    if (error !== null) throw error;
    return Loaded === undefined ? null : <Loaded {...props} />;
  };
}

/** The same for a part that nobody asked for: where it cannot be fetched, the page stays without it. */
export function lazyPart<P extends object>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const Part = lazy(load);
  return (props: P) => (
    <Boundary onPartFailed={() => undefined}>
      <Part {...props} />
    </Boundary>
  );
}
