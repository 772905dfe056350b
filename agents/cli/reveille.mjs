#!/usr/bin/env node
// The bin `reveille`: the compiled command line where it is there and fresh, else its source through tsx. It is
// committed, since npm links no bin whose target is missing at install. A published package has no sources: what is
// compiled is used as it is. Operators' commands are compiled once more into few files, which start twice as fast.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const isHosting = ["up", "agent"].includes(process.argv[2]);
const compiled = new URL(isHosting ? "dist/agents/cli/main.js" : "dist/operator/main.js", root);
const source = new URL("main.ts", import.meta.url);

async function isCompiledFresh() {
  if (!existsSync(source)) return true;
  if (!existsSync(compiled)) return false;
  const { isFresh } = await import(new URL("infra/build/fingerprint.mjs", root).href);
  return isFresh(fileURLToPath(root));
}

async function load() {
  if (await isCompiledFresh()) return import(compiled.href);
  await import(new URL("infra/load-packages.mjs", root).href);
  const { register } = await import("tsx/esm/api");
  register();
  return import(source.href);
}

const { main } = await load();
await main(process.argv.slice(2));
