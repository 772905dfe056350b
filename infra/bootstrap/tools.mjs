import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupError, say } from "./say.mjs";

// Debian puts servers where a person's PATH does not look; Homebrew's folders are missing from a service's PATH.
const MORE_PLACES = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

const TOOLS = [
  { program: "nats-server", override: "NATS_SERVER_BIN", apt: "nats-server", brew: "nats-server" },
  { program: "ssh", apt: "openssh-client", brew: "openssh" },
  { program: "ssh-keygen", apt: "openssh-client", brew: "openssh" },
  { program: "zstd", apt: "zstd", brew: "zstd" },
];

const APT_ATTEMPTS = 3;
const APT_PAUSE_MS = 5_000;
const APT_OPTIONS = ["-qq", "-o", "DPkg::Lock::Timeout=300"];

/** The system's programs that are not here. */
export function findMissingTools() {
  return TOOLS.filter(({ program, override }) => {
    const chosen = override === undefined ? "" : (process.env[override] ?? "");
    if (chosen === "") return find(program) === undefined;
    if (isProgram(chosen)) return false;
    throw new SetupError(`${override} is ${chosen}, which is no program: correct it, or unset it`);
  });
}

/** Installs them with apt or brew, where that may be done without asking anybody; else says which line does it. */
export function installTools() {
  const missing = findMissingTools();
  if (missing.length === 0) return;
  const names = missing.map(({ program }) => program).join(", ");
  if (find("apt-get") !== undefined) installByApt(names, unique(missing.map(({ apt }) => apt)));
  else if (find("brew") !== undefined) installByBrew(names, unique(missing.map(({ brew }) => brew)));
  else throw new SetupError(`${names} missing, and neither apt-get nor brew is here: install them, then try again`);
  const left = findMissingTools().map(({ program }) => program);
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install them by hand, then try again`);
}

function installByApt(names, packages) {
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
  // Debian starts a new server at once, open to the network. We run our own, so the one we brought shall not.
  if (packages.includes("nats-server") && existsSync("/run/systemd/system")) {
    run([...privilege, "systemctl", "disable", "--now", "--quiet", "nats-server"]);
  }
}

function installByBrew(names, packages) {
  say(`installing ${packages.join(", ")} (brew)`);
  const line = ["brew", "install", ...packages];
  if (!run(line)) throw new SetupError(`${names} missing; mend what brew says, then run: ${line.join(" ")}`);
}

/** What to put before a command to run it as root without a password; undefined when that cannot be. */
function findPrivilege() {
  if (process.getuid?.() === 0) return [];
  const canSudo = find("sudo") !== undefined && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;
  return canSudo ? ["sudo", "-n"] : undefined;
}

function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ["ignore", 2, 2] }).status === 0;
}

function find(program) {
  const places = [...(process.env.PATH ?? "").split(delimiter), ...MORE_PLACES].filter((place) => place !== "");
  return places.map((place) => join(place, program)).find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function unique(names) {
  return [...new Set(names)];
}
