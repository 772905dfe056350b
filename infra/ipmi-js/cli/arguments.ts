import { parseArgs } from "node:util";
import type { ChassisAction } from "../commands/chassis/chassis-control.ts";
import type { CipherSuiteId } from "../crypto/cipher-suite.ts";
import { QUIRKS, type Quirk } from "../quirk.ts";
import { type Host, HostListError, parseHostList } from "./host-list.ts";

/** What `ipmi-js power` can be told to do. */
export type PowerVerb = "on" | "off" | "cycle" | "reset" | "soft" | "diag" | "status";

export const ACTION_OF_VERB: Readonly<Record<Exclude<PowerVerb, "status">, ChassisAction>> = {
  on: "power-on",
  off: "power-off",
  cycle: "power-cycle",
  reset: "hard-reset",
  soft: "soft-shutdown",
  diag: "diagnostic-interrupt",
};

export interface PowerArguments {
  readonly verb: PowerVerb;
  readonly hosts: readonly Host[];
  readonly username: string;
  /** Where the password's first line is read from; else it is in the environment. */
  readonly passwordFile: string | undefined;
  readonly cipherSuite: CipherSuiteId;
  readonly window: number;
  readonly deadlineMs: number;
  readonly quirks: readonly Quirk[];
  readonly isJson: boolean;
}

export const USAGE = `usage: ipmi-js power on|off|cycle|reset|soft|diag|status HOSTS [options]

  HOSTS                 127.0.[1-4].[1-250], host:port, comma or space separated
  -u, --username USER   default: the environment's IPMI_USERNAME
  --password-file F     its first line is the password; default: the environment's IPMI_PASSWORD
  -I, --cipher-suite N  3 or 17 (17)
  --window N            how many BMCs may be waited for at once (1000)
  --deadline S          seconds for each host (10)
  -W, --quirks Q,...    ${QUIRKS.join(" ")}
  --json                one JSON document at the end
  --help, --version

One line a host, as each ends. Exit status: 0 if all succeeded, 1 if any failed, 2 for a mistake on the command line, 130 if
interrupted: then, too, each host has its line, and sessions are closed.
`;

/** A mistake on the command line, for people. */
export class UsageError extends Error {}

export type CommandLine = { readonly kind: "help" | "version" } | ({ readonly kind: "power" } & PowerArguments);

/** Reads the arguments after the program's name. @throws UsageError */
export function parseCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine {
  const { values, positionals } = parse(argv);
  if (values.help === true) return { kind: "help" };
  if (values.version === true) return { kind: "version" };
  const [command, verb, ...hosts] = positionals;
  if (command !== "power") throw new UsageError(`"${command ?? ""}" is no command; the command is "power"`);
  return {
    kind: "power",
    verb: parseVerb(verb),
    hosts: parseHosts(hosts.join(" ")),
    username: values.username ?? env["IPMI_USERNAME"] ?? missing("a user name", "-u USER"),
    passwordFile: values["password-file"],
    cipherSuite: parseCipherSuite(values["cipher-suite"]),
    window: parsePositive("--window", values.window),
    deadlineMs: parsePositive("--deadline", values.deadline) * 1_000,
    quirks: (values.quirks ?? []).flatMap((list) => list.split(",")).map(parseQuirk),
    isJson: values.json === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        username: { type: "string", short: "u" },
        "password-file": { type: "string" },
        "cipher-suite": { type: "string", short: "I", default: "17" },
        window: { type: "string", default: "1000" },
        deadline: { type: "string", default: "10" },
        quirks: { type: "string", short: "W", multiple: true },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parseVerb(word: string | undefined): PowerVerb {
  if (word === "status" || (word !== undefined && Object.hasOwn(ACTION_OF_VERB, word))) return word as PowerVerb;
  throw new UsageError(`"${word ?? ""}" is nothing that power can do`);
}

function parseHosts(text: string): readonly Host[] {
  try {
    return parseHostList(text);
  } catch (error) {
    if (error instanceof HostListError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function parseCipherSuite(word: string): CipherSuiteId {
  if (word === "3") return 3;
  if (word === "17") return 17;
  throw new UsageError(`"${word}" is no cipher suite that is spoken here; use 3 or 17`);
}

function parsePositive(flag: string, word: string): number {
  const number = Number(word);
  if (!(number > 0) || !Number.isFinite(number)) throw new UsageError(`${flag} wants a number above 0, not "${word}"`);
  return number;
}

function parseQuirk(name: string): Quirk {
  const quirk = QUIRKS.find((known) => known === name);
  if (quirk === undefined) throw new UsageError(`"${name}" is no quirk known here; known are ${QUIRKS.join(", ")}`);
  return quirk;
}

function missing(what: string, how: string): never {
  throw new UsageError(`${what} is missing; give ${how}`);
}
