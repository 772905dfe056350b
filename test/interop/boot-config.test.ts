import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dnsmasqConfig } from "../../agents/cli/boot-config/dnsmasq.ts";
import { keaConfig } from "../../agents/cli/boot-config/kea.ts";
import { network } from "../agents/cli/boot-config/network.ts";
import { scratchFolder } from "../infra/embedded/support/scratch.ts";
import { runTool } from "./run-tool.ts";

const onLoopback = { ...network, interface: "lo" };
const takers = [
  { program: "dnsmasq", config: dnsmasqConfig(onLoopback), args: (file: string) => ["--test", `--conf-file=${file}`] },
  { program: "kea-dhcp4", config: keaConfig(onLoopback), args: (file: string) => ["-t", file] },
];

for (const { program, config, args } of takers) {
  test(`${program} takes the configuration that is made for it, and no broken one`, async (t) => {
    const file = join(scratchFolder(t), "reveille.conf");
    writeFileSync(file, config);
    const { exitStatus, stdout, stderr } = await runTool(program, args(file));
    assert.equal(exitStatus, 0, stdout + stderr);
    writeFileSync(file, config.replace("10.0.0.0", "10.0.0.999"));
    assert.notEqual((await runTool(program, args(file))).exitStatus, 0);
  });
}
