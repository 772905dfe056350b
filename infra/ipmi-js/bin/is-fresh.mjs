import { readFileSync, readdirSync, statSync } from "node:fs";

const folder = new URL("..", import.meta.url);
const PASSED_OVER = new Set(["bin", "dist", "docs", "examples", "node_modules"]);

/** Whether `dist/` is there, and no source has been written since. */
export function isFresh() {
  try {
    const builtAt = statSync(new URL("dist/.stamp", folder)).mtimeMs;
    readFileSync(new URL("dist/cli/main.js", folder));
    return newestSource(folder) <= builtAt;
  } catch {
    return false;
  }
}

function newestSource(url) {
  let newest = 0;
  for (const entry of readdirSync(url, { withFileTypes: true })) {
    const place = new URL(entry.isDirectory() ? `${entry.name}/` : entry.name, url);
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) newest = Math.max(newest, newestSource(place));
    else if (entry.name.endsWith(".ts")) newest = Math.max(newest, statSync(place).mtimeMs);
  }
  return newest;
}
