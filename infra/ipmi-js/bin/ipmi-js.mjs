#!/usr/bin/env node
// Runs what is compiled, where it is there and fresh; in a checkout that has changed since, the source.
import { existsSync } from "node:fs";
import { isFresh } from "./is-fresh.mjs";

const source = new URL("../cli/main.ts", import.meta.url);
const packageFile = new URL("../package.json", import.meta.url);

const { main } = !existsSync(source) || isFresh() ? await import("../dist/cli/main.js") : await importSource();
await main(packageFile);

async function importSource() {
  const { register } = await import("tsx/esm/api");
  register();
  return import(source.href);
}
