import type { FastifyInstance, FastifyRequest } from "fastify";
import { type NodeState, StateReport, hasShape, problemsOf } from "../../../../contracts/index.ts";
import { addReport, isOfOlderBoot, readNodeAt } from "../../../../infra/db/index.ts";
import { addressOf, ramdiskOf } from "../asker.ts";
import type { NodePortParts } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";

/** What a ramdisk reports, with its token. */
const statesByToken: ReadonlySet<NodeState> = new Set(["RELOADSETUP", "RELOADING", "RELOADDONE", "TBFAILED"]);
/** What an OS that booted from the disk reports, known by its address. All other states are recorded by ourselves, or by nobody. */
const statesByAddress: ReadonlySet<NodeState> = new Set([
  "BOOTING",
  "TBSETUP",
  "RECONFIG",
  "ISUP",
  "TBFAILED",
  "SHUTDOWN",
]);

/**
 * `/v1/state`: 204 once it is committed. A node is known by its token or its address, never by what it says; what a
 * neighbour on a shared network can do with that is in docs/security.md.
 */
export function stateRoutes(server: FastifyInstance, parts: NodePortParts): void {
  const { log, sql, publishStates } = parts;

  async function takeFromRamdisk(request: FastifyRequest): Promise<void> {
    const { node, loadId, plan } = await ramdiskOf(sql, request);
    const report = reportOf(request.body);
    if (!statesByToken.has(report.state)) throw new RequestRefusal(403, `no ramdisk is in ${report.state}`);
    const loaded = new Set(report.loaded?.map(({ image }) => image));
    if (report.state === "RELOADDONE" && (loaded.size === 0 || plan?.images.some(({ image }) => !loaded.has(image)))) {
      throw new RequestRefusal(400, "RELOADDONE must name every image of the plan in loaded");
    }
    publishStates([await addReport(sql, node, report, { loadId })]);
  }

  async function takeFromOs(request: FastifyRequest): Promise<void> {
    const address = addressOf(request);
    const node = await readNodeAt(sql, address);
    if (node === undefined) {
      log.warn({ address }, "a stranger reported a state");
      throw new RequestRefusal(403, "this address belongs to no node");
    }
    const report = reportOf(request.body);
    const { state, bootId, loaded, failure } = report;
    if (statesByToken.has(state) && !statesByAddress.has(state)) {
      throw new RequestRefusal(401, `${state} needs the token of the node's newest boot`);
    }
    if (!statesByAddress.has(state)) throw new RequestRefusal(403, `no OS is in ${state}`);
    if (bootId === undefined) throw new RequestRefusal(400, "without a token bootId is needed");
    if (loaded ?? failure) throw new RequestRefusal(400, "loaded and failure are a ramdisk's, and need its token");
    if (await isOfOlderBoot(sql, node, bootId)) {
      log.warn({ node, state, bootId }, "a report came from an older boot");
      throw new RequestRefusal(401, "the node has booted since");
    }
    publishStates([await addReport(sql, node, report, "address")]);
  }

  server.post("/v1/state", async (request, reply) => {
    await (request.headers.authorization === undefined ? takeFromOs(request) : takeFromRamdisk(request));
    return reply.code(204).send();
  });
}

/** Throws RequestRefusal. */
function reportOf(body: unknown): StateReport {
  if (!hasShape(StateReport, body)) throw new RequestRefusal(400, problemsOf(StateReport, body));
  // PostgreSQL has no NUL in text.
  return body.detail === undefined ? body : { ...body, detail: body.detail.replaceAll("\0", "") };
}
