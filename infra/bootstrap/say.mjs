/** What a person must mend; its message says how. */
export class SetupError extends Error {}

/** A line of progress. */
export function say(line) {
  process.stderr.write(`bootstrap: ${line}\n`);
}
