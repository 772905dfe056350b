import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../machine.ts";
import { startUp } from "../up-process.ts";
import { type Table, median, wholeNumber } from "../table.ts";

const rounds = 15;

/** How long the command line takes on an idle site, beside Node's own start in the same rounds. */
export async function measureCommandLine(): Promise<Table> {
  const dir = mkdtempSync(join(tmpdir(), "reveille-bench-"));
  const site = await startUp(dir);
  try {
    const context = ["--context", join(dir, "context.json")];
    const built = join(root, "agents/cli/reveille.mjs");
    const imports = [join(root, "infra/load-packages.mjs"), import.meta.resolve("tsx")].flatMap((name) => [
      "--import",
      name,
    ]);
    const source = [...imports, "--eval", runSource, "--"];
    const lines: Readonly<Record<string, readonly string[]>> = {
      "node -e 0": ["-e", "0"],
      "built: --help": [built, "--help"],
      "built: nodes": [built, "nodes", ...context],
      "source: --help": [...source, "--help"],
      "source: nodes": [...source, "nodes", ...context],
    };
    const took = new Map(Object.keys(lines).map((name) => [name, [] as number[]]));
    for (let round = -1; round < rounds; round++) {
      for (const [name, args] of Object.entries(lines)) {
        const ms = timeNode(args);
        if (round >= 0) took.get(name)?.push(ms);
      }
    }
    return {
      columns: ["command", "ms, median", "least"],
      rows: [...took].map(([name, ms]) => [name, wholeNumber(median(ms)), wholeNumber(Math.min(...ms))]),
      note: `${rounds} rounds after one to warm up, each round all of them in turn; the site has 24 nodes.`,
    };
  } finally {
    await site.stop();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What the bin does when there is no fresh build. */
const runSource = `import(${JSON.stringify(join(root, "agents/cli/main.ts"))}).then(({ main }) => main(process.argv.slice(1)))`;

function timeNode(args: readonly string[]): number {
  const beganAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${String(status)}: ${stderr}`);
  return performance.now() - beganAt;
}
