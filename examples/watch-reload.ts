// A load that is watched as it happens: an Operation is an async iterable of events.
//
//   npx tsx examples/watch-reload.ts CONTEXT.json IMAGE NODE...
//
// There are events of three kinds: `step` (what is tried next, and the attempt), `progress` (bytes of the image), and
// `result`, exactly one for each node. Iteration ends when every node has its result. Leaving it early leaves the work
// alone: whoever iterates again is told the results so far first.
import { connect, readContext } from "../bus/index.ts"; // from "reveille" in your project

const [contextFile = "", imageid = "", ...nodelist] = process.argv.slice(2);

await using reveille = await connect(await readContext(contextFile));
const operation = await reveille.reload({ nodelist, imageid, waitmode: "booted" });
if (operation.refusal) console.log(`refused: ${operation.refusal.reason}: ${operation.refusal.detail}`);

for await (const event of operation) {
  switch (event.kind) {
    case "step":
      console.log(`${event.node}: ${event.step} (attempt ${event.attempt})`);
      break;
    case "progress":
      console.log(`${event.node}: ${event.bytesWritten} of ${event.bytesTotal} bytes of ${event.image}`);
      break;
    case "result":
      console.log(`${event.node}: ${event.result.outcome} (${event.result.reason})`);
      break;
  }
}

const { code } = await operation.wait();
console.log(`code: ${code}`);
process.exitCode = code === 0 ? 0 : 1;
