import assert from "node:assert/strict";
import { test } from "node:test";
import { databaseServer } from "../../support/database.ts";
import { busOfFile, openBootSite, pc1, pc2 } from "./boot-site.ts";

const databases = databaseServer();
const file = busOfFile();

test("a flood from one address is turned away before anything is looked up, and hinders no other", async (t) => {
  const { ask, reports } = await openBootSite(t, { databases, bus: file.bus });
  const report = (from: string) => ask("/v1/state", { from, body: { state: "ISUP", bootId: "0b00-1111" } });
  const before = performance.now();
  const answers: Awaited<ReturnType<typeof report>>[] = [];
  // So many at a time as a node has sockets for.
  for (let round = 0; round < 8; round++) {
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => report(pc1.address)))));
  }
  const tookMs = performance.now() - before;
  const taken = answers.filter(({ status }) => status === 204).length;
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(taken + refused.length, answers.length);
  // The window may turn once or more on a slow machine; what is taken is bounded by it.
  assert.ok(
    taken <= 300 * (1 + Math.ceil(tookMs / 10_000)),
    `${taken} of ${answers.length} were taken in ${tookMs} ms`,
  );
  assert.ok(refused.length > 0);
  assert.ok(Number(refused[0]!.headers["retry-after"]) > 0);
  assert.equal((await reports()).length, taken);
  assert.equal((await report(pc2.address)).status, 204);
});
