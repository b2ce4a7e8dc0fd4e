import assert from "node:assert/strict";
import { test } from "node:test";
import { keyLink } from "../src/key-link.ts";

test("an app finds account, key and issuer in the link", () => {
  const link = new URL(keyLink("ann+photos@example.com", "JBSWY3DPEHPK3PXP"));
  assert.equal(link.protocol, "otpauth:");
  assert.equal(link.host, "totp");
  assert.equal(decodeURIComponent(link.pathname), "/Shutterfeed:ann+photos@example.com");
  assert.equal(link.searchParams.get("secret"), "JBSWY3DPEHPK3PXP");
  assert.equal(link.searchParams.get("issuer"), "Shutterfeed");
  assert.ok(!link.href.includes(" "));
});
