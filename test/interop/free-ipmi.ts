import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ToolResult, runTool } from "./run-tool.ts";

/** A BMC as FreeIPMI's tools are told of it: on an IPv4 address, with a password of plain letters and digits. */
export interface FreeIpmiTarget {
  readonly address: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/** Runs a FreeIPMI tool with the credentials in a file of its own, which is gone after the test. */
export async function freeIpmi(
  t: TestContext,
  target: FreeIpmiTarget,
  [tool, ...args]: readonly [string, ...string[]],
): Promise<ToolResult> {
  const folder = await mkdtemp(join(tmpdir(), "free-ipmi-"));
  t.after(() => rm(folder, { recursive: true }));
  const config = join(folder, "freeipmi.conf");
  await writeFile(config, `username ${target.username}\npassword ${target.password}\n`, { mode: 0o600 });
  const where = ["--config-file", config, "-D", "LAN_2_0", "-h", `${target.address}:${target.port}`];
  return runTool(tool, [...where, ...args]);
}
