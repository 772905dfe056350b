import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { connect } from "../../../bus/index.ts";
import { createLog } from "../../runtime/log.ts";
import { planSite } from "../up/fleet-file.ts";
import { startSite } from "../up/start-site.ts";
import { untilStopped } from "../up/until-stopped.ts";
import { type Stage, play } from "./play.ts";
import { fleet, scenes } from "./scenes.ts";

/**
 * `npm run demo`: a whole site with 24 simulated machines, seven of them faulty, and what Reveille says of each. Exits 0
 * when every outcome is the one planned, 1 when one is not, 130 when it was interrupted; leaves nothing behind in any
 * case. `--keep` leaves the site up until Ctrl-C.
 */
async function main(keeps: boolean): Promise<number> {
  const stopped = untilStopped();
  const dir = await mkdtemp(join(tmpdir(), "reveille-demo-"));
  try {
    const log = createLog("demo", process.env["REVEILLE_LOG"] ?? "error");
    say(`starting nats-server, PostgreSQL, five agents and ${fleet.nodes?.length ?? 0} simulated machines in ${dir}`);
    const beganAt = performance.now();
    await using site = await startSite({ dir, plan: planSite(fleet), log });
    say(`ready in ${((performance.now() - beganAt) / 1_000).toFixed(1)} s`);
    await using reveille = await connect(site.context);
    const surpriseCount = await Promise.race([playAll({ reveille, site, say }), stopped]);
    if (surpriseCount === undefined) return 130;
    if (keeps) {
      say(`the site stays up; try: npx reveille nodes --context ${site.contextFile}   (Ctrl-C ends it)`);
      await stopped;
    }
    return surpriseCount === 0 ? 0 : 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Plays the scenes one after another, and gives the number of outcomes that were not planned. */
async function playAll(stage: Stage): Promise<number> {
  const surprises: string[] = [];
  for (const [index, scene] of scenes.entries()) {
    say();
    say(pc.bold(`${index + 1}. ${scene.title}`));
    for (const surprise of await play(scene, stage)) surprises.push(`${scene.title}: ${surprise}`);
  }
  say();
  for (const surprise of surprises) say(pc.red(`not as planned: ${surprise}`));
  if (surprises.length === 0) say(pc.green("every outcome is the one planned"));
  return surprises.length;
}

function say(line = ""): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.includes("--keep"));
