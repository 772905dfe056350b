import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ensureKey, makeSiteFolders, siteFilesOf } from "../../agents/cli/up/site-files.ts";
import { connect, readContext } from "../../bus/index.ts";
import { personPermissions } from "../../contracts/index.ts";
import { type EmbeddedNats, startNats } from "../../infra/embedded/index.ts";
import { runCli } from "../support/cli-process.ts";
import { documentOf } from "../support/site.ts";

let dir = "";
let nats: EmbeddedNats | undefined;
let contextFile = "";

before(async () => {
  dir = mkdtempSync(join(tmpdir(), "reveille-no-agents-"));
  await makeSiteFolders(dir);
  const files = siteFilesOf(dir);
  const publicKey = await ensureKey(files, "admin");
  const permissions = personPermissions("local", "admin");
  nats = await startNats({ dir, identities: [{ name: "admin", publicKey, permissions }] });
  contextFile = files.contextFileOf("admin");
  const context = { site: "local", url: nats.url, user: "admin", keyFile: files.keyFileOf("admin") };
  writeFileSync(contextFile, JSON.stringify(context));
});
after(async () => {
  await nats?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("where no agent listens a command is refused at once, and so is a read", async () => {
  await using reveille = await connect(await readContext(contextFile));
  const beganAt = performance.now();
  const operation = await reveille.reboot({ nodelist: ["pc1"] });
  const read = await reveille.query("nodes", {});
  const tookMs = performance.now() - beganAt;

  assert.equal(operation.refusal?.reason, "no-agent-listening");
  assert.equal(read.ok ? undefined : read.reason, "no-agent-listening");
  assert.ok(tookMs < 1_500, `told after ${tookMs} ms, where a time-out is 2 s`);
});

test("the command line says so too, and exits 255", async () => {
  const end = await runCli(["reboot", "pc1", "--json"], { cwd: dir, contextFile });
  const { code, reason, detail } = documentOf(end);
  assert.deepEqual({ status: end.status, code, reason }, { status: 255, code: -1, reason: "no-agent-listening" });
  assert.match(detail ?? "", /no reboot agent is listening on site local/u);
  assert.match(end.stderr, /reveille agent/u);
});
