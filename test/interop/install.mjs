// Installs the programs of other people that ipmi-js is tried against, where they are missing and apt-get may be run
// without asking anybody; else says which line does it, and fails. No service that comes with them is left running.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockSetup } from "../../infra/bootstrap/lock.mjs";
import { SetupError, say } from "../../infra/bootstrap/say.mjs";

/** Each program, and the package of Debian that brings it. */
const PACKAGE_OF = {
  ipmitool: "ipmitool",
  ipmipower: "freeipmi-tools",
  "ipmi-chassis": "freeipmi-tools",
  ipmiconsole: "freeipmi-tools",
  ipmi_sim: "openipmi",
  powerman: "powerman",
  powermand: "powerman",
  script: "bsdutils",
};
/** What some of the packages have Debian start, now or at the next boot. */
const SERVICE_OF = { openipmi: "openipmi", powerman: "powerman" };

const APT_OPTIONS = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
const APT_ATTEMPTS = 3;
const APT_PAUSE_MS = 5_000;

try {
  await installMissing();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

async function installMissing() {
  if (findMissing().length === 0) return;
  const unlock = await lockSetup(fileURLToPath(new URL("../..", import.meta.url)));
  try {
    const packages = [...new Set(findMissing().map((program) => PACKAGE_OF[program]))];
    if (packages.length > 0) installByApt(packages);
  } finally {
    unlock();
  }
  const left = findMissing();
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install by hand, then try again`);
}

function findMissing() {
  return Object.keys(PACKAGE_OF).filter((program) => !isInstalled(program));
}

function installByApt(packages) {
  const line = `sudo sh -c "apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}"`;
  const privilege = isInstalled("apt-get") ? findPrivilege() : undefined;
  if (privilege === undefined) {
    throw new SetupError(`the interoperability tests want ${packages.join(", ")}; on Debian, run: ${line}`);
  }
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...APT_OPTIONS, ...packages];
  for (let attempt = 1; ; attempt++) {
    say(`installing ${packages.join(", ")} (apt-get)`);
    // Another apt may hold the package lists: what counts is whether the packages can be installed.
    run([...privilege, "apt-get", "update", ...APT_OPTIONS]);
    if (run([...privilege, "env", "DEBIAN_FRONTEND=noninteractive", ...install])) break;
    if (attempt === APT_ATTEMPTS) throw new SetupError(`apt-get failed; mend what it says, then run: ${line}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, APT_PAUSE_MS);
  }
  stopServices(packages, privilege);
}

/** Of the packages that were just brought alone: a service that a person set up is the person's. */
function stopServices(packages, privilege) {
  if (!existsSync("/run/systemd/system")) return;
  for (const service of packages.map((name) => SERVICE_OF[name]).filter((name) => name !== undefined)) {
    run([...privilege, "systemctl", "disable", "--now", "--quiet", service]);
  }
}

/** What to put before a command to run it as root without a password; undefined when that cannot be. */
function findPrivilege() {
  if (process.getuid?.() === 0) return [];
  const canSudo = isInstalled("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return canSudo ? ["sudo", "-n"] : undefined;
}

function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}

function isInstalled(program) {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
