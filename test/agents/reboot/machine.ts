import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { PowerConfig } from "../../../infra/power/index.ts";

/** A machine whose power is a file, switched by a program: every command that reaches it stands in its journal. */
export interface Machine {
  readonly power: PowerConfig;
  /** What was done, in order; the test writes here too. */
  journal(): string[];
  note(line: string): void;
  readonly isOn: boolean;
  /** `status` fails, `off` does nothing, or `off` takes so long that it is killed; each until mended. */
  breakWith(fault: "status-fails" | "off-ignored" | "off-hangs"): void;
}

const program = `
dir=$0 action=$1
[ "$action" = status ] || echo "$action" >> "$dir/journal"
case "$action" in
  status) [ -e "$dir/status-fails" ] && exit 1; cat "$dir/power" ;;
  off) [ -e "$dir/off-hangs" ] && sleep 60; [ -e "$dir/off-ignored" ] || echo off > "$dir/power" ;;
  on) echo on > "$dir/power" ;;
esac`;

export function machineThatIs(t: TestContext, power: "on" | "off"): Machine {
  const dir = mkdtempSync(join(tmpdir(), "reveille-machine-"));
  t.after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  writeFileSync(join(dir, "power"), `${power}\n`);
  const argv = (action: string): string[] => ["/bin/sh", "-c", program, dir, action];
  const journal = join(dir, "journal");
  return {
    power: {
      driver: "command",
      argv: Object.fromEntries(
        ["on", "off", "cycle", "reset", "soft", "diag", "status"].map((action) => [action, argv(action)]),
      ),
    },
    journal: () => (existsSync(journal) ? readFileSync(journal, "utf8").trim().split("\n") : []),
    note: (line) => appendFileSync(journal, `${line}\n`),
    get isOn() {
      return readFileSync(join(dir, "power"), "utf8").trim() === "on";
    },
    breakWith: (fault) => writeFileSync(join(dir, fault), ""),
  };
}
