import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installByApt } from "./apt.mjs";
import { lockSetup } from "./lock.mjs";
import { findProgram } from "./programs.mjs";
import { SetupError, say } from "./say.mjs";

/**
 * Installs what is missing where apt-get may be run without asking anybody; else says which line does it, and sets a failing
 * exit status. `packageOf` names Debian's package for each program and each file (by its absolute path); `services` what
 * a package has Debian start, now or at the next boot: it is not left running, if we brought it.
 */
export async function installMissing(packageOf, services) {
  try {
    await install(packageOf, services);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

async function install(packageOf, services) {
  if (missingOf(packageOf).length === 0) return;
  const unlock = await lockSetup(fileURLToPath(new URL("../..", import.meta.url)));
  try {
    const missing = missingOf(packageOf);
    const packages = [...new Set(missing.map((name) => packageOf[name]))];
    if (packages.length > 0) installByApt(missing.join(", "), packages, services);
  } finally {
    unlock();
  }
  const left = missingOf(packageOf);
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install by hand, then try again`);
}

function missingOf(packageOf) {
  const isThere = (name) => (name.startsWith("/") ? existsSync(name) : findProgram(name) !== undefined);
  return Object.keys(packageOf).filter((name) => !isThere(name));
}
