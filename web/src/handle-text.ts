/** Handles as texts: what is made of a name, and of what was typed. */
import { MAX_HANDLE, MIN_HANDLE } from "../build/limits.ts";

/** A handle for a name: "Zoë O'Hara" becomes "zoe.o.hara"; empty if too little of it can be in a handle. */
export function handleFrom(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, ".").slice(0, MAX_HANDLE);
  const handle = words.replace(/^\.|\.$/g, "");
  return handle.length < MIN_HANDLE ? "" : handle;
}

/** A handle as it is kept, of what was typed. */
export function bareHandle(typed: string): string {
  return typed.trim().replace(/^@/, "").toLowerCase();
}
