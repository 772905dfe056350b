import { type Command, InvalidArgumentError, Option } from "commander";
import type { Pacing } from "../up/simulated-inventory.ts";
import type { Surroundings } from "../surroundings.ts";

interface UpFlags {
  readonly nodes: number;
  readonly fleet?: string;
  readonly seed: number;
  readonly dir: string;
  readonly port?: number;
  readonly processes?: boolean;
  readonly replicas: number;
  readonly pacing: Pacing | null;
}

export function declare(command: Command, surroundings: Surroundings): void {
  command
    .option("--nodes <n>", "simulated nodes pc1…pcN without faults", whole(1, 10_000), 24)
    .option("--fleet <file>", "the fleet as JSON instead: nodes with faults, experiments, users, images")
    .option("--seed <n>", "what all of the fleet's randomness comes from", whole(0, 2 ** 31), 1)
    .option("--dir <dir>", "where the site keeps everything, its context.json too", "./.reveille")
    .option("--port <n>", "nats-server's port (default: a free one)", whole(1, 65_535))
    .option("--processes", "each agent in a process of its own")
    .option("--replicas <n>", "replicas of the reboot and the reload agent", whole(1, 64), 1)
    .addOption(
      new Option("--pacing <N/S|off>", "at most N power-ons of one circuit in any S seconds")
        .argParser(pacingOf)
        .default(null, "off"),
    )
    .addHelpText(
      "after",
      `
Runs in the foreground on loopback: nats-server and PostgreSQL under supervision, the agents with identities and
database roles of their own, and a fleet of simulated machines with real BMCs and ssh servers. Prints 'ready' when every
agent is; SIGINT and SIGTERM stop it cleanly.

Examples:
  reveille up
  reveille up --nodes 100 --processes --replicas 2
  reveille up --fleet fleet.json --dir /tmp/site    then, elsewhere:
  reveille nodes --context /tmp/site/context.json

A fleet file:
  {"nodes": [{"name": "pc1"}, {"name": "pc2", "fault": "bmc-dead"}],
   "experiments": [{"name": "demo/lab", "nodes": ["pc1"]}], "users": [{"name": "alice", "projects": ["demo"]}]}`,
    )
    .action((flags: UpFlags) => runSite(flags, surroundings));
}

async function runSite(flags: UpFlags, surroundings: Surroundings): Promise<void> {
  const { defaultFleet, parseFleetFile, planSite } = await import("../up/fleet-file.ts");
  const { startSite } = await import("../up/start-site.ts");
  const { untilStopped } = await import("../up/until-stopped.ts");
  const { createLog } = await import("../../runtime/log.ts");
  const { foldNames } = await import("../node-set/fold-names.ts");
  const { fleet: file, seed, dir, port, processes = false, replicas, pacing } = flags;
  const fleet =
    file === undefined ? defaultFleet(flags.nodes) : parseFleetFile(await surroundings.readFile(file), file);
  const plan = planSite(fleet);
  const log = createLog("reveille", process.env["REVEILLE_LOG"] ?? "warn");
  const isStopped = untilStopped();
  const beganAt = performance.now();
  await surroundings.stderr.write(`starting a site with ${plan.nodes.length} simulated nodes in ${dir}\n`);
  const site = await startSite({
    plan,
    log,
    dir,
    seed,
    processes,
    replicas,
    pacing,
    ...(port === undefined ? {} : { natsPort: port }),
  });
  const seconds = ((performance.now() - beganAt) / 1_000).toFixed(1);
  await surroundings.stdout.write(
    [
      `ready in ${seconds} s`,
      `  nats     ${site.context.url}`,
      `  boot     ${site.nodeUrl}`,
      `  context  ${site.contextFile}`,
      `  nodes    ${foldNames(plan.nodes.map(({ name }) => name)) || "none"}`,
      "",
    ].join("\n"),
  );
  await isStopped;
  await surroundings.stderr.write("stopping\n");
  await site.stop();
}

/** `12/5`: twelve in any five seconds. */
function pacingOf(text: string): Pacing | null {
  if (text === "off") return null;
  const [, maxPowerOns = 0, windowS = 0] = (/^([1-9]\d{0,4})\/(\d+(?:\.\d+)?)$/.exec(text) ?? []).map(Number);
  if (maxPowerOns <= 0 || windowS <= 0) throw new InvalidArgumentError("N/S is needed, such as 12/5, or off");
  return { maxPowerOns, windowS };
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed`);
    }
    return value;
  };
}
