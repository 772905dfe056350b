import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Only a public key of one line can be written: a second line would be another host that is believed. */
const hostKeyPattern = /^(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [^\r\n]*)?$/;

export function isHostKey(text: string): boolean {
  return hostKeyPattern.test(text);
}

/**
 * A file for each node, of mode 0600, that holds the node's host key and no other, under the node's name. It is written
 * when the node is first met and when its key has changed, whole or not at all.
 */
export class KnownHosts {
  readonly #directory: string;
  readonly #written = new Map<string, { readonly hostKey: string; readonly file: Promise<string> }>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The path of the node's file, once it holds this key. */
  async fileFor(node: string, hostKey: string): Promise<string> {
    const known = this.#written.get(node);
    if (known?.hostKey === hostKey) return known.file;
    // A change waits for the write before it, so that the last one stays.
    const file = this.#write(node, hostKey, known?.file);
    this.#written.set(node, { hostKey, file });
    try {
      return await file;
    } catch (error) {
      if (this.#written.get(node)?.file === file) this.#written.delete(node);
      throw error;
    }
  }

  async #write(node: string, hostKey: string, before: Promise<string> | undefined): Promise<string> {
    await before?.catch(() => undefined);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, node);
    const draft = `${path}.${randomBytes(6).toString("hex")}`;
    await writeFile(draft, `${node} ${hostKey}\n`, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
    return path;
  }
}
