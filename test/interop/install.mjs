// Installs the programs of other people that ipmi-js, the images and the DHCP configuration are tried against, where they are missing and apt-get
// may be run without asking anybody; else says which line does it, and fails. No service that comes with them is left
// running.
import { fileURLToPath } from "node:url";
import { installByApt } from "../../infra/bootstrap/apt.mjs";
import { lockSetup } from "../../infra/bootstrap/lock.mjs";
import { findProgram } from "../../infra/bootstrap/programs.mjs";
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
  openssl: "openssl",
  dnsmasq: "dnsmasq-base",
};
/** What some of the packages have Debian start, now or at the next boot. */
const SERVICE_OF = { openipmi: "openipmi", powerman: "powerman" };

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
    const missing = findMissing();
    const packages = [...new Set(missing.map((program) => PACKAGE_OF[program]))];
    if (packages.length > 0) installByApt(missing.join(", "), packages, SERVICE_OF);
  } finally {
    unlock();
  }
  const left = findMissing();
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install by hand, then try again`);
}

function findMissing() {
  return Object.keys(PACKAGE_OF).filter((program) => findProgram(program) === undefined);
}
