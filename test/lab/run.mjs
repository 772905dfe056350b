// Runs the lab's tests, all or those named, as root in a network namespace of their own: its bridges, DHCP server and
// BMCs are in nobody's way there, and go with the last process.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const runner = fileURLToPath(new URL("../run.mjs", import.meta.url));
const filters = process.argv.slice(2);
const own = ["unshare", "--net", process.execPath, runner, ...(filters.length === 0 ? ["test/lab"] : filters)];
const [program, ...args] = process.getuid?.() === 0 ? own : ["sudo", "-n", "-E", ...own];
const { status, error } = spawnSync(program, args, { stdio: "inherit" });
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
