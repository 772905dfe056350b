import assert from "node:assert/strict";
import { test } from "node:test";
import { createEventStream } from "../../../bus/coordinator/event-stream.ts";
import type { NodeEvent } from "../../../contracts/index.ts";
import { resultEvent, stepEvent } from "../../support/fake-agent.ts";

async function read(events: AsyncIterable<NodeEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { kind, node } of events) seen.push(`${kind} ${node}`);
  return seen;
}

test("every iterator gets every event, after what it is replayed", async () => {
  const stream = createEventStream();
  const first = read(stream.iterate(() => []));
  stream.push(stepEvent("pc1"));
  stream.push(resultEvent("pc1"));
  const second = read(stream.iterate(() => [resultEvent("pc1")]));
  stream.push(resultEvent("pc2"));
  stream.end();
  assert.deepEqual(await first, ["step pc1", "result pc1", "result pc2"]);
  assert.deepEqual(await second, ["result pc1", "result pc2"]);
});

test("the last thousand steps before the first iterator are kept", async () => {
  const stream = createEventStream();
  for (let index = 0; index < 1_500; index++) stream.push(stepEvent(`pc${index}`));
  stream.end();
  const seen = await read(stream.iterate(() => []));
  assert.equal(seen.length, 1_000);
  assert.equal(seen[0], "step pc500");
});

test("an iterator that is left early ends, and the others go on", async () => {
  const stream = createEventStream();
  const other = read(stream.iterate(() => []));
  stream.push(resultEvent("pc1"));
  for await (const { node } of stream.iterate(() => [resultEvent("pc1")])) {
    assert.equal(node, "pc1");
    break;
  }
  stream.push(resultEvent("pc2"));
  stream.end();
  assert.deepEqual(await other, ["result pc1", "result pc2"]);
});

test("an iterator of a stream that has ended yields its replay and ends", async () => {
  const stream = createEventStream();
  stream.end();
  assert.deepEqual(await read(stream.iterate(() => [resultEvent("pc1")])), ["result pc1"]);
});
