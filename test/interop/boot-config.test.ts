import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { dnsmasqConfig } from "../../agents/cli/boot-config/dnsmasq.ts";
import { network } from "../agents/cli/boot-config/network.ts";
import { scratchFolder } from "../infra/embedded/support/scratch.ts";
import { withSystemPath } from "./run-tool.ts";

test("dnsmasq takes the configuration that is made for it", async (t) => {
  const file = join(scratchFolder(t), "reveille.conf");
  writeFileSync(file, dnsmasqConfig({ ...network, interface: "lo" }));
  const args = ["--test", `--conf-file=${file}`];
  const { stderr } = await promisify(execFile)("dnsmasq", args, { env: withSystemPath() });
  assert.equal(stderr.trim(), "dnsmasq: syntax check OK.");
});
