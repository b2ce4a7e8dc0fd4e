/** Addresses of this app's own code, for browsers that enforce Trusted Types. */

interface Policy {
  createScriptURL(url: string): string;
}

interface Factory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): Policy;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("shutterfeed", { createScriptURL: ownCode });

/** Raises `TypeError` for anything that the build did not make. */
export function trusted(url: string): string {
  return policy === undefined ? ownCode(url) : policy.createScriptURL(url);
}

function ownCode(url: string): string {
  if (!/^\/(assets\/[\w.-]+|service-worker)\.js$/.test(url))
    throw new TypeError(`${url} is not the app's own code.`);
  return url;
}
