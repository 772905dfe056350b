// Compiles every workspace: the root into dist/, infra/ipmi-js into its own dist/. What runs from a dist/ meanwhile is
// not hurt: the compiler writes elsewhere, and only files that changed are replaced. `--force` builds what is fresh.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleIpmiJs } from "./build/bundle-ipmi-js.mjs";
import { bundleOperator } from "./build/bundle-operator.mjs";
import { STAMP, SOURCE_FOLDERS, fingerprint, isFresh } from "./build/fingerprint.mjs";
import { syncTree } from "./build/sync-tree.mjs";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/**
 * A workspace, and in it: the folders that it is compiled from, the files that its code reads when it runs, and what is
 * made of the compiled code.
 */
const WORKSPACES = [
  { folder: ".", sources: SOURCE_FOLDERS, assets: ["infra/db/migrations"], finish: bundleOperator },
  { folder: "infra/ipmi-js", sources: ["."], assets: [], finish: bundleIpmiJs },
];

const isForced = process.argv.includes("--force");
const staging = join(root, ".cache");
mkdirSync(staging, { recursive: true });
const results = await Promise.all(WORKSPACES.map((workspace) => build(workspace)));
process.exitCode = results.every(Boolean) ? 0 : 1;

/** Resolves with false when the workspace does not compile; its dist/ stays as it was then. */
async function build({ folder, sources, assets, finish }) {
  const workspace = join(root, folder);
  const dist = join(workspace, "dist");
  if (!isForced && isFresh(workspace, sources)) return true;
  // Taken first: what is written while the compiler runs makes this build stale, by its fingerprint and by its time.
  const startedAt = new Date();
  const stamp = fingerprint(workspace, sources);
  const draft = mkdtempSync(join(staging, "build-"));
  try {
    if (!(await compile(join(workspace, "tsconfig.build.json"), draft))) return false;
    for (const asset of assets) cpSync(join(workspace, asset), join(draft, asset), { recursive: true });
    await finish(draft);
    rmSync(join(dist, STAMP), { force: true });
    syncTree(draft, dist);
    writeFileSync(join(draft, STAMP), stamp);
    utimesSync(join(draft, STAMP), startedAt, startedAt);
    renameSync(join(draft, STAMP), join(dist, STAMP));
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function compile(project, outDir) {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", project, "--outDir", outDir, "--pretty", String(process.stdout.isTTY === true)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  return new Promise((resolve) => child.once("close", (code) => resolve(code === 0)));
}
