import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { type Reveille, connect } from "../../bus/index.ts";
import { type NodeEvent, type NodeResult, type Results, adviceOf } from "../../contracts/index.ts";
import type { FaultName } from "../../infra/simulator/index.ts";
import { createLog } from "../runtime/log.ts";
import { foldNames } from "./node-set/fold-names.ts";
import { planSite } from "./up/fleet-file.ts";
import { type EmbeddedSite, startSite } from "./up/start-site.ts";
import { untilStopped } from "./up/until-stopped.ts";

/**
 * `npm run demo`: a whole site with 24 simulated machines, seven of them faulty, and what Reveille says of each. Exits 0
 * when every outcome is the one planned. `--keep` leaves the site up until Ctrl-C.
 */
const faults: Readonly<Record<string, FaultName>> = {
  pc3: "bmc-dead",
  pc5: "falls-off-reload",
  pc6: "bmc-wrong-password",
  pc9: "ssh-hangs",
  pc15: "never-boots",
  pc18: "bmc-lossy",
  pc21: "powered-off",
};

/** How a node is expected to end: by outcome, and by what or why. */
type Planned = `succeeded via ${string}` | `failed ${string}`;

interface Scene {
  readonly title: string;
  readonly nodelist: readonly string[];
  readonly code: number;
  readonly planned: (node: string) => Planned;
  readonly run: (reveille: Reveille, nodelist: string[]) => ReturnType<Reveille["reboot"]>;
  /** The image that the nodes' disks must hold afterwards, byte for byte. */
  readonly loads?: string;
}

const all = Array.from({ length: 24 }, (_, index) => `pc${index + 1}`);
const firstHalf = all.slice(0, 12);
const secondHalf = all.slice(12);
const free = ["pc22", "pc23", "pc24"];

const scenes: readonly Scene[] = [
  {
    title: "reboot pc[1-12]: gently, by ssh where the node lets us, by its BMC where it does not",
    nodelist: firstHalf,
    code: 0,
    planned: (node) => (node === "pc9" ? "succeeded via power-cycle" : "succeeded via ssh"),
    run: (reveille, nodelist) => reveille.reboot({ nodelist }),
  },
  {
    title: "power cycle pc[13-24] and wait for each to come up: pc15 never does",
    nodelist: secondHalf,
    code: 1,
    planned: (node) => {
      if (node === "pc15") return "failed boot-timeout";
      return node === "pc21" ? "succeeded via power-on" : "succeeded via power-cycle";
    },
    run: (reveille, nodelist) => reveille.reboot({ nodelist, powercycle: true, waitmode: true, waittime: 12 }),
  },
  {
    title: "power cycle pc[1-12]: a dead BMC and a wrong password are told at once, each by its name",
    nodelist: firstHalf,
    code: 2,
    planned: (node) => {
      if (node === "pc3") return "failed bmc-unreachable";
      return node === "pc6" ? "failed bmc-password-invalid" : "succeeded via power-cycle";
    },
    run: (reveille, nodelist) => reveille.power({ action: "cycle", nodelist }),
  },
];

/** What is loaded before the others act: an image for half of the fleet, and one whose file is gone. */
const loads: readonly Scene[] = [
  {
    title:
      "reload pc[1-12] with the image 'base': pc5 boots its old disk instead, and is power cycled into a second try",
    nodelist: firstHalf,
    code: 0,
    planned: (node) => (node === "pc5" || node === "pc9" ? "succeeded via power-cycle" : "succeeded via ssh"),
    run: (reveille, nodelist) => reveille.reload({ nodelist, imageid: "base", waitmode: "booted" }),
    loads: "base",
  },
  {
    title: "reload pc[22-24] with an image whose file is missing: told at once, and no node is touched",
    nodelist: free,
    code: 3,
    planned: () => "failed image-file-missing",
    run: (reveille, nodelist) => reveille.reload({ nodelist, imageid: "missing" }),
  },
];

const say = (line = "") => void process.stdout.write(`${line}\n`);

async function play(reveille: Reveille, scene: Scene, site: EmbeddedSite): Promise<string[]> {
  say();
  say(pc.bold(scene.title));
  const operation = await scene.run(reveille, [...scene.nodelist]);
  if (operation.refusal) return [`${scene.title}: refused, ${operation.refusal.reason}: ${operation.refusal.detail}`];
  for await (const event of operation) show(event);
  const { code, results } = await operation.wait();
  say(`  code ${code}: ${summaryOf(results)}`);
  const surprises = scene.nodelist.flatMap((node) => {
    const seen = labelOf(results[node]);
    const planned = scene.planned(node);
    return seen === planned ? [] : [`${node}: planned '${planned}', seen '${seen}'`];
  });
  if (scene.loads !== undefined) surprises.push(...(await compareDisks(reveille, scene.nodelist, scene.loads, site)));
  return code === scene.code ? surprises : [...surprises, `code: planned ${scene.code}, seen ${code}`];
}

/** Reads each node's disk anew, and compares it with what was recorded of the image when it was made. */
async function compareDisks(
  reveille: Reveille,
  nodelist: readonly string[],
  image: string,
  { fleet }: EmbeddedSite,
): Promise<string[]> {
  const reply = await reveille.query("images", { image });
  const { rawBytes = 0, sha256 } = (reply.ok ? reply.answer.images[0] : undefined) ?? {};
  const differing: string[] = [];
  for (const { name, diskFile = "" } of fleet.nodes.filter((node) => nodelist.includes(node.name))) {
    const hash = createHash("sha256");
    for await (const part of createReadStream(diskFile, { end: rawBytes - 1 })) hash.update(part as Buffer);
    if (hash.digest("hex") !== sha256) differing.push(`${name}: its disk does not hold ${image}`);
  }
  if (differing.length === 0) say(`  the disks of ${foldNames(nodelist)} hold ${image}, byte for byte`);
  return differing;
}

function show(event: NodeEvent): void {
  if (event.kind !== "result") return;
  const { node, result } = event;
  const mark = result.status === 0 ? pc.green("✓") : pc.red("✗");
  const advice = result.status === 0 ? "" : pc.dim(` — ${adviceOf(result.reason)}`);
  say(`  ${mark} ${node.padEnd(5)} ${labelOf(result)} (${result.reason})${advice}`);
}

function labelOf(result: NodeResult | undefined): string {
  if (!result) return "no result";
  return result.status === 0
    ? `${result.outcome} via ${result.via ?? "nothing"}`
    : `${result.outcome} ${result.reason}`;
}

function summaryOf(results: Results): string {
  const groups = new Map<string, string[]>();
  for (const [node, result] of Object.entries(results)) {
    const label = labelOf(result);
    groups.set(label, [...(groups.get(label) ?? []), node]);
  }
  return [...groups].map(([label, nodes]) => `${foldNames(nodes)} ${label}`).join("; ");
}

async function main(keeps: boolean): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "reveille-demo-"));
  const nodes = all.map((name) => ({ name, ...(faults[name] ? { fault: faults[name] } : {}) }));
  const images = [{ name: "base" }, { name: "missing", missing: true }];
  const plan = planSite({ nodes, images, experiments: [{ name: "demo/lab", nodes: firstHalf, os: "base" }] });
  say(`starting nats-server, PostgreSQL, four agents and ${nodes.length} simulated machines in ${dir}`);
  const beganAt = performance.now();
  const site = await startSite({ dir, plan, log: createLog("demo", process.env["REVEILLE_LOG"] ?? "error") });
  try {
    say(`ready in ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`);
    await using reveille = await connect(site.context);
    const surprises: string[] = [];
    for (const scene of [...loads, ...scenes]) surprises.push(...(await play(reveille, scene, site)));
    say();
    for (const surprise of surprises) say(pc.red(`not as planned: ${surprise}`));
    if (surprises.length === 0) say(pc.green("every outcome is the one planned"));
    if (keeps) {
      say(`the site stays up; try: npx reveille nodes --context ${site.contextFile}   (Ctrl-C ends it)`);
      await untilStopped();
    }
    return surprises.length === 0 ? 0 : 1;
  } finally {
    await site.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.includes("--keep"));
