// An operator in a process of its own, on the built library: reboots the nodes it is told to, and says how that went.
import { connect, readContext } from "reveille";

const reveille = await connect(await readContext(process.argv[2]));
process.on("message", async (nodelist) => {
  const beganAt = performance.now();
  const operation = await reveille.reboot({ nodelist, powercycle: true });
  const acceptedAt = performance.now();
  const { code, results, detail } = await operation.wait();
  const endedAt = performance.now();
  const outcomes = Object.values(results);
  const isExact = code === 0 && outcomes.length === nodelist.length && outcomes.every(({ status }) => status === 0);
  process.send({ isExact, code, detail, acceptedMs: acceptedAt - beganAt, totalMs: endedAt - beganAt });
});
process.on("disconnect", () => void reveille.close());
process.send("ready");
