// The seed's own os_setup, in TypeScript: load some nodes and reboot others at the same time, block once for both, and
// know each node's fate.
//
//   npx tsx examples/os-setup.ts IMAGE NODES_TO_LOAD NODES_TO_REBOOT        (node lists with commas: pc1,pc2)
//
// `osload` and `nodereboot` take what they took in Perl: a hash of arguments and a hash that the results are put into.
// With `asyncmode` they return as soon as the work is admitted; `osload_wait` and `nodereboot_wait` block, fill the very
// results that were given, and return the code: -1 for a refusal (nothing was touched), else how many nodes failed.
// They use the default context ($REVEILLE_CONTEXT, ./.reveille/context.json), as the command line does.
import { nodereboot, nodereboot_wait, osload, osload_wait } from "../bus/index.ts"; // from "reveille" in your project
import type { Results } from "../contracts/index.ts"; // from "reveille/contracts"

const [imageid = "", toLoad = "", toReboot = ""] = process.argv.slice(2);

const loaded: Results = {};
const rebooted: Results = {};
const load = await osload({ imageid, nodelist: toLoad.split(","), waitmode: "booted", asyncmode: true }, loaded);
const reboot = await nodereboot({ nodelist: toReboot.split(","), waitmode: true, asyncmode: true }, rebooted);

// Both are under way by now. Whichever is waited for first, neither loses the other's results.
const codes = [await osload_wait(load), await nodereboot_wait(reboot)];

for (const [node, { outcome, reason }] of Object.entries({ ...loaded, ...rebooted })) {
  console.log(`${node}: ${outcome} (${reason})`);
}
console.log(`codes: ${codes.join(", ")}`);
// Failures indicate something unusual: do not wait for those nodes, and do not try the whole again.
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
