// Escape sequences (ECMA-48: CSI, OSC and the two-byte ones), by which a console moves its cursor and colours its text.
const ESCAPE_SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]|$)/g;
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The last bytes that a console has shown. */
export class ConsoleTail {
  readonly #keepBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #hasDropped = false;

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes;
  }

  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#hasDropped ||= this.#bytes > this.#keepBytes;
    if (this.#bytes <= 2 * this.#keepBytes) return;
    this.#chunks = [this.#last()];
    this.#bytes = this.#keepBytes;
  }

  /**
   * As text, for people and for files: UTF-8 with what is none replaced, lines ended by `\n`, without escape sequences
   * and control characters, which could do things to the terminal that shows it. Once something was dropped it begins with
   * a whole line, if there is one: half a line may say something else than all of it.
   */
  toString(): string {
    const text = Buffer.from(this.#last())
      .toString()
      .replace(/\r+\n/g, "\n")
      .replace(ESCAPE_SEQUENCES, "")
      .replace(CONTROL_CHARACTERS, "");
    return this.#hasDropped ? text.slice(text.indexOf("\n") + 1) : text;
  }

  #last(): Uint8Array {
    return Buffer.concat(this.#chunks).subarray(-this.#keepBytes);
  }
}
