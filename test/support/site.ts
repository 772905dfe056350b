import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { type FleetFile, planSite } from "../../agents/cli/up/fleet-file.ts";
import { runCommandLine } from "../../agents/cli/main.ts";
import { createTextWriter } from "../../agents/cli/output/text-writer.ts";
import { createProcessSurroundings } from "../../agents/cli/process-surroundings.ts";
import { type EmbeddedSite, type SiteOptions, startSite } from "../../agents/cli/up/start-site.ts";
import { siteFilesOf } from "../../agents/cli/up/site-files.ts";
import { type Log, createLog } from "../../agents/runtime/log.ts";
import { type Reveille, connect, readContext } from "../../bus/index.ts";
import type { Reason, RefusalReason, Results } from "../../contracts/index.ts";
import type { EmbeddedServices } from "../../infra/embedded/index.ts";
import type { ChassisControl, Fleet } from "../../infra/simulator/index.ts";
import { Screen } from "../agents/cli/run-line.ts";
import { type CliEnd, type CliOptions, type CliProcess, startCli } from "./cli-process.ts";

/** What `--json` prints last. */
export interface ResultsDocument {
  readonly op: string;
  readonly verb: string;
  readonly user: string;
  readonly code: number;
  readonly reason?: RefusalReason | Reason;
  readonly detail?: string;
  readonly results: Results;
}

/** A whole site of one test file's own: nats-server, PostgreSQL, agents and simulated machines. */
export interface TestSite {
  readonly dir: string;
  /** A folder apart from the site's and the checkout's, where command lines run. */
  readonly elsewhere: string;
  readonly fleet: Fleet;
  readonly services: EmbeddedServices;
  /** From which agents of the site are started elsewhere. */
  readonly agentsFile: string;
  contextFileOf(user: string): string;
  /** Starts `reveille …` as a user, by default the admin. */
  start(args: readonly string[], options?: { readonly user?: string } & Partial<CliOptions>): CliProcess;
  run(args: readonly string[], options?: { readonly user?: string } & Partial<CliOptions>): Promise<CliEnd>;
  /** Runs a command line in this process, over the real bus: quicker where the process itself is not what is tried. */
  runHere(
    args: readonly string[],
    options?: { readonly user?: string; readonly contextFile?: string },
  ): Promise<CliEnd>;
  /** The library's face, connected as a user; the caller closes it. */
  connectAs(user?: string): Promise<Reveille>;
  /** What the node's BMC did to the power since the site began; a repeated on or off that changed nothing is left out. */
  powerActions(node: string): Promise<readonly ChassisControl[]>;
}

export interface TestSiteOptions extends Partial<Omit<SiteOptions, "dir" | "plan">> {
  readonly log?: Log;
}

/**
 * Starts a site before the file's first test, and takes it away after the last. The runner begins all of a file's own hooks
 * at once: one that needs the site belongs into a `describe`, whose hooks wait for the file's.
 */
export function siteWith(fleetFile: FleetFile, options: TestSiteOptions = {}): TestSite {
  let root = "";
  let running: EmbeddedSite | undefined;
  const started = (): EmbeddedSite => {
    if (running === undefined) throw new Error("the test's site is started before its first test, not earlier");
    return running;
  };
  before(async () => {
    root = mkdtempSync(join(tmpdir(), "reveille-site-"));
    mkdirSync(join(root, "elsewhere"));
    const log = createLog("test", "silent");
    running = await startSite({ dir: join(root, "site"), plan: planSite(fleetFile), log, durable: false, ...options });
  });
  after(async () => {
    await running?.stop();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  const contextFileOf = (user: string) => siteFilesOf(join(root, "site")).contextFileOf(user);
  const start: TestSite["start"] = (args, { user = "admin", ...more } = {}) =>
    startCli(args, { cwd: join(root, "elsewhere"), contextFile: contextFileOf(user), ...more });
  return {
    get dir() {
      return join(root, "site");
    },
    get elsewhere() {
      return join(root, "elsewhere");
    },
    get fleet() {
      return started().fleet;
    },
    get services() {
      return started().services;
    },
    get agentsFile() {
      started();
      return siteFilesOf(join(root, "site")).agentsFile;
    },
    contextFileOf,
    start,
    run: (args, more) => start(args, more).ended,
    runHere: (args, { user = "admin", contextFile = contextFileOf(user) } = {}) => runHere(args, contextFile),
    connectAs: async (user = "admin") => connect(await readContext(contextFileOf(user))),
    async powerActions(node) {
      const journal = await started().fleet.journal(node);
      return journal.flatMap((entry) => {
        if (entry.kind !== "power") return [];
        const changedNothing = entry.control === (entry.wasOn ? "on" : "off");
        return changedNothing ? [] : [entry.control];
      });
    },
  };
}

/** Made once: each one listens to this process's own streams. */
const ownSurroundings = createProcessSurroundings();

async function runHere(args: readonly string[], contextFile: string): Promise<CliEnd> {
  const [stdout, stderr] = [new Screen(), new Screen()];
  let status = 0;
  await runCommandLine(args, {
    ...ownSurroundings,
    stdout: createTextWriter(stdout),
    stderr: createTextWriter(stderr),
    env: { REVEILLE_CONTEXT: contextFile },
    canAsk: false,
    openBus: async () => connect(await readContext(contextFile)),
    setExitStatus: (newStatus) => (status = newStatus),
  });
  return { status, signal: null, stdout: stdout.text, stderr: stderr.text };
}

/** The document that a command line with `--json` ended with. */
export function documentOf({ stdout, stderr }: Pick<CliEnd, "stdout" | "stderr">): ResultsDocument {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(last) as ResultsDocument;
  } catch (cause) {
    throw new Error(`no document was printed; stdout: ${stdout}; stderr: ${stderr}`, { cause });
  }
}
