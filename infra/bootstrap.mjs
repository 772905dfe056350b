// All set-up of a checkout: the npm packages of the lockfile, and the system's programs that no package brings.
// Plain JavaScript without dependencies, since it runs before there are any. Set up already, it says and does nothing;
// else it says on standard error what it does. Two at once take turns.
import { fileURLToPath } from "node:url";
import { lockSetup } from "./bootstrap/lock.mjs";
import { arePackagesReady, installPackages } from "./bootstrap/packages.mjs";
import { SetupError, say } from "./bootstrap/say.mjs";
import { findMissingTools, installTools } from "./bootstrap/tools.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

async function setUp() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) throw new SetupError(`Node ${process.versions.node} is too old: install Node 20 or later`);
  if (arePackagesReady(root) && findMissingTools().length === 0) return;
  const unlock = await lockSetup(root);
  try {
    installPackages(root);
    installTools();
  } finally {
    unlock();
  }
}

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
