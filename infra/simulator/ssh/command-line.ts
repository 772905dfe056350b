/** The running system, as a command sees it. */
export interface RunningSystem {
  readonly bootId: string;
  /** The machine goes down in a moment. */
  reboot(): void;
  /** Resolves once set-up has run anew. */
  reconfigure(): Promise<void>;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

type Program = (system: RunningSystem) => string | Promise<string>;

const reboot: Program = (system) => {
  system.reboot();
  return "";
};

/** Every command that a simulated node knows, with what it prints. */
const programs: Readonly<Record<string, Program>> = {
  "cat /proc/sys/kernel/random/boot_id": (system) => `${system.bootId}\n`,
  reboot,
  "/sbin/reboot": reboot,
  "shutdown -r now": reboot,
  "reveille-reconfigure": async (system) => {
    await system.reconfigure();
    return "";
  },
  "reveille-prepare": () => "",
};

const NOT_FOUND = 127;

/** Runs a line of such commands, parted by `;` or `&&`; what the node does not know exits 127 and ends the line. */
export async function runCommandLine(line: string, system: RunningSystem): Promise<CommandResult> {
  let stdout = "";
  for (const command of line.split(/;|&&/).map((part) => part.trim())) {
    if (!Object.hasOwn(programs, command)) {
      return { stdout, stderr: `${command}: not found; this is a simulated node\n`, exitCode: NOT_FOUND };
    }
    stdout += (await programs[command]?.(system)) ?? "";
  }
  return { stdout, stderr: "", exitCode: 0 };
}
