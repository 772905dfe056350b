import picocolors from "picocolors";

export type Colours = Pick<ReturnType<typeof picocolors.createColors>, "bold" | "dim" | "green" | "red" | "yellow">;

/** Colours at a terminal that has them, unless NO_COLOR is set (no-color.org: to anything but the empty string). */
export function coloursFor(
  writer: { readonly isTerminal: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colours {
  return picocolors.createColors(writer.isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}
