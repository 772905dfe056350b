import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newOpId } from "../../bus/index.ts";
import { documentOf, siteWith } from "../support/site.ts";

const site = siteWith({
  nodes: [
    ...["async1", "async2", "watched", "killed", "interrupted"].map((name) => ({ name })),
    ...["async3", "watched-dead", "killed-dead", "interrupted-dead"].map((name) => ({
      name,
      fault: "bmc-dead" as const,
    })),
  ],
});
const waiting = ["--power-cycle", "--wait"];

/** The results document of an operation, asked for from a process and a folder that know nothing of it. */
const waitFor = async (op: string) => {
  const end = await site.run(["wait", op, "--json"], { cwd: "/" });
  return { status: end.status, document: documentOf(end) };
};

describe("an operation outlives its caller", { concurrency: true }, () => {
  test("what was begun with --async has the same results for whoever waits, wherever", async () => {
    const begun = await site.run(["reboot", "async[1-3]", ...waiting, "--async", "--json"]);
    const { op, ...more } = JSON.parse(begun.stdout) as { op: string };
    assert.deepEqual({ status: begun.status, ...more }, { status: 0, verb: "reboot", user: "admin" });

    const [first, second] = await Promise.all([waitFor(op), waitFor(op)]);
    assert.deepEqual(first, second);
    const { status, document } = first;
    assert.deepEqual({ status, code: document.code, op: document.op }, { status: 1, code: 1, op });
    assert.deepEqual(reasonsOf(document.results), { async1: "isup", async2: "isup", async3: "bmc-unreachable" });
  });

  test("whoever stayed and whoever came later are shown the same document", async () => {
    const op = newOpId();
    const stayed = await site.run(["reboot", "watched", "watched-dead", ...waiting, "--id", op, "--json"]);
    const came = await waitFor(op);
    assert.deepEqual(came, { status: stayed.status, document: documentOf(stayed) });
  });

  test("a coordinator killed with -9 in mid-operation changes nothing of the results", async () => {
    const op = newOpId();
    const killed = site.start(["reboot", "killed", "killed-dead", ...waiting, "--id", op, "--events"]);
    await killed.line(/"kind":"step"/u);
    killed.kill("SIGKILL");
    assert.equal((await killed.ended).signal, "SIGKILL");

    const { status, document } = await waitFor(op);
    assert.deepEqual({ status, code: document.code }, { status: 1, code: 1 });
    assert.deepEqual(reasonsOf(document.results), { killed: "isup", "killed-dead": "bmc-unreachable" });
    assert.deepEqual(await site.powerActions("killed"), ["off", "on"]);
  });

  test("Ctrl-C exits 254 and says how to wait, and the operation goes on", async () => {
    const op = newOpId();
    const process = site.start(["reboot", "interrupted", "interrupted-dead", ...waiting, "--id", op, "--events"]);
    await process.line(/"kind":"step"/u);
    process.kill("SIGINT");
    const { status, stderr } = await process.ended;
    assert.equal(status, 254);
    assert.match(stderr, new RegExp(`the operation goes on.*reveille wait ${op}`, "u"));

    const { document } = await waitFor(op);
    assert.deepEqual(reasonsOf(document.results), { interrupted: "isup", "interrupted-dead": "bmc-unreachable" });
  });
});

function reasonsOf(results: Readonly<Record<string, { readonly reason: string }>>): Record<string, string> {
  return Object.fromEntries(Object.entries(results).map(([node, { reason }]) => [node, reason]));
}
