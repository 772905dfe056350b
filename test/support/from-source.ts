/** What Node takes to run TypeScript; `infra/load-packages.mjs` says why it comes first. */
export const fromSource: readonly string[] = [
  ...["--import", new URL("../../infra/load-packages.mjs", import.meta.url).href],
  ...["--import", "tsx"],
];
