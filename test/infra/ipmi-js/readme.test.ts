import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runTool } from "../../interop/run-tool.ts";
import { startTestBmc } from "./support/test-bmc.ts";

const workspace = new URL("../../../infra/ipmi-js/", import.meta.url);
const root = fileURLToPath(new URL("../../../", import.meta.url));

async function readCode(language: string): Promise<readonly string[]> {
  const readme = await readFile(new URL("README.md", workspace), "utf8");
  return Array.from(readme.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs")), ([, code = ""]) => code);
}

test("the README's quick start does what it says", async (t) => {
  const { target, controls } = await startTestBmc(t, { users: [{ username: "admin", password: "horse" }] });
  const [quickStart = ""] = await readCode("ts");
  const code = quickStart
    .replace(`"ipmi-js"`, JSON.stringify(new URL("index.ts", workspace).href))
    .replace(`"10.0.0.7"`, `"${target.address}", port: ${target.port ?? 623}`);
  const folder = await mkdtemp(join(tmpdir(), "ipmi-js-readme-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "quick-start.mts");
  await writeFile(file, `${code}\nconsole.log(powerState, outcome);`);

  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const { stdout, stderr } = await runTool(process.execPath, [tsx, file], { env: { IPMI_PASSWORD: "horse" } });
  assert.equal(stdout, "on accepted\n", stderr);
  assert.deepEqual(
    controls.map(({ action }) => action),
    ["power-off"],
  );
});

test("the README names every quirk and every error", async () => {
  const readme = await readFile(new URL("README.md", workspace), "utf8");
  const { QUIRKS, ...face } = await import("../../../infra/ipmi-js/index.ts");
  const errors = Object.keys(face).filter((name) => name.endsWith("Error") && name !== "IpmiError");
  for (const name of [...QUIRKS, ...errors]) assert.ok(readme.includes(`\`${name}\``), name);
});
