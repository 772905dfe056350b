import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { type Surroundings, run } from "../../../../infra/ipmi-js/cli/run.ts";
import { PASSWORD, USERNAME, startTestBmc } from "../support/test-bmc.ts";

async function ipmiJs(
  argv: readonly string[],
  { env = { IPMI_PASSWORD: PASSWORD }, signal = new AbortController().signal }: Partial<Surroundings> = {},
) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const exitStatus = await run({ argv, env, stdout, stderr, version: () => "1.2.3", signal });
  stdout.end();
  stderr.end();
  return { exitStatus, stdout: await text(stdout), stderr: await text(stderr) };
}

describe("the command line", { concurrency: true }, () => {
  test("tells the status of each host on a line of its own, each once", async (t) => {
    const on = await startTestBmc(t);
    const off = await startTestBmc(t, { power: { powerState: "off" } });
    const hosts = [on, off, on].map(({ bmc }) => `127.0.0.1:${bmc.port}`);
    const { stdout, exitStatus } = await ipmiJs(["power", "status", hosts.join(","), "-u", USERNAME]);
    assert.deepEqual(stdout.trim().split("\n").sort(), [`${hosts[0]!}: on`, `${hosts[1]!}: off`].sort());
    assert.equal(exitStatus, 0);
  });

  for (const [verb, action] of [
    ["on", "power-on"],
    ["off", "power-off"],
    ["cycle", "power-cycle"],
    ["reset", "hard-reset"],
    ["soft", "soft-shutdown"],
    ["diag", "diagnostic-interrupt"],
  ] as const) {
    test(`does ${verb} once`, async (t) => {
      const { bmc, controls } = await startTestBmc(t);
      const { stdout, exitStatus } = await ipmiJs(["power", verb, `127.0.0.1:${bmc.port}`, "-u", USERNAME, "-I", "3"]);
      assert.equal(stdout, `127.0.0.1:${bmc.port}: ok\n`);
      assert.equal(exitStatus, 0);
      assert.deepEqual(
        controls.map((control) => control.action),
        [action],
      );
    });
  }

  test("says what failed, and ends with 1, when one of many fails", async (t) => {
    const good = await startTestBmc(t);
    const bad = await startTestBmc(t, { users: [{ username: USERNAME, password: "another" }] });
    const hosts = `127.0.0.1:${good.bmc.port} 127.0.0.1:${bad.bmc.port}`;
    const { stdout, exitStatus } = await ipmiJs(["power", "status", hosts, "-u", USERNAME]);
    assert.match(stdout, new RegExp(`:${bad.bmc.port}: password invalid\n`));
    assert.match(stdout, new RegExp(`:${good.bmc.port}: on\n`));
    assert.equal(exitStatus, 1);
  });

  test("says what the machine refuses, and ends with 1", async (t) => {
    const { bmc } = await startTestBmc(t, { power: { powerState: "off" } });
    const { stdout, exitStatus } = await ipmiJs(["power", "reset", `127.0.0.1:${bmc.port}`, "-u", USERNAME]);
    assert.equal(stdout, `127.0.0.1:${bmc.port}: not supported in the present state (D5h)\n`);
    assert.equal(exitStatus, 1);
  });

  test("prints one JSON document with --json", async (t) => {
    const { bmc } = await startTestBmc(t);
    const host = `127.0.0.1:${bmc.port}`;
    const { stdout } = await ipmiJs(["power", "status", host, "-u", USERNAME, "--json"]);
    const results = [{ host, status: "succeeded", power: "on" }];
    assert.deepEqual(JSON.parse(stdout), { verb: "status", code: 0, results });
  });

  test("a dead host delays no other, and is told within its time", async (t) => {
    const alive = await startTestBmc(t);
    const dead = await startTestBmc(t, { faults: { dead: true } });
    const hosts = `127.0.0.1:${dead.bmc.port} 127.0.0.1:${alive.bmc.port}`;
    const startedAt = performance.now();
    const { stdout } = await ipmiJs(["power", "status", hosts, "-u", USERNAME, "--window", "1"]);
    const lines = stdout.trim().split("\n");
    assert.deepEqual(lines, [`127.0.0.1:${alive.bmc.port}: on`, `127.0.0.1:${dead.bmc.port}: no answer`]);
    assert.ok(performance.now() - startedAt < 5_500);
  });

  test("a session is closed as soon as its host is done", async (t) => {
    const { bmc } = await startTestBmc(t);
    await ipmiJs(["power", "status", `127.0.0.1:${bmc.port}`, "-u", USERNAME]);
    assert.equal(bmc.sessionCount, 0);
  });

  test("interrupted, it tells what is known by then, and leaves no session open", async (t) => {
    const stop = new AbortController();
    const alive = await startTestBmc(t);
    // It takes the action and is never heard of again.
    const mute = await startTestBmc(t, {
      onControl: () => {
        mute.bmc.setFaults({ dead: true });
        stop.abort();
      },
    });
    const host = `127.0.0.1:${mute.bmc.port}`;
    const { stdout, exitStatus } = await ipmiJs(["power", "on", host, "-u", USERNAME], { signal: stop.signal });
    assert.equal(stdout, `${host}: unknown: sent, but not answered\n`);
    assert.equal(exitStatus, 130);

    const early = AbortSignal.abort();
    const other = `127.0.0.1:${alive.bmc.port}`;
    const untouched = await ipmiJs(["power", "cycle", other, "-u", USERNAME], { signal: early });
    assert.equal(untouched.stdout, `${other}: interrupted\n`);
    assert.deepEqual([untouched.exitStatus, alive.controls.length, alive.bmc.sessionCount], [130, 0, 0]);
  });

  for (const argv of [
    [],
    ["power"],
    ["power", "fly", "h", "-u", "u"],
    ["power", "on", "-u", "u"],
    ["power", "on", "h"],
    ["power", "on", "h", "-u", "u", "-I", "2"],
    ["power", "on", "h", "-u", "u", "-W", "none-such"],
    ["power", "on", "h", "-u", "u", "--deadline", "0"],
    ["power", "on", "h", "-u", "u", "--password", "x"],
  ]) {
    test(`ends with 2 and the usage for: ${argv.join(" ")}`, async () => {
      const { exitStatus, stderr } = await ipmiJs(argv);
      assert.equal(exitStatus, 2);
      assert.match(stderr, /usage: ipmi-js power/);
    });
  }

  test("ends with 2 when no password is given, or its file can't be read", async () => {
    assert.equal((await ipmiJs(["power", "on", "h", "-u", "u"], { env: {} })).exitStatus, 2);
    assert.equal((await ipmiJs(["power", "on", "h", "-u", "u", "--password-file", "/none/such"])).exitStatus, 2);
  });

  test("tells usage and version", async () => {
    assert.match((await ipmiJs(["--help"])).stdout, /usage: ipmi-js power/);
    assert.equal((await ipmiJs(["--version"])).stdout, "1.2.3\n");
  });
});
