// Fails when docs/api is not what `npm run docs -w ipmi-js` would write.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FILE = "README.md";
const workspace = fileURLToPath(new URL("..", import.meta.url));
const typedoc = join(dirname(createRequire(import.meta.url).resolve("typedoc/package.json")), "bin/typedoc");
const draft = mkdtempSync(join(tmpdir(), "ipmi-js-api-"));
try {
  const args = [typedoc, "--logLevel", "Warn", "--out", draft];
  const { status } = spawnSync(process.execPath, args, { cwd: workspace, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
  else if (!readFileSync(join(draft, FILE)).equals(readFileSync(join(workspace, "docs/api", FILE)))) {
    console.error("infra/ipmi-js/docs/api is stale; write it anew by `npm run docs -w ipmi-js`");
    process.exitCode = 1;
  }
} finally {
  rmSync(draft, { recursive: true });
}
