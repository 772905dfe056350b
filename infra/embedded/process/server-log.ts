import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

const LIMIT_BYTES = 8 * 1024 * 1024;
const CHECK_INTERVAL_MS = 30_000;

/**
 * The file that a server writes its output to: straight, not through us, so that its dying words are kept and a busy
 * host never holds a server up. Past 8 MiB what is there moves to `<path>.1` and the file begins anew.
 */
export class ServerLog {
  readonly path: string;
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;

  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "a+", 0o600);
    this.#timer = setInterval(() => this.#bound(), CHECK_INTERVAL_MS).unref();
    this.#bound();
  }

  /** Hand this to a child as its standard output; it appends. */
  get descriptor(): number {
    return this.#descriptor;
  }

  get sizeBytes(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** What was written since the file had `startBytes`, at most its last 64 KiB. */
  readSince(startBytes: number): string {
    const size = this.sizeBytes;
    const start = Math.max(startBytes > size ? 0 : startBytes, size - 64 * 1024);
    const buffer = Buffer.alloc(size - start);
    return buffer.toString("utf8", 0, readSync(this.#descriptor, buffer, 0, buffer.length, start));
  }

  close(): void {
    clearInterval(this.#timer);
    closeSync(this.#descriptor);
  }

  #bound(): void {
    if (this.sizeBytes <= LIMIT_BYTES) return;
    copyFileSync(this.path, `${this.path}.1`);
    ftruncateSync(this.#descriptor, 0);
  }
}
