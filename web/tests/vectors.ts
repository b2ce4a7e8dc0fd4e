/** The test vectors that the service, the command line and this client share. */
import { readFileSync } from "node:fs";

type Described = [kind: string, content: string | Described[]];

export interface SniffingVector {
  readonly type: string | null;
  /** One character a byte. */
  readonly magic: string;
}

export interface Mp4Vector {
  readonly name: string;
  readonly boxes: Described[];
  readonly facts: { width: number; height: number; duration_ms: number } | null;
}

/** A text, and the handles and hashtags in it. */
export interface LinkVector {
  readonly text: string;
  readonly mentions: readonly string[];
  readonly hashtags: readonly string[];
}

export function links(): LinkVector[] {
  return load("links.json");
}

export function sniffing(): SniffingVector[] {
  return load("sniffing.json");
}

export function mp4(): Mp4Vector[] {
  return load("mp4.json");
}

/** The bytes of a file. */
export function fileOf(boxes: Described[]): Uint8Array {
  return new Uint8Array(Buffer.concat(boxes.map(box)));
}

function box([kind, content]: Described): Buffer {
  const body =
    typeof content === "string" ? Buffer.from(content, "hex") : Buffer.from(fileOf(content));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(kind, 4, "latin1");
  return Buffer.concat([head, body]);
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}`, import.meta.url), "utf8"));
}
