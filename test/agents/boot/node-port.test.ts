import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { openNodePort } from "../../../agents/boot/node-port.ts";
import { type Sql, addReport, readNodeAt } from "../../../infra/db/index.ts";
import { databaseServer } from "../../support/database.ts";
import { nodeOf, siteOf } from "../../support/inventory.ts";

const databases = databaseServer();

interface NodeSide {
  readonly owner: Sql;
  /** What the port answers to a body from an address of this machine. */
  readonly post: (
    body: string,
    options?: { readonly from?: string; readonly type?: string; readonly path?: string },
  ) => Promise<number>;
}

async function open(t: TestContext, { host = "127.0.0.1", isDatabaseAway = false } = {}): Promise<NodeSide> {
  const nodes = [nodeOf("pc1", { address: "127.9.0.1" }), nodeOf("pc2", { address: "127.9.0.2" })];
  const database = await databases.newDatabase(t, siteOf(nodes));
  const sql = database.as("boot");
  if (isDatabaseAway) await sql.end();
  const port = await openNodePort({
    ...{ host, port: 0, log: pino({ level: "silent" }) },
    nodeAt: (address) => readNodeAt(sql, address),
    onReport: async (node, report) => {
      await addReport(sql, node, report, "address");
    },
  });
  t.after(() => port.close());
  return {
    owner: database.owner,
    post: (body, { from = "127.9.0.1", type = "application/json", path = "/v1/state" } = {}) =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": type, "content-length": Buffer.byteLength(body) };
        const url = { host: "127.0.0.1", port: new URL(port.url).port, path, method: "POST" };
        const sent = request({ ...url, localAddress: from, headers }, (response: IncomingMessage) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        sent.on("error", reject);
        sent.end(body);
      }),
  };
}

const reportsOf = async (sql: Sql) =>
  [...(await sql<{ node: string; state: string }[]>`select node, state from boot.state_reports order by id`)].map(
    ({ node, state }) => `${node} ${state}`,
  );

test("a node's report is committed under the name that its address has", async (t) => {
  const { owner, post } = await open(t);
  assert.equal(await post('{"state":"BOOTING","bootId":"0b00-1111"}'), 204);
  assert.equal(await post('{"state":"ISUP"}', { from: "127.9.0.2" }), 204);
  assert.deepEqual(await reportsOf(owner), ["pc1 BOOTING", "pc2 ISUP"]);
});

const refused: readonly (readonly [string, number, string, object?])[] = [
  ["an address that belongs to no node", 403, '{"state":"ISUP"}', { from: "127.9.0.9" }],
  ["a state that does not exist", 400, '{"state":"HAPPY"}'],
  ["a node's name, which is never believed,", 400, '{"state":"ISUP","node":"pc2"}'],
  ["a boot id of another alphabet", 400, `{"state":"ISUP","bootId":"'; drop table x"}`],
  ["no state", 400, "{}"],
  ["a list", 400, "[]"],
  ["broken JSON", 400, '{"state":'],
  ["an empty body", 400, ""],
  ["a huge body", 413, JSON.stringify({ state: "ISUP", detail: "x".repeat(20_000) })],
  ["another kind of content", 415, "state=ISUP", { type: "application/x-www-form-urlencoded" }],
  ["another path", 404, '{"state":"ISUP"}', { path: "/v1/states" }],
];
for (const [what, status, body, options] of refused) {
  test(`${what} is answered ${status}, and nothing is committed`, async (t) => {
    const { owner, post } = await open(t);
    assert.equal(await post(body, options), status);
    assert.deepEqual(await reportsOf(owner), []);
  });
}

test("while the database is away a node is told to try again", async (t) => {
  const { post } = await open(t, { isDatabaseAway: true });
  assert.equal(await post('{"state":"ISUP"}'), 503);
});

test("a node is known by its IPv4 address on a port that listens on IPv6 too", async (t) => {
  const { owner, post } = await open(t, { host: "::" });
  assert.equal(await post('{"state":"ISUP"}'), 204);
  assert.deepEqual(await reportsOf(owner), ["pc1 ISUP"]);
});
