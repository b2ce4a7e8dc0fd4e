import type { Bitmap2D } from "lean-qr/nano";
import { useEffect, useState } from "preact/hooks";
import type { User } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { QrCode } from "../components/qr-code.tsx";
import { shareLink } from "../components/share.ts";
import { t } from "../language.ts";

interface Props {
  user: User;
  onClose: () => void;
}

/** A profile's address: to scan, to hand on, and for programs that read feeds. */
export function ShareProfile({ user, onClose }: Props) {
  const { handle } = user;
  const [squares, setSquares] = useState<Bitmap2D | null>(null);
  const url = `${window.location.origin}/u/${handle}`;
  useEffect(() => {
    import("lean-qr/nano").then(
      ({ generate }) => setSquares(generate(url)),
      () => undefined, // the link is there without it
    );
  }, [url]);
  return (
    <Dialog title={t("Share @{handle}", { handle })} class="dialog-small" onClose={onClose}>
      <div class="dialog-body share-profile">
        {squares && <QrCode squares={squares} label={t("QR code of the profile's address")} />}
        <p>
          <a href={url}>{url}</a>
        </p>
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            onClose();
            void shareLink(url, t("@{handle} on Shutterfeed", { handle }));
          }}
        >
          {t("Share link")}
        </button>
        {!user.private && (
          <a class="button" href={atomOf(handle)} target="_blank" rel="noopener">
            {t("Atom feed")}
          </a>
        )}
      </div>
    </Dialog>
  );
}

function atomOf(handle: string): string {
  return `/api/public/users/${handle}/feed.atom`;
}

/** Tells programs that read feeds where a profile's feed is, for as long as the profile is shown. */
export function useFeedLink(user: User | null): void {
  const address = user === null || user.private ? null : atomOf(user.handle);
  useEffect(() => {
    // The page that came with the address has it already, if it is that of this profile.
    for (const old of document.head.querySelectorAll("link[type='application/atom+xml']"))
      old.remove();
    if (address === null) return undefined;
    const link = document.createElement("link");
    link.rel = "alternate";
    link.type = "application/atom+xml";
    link.href = address;
    document.head.append(link);
    return () => link.remove();
  }, [address]);
}
