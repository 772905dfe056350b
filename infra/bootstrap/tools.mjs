import { installByApt } from "./apt.mjs";
import { findProgram, isProgram, run } from "./programs.mjs";
import { SetupError, say } from "./say.mjs";

const TOOLS = [
  { program: "nats-server", override: "NATS_SERVER_BIN", apt: "nats-server", brew: "nats-server" },
  { program: "ssh", apt: "openssh-client", brew: "openssh" },
  { program: "ssh-keygen", apt: "openssh-client", brew: "openssh" },
  { program: "zstd", apt: "zstd", brew: "zstd" },
];

/** The system's programs that are not here. */
export function findMissingTools() {
  return TOOLS.filter(({ program, override }) => {
    const chosen = override === undefined ? "" : (process.env[override] ?? "");
    if (chosen === "") return findProgram(program) === undefined;
    if (isProgram(chosen)) return false;
    throw new SetupError(`${override} is ${chosen}, which is no program: correct it, or unset it`);
  });
}

/** Installs them with apt or brew, where that may be done without asking anybody; else says which line does it. */
export function installTools() {
  const missing = findMissingTools();
  if (missing.length === 0) return;
  const names = missing.map(({ program }) => program).join(", ");
  // Debian starts a new server at once, open to the network. We run our own, so the one we brought shall not.
  const services = { "nats-server": "nats-server" };
  if (findProgram("apt-get") !== undefined) installByApt(names, unique(missing.map(({ apt }) => apt)), services);
  else if (findProgram("brew") !== undefined) installByBrew(names, unique(missing.map(({ brew }) => brew)));
  else throw new SetupError(`${names} missing, and neither apt-get nor brew is here: install them, then try again`);
  const left = findMissingTools().map(({ program }) => program);
  if (left.length > 0) throw new SetupError(`${left.join(", ")} still missing: install them by hand, then try again`);
}

function installByBrew(names, packages) {
  say(`installing ${packages.join(", ")} (brew)`);
  const line = ["brew", "install", ...packages];
  if (!run(line)) throw new SetupError(`${names} missing; mend what brew says, then run: ${line.join(" ")}`);
}

function unique(names) {
  return [...new Set(names)];
}
