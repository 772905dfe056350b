// An operator in a process of its own, on the built library: reboots the nodes that it is told to, each list of them in an
// operation of its own and all at once, and says how that went. With `bootsWithinS` each node is waited for until it has booted,
// and all are to end as not booted in time.
import { connect, readContext } from "reveille";

const reveille = await connect(await readContext(process.argv[2]));
process.on("message", async ({ nodelists, bootsWithinS }) => {
  const beganAt = performance.now();
  const ended = await Promise.all(nodelists.map((nodelist) => reboot(nodelist, { beganAt, bootsWithinS })));
  const last = (key) => Math.max(...ended.map((one) => one[key]));
  const { code, detail } = ended.find(({ isExact }) => !isExact) ?? ended[0];
  const isExact = ended.every((one) => one.isExact);
  process.send({ isExact, code, detail, acceptedMs: last("acceptedMs"), totalMs: last("totalMs") });
});
process.on("disconnect", () => void reveille.close());
process.send("ready");

async function reboot(nodelist, { beganAt, bootsWithinS }) {
  const isWaiting = bootsWithinS !== undefined;
  const waiting = isWaiting ? { waitmode: true, waittime: bootsWithinS } : {};
  const operation = await reveille.reboot({ nodelist, powercycle: true, ...waiting });
  const acceptedMs = performance.now() - beganAt;
  const { code, results, detail } = await operation.wait();
  const outcomes = Object.values(results);
  const isAsExpected = ({ reason, status }) => (isWaiting ? reason === "boot-timeout" : status === 0);
  const isComplete = code === (isWaiting ? nodelist.length : 0) && outcomes.length === nodelist.length;
  const isExact = isComplete && outcomes.every(isAsExpected);
  return { isExact, code, detail, acceptedMs, totalMs: performance.now() - beganAt };
}
