import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import { join } from "node:path";
import { type Bridge, type Peer, buildProgram, createPeer } from "../../../infra/lab/index.ts";
import { smallImage } from "../../lab/support/small-image.ts";

const rawBytes = 64 * 1024 * 1024;

/** What a load is measured with: an image, who serves it, and hosts that take it. */
export interface Loads {
  readonly bridge: Bridge;
  readonly peers: readonly Peer[];
  /** A file for each of them, as large as the image: like a disk's, its blocks are there before they are written. */
  readonly disks: readonly string[];
  readonly folder: string;
  readonly imageFile: string;
  readonly fileBytes: number;
  readonly url: string;
  readonly chunkWriter: string;
  readonly bootCall: string;
  close(): Promise<void>;
}

export interface LoadsOptions {
  readonly bridge: Bridge;
  /** For the image and the disks. */
  readonly folder: string;
  readonly mbitPerSecond: number;
  readonly receivers: number;
}

/** Makes an image that does not compress, and hosts of one switch, whose link to the server is shaped. */
export async function prepareLoads({ bridge, folder, mbitPerSecond, receivers }: LoadsOptions): Promise<Loads> {
  const { file, manifestText } = smallImage("base", randomBytes(rawBytes));
  const imageFile = join(folder, "base.zst");
  await writeFile(imageFile, file);
  await writeFile(join(folder, "manifest"), manifestText);
  const server = createServer((_, response) => {
    response.writeHead(206, { "Content-Length": file.length });
    createReadStream(imageFile).pipe(response);
  });
  server.listen(0, bridge.address);
  await once(server, "listening");
  await bridge.limit(bridge.name, mbitPerSecond);
  const peers: Peer[] = [];
  const disks: string[] = [];
  for (let index = 0; index < receivers; index++) {
    peers.push(await createPeer(bridge, { host: 11 + index }));
    const disk = join(folder, `disk-${index}`);
    await writeFile(disk, Buffer.alloc(rawBytes, 1));
    disks.push(disk);
  }
  return {
    ...{ bridge, peers, disks, folder, imageFile, fileBytes: file.length },
    url: `http://${bridge.address}:${portOf(server)}/base`,
    chunkWriter: await buildProgram("chunk-writer"),
    bootCall: await buildProgram("boot-call"),
    close: async () => {
      server.close();
      for (const peer of peers) await peer[Symbol.asyncDispose]();
    },
  };
}

/** A shell that runs these commands on a host, in a process group of its own. Its words are `$1` and so on. */
export function runOn(peer: Peer, script: string, words: readonly string[]): ChildProcess {
  const [program, ...args] = peer.inside("sh", "-ec", script, "sh", ...words);
  return spawn(program, args, { stdio: ["ignore", "ignore", "ignore"], detached: true });
}

/** Resolves when it has ended well. */
export async function endOf(child: ChildProcess): Promise<void> {
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`a load ended with ${String(child.exitCode ?? child.signalCode)}`);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
