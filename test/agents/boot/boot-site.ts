import { type OutgoingHttpHeaders, type IncomingMessage, request } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type TestContext, after, before } from "node:test";
import { pino } from "pino";
import { type RunningBootAgent, startBootAgent } from "../../../agents/boot/agent.ts";
import type { SectionOf } from "../../../agents/runtime/config.ts";
import type { BootPlan, StateChange } from "../../../contracts/index.ts";
import type { DatabaseServer, TestDatabase } from "../../support/database.ts";
import { nodeOf, siteOf } from "../../support/inventory.ts";
import { type TestBus, startTestBus, testSite } from "../../support/test-bus.ts";
import { scratchFolder } from "../../infra/embedded/support/scratch.ts";

/** Two nodes; a third address is nobody's. */
export const pc1 = { address: "127.9.0.1", mac: "52:54:00:00:00:01" } as const;
export const pc2 = { address: "127.9.0.2", mac: "52:54:00:00:00:02" } as const;
export const stranger = { address: "127.9.0.9", mac: "52:54:00:00:00:09" } as const;

export const loadId = "1f".repeat(16);
export const manifestSha256 = "ab".repeat(32);

/** A plan of one image, `base`, on the whole disk. */
export const planOfBase: BootPlan = {
  images: [{ image: "base", rawBytes: 8_192, fileBytes: 1_000, manifestSha256, transport: { kind: "http" } }],
  zeroFree: false,
  prepare: true,
};

export interface Asked {
  readonly method?: "GET" | "POST" | "HEAD";
  /** The address of this machine that it comes from; pc1's by default. */
  readonly from?: string;
  readonly token?: string;
  readonly headers?: OutgoingHttpHeaders;
  /** An object is sent as JSON, text as text/plain. */
  readonly body?: object | string;
  /** Which replica is asked, 0 by default. */
  readonly replica?: number;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
  readonly text: string;
}

/** Boot agents over a real bus and a real database, as a node sees them. */
export interface BootSite {
  readonly bus: TestBus;
  readonly database: TestDatabase;
  readonly imageDir: string;
  /** Where nodes reach each replica. */
  readonly nodeUrls: readonly string[];
  readonly ask: (path: string, asked?: Asked) => Promise<Answered>;
  /** What a node is to boot next, as the reload agent sets it. */
  readonly select: (node: string, boot: "disk" | "loader" | "wait", plan?: BootPlan) => Promise<void>;
  /** Boots pc1 into the ramdisk, and gives its token. */
  readonly bootRamdisk: () => Promise<string>;
  /** `pc1 PXEBOOTING`, in the order in which they were committed. */
  readonly reports: () => Promise<string[]>;
  /** What was published of nodes' states since the test began, once everything before has arrived. */
  readonly published: () => Promise<readonly StateChange[]>;
}

export interface BootSiteOptions {
  /** pc1 and pc2 unless given. */
  readonly nodes?: Parameters<typeof siteOf>[0];
  readonly replicas?: number;
  readonly section?: Partial<SectionOf<"boot">>;
}

/** A bus for the tests of one file. */
export function busOfFile(): { readonly bus: TestBus } {
  let bus: TestBus | undefined;
  before(async () => {
    bus = await startTestBus();
  });
  after(() => bus?.[Symbol.asyncDispose]());
  return {
    get bus() {
      if (!bus) throw new Error("the test's bus is started before its first test, not earlier");
      return bus;
    },
  };
}

export async function openBootSite(
  t: TestContext,
  on: { readonly databases: DatabaseServer; readonly bus: TestBus },
  options: BootSiteOptions = {},
): Promise<BootSite> {
  const { bus, databases } = on;
  const { replicas = 1, section = {}, nodes = [nodeOf("pc1", pc1), nodeOf("pc2", pc2)] } = options;
  const agents = (["reboot", "setup"] as const).map((name) => ({
    ...{ name, kind: "agent" as const, publicKey: bus.identity(name).publicKey },
  }));
  const database = await databases.newDatabase(t, siteOf(nodes, { users: agents }));
  const dir = scratchFolder(t);
  const databaseUrlFile = join(dir, "database.url");
  writeFileSync(databaseUrlFile, database.urlOf("boot"));
  const own = { keyFile: await bus.writeKey("boot"), databaseUrlFile, host: "127.0.0.1", port: 0, imageDir: dir };
  const config = { site: testSite, url: bus.nats.url };
  const log = pino({ level: "silent" });
  const running: RunningBootAgent[] = [];
  t.after(() => Promise.all(running.map((agent) => agent.stop())));
  for (let each = 0; each < replicas; each++) running.push(await startBootAgent(config, { ...own, ...section }, log));

  const listener = await bus.join("reboot");
  t.after(() => listener.close());
  const heard: StateChange[] = [];
  listener.subscribe(`rv.${testSite}.state.*`, {
    callback: (_, message) => void heard.push(message.json<StateChange>()),
  });
  await listener.flush();

  const ask: BootSite["ask"] = (path, { replica = 0, ...asked } = {}) =>
    send(new URL(path, `http://127.0.0.1:${new URL(running[replica]!.nodeUrl).port}`), asked);
  const select: BootSite["select"] = async (node, boot, plan) => {
    await database.owner`
      insert into reload.boot_selections (node, boot, load_id, plan)
      values (${node}, ${boot}, ${plan ? loadId : null}, ${plan ? database.owner.json(plan) : null})
      on conflict (node) do update set boot = excluded.boot, load_id = excluded.load_id, plan = excluded.plan`;
  };
  return {
    ...{ bus, database, imageDir: dir, nodeUrls: running.map(({ nodeUrl }) => nodeUrl), ask, select },
    async bootRamdisk() {
      await select("pc1", "loader", planOfBase);
      return tokenIn((await ask(`/v1/boot?mac=${pc1.mac}`)).text);
    },
    async reports() {
      const rows = await database.owner<{ node: string; state: string }[]>`
        select node, state from boot.state_reports order by id`;
      return rows.map(({ node, state }) => `${node} ${state}`);
    },
    async published() {
      // Whatever the agents published before they answered has reached the server; a round trip brings it here.
      await listener.flush();
      return heard;
    },
  };
}

export function tokenIn(script: string): string {
  return /reveille\.token=(\S+)/.exec(script)?.[1] ?? "";
}

function send(url: URL, { method, from = pc1.address, token, headers, body, signal }: Asked): Promise<Answered> {
  const [type, content] =
    typeof body === "object" ? ["application/json", JSON.stringify(body)] : ["text/plain", body ?? ""];
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: method ?? (body === undefined ? "GET" : "POST"),
        localAddress: from,
        agent: false,
        ...(signal ? { signal } : {}),
        headers: {
          ...(body === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(content) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (answer) => {
        const { statusCode: status = 0 } = answer;
        buffer(answer).then((bytes) => {
          resolve({ status, headers: answer.headers, bytes, text: bytes.toString() });
        }, reject);
      },
    );
    sent.on("error", reject);
    sent.end(content);
  });
}
