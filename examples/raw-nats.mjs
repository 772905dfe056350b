// A client of Reveille with nothing but the NATS client and node:crypto: what docs/contracts/README.md describes.
//
//   node examples/raw-nats.mjs CONTEXT.json power-status NODE...
//   node examples/raw-nats.mjs CONTEXT.json reboot NODE...
//
// Publishes the signed command, prints each message of its inbox as a line of JSON, and exits with the code: 0 when
// every node succeeded, the number of those that did not (250 at most), 255 when the command was refused as a whole, 253
// when it is unknown whether it was admitted.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { connect, headers, nkeyAuthenticator, nkeys } from "@nats-io/transport-node";

const quietMs = 2_000;
const lifeMs = 60_000;
// By so much may an agent's clock differ from ours.
const clocksMs = 30_000;
// What an agent says of this moment alone: of a command that was sent before, it leaves open whether it was admitted.
const passing = ["command-expired", "database-unreachable", "overloaded", "internal-error"];
const commands = {
  "power-status": { verb: "power", args: { action: "status" } },
  reboot: { verb: "reboot", args: {} },
};

const [contextFile, deed, ...nodelist] = process.argv.slice(2);
if (contextFile === undefined || !Object.hasOwn(commands, deed ?? "") || nodelist.length === 0) {
  console.error("usage: raw-nats.mjs CONTEXT.json power-status|reboot NODE...");
  process.exit(255);
}
const { verb, args } = commands[deed];
const { site, url, user, keyFile } = JSON.parse(await readFile(contextFile, "utf8"));
const seed = new TextEncoder().encode((await readFile(resolve(dirname(contextFile), keyFile), "utf8")).trim());
const pair = nkeys.fromSeed(seed);
const connection = await connect({ servers: url, authenticator: nkeyAuthenticator(seed), maxReconnectAttempts: -1 });

const op = newId();
const inbox = inboxOf(op, "reboot");
const expiresAtMs = Date.now() + lifeMs;
const command = signed(`rv.${site}.cmd.${verb}.${user}`, { op, args: { ...args, nodelist } });
/** @type {Map<string, {status: number}>} Node → its result: the first one stands. */
const results = new Map();
let nodeCount;
let sendings = 0;

// The inbox is open before the command leaves, so that nothing is missed.
const subscription = connection.subscribe(inbox);
process.exitCode = await follow();
await connection.close();

/** Sends the command, and takes what comes until every node has its result. */
async function follow() {
  send();
  const messages = subscription[Symbol.asyncIterator]();
  let next = messages.next();
  for (;;) {
    const arrived = await within(quietMs, next);
    if (arrived === undefined) {
      // Silence proves nothing. The ledger knows; what it does not know is sent again, under the same id.
      const known = await askLedger();
      const isExpired = Date.now() > expiresAtMs + clocksMs;
      if (isExpired && nodeCount === undefined) return known === "unknown" ? 255 : 253;
      if (known === "unknown" && !isExpired) send();
    } else {
      next = messages.next();
      const ending = take(arrived.value);
      if (ending !== undefined) return ending;
    }
    if (results.size === nodeCount) return codeOf();
  }
}

/** Deals with one message; gives an exit status if it ends everything. */
function take(message) {
  if (message.data.length === 0 && message.headers?.code === 503) {
    console.error("no agent is listening");
    return sendings === 1 ? 255 : undefined;
  }
  const said = message.json();
  console.log(JSON.stringify(said));
  if (said.kind === "rejected" && (sendings === 1 || !passing.includes(said.reason))) return 255;
  if (said.kind === "accepted") nodeCount = said.nodeCount;
  if (said.kind === "events") for (const event of said.events) if (event.kind === "result") record(event);
  return undefined;
}

function record({ node, result }) {
  if (!results.has(node)) results.set(node, result);
}

function codeOf() {
  return Math.min([...results.values()].filter(({ status }) => status !== 0).length, 250);
}

function send() {
  sendings += 1;
  connection.publish(command.subject, command.payload, { reply: inbox, headers: command.headers });
}

/** Asks the registry for what the inbox did not bring, page by page. */
async function askLedger() {
  let after;
  do {
    const id = newId();
    const query = signed(`rv.${site}.query.operation.${user}`, { op: id, args: { op, ...(after ? { after } : {}) } });
    const options = { noMux: true, reply: inboxOf(id, "registry"), timeout: quietMs, headers: query.headers };
    const reply = await connection.request(query.subject, query.payload, options).catch(() => undefined);
    const said = reply?.json();
    if (said?.kind === "rejected") return said.reason === "operation-unknown" ? "unknown" : "unheard";
    if (said?.kind !== "answer") return "unheard";
    nodeCount = said.answer.operation.nodeCount;
    for (const [node, result] of Object.entries(said.answer.results)) record({ node, result });
    after = said.answer.next;
  } while (after !== undefined);
  return "known";
}

/** A payload on a subject with the headers that prove who sends it. */
function signed(subject, body) {
  const payload = JSON.stringify({ v: 1, expiresAt: new Date(Date.now() + lifeMs).toISOString(), ...body });
  const signature = pair.sign(new TextEncoder().encode(`rv1\n${subject}\n${payload}`));
  const proof = headers();
  proof.set("Reveille-Key", pair.getPublicKey());
  proof.set("Reveille-Signature", Buffer.from(signature).toString("base64url"));
  return { subject, payload, headers: proof };
}

function inboxOf(id, agent) {
  return `rv.${site}.inbox.${user}.${id}.${agent}`;
}

function newId() {
  return randomBytes(16).toString("hex");
}

async function within(ms, promise) {
  let timer;
  const tooLate = new Promise((settle) => (timer = setTimeout(settle, ms, undefined)));
  return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
}
