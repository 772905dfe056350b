import assert from "node:assert/strict";
import { test } from "node:test";
import { postgresSettings, settingArguments } from "../../../../infra/embedded/postgres/postgres-settings.ts";

const tuning = { port: 20_000, major: 18, maxConnections: 100, isDurable: true };

test("a durable cluster keeps PostgreSQL's promises, another gives them up", () => {
  assert.equal(postgresSettings(tuning)["fsync"], undefined);
  assert.equal(postgresSettings(tuning)["synchronous_commit"], undefined);
  assert.equal(postgresSettings({ ...tuning, isDurable: false })["fsync"], "off");
});

test("a setting that is new in 18 is not given to an older server", () => {
  assert.equal(postgresSettings(tuning)["io_method"], "sync");
  assert.ok(!("io_method" in postgresSettings({ ...tuning, major: 15 })));
});

test("settings become pairs of arguments", () => {
  assert.deepEqual(settingArguments({ port: "1", jit: "off" }), ["-c", "port=1", "-c", "jit=off"]);
});
