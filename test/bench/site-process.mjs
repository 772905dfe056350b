// A durable site of simulated machines from the build, each of its agents a process; the fleet file is the second argument, the
// site's folder the first. Says how to reach it; asked for anything, how many power actions the BMCs have carried out so far.
import { readFile } from "node:fs/promises";

const built = (file) => import(new URL(`../../dist/agents/${file}`, import.meta.url).href);
const [{ planSite }, { startSite }, { createLog }] = await Promise.all(
  ["cli/up/fleet-file.js", "cli/up/start-site.js", "runtime/log.js"].map(built),
);
const [dir, fleetFile] = process.argv.slice(2);
const plan = planSite(JSON.parse(await readFile(fleetFile, "utf8")));
const site = await startSite({ dir, plan, log: createLog("bench", "error"), processes: true });

process.on("message", async () => {
  const journals = await Promise.all(plan.nodes.map(({ name }) => site.fleet.journal(name)));
  process.send(journals.flat().filter(({ kind }) => kind === "power").length);
});
process.on("disconnect", () => void site.stop());
process.send({ contextFile: site.contextFile, postgresUrl: site.services.postgres.adminUrl });
