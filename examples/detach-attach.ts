// An operation outlives whoever began it: begin, let go, and find it again by its id, from any machine.
//
//   npx tsx examples/detach-attach.ts CONTEXT.json begin NODE...     prints the operation's id, and ends
//   npx tsx examples/detach-attach.ts CONTEXT.json wait ID           blocks until it has ended, and prints the results
//   npx tsx examples/detach-attach.ts CONTEXT.json cancel ID         ends what has not started
//
// Choose the id yourself and write it down before you ask: then even an answer that is lost costs nothing. The same
// command sent again under the same id is answered with the operation that exists, and starts nothing.
import { connect, newOpId, readContext } from "../bus/index.ts"; // from "reveille" in your project

const [contextFile = "", deed, ...rest] = process.argv.slice(2);

await using reveille = await connect(await readContext(contextFile));
switch (deed) {
  case "begin": {
    const id = newOpId();
    const { refusal } = await reveille.reboot({ nodelist: rest, powercycle: true, waitmode: true }, { op: id });
    console.log(refusal ? `refused: ${refusal.reason}: ${refusal.detail}` : id);
    process.exitCode = refusal ? 1 : 0;
    break;
  }
  case "wait": {
    const operation = await reveille.attach(rest[0] ?? "");
    const { code, results } = await operation.wait();
    for (const [node, { outcome, reason }] of Object.entries(results)) console.log(`${node}: ${outcome} (${reason})`);
    console.log(`code: ${code}`);
    process.exitCode = code === 0 ? 0 : 1;
    break;
  }
  case "cancel": {
    const operation = await reveille.attach(rest[0] ?? "");
    const reply = await operation.cancel();
    console.log(reply.ok ? "cancelled: what has not started does not" : `refused: ${reply.reason}: ${reply.detail}`);
    break;
  }
  default:
    console.error("usage: detach-attach.ts CONTEXT.json begin NODE... | wait ID | cancel ID");
    process.exitCode = 1;
}
