import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  bmcUnreachable,
  opId,
  operationOf,
  operationSummary,
  refusedOperation,
  resultOf,
} from "../fake-coordinator.ts";
import { runLine } from "../run-line.ts";

const results = { pc1: resultOf({ via: "ssh" }), pc2: bmcUnreachable };
const unknown = () => refusedOperation("operation-unknown", `there is no operation ${opId}`);

describe("wait", () => {
  test("shows the same document and exit status as whoever began it got", async () => {
    const operation = () => operationOf(results, { verb: "power", user: "alice", nodes: [] });
    const { status, document, asked } = await runLine(["wait", opId, "--json"], { operation });
    assert.equal(status, 1);
    assert.deepEqual(document, { op: opId, verb: "power", user: "alice", code: 1, results });
    assert.deepEqual(asked[0], ["attach", opId]);
  });

  test("of an operation that does not exist is refused", async () => {
    const { status, document } = await runLine(["wait", opId, "--json"], { operation: unknown });
    assert.equal(status, 255);
    assert.equal((document as { reason: string }).reason, "operation-unknown");
    assert.equal((document as { verb: string }).verb, "wait");
  });

  test("of what cannot be an id is refused before a bus is looked for", async () => {
    const { status, asked } = await runLine(["wait", "pc1"]);
    assert.equal(status, 255);
    assert.deepEqual(asked, []);
  });

  test("Ctrl-C says how to wait again", async () => {
    const operation = () => operationOf(results, { isEndless: true });
    const onListening = (interrupt: () => void) => setImmediate(interrupt);
    const { status, stderr, document } = await runLine(["wait", opId, "--json"], { operation, onListening });
    assert.equal(status, 254);
    assert.match(stderr, new RegExp(`reveille wait ${opId}`, "u"));
    assert.deepEqual(document, { op: opId, verb: "reboot", user: "admin" });
  });
});

describe("cancel", () => {
  test("asks the operation's agent and returns", async () => {
    const operation = operationOf(results);
    const { status, stdout } = await runLine(["cancel", opId], { operation: () => operation });
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`reveille wait ${opId}`, "u"));
    assert.deepEqual(operation.deeds, ["cancel", "detach"]);
    const { document } = await runLine(["cancel", opId, "--json"], { operation: () => operation });
    assert.deepEqual(document, { op: opId, verb: "reboot", user: "admin", cancelRequested: true });
  });

  test("of an operation that has finished is refused", async () => {
    const operation = () =>
      operationOf(results, {
        cancel: async () => ({ ok: false, reason: "operation-finished", detail: "every node has its result" }),
      });
    const { status, stderr } = await runLine(["cancel", opId], { operation });
    assert.equal(status, 255);
    assert.match(stderr, /refused \(operation-finished\)/u);
  });

  test("of an operation that does not exist is refused", async () => {
    assert.equal((await runLine(["cancel", opId], { operation: unknown })).status, 255);
  });
});

describe("ops", () => {
  const operations = [operationSummary(), operationSummary({ state: "running", cancelRequested: true, doneCount: 1 })];

  test("a pipe gets one operation a line, parted by tabs", async () => {
    const { status, stdout } = await runLine(["ops"], { operations });
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `${opId}\treboot\tadmin\tfinished\t2/2\t1\t2026-01-02T03:04:05.000Z\n` +
        `${opId}\treboot\tadmin\tcancelling\t1/2\t1\t2026-01-02T03:04:05.000Z\n`,
    );
  });

  test("a terminal gets a heading", async () => {
    const { stdout } = await runLine(["ops"], { operations, isTerminal: true });
    assert.match(stdout, /^ID +VERB +USER +STATE +DONE +FAILED +CREATED\n/u);
  });

  test("--json has the summaries, and the flags reach the query", async () => {
    const { document, asked } = await runLine(["ops", "--json", "--running", "--limit", "5"], { operations });
    assert.deepEqual(document, { operations });
    assert.deepEqual(asked[0], ["query", "operations", { limit: 5, running: true }]);
  });

  test("a refused query is a refusal", async () => {
    const { status, stderr } = await runLine(["ops"], { isSilent: true });
    assert.equal(status, 255);
    assert.match(stderr, /refused \(no-agent-listening\)/u);
  });
});

describe("show", () => {
  const scene = { operation: () => operationOf(results), operations: [operationSummary()] };

  test("a pipe gets the operation and one result a line", async () => {
    const { status, stdout } = await runLine(["show", opId], scene);
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `reboot ${opId} by admin: finished, 2/2 nodes done, 1 failed, ` +
        "from 2026-01-02T03:04:05.000Z to 2026-01-02T03:04:15.000Z\n" +
        "pc1\tsucceeded\tsilence-observed\tssh\t1\t2.5\t\n" +
        "pc2\tfailed\tbmc-unreachable\t-\t1\t2.5\t\n",
    );
  });

  test("--json has both", async () => {
    const { document } = await runLine(["show", opId, "--json"], scene);
    assert.deepEqual(document, { operation: operationSummary(), results });
  });
});
