import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FaultName } from "../../infra/simulator/index.ts";
import { documentOf, siteWith } from "../support/site.ts";

const faultOf: Readonly<Record<string, FaultName>> = {
  pc2: "bmc-dead",
  pc9: "bmc-wrong-password",
  pc13: "hangs-in-bios",
  pc20: "never-boots",
  pc24: "bmc-dead",
};
const reasonOf: Partial<Record<FaultName, string>> = {
  "bmc-dead": "bmc-unreachable",
  "bmc-wrong-password": "bmc-password-invalid",
  "hangs-in-bios": "boot-timeout",
  "never-boots": "boot-timeout",
};
const names = Array.from({ length: 24 }, (_, index) => `pc${index + 1}`);
const locked = Array.from({ length: 300 }, (_, index) => `locked${index + 1}`);
const waitTimeS = 20;

const site = siteWith({
  nodes: [
    ...names.map((name) => ({ name, ...(faultOf[name] === undefined ? {} : { fault: faultOf[name] }) })),
    ...locked.map((name) => ({ name, fault: "bmc-wrong-password" as const })),
  ],
});

describe("large waves", () => {
  test("a wave of 24 with 5 faulty nodes gives 24 results and code 5, as fast as its slowest node", async () => {
    const flags = ["--power-cycle", "--wait", "--wait-time", String(waitTimeS), "--yes", "--json"];
    const process = site.start(["reboot", "pc[1-24]", ...flags]);
    const end = await process.ended;
    const toldAt = Date.now();
    const { code, results, verb, user } = documentOf(end);

    assert.deepEqual({ status: end.status, code, verb, user }, { status: 5, code: 5, verb: "reboot", user: "admin" });
    assert.deepEqual(Object.keys(results), names);
    for (const name of names) {
      const fault = faultOf[name];
      const expected = fault === undefined ? "succeeded isup" : `failed ${reasonOf[fault] ?? ""}`;
      assert.equal(`${results[name]!.outcome} ${results[name]!.reason}`, expected, name);
    }
    const beganAt = Math.min(...names.map((name) => Date.parse(results[name]!.startedAt)));
    const endedAt = Math.max(...names.map((name) => Date.parse(results[name]!.finishedAt)));
    assert.ok(endedAt - beganAt < (waitTimeS + 10) * 1_000, `the wave took ${endedAt - beganAt} ms`);
    assert.ok(toldAt - endedAt < 5_000, `the end was told ${toldAt - endedAt} ms late`);
  });

  test("a dead BMC delays nobody: sound nodes are on again before it is given up", async () => {
    const end = await site.run(["reboot", "pc[1-24]", "--power-cycle", "--yes", "--json"]);
    const { results } = documentOf(end);
    const givenUpAt = Math.min(...["pc2", "pc24"].map((name) => Date.parse(results[name]!.finishedAt)));
    for (const name of names) {
      if (results[name]!.outcome === "failed") continue;
      assert.ok(Date.parse(results[name]!.finishedAt) < givenUpAt, `${name} at ${results[name]!.finishedAt}`);
    }
  });

  test("300 failing nodes are code 300, and exit status 250", async () => {
    const end = await site.run(["reboot", "locked[1-300]", "--power-cycle", "--yes", "--json"]);
    const { code, results } = documentOf(end);

    assert.deepEqual({ status: end.status, code }, { status: 250, code: 300 });
    assert.deepEqual(Object.keys(results), locked);
    const reasons = new Set(Object.values(results).map(({ reason }) => reason));
    assert.deepEqual([...reasons], ["bmc-password-invalid"]);
  });
});
