import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findProgram, run } from "./programs.mjs";
import { SetupError, say } from "./say.mjs";

const APT_ATTEMPTS = 3;
const APT_PAUSE_MS = 5_000;
const APT_OPTIONS = ["-qq", "-o", "DPkg::Lock::Timeout=300"];

/**
 * Installs packages where that may be done without asking anybody; else says which line does it. `names` are the missing
 * programs, for the message. `services` names what a package has Debian start: it is not left running, if we brought it.
 */
export function installByApt(names, packages, services = {}) {
  const privilege = findPrivilege();
  const line = `apt-get update && ${privilege === undefined ? "sudo " : ""}apt-get install -y ${packages.join(" ")}`;
  if (privilege === undefined) throw new SetupError(`${names} missing; run this, then try again: sudo ${line}`);
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...APT_OPTIONS, ...packages];
  for (let attempt = 1; ; attempt++) {
    say(`installing ${packages.join(", ")} (apt-get)`);
    // Another apt may hold the package lists: what counts is whether the packages can be installed.
    run([...privilege, "apt-get", "update", ...APT_OPTIONS]);
    if (run([...privilege, "env", "DEBIAN_FRONTEND=noninteractive", ...install])) break;
    if (attempt === APT_ATTEMPTS) throw new SetupError(`apt-get failed; mend what it says, then run: ${line}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, APT_PAUSE_MS);
  }
  if (!existsSync("/run/systemd/system")) return;
  for (const service of packages.map((name) => services[name]).filter((name) => name !== undefined)) {
    run([...privilege, "systemctl", "disable", "--now", "--quiet", service]);
  }
}

/** What to put before a command to run it as root without a password; undefined when that cannot be. */
function findPrivilege() {
  if (process.getuid?.() === 0) return [];
  const canSudo =
    findProgram("sudo") !== undefined && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return canSudo ? ["sudo", "-n"] : undefined;
}
