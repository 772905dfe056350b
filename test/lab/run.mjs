// Runs the lab's tests, all or those named, as root in a network namespace of their own: its bridges, DHCP server and
// BMCs are in nobody's way there, and go with the last process.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const privilege = process.getuid?.() === 0 ? [] : ["sudo", "-n", "-E"];
const filters = process.argv.slice(2);

run([process.execPath, "--import", "tsx", here("fetch-kernel-process.ts")]);
const tests = [process.execPath, here("../run.mjs"), ...(filters.length === 0 ? ["test/lab"] : filters)];
run(["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...tests]);

function run(command) {
  if (process.exitCode > 0) return;
  const [program, ...args] = [...privilege, ...command];
  const { status, error } = spawnSync(program, args, { cwd: here("../.."), stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}
