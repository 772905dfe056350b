import { createHash, randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { text } from "node:stream/consumers";
import type { StateReport, Transport } from "../../../contracts/index.ts";
import { signManifest } from "../../../infra/images/index.ts";
import type { Lab } from "../../../infra/lab/index.ts";
import type { SmallImage } from "./small-image.ts";

/** What the server is to serve; it may be changed as it goes. */
export interface Served {
  readonly kernelFile: string;
  readonly ramdiskFile: string;
  readonly privateKey: string;
  readonly image: SmallImage;
  /** The bytes that come for the image's file; default: those of the image. */
  file?: Buffer;
  /** After so many bytes of the file an answer stands still; default never. */
  stallAfterBytes?: number;
  /** How the image comes; undefined while it is not decided. */
  transport: Transport | undefined;
}

export interface LoadServer extends AsyncDisposable {
  /** All that was asked for, `NODE METHOD PATH`, oldest first. */
  readonly requests: readonly string[];
  /** Resolves with the next report of this state that this node makes; fails after four minutes. */
  report(node: string, state: StateReport["state"]): Promise<StateReport>;
  /** Resolves when this node tells that it has written something. */
  progress(node: string): Promise<void>;
}

const patienceMs = 240_000;
const port = 8_099;
/** Where a lab's machines look for it. */
export const loadServerPort = port;

/**
 * The boot agent's side of docs/boot-protocol.md over real HTTP, for one load of one image by every machine of a lab: a
 * node that reported RELOADDONE boots its disk. It refuses what comes without the newest token.
 */
export async function startLoadServer(lab: Lab, served: Served): Promise<LoadServer> {
  const url = `http://${lab.bridge.address}:${port}`;
  const manifest = Buffer.from(served.image.manifestText);
  const manifestSha256 = createHash("sha256").update(manifest).digest("hex");
  const { image } = served.image.manifest;
  const tokens = new Map<string, string>();
  const done = new Set<string>();
  const requests: string[] = [];
  const events = new EventEmitter();

  const scriptFor = (name: string): readonly string[] => {
    if (done.has(name)) return ["sanboot --no-describe --drive 0x80"];
    const token = randomBytes(32).toString("base64url");
    tokens.set(name, token);
    const args = `console=ttyS0 quiet panic=5 BOOTIF=01-\${netX/mac:hexhyp} reveille.url=${url} reveille.token=${token}`;
    return [`kernel ${url}/v1/kernel initrd=ramdisk ${args}`, `initrd --name ramdisk ${url}/v1/ramdisk`, "boot"];
  };
  const sendScript = (response: ServerResponse, lines: readonly string[]) =>
    response.end(["#!ipxe", ...lines, ""].join("\n"));
  const planText = (): string => {
    const { transport, image: small } = served;
    const word =
      transport?.kind === "multicast" ? `multicast:${transport.group}:${transport.portBase}` : transport?.kind;
    const line = `image ${image} disk ${small.raw.length} ${small.file.length} ${manifestSha256} ${word ?? "undecided"}`;
    return `load ${"0".repeat(32)}\nprepare yes\nzero-free no\ndisk auto\n${line}\n`;
  };
  const sendData = (response: ServerResponse, range: string): unknown => {
    const [from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(range)?.slice(1).map(Number) ?? [];
    const bytes = (served.file ?? served.image.file).subarray(from, to + 1);
    response.writeHead(206, { "Content-Length": bytes.length });
    if (served.stallAfterBytes === undefined) return response.end(bytes);
    return response.write(bytes.subarray(0, served.stallAfterBytes));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const node = lab.nodes.find(({ address }) => address === request.socket.remoteAddress);
    const path = request.url ?? "";
    if (node === undefined) return response.writeHead(403).end();
    requests.push(`${node.name} ${request.method ?? ""} ${path}`);
    const body = await text(request);
    if (path === "/boot.ipxe") return sendScript(response, [`chain --replace ${url}/v1/boot?mac=\${netX/mac:hexhyp}`]);
    if (path.startsWith("/v1/boot?")) return sendScript(response, scriptFor(node.name));
    if (path === "/v1/kernel") return createReadStream(served.kernelFile).pipe(response);
    if (path === "/v1/ramdisk") return createReadStream(served.ramdiskFile).pipe(response);
    const hasToken = request.headers.authorization === `Bearer ${tokens.get(node.name) ?? "?"}`;
    if (path === "/v1/state") {
      const report = JSON.parse(body) as StateReport;
      if (report.state !== "ISUP" && !hasToken) return response.writeHead(401).end();
      if (report.state === "RELOADDONE") done.add(node.name);
      events.emit(`${node.name} ${report.state}`, report);
      return response.writeHead(204).end();
    }
    if (!hasToken) return response.writeHead(401).end();
    if (path === "/v1/load") return response.end(planText());
    if (path === `/v1/images/${image}/manifest`) return response.end(manifest);
    if (path === `/v1/images/${image}/signature`) return response.end(signManifest(served.privateKey, manifest));
    if (path === `/v1/images/${image}/data`) return sendData(response, request.headers.range ?? "");
    if (path === "/v1/progress" && !body.includes('"bytesWritten":0,')) events.emit(`${node.name} progress`);
    return response.writeHead(path === "/v1/progress" || path === "/v1/log" ? 204 : 404).end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(port, lab.bridge.address);
  await once(server, "listening");

  const next = async (name: string, event: string): Promise<unknown> => {
    try {
      const patience = AbortSignal.timeout(patienceMs);
      return ((await once(events, `${name} ${event}`, { signal: patience })) as unknown[])[0];
    } catch (cause) {
      const console = await readFile(lab.nodes.find((node) => node.name === name)?.consoleFile ?? "", "latin1");
      const seen = `${requests.join(", ")}\n${console.slice(-2_000)}`;
      throw new Error(`${name} ${event}: not within ${patienceMs} ms; so far: ${seen}`, { cause });
    }
  };
  return {
    requests,
    report: async (node, state) => (await next(node, state)) as StateReport,
    progress: async (node) => {
      await next(node, "progress");
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
