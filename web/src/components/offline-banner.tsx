import { useEffect, useState } from "preact/hooks";
import { t } from "../language.ts";

/** Says so while the network is gone. */
export function OfflineBanner() {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);
  return (
    <div role="status">
      {!isOnline && (
        <p class="offline">
          {t("You are offline. What is on the screen stays; the rest waits for a connection.")}
        </p>
      )}
    </div>
  );
}
