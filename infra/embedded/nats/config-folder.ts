import { randomBytes } from "node:crypto";
import { chmod, chown, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Credentials } from "../process/credentials.ts";
import { IDENTITIES_FILE } from "./nats-config.ts";

/** The name of the configuration in its folder, which is the server's working directory. */
export const CONFIG_FILE = "server.conf";

/**
 * The files that nats-server reads: its to read through its group, ours alone to write, each written whole or not at
 * all. They hold public keys and subjects, no secret.
 */
export class ConfigFolder {
  readonly path: string;
  readonly #group: number | undefined;

  constructor(path: string, credentials: Credentials) {
    this.path = path;
    this.#group = credentials.gid;
  }

  /** Opens the folder to the server's group. */
  async share(): Promise<void> {
    if (this.#group !== undefined) await chown(this.path, 0, this.#group);
    await chmod(this.path, 0o710);
  }

  async writeConfig(text: string): Promise<void> {
    await this.#write(CONFIG_FILE, text);
  }

  async writeIdentities(text: string): Promise<void> {
    await this.#write(IDENTITIES_FILE, text);
  }

  async readIdentities(): Promise<string> {
    return readFile(join(this.path, IDENTITIES_FILE), "utf8");
  }

  async #write(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    const draft = `${path}.${randomBytes(6).toString("hex")}`;
    const file = await open(draft, "wx", 0o640);
    try {
      await file.writeFile(text);
      if (this.#group !== undefined) await file.chown(0, this.#group);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  }
}
