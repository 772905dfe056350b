import assert from "node:assert/strict";
import { test } from "node:test";
import { BmcUnreachableError, CipherSuiteRefusedError } from "../../../../infra/ipmi-js/index.ts";
import { startCurtBmc } from "../support/curt-bmc.ts";
import { createTestClient } from "../support/test-bmc.ts";

test("a refusal that ends after its status is told for what it is", async (t) => {
  const target = await startCurtBmc(t, { tagOffset: 0 });
  await assert.rejects(createTestClient(t).chassisStatus(target), CipherSuiteRefusedError);
});

test("such a refusal with another message's tag is not believed", async (t) => {
  const target = await startCurtBmc(t, { tagOffset: 1 });
  const client = createTestClient(t, { unreachableAfterMs: 300 });
  await assert.rejects(client.chassisStatus(target), BmcUnreachableError);
  assert.ok(client.strayPackets > 0);
});
