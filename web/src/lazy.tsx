import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Boundary } from "./components/boundary.tsx";

/** What a component takes. */
type Props<C> = C extends ComponentType<infer P> ? P : never;

/**
 * The component that a part exports as `name`; the part is fetched when it is first shown, and `Meanwhile`
 * stands in for it. Where that fails, the error goes to the nearest boundary; showing it again tries again.
 */
export function lazy<M, K extends keyof M, P extends object & Props<M[K]>>(
  part: () => Promise<M>,
  name: K,
  Meanwhile: ComponentType<P> = Nothing,
): ComponentType<P> {
  let Loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [, setDone] = useState(Loaded !== undefined);
    const [error, setError] = useState<unknown>(null);
    useEffect(() => {
      if (Loaded !== undefined) return;
      part().then(
        (module) => {
          Loaded = module[name] as ComponentType<P>;
          setDone(true);
        },
        (reason: unknown) => setError(reason),
      );
    }, []);
    if (error !== null) throw error;
    const Shown = Loaded ?? Meanwhile;
    return <Shown {...props} />;
  };
}

/** The same for a part that nobody asked for: where it cannot be fetched, what stands in for it stays. */
export function lazyPart<M, K extends keyof M, P extends object & Props<M[K]>>(
  part: () => Promise<M>,
  name: K,
  Meanwhile: ComponentType<P> = Nothing,
): ComponentType<P> {
  const Part = lazy<M, K, P>(part, name, Meanwhile);
  return (props: P) => (
    <Boundary onPartFailed={() => undefined} instead={<Meanwhile {...props} />}>
      <Part {...props} />
    </Boundary>
  );
}

function Nothing() {
  return null;
}
