// What Reveille costs, on this machine: prints a table for each measurement. Nothing here passes or fails.
//   npm run bench              all of them, which takes long
//   npm run bench -- NAME...   only these
import { describeCode, describeMachine } from "./machine.ts";
import { measureAgents } from "./measure/agents.ts";
import { measureBacklog } from "./measure/backlog.ts";
import { measureCommandLine } from "./measure/command-line.ts";
import { measureFleet } from "./measure/fleet.ts";
import { measureImages } from "./measure/images.ts";
import { measureInventory } from "./measure/inventory.ts";
import { measureLab } from "./measure/lab.ts";
import { measureLoads, measureLostReceiver } from "./measure/loads.ts";
import { measureManyOperations } from "./measure/many-operations.ts";
import { measureMissingImage } from "./measure/missing-image.ts";
import { measurePowerCycles } from "./measure/power-cycles.ts";
import { measureSetup } from "./measure/setup.ts";
import { measureSiteAtRest } from "./measure/site-at-rest.ts";
import { measureTakeOver } from "./measure/take-over.ts";
import { type Table, renderTable } from "./table.ts";

/** The table of measurements: a new one is a file and a row. */
const measurements: Readonly<Record<string, () => Promise<Table>>> = {
  fleet: measureFleet,
  agents: measureAgents,
  backlog: measureBacklog,
  "many-operations": measureManyOperations,
  "power-cycles": measurePowerCycles,
  "take-over": measureTakeOver,
  "command-line": measureCommandLine,
  "site-at-rest": measureSiteAtRest,
  setup: measureSetup,
  "missing-image": measureMissingImage,
  inventory: measureInventory,
  loads: measureLoads,
  "lost-receiver": measureLostReceiver,
  lab: measureLab,
  images: measureImages,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  console.error(`no measurement ${unknown.join(", ")}; there are: ${Object.keys(measurements).join(" ")}`);
  process.exit(1);
}

console.log(`${describeMachine()}\n${await describeCode()}`);
for (const [name, measure] of Object.entries(measurements)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n## ${name}\n\n${renderTable(await measure())}`);
}
