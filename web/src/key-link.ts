/**
 * The link by which an authenticator app takes an account's key, as the apps read it:
 * github.com/google/google-authenticator/wiki/Key-Uri-Format.
 */
export function keyLink(email: string, key: string): string {
  const parameters = new URLSearchParams({ secret: key, issuer: "Shutterfeed" });
  return `otpauth://totp/Shutterfeed:${encodeURIComponent(email)}?${parameters}`;
}
