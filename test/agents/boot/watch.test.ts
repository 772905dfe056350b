import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { createWatch } from "../../../agents/boot/watch.ts";

const log = pino({ level: "silent" });
const never = { withinMs: 60_000, signal: new AbortController().signal };
const any = () => true;

/** A watch of a table that a test fills, and how often it was read. */
function watchOf(t: TestContext, table: Map<string, number>) {
  const reads: string[][] = [];
  const watch = createWatch<number>(async (keys) => {
    reads.push([...keys]);
    return new Map([...table].filter(([key]) => keys.includes(key)));
  }, log);
  t.after(() => watch.close());
  return { watch, reads };
}

test("what is there already is found at once, for all who ask in one tick by one read", async (t) => {
  const { watch, reads } = watchOf(
    t,
    new Map([
      ["pc1", 1],
      ["pc2", 2],
    ]),
  );
  assert.deepEqual(await Promise.all([watch.waitFor("pc1", any, never), watch.waitFor("pc2", any, never)]), [1, 2]);
  assert.deepEqual(reads, [["pc1", "pc2"]]);
});

test("what comes later is found when somebody says so, and only if it is accepted", async (t) => {
  const table = new Map([["pc1", 1]]);
  const { watch } = watchOf(t, table);
  const waiting = watch.waitFor("pc1", (value) => value > 1, never);
  watch.look();
  table.set("pc1", 2);
  watch.look();
  assert.equal(await waiting, 2);
});

test("who asks again takes the place of its former self", async (t) => {
  const table = new Map<string, number>();
  const { watch } = watchOf(t, table);
  const former = watch.waitFor("pc1", any, never);
  const latter = watch.waitFor("pc1", any, never);
  assert.equal(await former, undefined);
  table.set("pc1", 1);
  watch.look();
  assert.equal(await latter, 1);
});

test("the wait ends without a value when the time is up, the asker leaves, or the watch closes", async (t) => {
  const { watch } = watchOf(t, new Map());
  assert.equal(await watch.waitFor("pc1", any, { ...never, withinMs: 1 }), undefined);
  assert.equal(await watch.waitFor("pc1", any, { ...never, signal: AbortSignal.abort() }), undefined);
  const leaving = new AbortController();
  const left = watch.waitFor("pc1", any, { ...never, signal: leaving.signal });
  leaving.abort();
  assert.equal(await left, undefined);
  const closed = watch.waitFor("pc1", any, never);
  watch.close();
  assert.equal(await closed, undefined);
});

test("a table that cannot be read is asked again", async (t) => {
  let isAway = true;
  const watch = createWatch(async () => {
    if (isAway) throw new Error("away");
    return new Map([["pc1", 1]]);
  }, log);
  t.after(() => watch.close());
  const waiting = watch.waitFor("pc1", any, never);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  isAway = false;
  watch.look();
  assert.equal(await waiting, 1);
});
