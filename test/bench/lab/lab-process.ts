// Loads two machines by Reveille and by a shell script in turn, as often as the command line says, in the network namespace
// that it is started in; prints the times as JSON: for each way, for each round, milliseconds.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIpmiClient } from "../../../infra/ipmi-js/index.ts";
import { type Lab, type LabNode, createLab, fetchKernel } from "../../../infra/lab/index.ts";
import { bootAgentPort, loadScene, usualDiskBytes } from "../../lab/support/load-scene.ts";
import { startDatabaseServer } from "../../support/database.ts";
import { startBareSite } from "./bare-site.ts";

/** From when the first machine was powered on, and from when it was asked for, until whoever asked knows that all are up. */
export interface LoadTime {
  readonly sincePowerOnMs: number;
  readonly sinceAskedMs: number;
}

export interface LabTimes {
  readonly ours: readonly LoadTime[];
  readonly bare: readonly LoadTime[];
}

const rounds = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "reveille-bench-"));
const ends: (() => PromiseLike<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
const scope = { after: (deed: () => PromiseLike<unknown>) => void ends.push(deed) };
try {
  const times = await measure();
  console.log(JSON.stringify(times));
} finally {
  for (const end of ends.reverse()) await end();
}

async function measure(): Promise<LabTimes> {
  const databases = await startDatabaseServer({ durable: true });
  ends.push(() => databases[Symbol.asyncDispose]());
  const scene = await loadScene(scope, databases, { machines: 2, subnet: 0 });
  const alice = await scene.startActingAgents();
  const nodelist = scene.lab.nodes.map(({ name }) => name);
  const machines = Object.fromEntries(nodelist.map((name) => [name, usualDiskBytes]));
  const lab = await createLab({ folder: join(folder, "lab"), subnet: 1, machines, bootAgentPort });
  ends.push(() => lab[Symbol.asyncDispose]());
  const kernel = await fetchKernel();
  const { raw } = scene;
  const site = await startBareSite({ lab, folder: join(folder, "bare"), kernel, raw, port: bootAgentPort });
  ends.push(() => site[Symbol.asyncDispose]());

  const times = { ours: [] as LoadTime[], bare: [] as LoadTime[] };
  const loadBare = async () => times.bare.push(await timeOf(lab, () => site.load()));
  const loadOurs = async () =>
    times.ours.push(
      await timeOf(scene.lab, async () => {
        const operation = await alice.reload({ nodelist, imageid: "base", waitmode: "booted" });
        const { code, results } = await operation.wait();
        if (code !== 0) throw new Error(`the reload failed: ${JSON.stringify(results)}`);
      }),
    );
  // Who is first finds the machine colder.
  for (let round = 0; round < rounds; round++)
    for (const load of round % 2 === 0 ? [loadBare, loadOurs] : [loadOurs, loadBare]) await load();
  return times;
}

/** Loads machines that are off, and turns them off afterwards. */
async function timeOf({ nodes }: Lab, load: () => Promise<void>): Promise<LoadTime> {
  const askedAt = performance.now();
  const poweredOn = Promise.race(nodes.map((node) => nextPower(node, true)));
  await load();
  const endedAt = performance.now();
  const time = { sincePowerOnMs: endedAt - (await poweredOn), sinceAskedMs: endedAt - askedAt };
  const client = createIpmiClient();
  for (const node of nodes) {
    const off = nextPower(node, false);
    await client.chassisControl({ ...node.bmc, cipherSuite: 3 }, "power-off");
    await off;
  }
  await client.close();
  return time;
}

/** When its power goes on, or off. */
function nextPower(node: LabNode, wanted: boolean): Promise<number> {
  return new Promise((resolve) => {
    node.onPower = (isOn) => {
      if (isOn === wanted) resolve(performance.now());
    };
  });
}
