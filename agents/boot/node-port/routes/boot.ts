import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type BootFacts, addReport, beginBoot, readBootFacts } from "../../../../infra/db/index.ts";
import { nextBoot, statesOf } from "../../answers/next-boot.ts";
import { diskScript, firstScript, goOnScript, loaderScript, waitScript } from "../../answers/scripts.ts";
import { createToken } from "../../answers/token.ts";
import { addressOf, hangUpSignal, macOf } from "../asker.ts";
import { type NodePortParts, holdMs } from "../parts.ts";
import { RequestRefusal } from "../refusal.ts";
import { loaderNamed } from "./loader-files.ts";

/** `/boot.ipxe`, `/v1/boot`, `/v1/wait`: what a node's firmware asks. A script is given to the node that has both, address and MAC. */
export function bootRoutes(server: FastifyInstance, parts: NodePortParts): void {
  const { log, sql, publishStates, wakeups, settings } = parts;

  /** Where the node reaches us: what the config says, else where it just did. */
  const urlFor = ({ socket }: FastifyRequest): string => {
    if (settings.publicUrl !== undefined) return settings.publicUrl;
    const address = addressOf({ ip: socket.localAddress ?? "" });
    return `http://${address.includes(":") ? `[${address}]` : address}:${socket.localPort ?? 0}`;
  };
  const sendScript = (reply: FastifyReply, script: string) => reply.type("text/plain").send(script);
  const factsOf = async (request: FastifyRequest) => {
    const mac = macOf(request.query);
    const facts = await readBootFacts(sql, addressOf(request), mac);
    if (facts) return facts;
    log.warn(
      { address: addressOf(request), mac },
      "a script was asked for by an address and a MAC that are not one node's",
    );
    throw new RequestRefusal(403, "this address and this MAC are not one node's");
  };

  async function begin({ node, ...facts }: BootFacts, url: string): Promise<string> {
    const next = nextBoot({ node, ...facts });
    const states = statesOf(next);
    if (next.kind !== "loader") {
      publishStates(await beginBoot(sql, node, { states }));
      return next.kind === "disk" ? diskScript() : waitScript(url);
    }
    const loader = loaderNamed(facts.loader, settings);
    if (!loader) {
      log.error(
        { node },
        `a node is to be loaded by ${facts.loader ?? ""}: set agents.boot.loaders.${facts.loader ?? ""}`,
      );
      throw new RequestRefusal(404, "there is no such loader");
    }
    const { token, tokenSha256 } = createToken();
    const { loadId } = next;
    publishStates(await beginBoot(sql, node, { states, loader: { loadId, tokenSha256 } }));
    const { path, files } = loader;
    const { consoleArgs } = files;
    return loaderScript(url, { path, token, ...(consoleArgs === undefined ? {} : { consoleArgs }) });
  }

  server.get("/boot.ipxe", (request, reply) => sendScript(reply, firstScript(urlFor(request))));

  server.get("/v1/boot", async (request, reply) => {
    const facts = await factsOf(request);
    return sendScript(reply, await begin(facts, urlFor(request)));
  });

  server.get("/v1/wait", async (request, reply) => {
    const { node } = await factsOf(request);
    const signal = hangUpSignal(reply);
    const isWoken = await wakeups.waitFor(node, () => true, { withinMs: holdMs, signal });
    if (!isWoken) return sendScript(reply, waitScript(urlFor(request)));
    publishStates([await addReport(sql, node, { state: "PXEWAKEUP" }, "address")]);
    return sendScript(reply, goOnScript(urlFor(request)));
  });
}
